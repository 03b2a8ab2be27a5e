package awsrule

import (
	"fmt"
	"slices"
)

// TypeOffered says whether a type of instance can be launched in a zone, which is that of
// subnet, given the zones of the Region that have it.
// https://repost.aws/knowledge-center/ec2-instance-type-not-supported-az-error
func TypeOffered(instanceType, zone, subnet string, offered []string) error {
	switch {
	case slices.Contains(offered, zone):
		return nil
	case len(offered) == 0:
		return fmt.Errorf("must be a type that the region has, got %q; use another type", instanceType)
	}
	return fmt.Errorf("must be a type that %s has, the zone of the %s, got %q; "+
		"use another type, or put a subnet in one of %v first", zone, subnet, instanceType, offered)
}
