package ssm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/iam"
	"github.com/portico-iac/portico/local/service/region"
	"github.com/portico-iac/portico/local/service/ssm"
)

const getInstancesToken = "aws:ssm/getInstances:getInstances"

// onInstance is a script on an instance.
func onInstance(id string, more core.Object) core.Object {
	return core.Object{
		"name": "AWS-RunShellScript", "parameters": core.Object{"commands": "uptime"}, "waitForSuccessTimeoutSeconds": 60,
		"targets": []any{core.Object{"key": "InstanceIds", "values": core.List(id)}},
	}.With(more)
}

// newInstance launches an instance with a public address whose role has the policies given.
func newInstance(c *cloudtest.Cloud, name string, policies ...string) string {
	return newInstanceIn(c, name, core.Object{"subnetId": cloudtest.SeededSubnetA, "associatePublicIpAddress": true}, policies...)
}

// newInstanceIn launches one in a subnet.
func newInstanceIn(c *cloudtest.Cloud, name string, place core.Object, policies ...string) string {
	role, _ := c.Role(name, "ec2.amazonaws.com")
	profile, _ := c.Create(iam.ProfileToken, name, core.Object{"role": role})
	for _, policy := range policies {
		c.Create(iam.AttachmentToken, name, core.Object{"role": role, "policyArn": policy})
	}
	id, _ := c.Create(ec2.InstanceToken, name, core.Object{
		"ami":          region.Al2023Image(cloudtest.Region, region.Al2023Releases[0], "arm64").ID,
		"instanceType": "t4g.small", "iamInstanceProfile": profile,
	}.With(place))
	return id
}

func TestAssociationWaitsForAnInstanceThatRegisters(t *testing.T) {
	c := cloudtest.New(t)
	managed := newInstance(c, "managed", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
	other := newInstance(c, "other")
	instances := func(id string) []string {
		return c.Call(getInstancesToken, core.Object{
			"filters": []any{core.Object{"name": "InstanceIds", "values": core.List(id)}},
		}).Strs("ids")
	}
	assert.Equal(t, []string{managed}, instances(managed))
	assert.Empty(t, instances(other))

	id, state := c.Create(ssm.AssociationToken, "ready", onInstance(managed, nil))
	assert.Equal(t, id, state.Str("associationId"))
	_, _, err := c.TryCreate(ssm.AssociationToken, "ready", onInstance(other, nil))
	assert.ErrorContains(t, err, "to be Success: timeout while waiting for state to become 'Success' (last state: 'Pending', timeout: 60s)")
	c.Create(ssm.AssociationToken, "later", onInstance(other, nil).Without("waitForSuccessTimeoutSeconds"))

	changed := onInstance(managed, core.Object{"parameters": core.Object{"commands": "date"}})
	assert.Equal(t, []string{"parameters"}, c.ChangeOf(ssm.AssociationToken, id, changed).Changed)
	assert.Empty(t, c.ChangeOf(ssm.AssociationToken, id, changed).Replaces)
	c.Delete(ec2.InstanceToken, managed)
	c.Delete(ssm.AssociationToken, id)
}

// Whatever its role allows, an instance has to reach Systems Manager.
func TestAnInstanceRegistersFromWhereSystemsManagerIsReached(t *testing.T) {
	c := cloudtest.New(t)
	alone := c.Subnet(cloudtest.SeededVpc, "10.20.200.0/24", "a")
	closed := c.SecurityGroup(cloudtest.SeededVpc, "closed")
	for name, tt := range map[string]struct {
		place   core.Object
		managed bool
	}{
		"public":                    {core.Object{"subnetId": cloudtest.SeededSubnetA, "associatePublicIpAddress": true}, true},
		"public, without address":   {core.Object{"subnetId": cloudtest.SeededSubnetA}, false},
		"public, nothing goes out":  {core.Object{"subnetId": cloudtest.SeededSubnetA, "associatePublicIpAddress": true, "vpcSecurityGroupIds": core.List(closed)}, false},
		"private, through NAT":      {core.Object{"subnetId": cloudtest.SeededPrivateA}, true},
		"private, no default route": {core.Object{"subnetId": alone}, false},
	} {
		id := newInstanceIn(c, strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), ",", ""), tt.place, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
		_, _, err := c.TryCreate(ssm.AssociationToken, "ready", onInstance(id, nil))
		assert.Equal(t, tt.managed, err == nil, "%s: %v", name, err)
	}
}

func TestAssociationRules(t *testing.T) {
	c := cloudtest.New(t)
	target := func(key string) []any { return []any{core.Object{"key": key, "values": core.List("x")}} }
	for name, tt := range map[string]struct {
		more core.Object
		why  string
	}{
		"another document": {core.Object{"name": "AWS-ApplyPatchBaseline"}, "unsupported by the local AWS"},
		"no commands":      {core.Object{"parameters": core.Object{"workingDirectory": "/"}}, `parameters must have "commands"`},
		"by a tag":         {core.Object{"targets": target("tag:Name")}, "unsupported by the local AWS"},
		"a short wait":     {core.Object{"waitForSuccessTimeoutSeconds": 14}, "waitForSuccessTimeoutSeconds must be 15-172800"},
		"a schedule":       {core.Object{"scheduleExpression": "rate(1 day)"}, "unsupported by the local AWS"},
		"no such instance": {nil, "i-0"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(ssm.AssociationToken, "x", onInstance("i-00000000000000000", tt.more), tt.why)
		})
	}
}
