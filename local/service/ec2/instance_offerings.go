package ec2

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// The families that can be launched in a zone that refuses load balancers, and in a Local
// Zone, inferred: the first from refusals such as
// https://github.com/ned1313/Getting-Started-Terraform/issues/44, the second from
// https://aws.amazon.com/about-aws/global-infrastructure/localzones/features/
var (
	familiesOfRefusingZones = []string{"t2"}
	familiesOfLocalZones    = []string{"t3", "m5", "c5", "r5"}
)

// offers tells whether a zone has a type of instance.
func offers(z region.Zone, instanceType string) bool {
	family, _, _ := strings.Cut(instanceType, ".")
	switch {
	case z.Local():
		return slices.Contains(familiesOfLocalZones, family)
	case z.Refuses():
		return slices.Contains(familiesOfRefusingZones, family)
	}
	return true
}

// checkOffered refuses a type of instance that the zone does not have. The refusal names
// the Availability Zones that do.
// Source: https://repost.aws/knowledge-center/ec2-instance-type-not-supported-az-error *sourced*
func checkOffered(t *core.Tx, zone, instanceType string) error {
	if offers(region.ZoneNamed(t, zone), instanceType) {
		return nil
	}
	var others []string
	for _, z := range region.ZonesOf(t, false) {
		if !z.Local() && offers(z, instanceType) {
			others = append(others, z.Name)
		}
	}
	return core.Refuse("Unsupported", "Your requested instance type (%s) is not supported in your requested Availability Zone (%s). "+
		"Please retry your request by not specifying an Availability Zone or choosing %s.", instanceType, zone, strings.Join(others, ", "))
}

// locationTypes are the kinds of places in which types of instances are offered.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html *sourced*
var locationTypes = []string{"region", "availability-zone", "availability-zone-id", "outpost"}

// getInstanceTypeOfferings lists which types of instances are offered where: in the
// Region, unless locationType asks for its zones by name or by id. The three lists
// of the result have one element per offering, in the same order. The account has no
// Outposts.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html *sourced*
func getInstanceTypeOfferings(t *core.Tx, in core.Object) (core.Object, error) {
	kind := "region"
	if in.Has("locationType") {
		kind = in.Str("locationType")
	}
	if !slices.Contains(locationTypes, kind) {
		return nil, core.Refuse("InvalidParameterValue", "expected location_type to be one of %q, got %s", locationTypes, kind)
	}
	types, kinds, locations := []any{}, []any{}, []any{}
	for _, place := range placesOf(t, kind) {
		for _, name := range instanceTypes() {
			passes, err := region.PassesFilters(in, map[string][]string{"instance-type": {name}, "location": {place.name}})
			if err != nil {
				return nil, err
			}
			if passes && offers(place.zone, name) {
				types, kinds, locations = append(types, name), append(kinds, kind), append(locations, place.name)
			}
		}
	}
	return core.Object{"id": t.Region(), "instanceTypes": types, "locationTypes": kinds, "locations": locations}, nil
}

// place is where types of instances are offered. A Region has no zone and offers all.
type place struct {
	name string
	zone region.Zone
}

func placesOf(t *core.Tx, kind string) []place {
	if kind == "region" {
		return []place{{t.Region(), region.Zone{}}}
	}
	var out []place
	for _, z := range region.ZonesOf(t, false) {
		switch kind {
		case "availability-zone":
			out = append(out, place{z.Name, z})
		case "availability-zone-id":
			out = append(out, place{z.ID, z})
		}
	}
	return out
}

// instanceTypes are all types of instances, by family.
func instanceTypes() []string {
	var out []string
	for _, family := range instanceFamilies {
		for _, size := range instanceSizes {
			out = append(out, family+"."+size)
		}
	}
	return out
}
