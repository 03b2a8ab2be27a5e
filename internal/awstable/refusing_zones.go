package awstable

// RefusingZones are the ids of the Availability Zones in which AWS makes no load
// balancer, no NAT gateway and no VPC origin, and launches few types of instances. They are listed
// as available all the same. Which name such a zone has differs between accounts, and
// accounts that never had anything in it do not see it at all.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
// https://repost.aws/knowledge-center/ec2-instance-type-not-supported-az-error
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html#vpc-origins-supported-regions
// https://github.com/aws/copilot-cli/issues/1298
// *inferred* (that these are all)
var RefusingZones = []string{"apne1-az3", "cac1-az3", "use1-az3", "usw1-az2"}
