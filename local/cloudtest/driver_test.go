package cloudtest_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/ec2"
)

// newTestDriver is a driver in cloudtest.Region on a freshly seeded account.
func newTestDriver(t *testing.T) *cloudtest.Driver {
	t.Helper()
	d, err := cloudtest.NewDriver(cloudtest.Region)
	require.NoError(t, err)
	return d
}

// written is the account as a file would hold it.
func written(t *testing.T, d *cloudtest.Driver) string {
	t.Helper()
	raw, err := json.Marshal(d.Account())
	require.NoError(t, err)
	return string(raw)
}

func TestDriverCreates(t *testing.T) {
	d := newTestDriver(t)
	account := d.Account()
	vpc, state, err := d.Create(ec2.VpcToken, "net", map[string]any{"cidrBlock": "10.0.0.0/16"})
	require.NoError(t, err)
	assert.Equal(t, true, state["enableDnsSupport"], "a default")
	assert.Equal(t, state, account.Get(ec2.VpcToken, vpc), "the account that was had before sees it")

	_, state, err = d.Create(ec2.SecurityGroupToken, "web", map[string]any{"vpcId": vpc})
	require.NoError(t, err)
	assert.Regexp(t, `^web-[0-9a-f]{7}$`, state["name"], "an automatic name")

	other := d.In("us-east-1")
	_, _, err = other.Create(ec2.SecurityGroupToken, "far", map[string]any{"vpcId": vpc})
	require.ErrorContains(t, err, "InvalidVpcID.NotFound", "it is in another Region")
	_, state, err = other.Create(ec2.VpcToken, "far", map[string]any{"cidrBlock": "10.0.0.0/16"})
	require.NoError(t, err)
	assert.Contains(t, state["arn"], ":us-east-1:")
}

func TestDriverInvokes(t *testing.T) {
	d := newTestDriver(t)
	zone, err := d.Invoke("aws:route53/getZone:getZone", map[string]any{"name": "example.com"})
	require.NoError(t, err)
	assert.Equal(t, "Z05EEDEXAMPLECOM0001", zone["zoneId"])
	_, err = d.Invoke("aws:route53/getZone:getZone", map[string]any{"name": "example.net"})
	require.ErrorContains(t, err, "no matching Route 53 Hosted Zone found")
}

func TestDriverUpdates(t *testing.T) {
	d := newTestDriver(t)
	id, state, err := d.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(nil))
	require.NoError(t, err)
	itself := cloudtest.DistributionInputs(core.Object{"origins": []any{cloudtest.OriginInputs(core.Object{"domainName": state["domainName"]})}})
	updated, err := d.Update(cloudfront.DistributionToken, id, itself)
	require.NoError(t, err)
	assert.Equal(t, state["domainName"], core.AsObject(core.AsObject(updated).List("origins")[0]).Str("domainName"))
	assert.Equal(t, updated, d.Account().Get(cloudfront.DistributionToken, id))

	_, err = d.Update(cloudfront.DistributionToken, id, map[string]any{"enabled": true})
	require.ErrorContains(t, err, "origins")
	_, err = d.Update(cloudfront.DistributionToken, "E0", itself)
	require.ErrorContains(t, err, "there is no E0")
	_, err = d.Update(ec2.VpcToken, cloudtest.SeededVpc, map[string]any{"cidrBlock": "10.9.0.0/16"})
	require.ErrorContains(t, err, "another cidrBlock needs a new resource")
}

func TestDriverKeepsTheTimeGiven(t *testing.T) {
	d := newTestDriver(t).At(time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC))
	_, state, err := d.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(nil))
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
	_, _, err = d.Create(ec2.VpcToken, "net", map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]string{"Name": "net"}})
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
		{ec2.VpcToken, map[string]any{"cidr": "10.0.0.0/16"}, "cidr"},
		{ec2.VpcToken, map[string]any{"cidrBlock": "10.0.0.0/8"}, "cidrBlock"},
		{ec2.SecurityGroupToken, map[string]any{"vpcId": "vpc-none"}, "InvalidVpcID.NotFound"},
		{"aws:s3/bucket:Bucket", map[string]any{}, "unsupported by the local AWS"},
	} {
		_, _, err := d.Create(refused.token, "x", refused.inputs)
		require.ErrorContains(t, err, refused.why)
	}
	assert.Equal(t, before, written(t, d))

	_, err := cloudtest.NewDriver("mars-east-1")
	require.ErrorContains(t, err, `invalid AWS Region: "mars-east-1"`)
}

func TestDriverIsShared(t *testing.T) {
	d := newTestDriver(t)
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			_, _, err := d.Create(ec2.SecurityGroupToken, "g", map[string]any{"vpcId": cloudtest.SeededVpc, "name": fmt.Sprint("g", n)})
			assert.NoError(t, err)
		})
	}
	group.Wait()
	assert.Len(t, d.Account().All(ec2.SecurityGroupToken), 6+8)
}

// BenchmarkDriver is a fresh account with a VPC and ten groups.
func BenchmarkDriver(b *testing.B) {
	for b.Loop() {
		d, err := cloudtest.NewDriver(cloudtest.Region)
		require.NoError(b, err)
		vpc, _, err := d.Create(ec2.VpcToken, "net", map[string]any{"cidrBlock": "10.0.0.0/16"})
		require.NoError(b, err)
		for n := range 10 {
			_, _, err := d.Create(ec2.SecurityGroupToken, "g", map[string]any{"vpcId": vpc, "name": fmt.Sprint("g", n)})
			require.NoError(b, err)
		}
	}
}
