package region_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

const zonesToken = "aws:index/getAvailabilityZones:getAvailabilityZones"

func TestGetAvailabilityZones(t *testing.T) {
	filter := func(name string, values ...string) map[string]any {
		return map[string]any{"name": name, "values": core.List(values...)}
	}
	tests := map[string]struct {
		region  string
		in      core.Object
		want    []string
		wantErr string
	}{
		"unfiltered, with the local zone": {
			region: "ap-northeast-1", in: core.Object{"state": "available"},
			want: []string{"ap-northeast-1-tpe-1a", "ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1d"},
		},
		"without opting in": {
			region: "ap-northeast-1", in: core.Object{"filters": []any{filter("opt-in-status", "opt-in-not-required")}},
			want: []string{"ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1d"},
		},
		"of one kind": {
			region: "ap-northeast-1", in: core.Object{"filters": []any{filter("zone-type", "local-zone")}},
			want: []string{"ap-northeast-1-tpe-1a"},
		},
		"Virginia, where the account has not opted in": {
			region: "us-east-1", in: core.Object{},
			want: []string{"us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"},
		},
		"all of them": {
			region: "us-east-1",
			in:     core.Object{"allAvailabilityZones": true, "filters": []any{filter("zone-type", "local-zone")}},
			want:   []string{"us-east-1-bos-1a"},
		},
		"excluded by name and by id": {
			region: "ap-northeast-1",
			in: core.Object{
				"excludeNames": core.List("ap-northeast-1-tpe-1a", "ap-northeast-1a"), "excludeZoneIds": core.List("apne1-az2"),
			},
			want: []string{"ap-northeast-1b", "ap-northeast-1c"},
		},
		"with load balancers": {
			region: "ap-northeast-1",
			in: core.Object{
				"excludeZoneIds": core.List(awstable.RefusingZones...), "filters": []any{filter("opt-in-status", "opt-in-not-required")},
			},
			want: []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"},
		},
		"in a state none is in": {region: "ap-northeast-1", in: core.Object{"state": "impaired"}},
		"unknown state":         {region: "ap-northeast-1", in: core.Object{"state": "fine"}, wantErr: "expected state to be one of"},
		"unknown filter": {
			region: "ap-northeast-1", in: core.Object{"filters": []any{filter("colour", "red")}},
			wantErr: "InvalidParameterValue: The filter 'colour' is invalid",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := cloudtest.New(t).InRegion(tt.region)
			got, err := c.TryCall(zonesToken, tt.in)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Strs("names"))
			assert.Len(t, got.Strs("zoneIds"), len(tt.want))
		})
	}
}

func TestZonesOfEveryRegion(t *testing.T) {
	ids := map[string]string{}
	for name := range region.Regions {
		var usual int
		for _, z := range zonesOf(t, name) {
			assert.Contains(t, z.Name, name)
			assert.Empty(t, ids[z.ID], "the id %s is used twice", z.ID)
			ids[z.ID] = z.Name
			if !z.Refuses() {
				usual++
			}
		}
		assert.GreaterOrEqual(t, usual, 3, name)
	}
	assert.Equal(t, "ap-northeast-1b", ids["apne1-az3"])
	assert.Equal(t, "us-east-1e", ids["use1-az3"])
}

func zonesOf(t *testing.T, name string) (zones []region.Zone) {
	t.Helper()
	cloudtest.New(t).InRegion(name).Change(func(tx *core.Tx) { zones = region.ZonesOf(tx, true) })
	return zones
}

func TestWhichZonesRefuse(t *testing.T) {
	var refusing []string
	for _, name := range []string{"ap-northeast-1", "us-east-1", "us-west-2"} {
		for _, z := range zonesOf(t, name) {
			if z.Refuses() {
				refusing = append(refusing, z.Name)
			}
		}
	}
	assert.Equal(t, []string{"ap-northeast-1-tpe-1a", "ap-northeast-1b", "us-east-1-bos-1a", "us-east-1e"}, refusing)
	for id, refuses := range map[string]bool{"usw1-az2": true, "cac1-az3": true, "usw1-az3": false, "cac1-az1": false} {
		assert.Equal(t, refuses, region.Zone{ID: id}.Refuses(), id)
	}
}

// AWS adds zones over the years, and what an account sees of them changes.
func TestTheListOfZonesChanges(t *testing.T) {
	c := cloudtest.New(t)
	listed := func(in core.Object) []string { return c.Call(zonesToken, in).Strs("names") }
	usable := core.Object{"state": "available", "excludeZoneIds": core.List(awstable.RefusingZones...), "excludeNames": core.List("ap-northeast-1-tpe-1a")}
	assert.Equal(t, []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"}, listed(usable))

	c.Change(func(t *core.Tx) {
		region.SetZone(t, region.Zone{Name: "ap-northeast-1b", ID: "apne1-az5"})
		region.SetZone(t, region.Zone{Name: "ap-northeast-1c", ID: "apne1-az1", State: "constrained"})
	})
	assert.Equal(t, []string{"ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1d"}, listed(usable))
	assert.Equal(t, []string{"ap-northeast-1c"}, listed(core.Object{"state": "constrained"}))

	c.Change(func(t *core.Tx) { region.HideZone(t, "ap-northeast-1a") })
	assert.Equal(t, []string{"ap-northeast-1b", "ap-northeast-1d"}, listed(usable))
	assert.NotContains(t, listed(core.Object{"allAvailabilityZones": true}), "ap-northeast-1a")
	assert.Contains(t, c.InRegion("us-east-1").Call(zonesToken, core.Object{}).Strs("names"), "us-east-1a", "of one Region alone")
}

func TestGetRegion(t *testing.T) {
	c := cloudtest.New(t)
	own := c.Call("aws:index/getRegion:getRegion", core.Object{})
	assert.Equal(t, cloudtest.Region, own.Str("name"))
	assert.Equal(t, cloudtest.Region, own.Str("id"))
	assert.Equal(t, "Asia Pacific (Tokyo)", own.Str("description"))

	other := c.Call("aws:index/getRegion:getRegion", core.Object{"name": "us-east-1"})
	assert.Equal(t, "ec2.us-east-1.amazonaws.com", other.Str("endpoint"))

	_, err := c.TryCall("aws:index/getRegion:getRegion", core.Object{"name": "mars-1"})
	assert.ErrorContains(t, err, "no matching EC2 Region found: mars-1")
}

func TestGetCallerIdentityAndPartition(t *testing.T) {
	c := cloudtest.New(t)
	identity := c.Call("aws:index/getCallerIdentity:getCallerIdentity", core.Object{})
	assert.Equal(t, c.Account().ID, identity.Str("accountId"))
	assert.Equal(t, "arn:aws:iam::"+c.Account().ID+":user/portico", identity.Str("arn"))
	assert.Equal(t, "aws", c.Call("aws:index/getPartition:getPartition", core.Object{}).Str("partition"))
}
