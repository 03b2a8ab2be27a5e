// Package region is what the local AWS knows about Regions, zones and images.
package region

import (
	"slices"

	"github.com/portico-iac/portico/internal/glob"
	"github.com/portico-iac/portico/local/core"
)

// Service has the functions about the account and its Regions.
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

// getPartition describes the commercial partition.
func getPartition(_ *core.Tx, _ core.Object) (core.Object, error) {
	return core.Object{
		"id":               "aws",
		"partition":        "aws",
		"dnsSuffix":        "amazonaws.com",
		"reverseDnsPrefix": "com.amazonaws",
	}, nil
}

// getAvailabilityZones lists the zones of the provider's Region that pass every
// filter. Like AWS it includes Local Zones that the account has opted into.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html *sourced*
func getAvailabilityZones(t *core.Tx, in core.Object) (core.Object, error) {
	state := in.Str("state")
	if state != "" && !slices.Contains(zoneStates, state) {
		return nil, core.Refuse("InvalidParameterValue", "expected state to be one of %q, got %s", zoneStates, state)
	}
	names, ids, groups := []any{}, []any{}, []any{}
	for _, z := range ZonesOf(t, in.Bool("allAvailabilityZones")) {
		passes, err := PassesFilters(in, z.filterValues(t.Region()))
		if err != nil {
			return nil, err
		}
		excluded := slices.Contains(in.Strs("excludeNames"), z.Name) || slices.Contains(in.Strs("excludeZoneIds"), z.ID)
		if !passes || excluded || state != "" && state != z.State {
			continue
		}
		names, ids = append(names, z.Name), append(ids, z.ID)
		if !slices.Contains(groups, any(z.group)) {
			groups = append(groups, z.group)
		}
	}
	return core.Object{"id": t.Region(), "names": names, "zoneIds": ids, "groupNames": groups}, nil
}

// PassesFilters tells whether something passes the filters of a lookup. values has what
// each filter compares, of which one value has to match; EC2 knows no others.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html *sourced*, the wording inferred
func PassesFilters(in core.Object, values map[string][]string) (bool, error) {
	for _, f := range in.Blocks("filters") {
		actual, known := values[f.Str("name")]
		if !known {
			return false, core.Refuse("InvalidParameterValue", "The filter '%s' is invalid", f.Str("name"))
		}
		matches := func(pattern string) bool {
			return slices.ContainsFunc(actual, func(v string) bool { return glob.Match(pattern, v) })
		}
		if !slices.ContainsFunc(f.Strs("values"), matches) {
			return false, nil
		}
	}
	return true, nil
}
