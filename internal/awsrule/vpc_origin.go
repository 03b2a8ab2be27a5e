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

// PrivateOriginSubnet refuses an adopted subnet in which an instance behind a VPC origin would
// not start up: its zone has no VPC origins, or it leads nowhere.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html#vpc-origins-supported-regions
func PrivateOriginSubnet(s AdoptedSubnet) error {
	if (FoundZone{Name: s.Zone, ID: s.ZoneID}).refuses() {
		return fmt.Errorf("must have its first private subnet in a zone with VPC origins, got %q in %s (%s); put a subnet of another zone first", s.ID, s.Zone, s.ZoneID)
	}
	return unless(s.DefaultRoute, "must have a first private subnet that leads to a NAT gateway, %q has no default route in its route table (%s): "+
		"the first boot gets packages and the certificate from the internet, and would fail; add the route, or put another subnet first", s.ID, s.RouteTable)
}

// VPCOriginGateway is the fault of a VPC in which no internet gateway was found.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
func VPCOriginGateway(vpc string, cause error) error {
	return fmt.Errorf("must be a VPC with an internet gateway, got %q: AWS makes no VPC origin in another one, although nothing is routed "+
		"through the gateway; attach one: %w", vpc, cause)
}
