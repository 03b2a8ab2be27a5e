// Package egress holds the rules for how the private subnets of a network reach
// what lies outside it.
package egress

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/limit"
)

// How many NAT gateways a network has.
const (
	NATNone   = "none"
	NATSingle = "single"
	NATPerAz  = "perAz"
)

// Ways out of private subnets.
const (
	ViaNAT       = "nat"
	ViaEndpoints = "endpoints"
	ViaNothing   = "none"
)

var service = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

// ForFargate are the interface endpoints without which a Fargate task in a
// network without NAT can neither pull its image from ECR nor write its log.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
func ForFargate() []string { return []string{"ecr.api", "ecr.dkr", "logs"} }

// NAT says whether mode is a number of NAT gateways.
func NAT(mode string) error { return limit.OneOf(mode, NATNone, NATSingle, NATPerAz) }

// Way says whether way is a way out of private subnets.
func Way(way string) error { return limit.OneOf(way, ViaNAT, ViaEndpoints, ViaNothing) }

// WayOf is the way out of private subnets with this NAT mode and these interface
// endpoints.
func WayOf(nat string, endpoints []string) string {
	if nat != NATNone {
		return ViaNAT
	}
	for _, needed := range ForFargate() {
		if !slices.Contains(endpoints, needed) {
			return ViaNothing
		}
	}
	return ViaEndpoints
}

// InterfaceEndpoints records what is wrong with a list of services.
func InterfaceEndpoints(l *fault.List, path string, services []string) {
	for i, s := range services {
		l.Check(fault.Index(path, i), interfaceEndpoint(s, services[:i]))
	}
}

func interfaceEndpoint(s string, before []string) error {
	switch {
	case strings.HasPrefix(s, "com.amazonaws."):
		parts := strings.SplitN(s, ".", 4)
		return fmt.Errorf("must be the service alone, got %q; use %q", s, parts[len(parts)-1])
	case !service.MatchString(s):
		return fmt.Errorf("must be the name of an AWS service such as \"ecr.api\", got %q", s)
	case s == "s3":
		return fmt.Errorf("must not be %q, which every network reaches through its gateway endpoint; leave it out", s)
	case slices.Contains(before, s):
		return fmt.Errorf("%q is named twice; name each service once", s)
	}
	return nil
}
