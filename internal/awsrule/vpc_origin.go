package awsrule

import (
	"fmt"
	"regexp"
)

var vpcOriginID = regexp.MustCompile(`^vo_[A-Za-z0-9]+$`)

// VPCOriginID refuses what is not the id of a VPC origin.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginConfig.html
func VPCOriginID(id string) error {
	if !vpcOriginID.MatchString(id) {
		return fmt.Errorf("must be the id of a VPC origin such as vo_JQEa410sssUFoY6wMkx69j, got %q", id)
	}
	return nil
}

// VPCOriginZone refuses a zone without VPC origins. An id that is not known is taken to be right.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html#vpc-origins-supported-regions
func VPCOriginZone(zone FoundZone) error {
	return unless(!zone.refuses(), "must have its first private subnet in a zone with VPC origins, got one in %s (%s); put a subnet of another zone first",
		zone.Name, zone.ID)
}

// VPCOriginGateway is the fault of a VPC in which no internet gateway was found.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
func VPCOriginGateway(vpc string, cause error) error {
	return fmt.Errorf("must be a VPC with an internet gateway, got %q: AWS makes no VPC origin in another one, although nothing is routed "+
		"through the gateway; attach one: %w", vpc, cause)
}
