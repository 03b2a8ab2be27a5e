package region

import (
	"slices"
	"strings"
)

// Zone is an Availability Zone, or a Local Zone, which an account has to opt into.
type Zone struct {
	Name      string // ap-northeast-1a
	ID        string // apne1-az4: the same place for every account
	Kind      string // availability-zone or local-zone
	group     string // the Region, or the Local Zone's own group
	optStatus string // opt-in-not-required, opted-in or not-opted-in
}

// Facts is what AWS says about one Region.
type Facts struct {
	Description string
	zones       []Zone
}

// Regions are the Regions of the local AWS, with the letters that a new account sees
// (inferred: AWS shuffles those of older accounts). The account has opted into Tokyo's
// Local Zone, so that a program which does not filter zones gets one without load
// balancers.
// Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html *sourced*
var Regions = map[string]Facts{
	"ap-northeast-1": {"Asia Pacific (Tokyo)", append(
		availabilityZones("ap-northeast-1", "apne1-az", "a4", "c1", "d2"),
		Zone{"ap-northeast-1-tpe-1a", "apne1-tpe1-az1", "local-zone", "ap-northeast-1-tpe-1", "opted-in"})},
	"ap-northeast-3": {"Asia Pacific (Osaka)", availabilityZones("ap-northeast-3", "apne3-az", "a3", "b1", "c2")},
	"ap-southeast-1": {"Asia Pacific (Singapore)", availabilityZones("ap-southeast-1", "apse1-az", "a1", "b2", "c3")},
	"ap-southeast-2": {"Asia Pacific (Sydney)", availabilityZones("ap-southeast-2", "apse2-az", "a1", "b3", "c2")},
	"eu-central-1":   {"Europe (Frankfurt)", availabilityZones("eu-central-1", "euc1-az", "a2", "b3", "c1")},
	"eu-west-1":      {"Europe (Ireland)", availabilityZones("eu-west-1", "euw1-az", "a1", "b2", "c3")},
	"us-east-1": {"US East (N. Virginia)", append(
		availabilityZones("us-east-1", "use1-az", "a1", "b2", "c4", "d6", "e3", "f5"),
		Zone{"us-east-1-bos-1a", "use1-bos1-az1", "local-zone", "us-east-1-bos-1", "not-opted-in"})},
	"us-east-2": {"US East (Ohio)", availabilityZones("us-east-2", "use2-az", "a1", "b2", "c3")},
	"us-west-2": {"US West (Oregon)", availabilityZones("us-west-2", "usw2-az", "a1", "b2", "c3", "d4")},
}

// availabilityZones are the zones of a Region, each given by its letter and the
// number of its id: "a4" is ap-northeast-1a with the id apne1-az4.
func availabilityZones(region, idPrefix string, letters ...string) []Zone {
	var out []Zone
	for _, l := range letters {
		out = append(out, Zone{
			Name: region + l[:1], ID: idPrefix + l[1:], Kind: "availability-zone",
			group: region, optStatus: "opt-in-not-required",
		})
	}
	return out
}

// ZonesOf are the zones of a Region in the order of their names: all, or those that
// need no opting in and those that the account has opted into.
func ZonesOf(region string, all bool) []Zone {
	var out []Zone
	for _, z := range Regions[region].zones {
		if all || z.optStatus != "not-opted-in" {
			out = append(out, z)
		}
	}
	slices.SortFunc(out, func(a, b Zone) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// zoneStates are the states of zones. Every zone here has zoneState.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html *sourced*
var zoneStates = []string{zoneState, "information", "impaired", "unavailable", "constrained"}

const zoneState = "available"

// filterValues are what the filters of DescribeAvailabilityZones compare.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html *sourced*
func (z Zone) filterValues(region string) map[string]string {
	return map[string]string{
		"group-name":    z.group,
		"opt-in-status": z.optStatus,
		"region-name":   region,
		"state":         zoneState,
		"zone-id":       z.ID,
		"zone-name":     z.Name,
		"zone-type":     z.Kind,
	}
}
