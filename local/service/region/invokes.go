// Package region is what the local AWS knows about Regions, zones and images.
package region

import (
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// Service is what the provider can tell about the account and its Regions.
func Service() core.Service {
	return core.Service{Functions: []core.Function{
		{Token: "aws:index/getRegion:getRegion", Inputs: []string{"name"}, Run: getRegion},
		{Token: "aws:index/getCallerIdentity:getCallerIdentity", Inputs: []string{}, Run: getCallerIdentity},
		{Token: "aws:index/getPartition:getPartition", Inputs: []string{}, Run: getPartition},
		{
			Token:  "aws:index/getAvailabilityZones:getAvailabilityZones",
			Inputs: []string{"allAvailabilityZones", "excludeNames", "excludeZoneIds", "filters", "state"},
			Run:    getAvailabilityZones,
		},
	}}
}

// getRegion describes the Region of the provider, or the one named.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html *inferred*
func getRegion(t *core.Tx, in core.Object) (core.Object, error) {
	name := t.Region()
	if in.Has("name") {
		name = in.Str("name")
	}
	known, ok := Regions[name]
	if !ok {
		return nil, core.Refuse("InvalidParameterValue", "no matching EC2 Region found: %s", name)
	}
	return core.Object{
		"id":          name,
		"name":        name,
		"description": known.Description,
		"endpoint":    "ec2." + name + ".amazonaws.com",
	}, nil
}

// getCallerIdentity names the account and who acts in it.
func getCallerIdentity(t *core.Tx, _ core.Object) (core.Object, error) {
	return core.Object{
		"id":        t.AccountID(),
		"accountId": t.AccountID(),
		"arn":       "arn:aws:iam::" + t.AccountID() + ":user/portico",
		"userId":    "AIDAPORTICOLOCALUSER",
	}, nil
}

// getPartition names the partition, which here is the commercial one.
func getPartition(_ *core.Tx, _ core.Object) (core.Object, error) {
	return core.Object{
		"id":               "aws",
		"partition":        "aws",
		"dnsSuffix":        "amazonaws.com",
		"reverseDnsPrefix": "com.amazonaws",
	}, nil
}

// getAvailabilityZones lists the zones of the provider's Region that pass every
// filter. Like AWS it leaves Local Zones in unless they are filtered out, once
// the account has opted into them.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html *sourced*
func getAvailabilityZones(t *core.Tx, in core.Object) (core.Object, error) {
	if s := in.Str("state"); s != "" && !slices.Contains(zoneStates, s) {
		return nil, core.Refuse("InvalidParameterValue", "expected state to be one of %q, got %s", zoneStates, s)
	}
	names, ids, groups := []any{}, []any{}, []any{}
	for _, z := range ZonesOf(t.Region(), in.Bool("allAvailabilityZones")) {
		passes, err := passesZoneFilters(z, t.Region(), in)
		if err != nil {
			return nil, err
		}
		if !passes {
			continue
		}
		names, ids = append(names, z.Name), append(ids, z.ID)
		if !slices.Contains(groups, any(z.group)) {
			groups = append(groups, z.group)
		}
	}
	return core.Object{"id": t.Region(), "names": names, "zoneIds": ids, "groupNames": groups}, nil
}

// zoneStates are the states that zones can be filtered by; all zones here are
// available.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html *sourced*
var zoneStates = []string{"available", "information", "impaired", "unavailable", "constrained"}

// passesZoneFilters tells whether a zone is in the answer. A filter that
// DescribeAvailabilityZones does not know is refused, as AWS does.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html *sourced*, the wording inferred
func passesZoneFilters(z Zone, region string, in core.Object) (bool, error) {
	if slices.Contains(in.Strs("excludeNames"), z.Name) || slices.Contains(in.Strs("excludeZoneIds"), z.ID) {
		return false, nil
	}
	if s := in.Str("state"); s != "" && s != "available" {
		return false, nil
	}
	for _, f := range in.Blocks("filters") {
		value, known := z.filterValue(region, f.Str("name"))
		if !known {
			return false, core.Refuse("InvalidParameterValue", "The filter '%s' is invalid", f.Str("name"))
		}
		if !slices.Contains(f.Strs("values"), value) {
			return false, nil
		}
	}
	return true, nil
}
