package region

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// Zone is an Availability Zone, or a Local Zone, which an account has to opt into.
type Zone struct {
	Name      string // ap-northeast-1a
	ID        string // apne1-az4: the same place for every account
	Kind      string // availability-zone or local-zone
	State     string // available, or another one of zoneStates
	group     string // the Region, or the Local Zone's own group
	optStatus string // opt-in-not-required, opted-in or not-opted-in
}

// Local tells whether a zone is a Local Zone.
func (z Zone) Local() bool { return z.Kind == localZone }

// Refuses tells whether AWS makes no load balancer and no NAT gateway in a zone: one of
// the refusing ones, or a Local Zone.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html *inferred* (some Local Zones have both, those of the local AWS do not)
func (z Zone) Refuses() bool {
	return z.Local() || slices.Contains(awstable.RefusingZones, z.ID)
}

// Facts is what AWS says about one Region.
type Facts struct {
	Description string
	zones       []Zone
}

// Regions are the Regions of the local AWS, with the letters that an account sees
// (inferred: they differ between accounts). In Tokyo the account is an old one, whose
// second zone by name refuses load balancers. It has also opted into Tokyo's Local Zone,
// so that a program which does not filter zones gets one without load balancers.
// Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html *sourced*
var Regions = map[string]Facts{
	"ap-northeast-1": {"Asia Pacific (Tokyo)", append(
		availabilityZones("ap-northeast-1", "apne1-az", "a4", "b3", "c1", "d2"),
		Zone{"ap-northeast-1-tpe-1a", "apne1-tpe1-az1", localZone, available, "ap-northeast-1-tpe-1", "opted-in"})},
	"ap-northeast-3": {"Asia Pacific (Osaka)", availabilityZones("ap-northeast-3", "apne3-az", "a3", "b1", "c2")},
	"ap-southeast-1": {"Asia Pacific (Singapore)", availabilityZones("ap-southeast-1", "apse1-az", "a1", "b2", "c3")},
	"ap-southeast-2": {"Asia Pacific (Sydney)", availabilityZones("ap-southeast-2", "apse2-az", "a1", "b3", "c2")},
	"eu-central-1":   {"Europe (Frankfurt)", availabilityZones("eu-central-1", "euc1-az", "a2", "b3", "c1")},
	"eu-west-1":      {"Europe (Ireland)", availabilityZones("eu-west-1", "euw1-az", "a1", "b2", "c3")},
	"us-east-1": {"US East (N. Virginia)", append(
		availabilityZones("us-east-1", "use1-az", "a1", "b2", "c4", "d6", "e3", "f5"),
		Zone{"us-east-1-bos-1a", "use1-bos1-az1", localZone, available, "us-east-1-bos-1", notOptedIn})},
	"us-east-2": {"US East (Ohio)", availabilityZones("us-east-2", "use2-az", "a1", "b2", "c3")},
	"us-west-2": {"US West (Oregon)", availabilityZones("us-west-2", "usw2-az", "a1", "b2", "c3", "d4")},
}

// availabilityZones are the zones of a Region, each given by its letter and the
// number of its id: "a4" is ap-northeast-1a with the id apne1-az4.
func availabilityZones(region, idPrefix string, letters ...string) []Zone {
	var out []Zone
	for _, l := range letters {
		out = append(out, Zone{
			Name: region + l[:1], ID: idPrefix + l[1:], Kind: availabilityZone, State: available,
			group: region, optStatus: optInNotRequired,
		})
	}
	return out
}

// ZonesOf are the zones that the account sees in the Region of an operation, in the order
// of their names: all, or those that need no opting in and those that the account has
// opted into.
func ZonesOf(t *core.Tx, all bool) []Zone {
	zones := slices.Clone(Regions[t.Region()].zones)
	for _, changed := range t.All(zoneToken) {
		zones = slices.DeleteFunc(zones, func(z Zone) bool { return z.Name == changed.Str("id") })
		if !changed.Bool("gone") {
			zones = append(zones, zoneOf(changed))
		}
	}
	if !all {
		zones = slices.DeleteFunc(zones, func(z Zone) bool { return z.optStatus == notOptedIn })
	}
	slices.SortFunc(zones, func(a, b Zone) int { return strings.Compare(a.Name, b.Name) })
	return zones
}

// ZoneNamed is the zone of a name in the Region of an operation; the zero Zone when the
// account sees none of that name.
func ZoneNamed(t *core.Tx, name string) Zone {
	for _, z := range ZonesOf(t, true) {
		if z.Name == name {
			return z
		}
	}
	return Zone{}
}

// SetZone adds a zone to those that the account sees in the Region of an operation, or
// replaces the one of its name, as AWS does over the years. Only Name and ID are
// required: the zone is an available Availability Zone unless it says otherwise.
func SetZone(t *core.Tx, z Zone) {
	t.Set(zoneToken, z.Name, core.Object{
		"zoneId": z.ID, "kind": cmp.Or(z.Kind, availabilityZone), "state": cmp.Or(z.State, available),
		"group": cmp.Or(z.group, t.Region()), "optStatus": cmp.Or(z.optStatus, optInNotRequired),
	})
}

// HideZone takes a zone from those that the account sees in the Region of an operation.
func HideZone(t *core.Tx, name string) { t.Set(zoneToken, name, core.Object{"gone": true}) }

// zoneToken is under what the account keeps the zones that differ from Regions. No
// program can register one.
const zoneToken = "aws:index/availabilityZone:AvailabilityZone"

// zoneOf is a zone that the account keeps.
func zoneOf(state core.Object) Zone {
	return Zone{
		Name: state.Str("id"), ID: state.Str("zoneId"), Kind: state.Str("kind"), State: state.Str("state"),
		group: state.Str("group"), optStatus: state.Str("optStatus"),
	}
}

// The kinds of zones, and which of them an account has to opt into.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html *sourced*
const (
	availabilityZone = "availability-zone"
	localZone        = "local-zone"
	optInNotRequired = "opt-in-not-required"
	notOptedIn       = "not-opted-in"
)

// zoneStates are the states of zones.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html *sourced*
var zoneStates = []string{available, "information", "impaired", "unavailable", "constrained"}

const available = "available"

// filterValues are what the filters of DescribeAvailabilityZones compare.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html *sourced*
func (z Zone) filterValues(region string) map[string][]string {
	return map[string][]string{
		"group-name":    {z.group},
		"opt-in-status": {z.optStatus},
		"region-name":   {region},
		"state":         {z.State},
		"zone-id":       {z.ID},
		"zone-name":     {z.Name},
		"zone-type":     {z.Kind},
	}
}
