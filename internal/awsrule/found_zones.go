package awsrule

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// FoundZone is an Availability Zone of a Region as AWS lists it for an account. Its ID,
// such as "apne1-az4", is the same place for every account; its Name is not.
// https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
type FoundZone struct{ Name, ID string }

func (z FoundZone) refuses() bool { return slices.Contains(awstable.RefusingZones, z.ID) }

func namesOf(zones []FoundZone) []string {
	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.Name
	}
	return names
}

// usable are the zones in which AWS makes load balancers and NAT gateways, in the order
// of the numbers in their ids. AWS gives a new zone the next number, so that it comes
// last, whatever its name.
func usable(found []FoundZone) []FoundZone {
	zones := slices.DeleteFunc(slices.Clone(found), FoundZone.refuses)
	slices.SortFunc(zones, func(a, b FoundZone) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) // az9 before az10
	})
	return zones
}

// FirstZones are the names of the first zones by id that a load balancer can be in.
func FirstZones(found []FoundZone, count int) ([]string, error) {
	zones := namesOf(usable(found))
	if len(zones) < count {
		return nil, fmt.Errorf("must be %d zones, the region has only %d available (%v); "+
			"lower availabilityZoneCount or use another region", count, len(zones), zones)
	}
	return zones[:count], nil
}

// ZonesExist records the zones that the Region does not have, and those in which AWS
// makes no load balancer and no NAT gateway.
func ZonesExist(l *fault.List, path string, names []string, found []FoundZone) {
	others := slices.Sorted(slices.Values(namesOf(usable(found))))
	checkEach(l, path, names, func(name string) error {
		i := slices.IndexFunc(found, func(z FoundZone) bool { return z.Name == name })
		if i < 0 {
			return fmt.Errorf("must be a zone that the account has in the region, got %q; use one of %v", name, others)
		}
		return unless(!found[i].refuses(), "must be a zone in which AWS makes load balancers and NAT gateways, got %q, which is %s; use one of %v",
			name, found[i].ID, others)
	})
}
