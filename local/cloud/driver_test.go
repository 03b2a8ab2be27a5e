package cloud

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newTestDriver is a driver in testRegion on a freshly seeded account.
func newTestDriver(t *testing.T) *Driver {
	t.Helper()
	d, err := NewDriver(testRegion)
	require.NoError(t, err)
	return d
}

// written is the account as a file would hold it.
func written(t *testing.T, d *Driver) string {
	t.Helper()
	raw, err := json.Marshal(d.Account())
	require.NoError(t, err)
	return string(raw)
}

func TestDriverCreates(t *testing.T) {
	d := newTestDriver(t)
	account := d.Account()
	vpc, state, err := d.Create(vpcToken, "net", map[string]any{"cidrBlock": "10.0.0.0/16"})
	require.NoError(t, err)
	assert.Equal(t, true, state["enableDnsSupport"], "a default")
	assert.Equal(t, state, account.Get(vpcToken, vpc), "the account that was had before sees it")

	_, state, err = d.Create(securityGroupToken, "web", map[string]any{"vpcId": vpc})
	require.NoError(t, err)
	assert.Regexp(t, `^web-[0-9a-f]{7}$`, state["name"], "an automatic name")

	other := d.In("us-east-1")
	_, _, err = other.Create(securityGroupToken, "far", map[string]any{"vpcId": vpc})
	require.ErrorContains(t, err, "InvalidVpcID.NotFound", "it is in another Region")
	_, state, err = other.Create(vpcToken, "far", map[string]any{"cidrBlock": "10.0.0.0/16"})
	require.NoError(t, err)
	assert.Contains(t, state["arn"], ":us-east-1:")
}

func TestDriverInvokes(t *testing.T) {
	d := newTestDriver(t)
	zone, err := d.Invoke(getZoneToken, map[string]any{"name": "example.com"})
	require.NoError(t, err)
	assert.Equal(t, seededZone, zone["zoneId"])
	_, err = d.Invoke(getZoneToken, map[string]any{"name": "example.net"})
	require.ErrorContains(t, err, "no matching Route 53 Hosted Zone found")
}

func TestDriverUpdates(t *testing.T) {
	d := newTestDriver(t)
	id, state, err := d.Create(distributionToken, "d", distributionInputs(nil))
	require.NoError(t, err)
	itself := distributionInputs(object{"origins": []any{originInputs(object{"domainName": state["domainName"]})}})
	updated, err := d.Update(distributionToken, id, itself)
	require.NoError(t, err)
	assert.Equal(t, state["domainName"], asObject(asObject(updated).list("origins")[0]).str("domainName"))
	assert.Equal(t, updated, d.Account().Get(distributionToken, id))

	_, err = d.Update(distributionToken, id, map[string]any{"enabled": true})
	require.ErrorContains(t, err, "origins")
	_, err = d.Update(distributionToken, "E0", itself)
	require.ErrorContains(t, err, "there is no E0")
	_, err = d.Update(vpcToken, seedVpc, map[string]any{"cidrBlock": "10.9.0.0/16"})
	require.ErrorContains(t, err, "another cidrBlock needs a new resource")
}

func TestDriverKeepsTheTimeGiven(t *testing.T) {
	d := newTestDriver(t).At(time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC))
	_, state, err := d.Create(distributionToken, "d", distributionInputs(nil))
	require.NoError(t, err)
	assert.Equal(t, "2001-02-03T04:05:06Z", state["lastModifiedTime"])
}

// A resource may be made of what other processes would send: any numbers, maps and
// lists that JSON has.
func TestDriverTakesGoValues(t *testing.T) {
	d := newTestDriver(t)
	_, state, err := d.Create("random:index/randomId:RandomId", "id", map[string]any{"byteLength": 4})
	require.NoError(t, err)
	assert.Len(t, state["hex"], 8)
	_, _, err = d.Create(vpcToken, "net", map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]string{"Name": "net"}})
	require.NoError(t, err)
}

// What is refused, by the check or by AWS half-way, leaves nothing behind.
func TestDriverRefuses(t *testing.T) {
	d := newTestDriver(t)
	before := written(t, d)
	for _, refused := range []struct {
		token  string
		inputs map[string]any
		why    string
	}{
		{vpcToken, map[string]any{"cidr": "10.0.0.0/16"}, "cidr"},
		{vpcToken, map[string]any{"cidrBlock": "10.0.0.0/8"}, "cidrBlock"},
		{securityGroupToken, map[string]any{"vpcId": "vpc-none"}, "InvalidVpcID.NotFound"},
		{"aws:s3/bucket:Bucket", map[string]any{}, "unsupported by the local AWS"},
	} {
		_, _, err := d.Create(refused.token, "x", refused.inputs)
		require.ErrorContains(t, err, refused.why)
	}
	err := d.account.transact(func(a *Account) error {
		a.drop(vpcToken, testRegion, seedVpc)
		a.put(vpcToken, testRegion, "vpc-half", object{"id": "vpc-half"})
		a.Serial++
		return refuse("Throttling", "later")
	})
	require.EqualError(t, err, "Throttling: later")
	assert.Equal(t, before, written(t, d))

	_, err = NewDriver("mars-east-1")
	require.ErrorContains(t, err, `invalid AWS Region: "mars-east-1"`)
}

func TestDriverIsShared(t *testing.T) {
	d := newTestDriver(t)
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			_, _, err := d.Create(securityGroupToken, "g", map[string]any{"vpcId": seedVpc, "name": fmt.Sprint("g", n)})
			assert.NoError(t, err)
		})
	}
	group.Wait()
	assert.Len(t, d.Account().All(securityGroupToken), 3+8)
}

// BenchmarkDriver is a fresh account with a VPC and ten groups.
func BenchmarkDriver(b *testing.B) {
	for b.Loop() {
		d, err := NewDriver(testRegion)
		require.NoError(b, err)
		vpc, _, err := d.Create(vpcToken, "net", map[string]any{"cidrBlock": "10.0.0.0/16"})
		require.NoError(b, err)
		for n := range 10 {
			_, _, err := d.Create(securityGroupToken, "g", map[string]any{"vpcId": vpc, "name": fmt.Sprint("g", n)})
			require.NoError(b, err)
		}
	}
}
