package firstboot_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/firstboot"
)

func TestZonesOfAnAccount(t *testing.T) {
	d, err := cloudtest.NewDriver("ap-northeast-1")
	require.NoError(t, err)
	zone := d.Account().All("aws:route53/zone:Zone")[0]["id"]
	for _, inputs := range []map[string]any{
		{"zoneId": zone, "name": "t.example.com", "type": "TXT", "ttl": 60.0, "records": []any{"hello", `a" "b`, `"quoted"`}},
		{"zoneId": zone, "name": "a.example.com", "type": "A", "ttl": 60.0, "records": []any{"192.0.2.1"}},
		{"zoneId": zone, "name": "b.example.com", "type": "A", "aliases": []any{
			map[string]any{"name": "a.example.com", "zoneId": zone, "evaluateTargetHealth": true},
		}},
	} {
		_, _, err := d.Create("aws:route53/record:Record", inputs["name"].(string), inputs)
		require.NoError(t, err)
	}
	zones := firstboot.ZonesOf(d.Account())
	require.Len(t, zones, 2, "the public one and a private one")
	assert.Equal(t, "example.com.", zones[0].Name)
	byName := map[string]firstboot.Record{}
	for _, r := range zones[0].Records {
		byName[r.Name+" "+r.Type] = r
	}
	assert.Equal(t, []string{`"hello"`, `"a" "b"`, `"quoted"`}, byName["t.example.com. TXT"].Values)
	assert.Equal(t, int64(60), byName["t.example.com. TXT"].TTL)
	assert.Equal(t, &firstboot.Alias{ZoneID: zone.(string), Name: "a.example.com", EvaluateTargetHealth: true}, byName["b.example.com. A"].Alias)
	assert.Contains(t, byName, "example.com. NS")
	assert.Contains(t, byName, "example.com. SOA")
}
