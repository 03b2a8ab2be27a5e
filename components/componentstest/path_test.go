package componentstest_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

// server is an instance with an address that a record leads to, open to the world
// on port 80.
func server(ctx *pulumi.Context) error {
	group, err := newThing(ctx, groupToken, "web", pulumi.Map{"ingress": pulumi.Array{pulumi.Map{
		"protocol": pulumi.String("tcp"), "fromPort": pulumi.Int(80), "toPort": pulumi.Int(80), "cidrBlocks": pulumi.Array{pulumi.String("0.0.0.0/0")},
	}}})
	if err != nil {
		return err
	}
	_, err = newThing(ctx, "aws:ec2/instance:Instance", "web", pulumi.Map{
		"vpcSecurityGroupIds": pulumi.Array{group.ID()}, "publicIp": pulumi.String("198.51.100.7"), "privateIp": pulumi.String("10.0.0.7"),
	})
	if err != nil {
		return err
	}
	_, err = newThing(ctx, "aws:route53/record:Record", "web", pulumi.Map{
		"zoneId": pulumi.String("Z1"), "name": pulumi.String("www.example.com"), "type": pulumi.String("A"),
		"records": pulumi.Array{pulumi.ToSecret(pulumi.String("198.51.100.7"))},
	})
	return err
}

func TestAssertPath(t *testing.T) {
	g := componentstest.Deploy(t, server)
	componentstest.AssertPath(t, g, requestpath.Request{Scheme: "http", Name: "www.example.com"}, 200)

	failed := &testing.T{}
	assert.False(t, componentstest.AssertPath(failed, g, requestpath.Request{Name: "www.example.com"}, 200), "port 443 is closed")
	assert.True(t, failed.Failed())
}

func TestAPreviewHasNoPlan(t *testing.T) {
	_, err := componentstest.Preview(t, server).Plan()
	assert.ErrorContains(t, err, "use Deploy")
	assert.False(t, componentstest.AssertPath(&testing.T{}, componentstest.Preview(t, server), requestpath.Request{}, 200))
}
