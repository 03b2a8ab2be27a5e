package awsrule

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/fault"
)

var foundInTokyo = []FoundZone{
	{"ap-northeast-1a", "apne1-az4"}, {"ap-northeast-1b", "apne1-az3"}, {"ap-northeast-1c", "apne1-az1"}, {"ap-northeast-1d", "apne1-az2"},
}

func TestFirstZones(t *testing.T) {
	with := func(more ...FoundZone) []FoundZone { return append(more, foundInTokyo...) }
	for name, tt := range map[string]struct {
		found []FoundZone
		count int
		want  []string
	}{
		"two":                         {foundInTokyo, 2, []string{"ap-northeast-1c", "ap-northeast-1d"}},
		"past the one that refuses":   {foundInTokyo, 3, []string{"ap-northeast-1c", "ap-northeast-1d", "ap-northeast-1a"}},
		"a new one with a lower name": {with(FoundZone{"ap-northeast-10", "apne1-az5"}), 3, []string{"ap-northeast-1c", "ap-northeast-1d", "ap-northeast-1a"}},
		"by number": {
			[]FoundZone{{"xx-north-1a", "xxn1-az10"}, {"xx-north-1b", "xxn1-az9"}}, 2, []string{"xx-north-1b", "xx-north-1a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := FirstZones(tt.found, tt.count)
			assert.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
	_, err := FirstZones(foundInTokyo[:2], 2)
	assert.EqualError(t, err, "must be 2 zones, the region has only 1 available ([ap-northeast-1a]); "+
		"lower availabilityZoneCount or use another region")
}

func TestZonesExist(t *testing.T) {
	l := fault.ForConfig()
	ZonesExist(l, "zones", []string{"ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1e"}, foundInTokyo)
	assert.EqualError(t, l.Err(), `zones[1]: must be a zone in which AWS makes load balancers and NAT gateways, got "ap-northeast-1b", `+
		"which is apne1-az3; use one of [ap-northeast-1a ap-northeast-1c ap-northeast-1d]\n"+
		`zones[2]: must be a zone that the account has in the region, got "ap-northeast-1e"; `+
		"use one of [ap-northeast-1a ap-northeast-1c ap-northeast-1d]")
}
