package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// How many NAT gateways a network has.
const (
	NATNone   = "none"
	NATSingle = "single"
	NATPerAz  = "perAz"
)

// How private subnets reach what lies outside the VPC.
const (
	EgressNAT       = "nat"
	EgressEndpoints = "endpoints"
	EgressNone      = "none"
)

var serviceName = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

// FargateEndpoints are the interface endpoints among awstable.FargateServices: every
// network has the gateway endpoint for S3.
func FargateEndpoints() []string {
	return slices.DeleteFunc(slices.Clone(awstable.FargateServices), func(s string) bool { return s == awstable.S3 })
}

// PrivateEgressOf is the egress of private subnets with this NAT mode and these
// interface endpoints.
func PrivateEgressOf(nat string, endpoints []string) string {
	lacks := func(needed string) bool { return !slices.Contains(endpoints, needed) }
	switch {
	case nat != NATNone:
		return EgressNAT
	case slices.ContainsFunc(FargateEndpoints(), lacks):
		return EgressNone
	}
	return EgressEndpoints
}

// InterfaceEndpoints records what is wrong with a list of services.
func InterfaceEndpoints(l *fault.List, path string, services []string) {
	checkEach(l, path, services, interfaceEndpoint)
}

func interfaceEndpoint(s string) error {
	switch {
	case strings.HasPrefix(s, "com.amazonaws."):
		parts := strings.SplitN(s, ".", 4)
		return fmt.Errorf("must be the service alone, got %q; use %q", s, parts[len(parts)-1])
	case !serviceName.MatchString(s):
		return fmt.Errorf("must be the name of an AWS service such as \"ecr.api\", got %q", s)
	case s == awstable.S3:
		return fmt.Errorf("must not be %q, which every network reaches through its gateway endpoint; leave it out", s)
	}
	return nil
}

// EndpointZones refuses an interface endpoint in zones in which its service has none.
// offered is empty when AWS does not say.
// https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
func EndpointZones(service string, offered, zones []string) error {
	for _, zone := range zones {
		if len(offered) > 0 && !slices.Contains(offered, zone) {
			return fmt.Errorf("must be offered in every zone of the network, %s is not in %s, only in %v; "+
				"choose zones among those with availabilityZones, or leave it out", service, zone, offered)
		}
	}
	return nil
}
