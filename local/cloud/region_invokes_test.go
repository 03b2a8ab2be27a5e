package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const zonesToken = "aws:index/getAvailabilityZones:getAvailabilityZones"

func TestGetAvailabilityZones(t *testing.T) {
	filter := func(name string, values ...string) map[string]any {
		return map[string]any{"name": name, "values": list(values...)}
	}
	tests := map[string]struct {
		region  string
		in      object
		want    []string
		wantErr string
	}{
		"unfiltered, with the local zone": {
			region: "ap-northeast-1", in: object{"state": "available"},
			want: []string{"ap-northeast-1-tpe-1a", "ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"},
		},
		"without opting in": {
			region: "ap-northeast-1", in: object{"filters": []any{filter("opt-in-status", "opt-in-not-required")}},
			want: []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"},
		},
		"of one kind": {
			region: "ap-northeast-1", in: object{"filters": []any{filter("zone-type", "local-zone")}},
			want: []string{"ap-northeast-1-tpe-1a"},
		},
		"Virginia, where nobody opted in": {
			region: "us-east-1", in: object{},
			want: []string{"us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"},
		},
		"all of them": {
			region: "us-east-1",
			in:     object{"allAvailabilityZones": true, "filters": []any{filter("zone-type", "local-zone")}},
			want:   []string{"us-east-1-bos-1a"},
		},
		"excluded by name and by id": {
			region: "ap-northeast-1",
			in: object{
				"excludeNames": list("ap-northeast-1-tpe-1a", "ap-northeast-1a"), "excludeZoneIds": list("apne1-az2"),
			},
			want: []string{"ap-northeast-1c"},
		},
		"in a state none is in": {region: "ap-northeast-1", in: object{"state": "impaired"}},
		"unknown state":         {region: "ap-northeast-1", in: object{"state": "fine"}, wantErr: "expected state to be one of"},
		"unknown filter": {
			region: "ap-northeast-1", in: object{"filters": []any{filter("colour", "red")}},
			wantErr: "InvalidParameterValue: The filter 'colour' is invalid",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newTestCloud(t).inRegion(tt.region)
			got, err := c.invoke(zonesToken, asObject(plain(tt.in)))
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.strs("names"))
			assert.Len(t, got.strs("zoneIds"), len(tt.want))
		})
	}
}

func TestZonesOfEveryRegion(t *testing.T) {
	ids := map[string]string{}
	for region := range regions {
		var usual int
		for _, z := range zonesOf(region, true) {
			assert.Contains(t, z.name, region)
			assert.Empty(t, ids[z.id], "the id %s is used twice", z.id)
			ids[z.id] = z.name
			if z.kind == "availability-zone" {
				usual++
			}
		}
		assert.GreaterOrEqual(t, usual, 3, region)
	}
}

func TestGetRegion(t *testing.T) {
	c := newTestCloud(t)
	own := c.call("aws:index/getRegion:getRegion", object{})
	assert.Equal(t, testRegion, own.str("name"))
	assert.Equal(t, testRegion, own.str("id"))
	assert.Equal(t, "Asia Pacific (Tokyo)", own.str("description"))

	other := c.call("aws:index/getRegion:getRegion", object{"name": "us-east-1"})
	assert.Equal(t, "ec2.us-east-1.amazonaws.com", other.str("endpoint"))

	_, err := c.invoke("aws:index/getRegion:getRegion", object{"name": "mars-1"})
	assert.ErrorContains(t, err, "no matching EC2 Region found: mars-1")
}

func TestGetCallerIdentityAndPartition(t *testing.T) {
	c := newTestCloud(t)
	identity := c.call("aws:index/getCallerIdentity:getCallerIdentity", object{})
	assert.Equal(t, c.account().ID, identity.str("accountId"))
	assert.Equal(t, "arn:aws:iam::"+c.account().ID+":user/portico", identity.str("arn"))
	assert.Equal(t, "aws", c.call("aws:index/getPartition:getPartition", object{}).str("partition"))
}
