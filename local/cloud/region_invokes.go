package cloud

import (
	"reflect"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
)

// regionArea is what the provider can tell about the account and its Regions.
func regionArea() area {
	return area{invokes: []invoke{
		{
			token:     "aws:index/getRegion:getRegion",
			inputs:    reflect.TypeOf(aws.GetRegionArgs{}),
			supported: []string{"name"},
			run:       getRegion,
		},
		{
			token:     "aws:index/getCallerIdentity:getCallerIdentity",
			inputs:    reflect.TypeOf(aws.GetCallerIdentityArgs{}),
			supported: []string{},
			run:       getCallerIdentity,
		},
		{
			token:     "aws:index/getPartition:getPartition",
			inputs:    reflect.TypeOf(aws.GetPartitionArgs{}),
			supported: []string{},
			run:       getPartition,
		},
		{
			token:     "aws:index/getAvailabilityZones:getAvailabilityZones",
			inputs:    reflect.TypeOf(aws.GetAvailabilityZonesArgs{}),
			supported: []string{"allAvailabilityZones", "excludeNames", "excludeZoneIds", "filters", "state"},
			run:       getAvailabilityZones,
		},
	}}
}

// getRegion describes the Region of the provider, or the one named.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
// *inferred*
func getRegion(t *tx, in object) (object, error) {
	name := t.region
	if in.has("name") {
		name = in.str("name")
	}
	facts, ok := regions[name]
	if !ok {
		return nil, refuse("InvalidParameterValue", "no matching EC2 Region found: %s", name)
	}
	return object{
		"id":          name,
		"name":        name,
		"description": facts.description,
		"endpoint":    "ec2." + name + ".amazonaws.com",
	}, nil
}

// getCallerIdentity names the account and who acts in it.
func getCallerIdentity(t *tx, _ object) (object, error) {
	return object{
		"id":        t.accountID,
		"accountId": t.accountID,
		"arn":       "arn:aws:iam::" + t.accountID + ":user/portico",
		"userId":    "AIDAPORTICOLOCALUSER",
	}, nil
}

// getPartition names the partition, which here is the commercial one.
func getPartition(_ *tx, _ object) (object, error) {
	return object{
		"id":               "aws",
		"partition":        "aws",
		"dnsSuffix":        "amazonaws.com",
		"reverseDnsPrefix": "com.amazonaws",
	}, nil
}

// getAvailabilityZones lists the zones of the provider's Region that pass every
// filter. Like AWS it leaves Local Zones in unless they are filtered out, once
// the account has opted into them.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
// *sourced*
func getAvailabilityZones(t *tx, in object) (object, error) {
	if s := in.str("state"); s != "" && !slices.Contains(zoneStates, s) {
		return nil, refuse("InvalidParameterValue", "expected state to be one of %q, got %s", zoneStates, s)
	}
	names, ids, groups := []any{}, []any{}, []any{}
	for _, z := range zonesOf(t.region, in.boolean("allAvailabilityZones")) {
		passes, err := passesZoneFilters(z, t.region, in)
		if err != nil {
			return nil, err
		}
		if !passes {
			continue
		}
		names, ids = append(names, z.name), append(ids, z.id)
		if !slices.Contains(groups, any(z.group)) {
			groups = append(groups, z.group)
		}
	}
	return in.with(object{"id": t.region, "names": names, "zoneIds": ids, "groupNames": groups}), nil
}

// zoneStates are the states a zone can be asked for by; all zones here are
// available.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html
// *sourced*
var zoneStates = []string{"available", "information", "impaired", "unavailable", "constrained"}

// passesZoneFilters tells whether a zone is in the answer. A filter that
// DescribeAvailabilityZones does not know is refused, as AWS does.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
// *sourced*, the wording inferred
func passesZoneFilters(z zone, region string, in object) (bool, error) {
	if slices.Contains(in.strs("excludeNames"), z.name) || slices.Contains(in.strs("excludeZoneIds"), z.id) {
		return false, nil
	}
	if s := in.str("state"); s != "" && s != "available" {
		return false, nil
	}
	for _, f := range in.objects("filters") {
		value, known := z.filterValue(region, f.str("name"))
		if !known {
			return false, refuse("InvalidParameterValue", "The filter '%s' is invalid", f.str("name"))
		}
		if !slices.Contains(f.strs("values"), value) {
			return false, nil
		}
	}
	return true, nil
}
