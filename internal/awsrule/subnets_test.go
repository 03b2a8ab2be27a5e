package awsrule_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestCheckBlock(t *testing.T) {
	for cidr, wantErr := range map[string]string{
		"10.0.0.0/16":        "",
		"10.0.2.0/23":        "",
		"192.168.0.0/20":     "",
		"172.31.0.0/16":      "",
		"100.64.0.0/16":      "",
		"10.0.0.0/15":        `must be /16 to /23, got "10.0.0.0/15"; AWS allows a VPC no other size`,
		"10.0.0.0/24":        `must be /16 to /23, got "10.0.0.0/24": a subnet is a sixteenth of it and a load balancer needs at least /27; use a wider block, or make the subnets yourself and adopt them with existing`,
		"10.0.0.0/28":        "adopt them with existing",
		"10.0.0.0/29":        "AWS allows a VPC no other size",
		"10.0.0.0/0":         "AWS allows a VPC no other size",
		"10.0.1.0/16":        `must be the first address of its block, got "10.0.1.0/16"; use "10.0.0.0/16"`,
		"10.0.0.0":           "must be an IPv4 block",
		"":                   "must be an IPv4 block",
		"2001:db8::/32":      "must be an IPv4 block",
		"::ffff:10.0.0.0/16": "must be an IPv4 block",
		"127.0.0.0/16":       "must not lie in 127.0.0.0/8",
		"169.254.0.0/16":     "must not lie in 169.254.0.0/16",
		"224.0.0.0/16":       "must not lie in 224.0.0.0/4",
		"0.0.0.0/16":         "must not lie in 0.0.0.0/8",
	} {
		t.Run(cidr, func(t *testing.T) { assertErrorContains(t, awsrule.VPCBlock(cidr), wantErr) })
	}
}

func TestParseZone(t *testing.T) {
	for name, want := range map[string]awsrule.Zone{
		"ap-northeast-1a": {Name: "ap-northeast-1a", Region: "ap-northeast-1", Letter: 'a'},
		"us-gov-west-1h":  {Name: "us-gov-west-1h", Region: "us-gov-west-1", Letter: 'h'},
		"eusc-de-east-1b": {Name: "eusc-de-east-1b", Region: "eusc-de-east-1", Letter: 'b'},
		"xx-north-12c":    {Name: "xx-north-12c", Region: "xx-north-12", Letter: 'c'},
	} {
		got, err := awsrule.ParseZone(name)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for name, wantErr := range map[string]string{
		"ap-northeast-1":          "must be the name of a plain availability zone",
		"us-east-1-bos-1a":        "Local Zones and Wavelength Zones are not supported",
		"us-east-1-wl1-bos-wlz-1": "Local Zones and Wavelength Zones are not supported",
		"apne1-az4":               "zone ids",
		"":                        "plain availability zone",
		"AP-NORTHEAST-1A":         "plain availability zone",
		"ap-northeast-1i":         `must end in a letter from a to h, got "ap-northeast-1i"`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := awsrule.ParseZone(name)
			assertErrorContains(t, err, wantErr)
		})
	}
}

func TestCheckZones(t *testing.T) {
	for name, tt := range map[string]struct {
		zones   string
		wantErr string
	}{
		"two":          {"ap-northeast-1a ap-northeast-1c", ""},
		"three":        {"ap-northeast-1a ap-northeast-1c ap-northeast-1d", ""},
		"one":          {"ap-northeast-1a", "zones: must be 2-3 zones, got 1; a load balancer needs subnets in two"},
		"four":         {"us-east-1a us-east-1b us-east-1c us-east-1d", "zones: must be 2-3 zones, got 4"},
		"one twice":    {"us-east-1a us-east-1b us-east-1a", `zones[2]: is a duplicate of "us-east-1a": remove it`},
		"two regions":  {"us-east-1a us-east-2b", `zones[1]: must be in the region of "us-east-1a", got "us-east-2b"`},
		"a Local Zone": {"us-east-1-bos-1a us-east-1a", "zones[0]: must be the name of a plain availability zone"},
	} {
		t.Run(name, func(t *testing.T) {
			l := fault.ForConfig()
			awsrule.Zones(l, "zones", strings.Fields(tt.zones))
			assertErrorContains(t, l.Err(), tt.wantErr)
		})
	}
}

func TestPlan(t *testing.T) {
	for cidr, want := range map[string][2][2]string{ // zone a, zone c: public, private
		"10.0.0.0/16":      {{"10.0.0.0/20", "10.0.128.0/20"}, {"10.0.32.0/20", "10.0.160.0/20"}},
		"10.1.2.0/23":      {{"10.1.2.0/27", "10.1.3.0/27"}, {"10.1.2.64/27", "10.1.3.64/27"}},
		"192.168.240.0/20": {{"192.168.240.0/24", "192.168.248.0/24"}, {"192.168.242.0/24", "192.168.250.0/24"}},
	} {
		plan, err := awsrule.PlanSubnets(cidr, []string{"ap-northeast-1a", "ap-northeast-1c"})
		require.NoError(t, err)
		require.Len(t, plan, 2)
		for i, zone := range []string{"ap-northeast-1a", "ap-northeast-1c"} {
			assert.Equal(t, zone, plan[i].Zone.Name)
			assert.Equal(t, want[i], [2]string{plan[i].Public, plan[i].Private})
		}
	}
	_, err := awsrule.PlanSubnets("10.0.0.0/24", []string{"ap-northeast-1a", "ap-northeast-1c"})
	assert.ErrorContains(t, err, "adopt them with existing")
	_, err = awsrule.PlanSubnets("10.0.0.0/16", []string{"us-east-1-bos-1a"})
	assert.ErrorContains(t, err, "plain availability zone")
}

func TestAddingAZoneMovesNoOther(t *testing.T) {
	before, err := awsrule.PlanSubnets("10.0.0.0/16", []string{"ap-northeast-1a", "ap-northeast-1d"})
	require.NoError(t, err)
	after, err := awsrule.PlanSubnets("10.0.0.0/16", []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"})
	require.NoError(t, err)
	assert.Equal(t, before, []awsrule.ZoneSubnets{after[0], after[2]})
}

// Every block of every plan lies in the VPC, overlaps no other and is wide enough
// for a load balancer.
func TestPlansAreDisjoint(t *testing.T) {
	require.NoError(t, quick.Check(func(second, third byte, size, one, two, three uint8) bool {
		vpc := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, second, third, 0}), 16+int(size)%8).Masked()
		zones := distinct(one, two, three)
		plan, err := awsrule.PlanSubnets(vpc.String(), zones)
		return err == nil && disjoint(vpc, plan)
	}, nil))
}

func distinct(letters ...uint8) []string {
	var zones []string
	for _, l := range letters {
		zone := fmt.Sprintf("us-east-1%c", 'a'+l%8)
		if !strings.Contains(strings.Join(zones, " "), zone) {
			zones = append(zones, zone)
		}
	}
	return zones
}

func disjoint(vpc netip.Prefix, plan []awsrule.ZoneSubnets) bool {
	var seen []netip.Prefix
	for _, s := range plan {
		for _, cidr := range []string{s.Public, s.Private} {
			p := netip.MustParsePrefix(cidr)
			if p != p.Masked() || p.Bits() != vpc.Bits()+4 || p.Bits() > 27 || !vpc.Contains(p.Addr()) {
				return false
			}
			for _, other := range seen {
				if p.Overlaps(other) {
					return false
				}
			}
			seen = append(seen, p)
		}
	}
	return true
}
