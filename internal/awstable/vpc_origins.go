package awstable

// VPCOriginGroup is the name of the security group that CloudFront makes in a VPC with
// the first VPC origin there. No group of an account may have a name that begins with it.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
const VPCOriginGroup = "CloudFront-VPCOrigins-Service-SG"

// VPCOriginNameLength is how many characters the name of a VPC origin may have.
// Inferred: it is that of other names of CloudFront's
const VPCOriginNameLength = 64
