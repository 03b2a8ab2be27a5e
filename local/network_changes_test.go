package local_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
	"github.com/portico-iac/portico/stacks"
)

// What AWS does to its zones moves nothing of a stack that did not name any.
func TestZonesOfAWSChangeAndTheStackStays(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantALB)
	for name, change := range map[string]func(*core.Tx){
		"a zone that sorts first by name": func(t *core.Tx) {
			region.SetZone(t, region.Zone{Name: "ap-northeast-1-", ID: "apne1-az5"})
		},
		"a zone that is impaired": func(t *core.Tx) {
			region.SetZone(t, region.Zone{Name: "ap-northeast-1c", ID: "apne1-az1", State: "impaired"})
		},
	} {
		stack.Change(change)
		assert.Empty(t, stack.Preview().Changes(), name)
	}
	assert.Empty(t, stack.Up().Changes())
}

// A live stack keeps its VPC's block and its variant: a preview with others is refused,
// and once they are set back everything is as before.
func TestTheBlockAndTheVariantOfAStackStay(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantALB)
	for _, change := range []struct{ key, value, was, wantErr string }{
		{"network.cidrBlock", "10.7.0.0/16", "10.0.0.0/16", `portico:network.cidrBlock: must stay "10.0.0.0/16", with which vpc-`},
		{"variant", stacks.VariantCloudFrontALB, stacks.VariantALB, `portico:variant: must stay "alb", with which vpc-`},
	} {
		stack.Configure("portico:"+change.key, change.value)
		_, err := stack.TryPreview()
		require.ErrorContains(t, err, change.wantErr)
		require.ErrorContains(t, err, "destroy the stack first, or create another stack with it beside this one")
		if change.key == "network.cidrBlock" { // without a preview
			made, err := stack.TryUp()
			require.ErrorContains(t, err, change.wantErr)
			assert.Empty(t, made.Changes())
		}
		stack.Configure("portico:"+change.key, change.was)
		assert.Empty(t, stack.Up().Changes())
		assert.Empty(t, stack.Refresh().Changes())
	}
	stack.Destroy()
	stack.Configure("portico:network.cidrBlock", "10.7.0.0/16")
	stack.Configure("portico:variant", stacks.VariantCloudFrontALB)
	stack.Up()
}

// A tag that becomes fixed when the VPC exists is not added, so that nothing is refused.
func TestATagOfAVpcThatExistsBecomesFixed(t *testing.T) {
	t.Parallel()
	program := func(fixed map[string]string) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			_, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{Nat: components.NatNone, FixedTags: fixed})
			return err
		}
	}
	stack := local.New(t, program(nil))
	stack.Up()
	stack.Use(program(map[string]string{"layout": "1"}))
	assert.Empty(t, stack.Up().Changes())
	stack.Use(program(map[string]string{"layout": "2"}))
	assert.Empty(t, stack.Up().Changes())
}

// Beside NAT, the names of ECR and of the logs lead to the endpoints of the adopted VPC,
// which admit nobody until a service adds its rule.
func TestTasksReachTheEndpointsOfAnAdoptedNetworkWithNAT(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{
		"network.existing.vpcId":            cloudtest.EndpointsVpc,
		"network.existing.publicSubnetIds":  []string{cloudtest.EndpointsPublicA, cloudtest.EndpointsPublicC},
		"network.existing.privateSubnetIds": []string{cloudtest.EndpointsPrivateA, cloudtest.EndpointsPrivateC},
		"services[0].image":                 "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1",
	})
	_, err := stack.TryUp()
	require.ErrorContains(t, err, "The task cannot pull registry auth from Amazon ECR")

	stack.Configure("portico:network.existing.endpointSecurityGroupId", cloudtest.EndpointsGroup)
	stack.Up()
	assert.Empty(t, stack.Up().Changes())
	assert.Equal(t, 200, stack.Get("https://app.example.com/").Status)
	stack.Destroy()
}

// What AWS knows is asked before anything is made.
func TestANetworkIsRefusedBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	adopting := func(public, private []string) map[string]any {
		return map[string]any{
			"network.existing.vpcId":            cloudtest.SeededVpc,
			"network.existing.publicSubnetIds":  public,
			"network.existing.privateSubnetIds": private,
		}
	}
	both := []string{cloudtest.SeededSubnetA, cloudtest.SeededSubnetC}
	for name, tt := range map[string]struct {
		variant string
		config  map[string]any
		wantErr string
	}{
		"zone that is not there": {
			stacks.VariantALB, map[string]any{"network.availabilityZones": []string{"ap-northeast-1a", "ap-northeast-1e"}},
			`portico:network.availabilityZones[1]: must be a zone that the account has in the region, got "ap-northeast-1e"`,
		},
		"zone without load balancers": {
			stacks.VariantALB, map[string]any{"network.availabilityZones": []string{"ap-northeast-1a", cloudtest.SeededRefusingZone}},
			`portico:network.availabilityZones[1]: must be a zone in which AWS makes load balancers and NAT gateways, got "ap-northeast-1b", which is apne1-az3`,
		},
		"endpoint service that is not there": {
			stacks.VariantALB, map[string]any{"network.interfaceEndpoints": []string{"secretsmanagers"}},
			`portico:network.interfaceEndpoints[0]: must be a service that has an interface endpoint in the region, got "secretsmanagers"`,
		},
		"public subnets as private ones": {
			stacks.VariantALB, adopting(both, both), "portico:network.existing.privateSubnetIds: must be private subnets",
		},
		"private subnets as public ones": {
			stacks.VariantALB, adopting([]string{cloudtest.SeededPrivateA, cloudtest.SeededPrivateC}, []string{cloudtest.SeededPrivateA}),
			"portico:network.existing.publicSubnetIds: must be public subnets",
		},
		"private subnet in a zone of its own": {
			stacks.VariantALB, adopting(both, []string{cloudtest.SeededPrivateA, cloudtest.SeededPrivateD}),
			"portico:network.existing.privateSubnetIds: must be in zones of publicSubnetIds",
		},
		"type of instance that is not there": {
			stacks.VariantCloudFrontEC2, map[string]any{"tlsInstance.instanceType": "m99g.medium"},
			`portico:tlsInstance.instanceType: must be a type that the region has, got "m99g.medium"; use another type`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := readyStack(t, tt.variant, tt.config)
			_, err := stack.TryPreview()
			require.ErrorContains(t, err, tt.wantErr)
			made, err := stack.TryUp()
			require.ErrorContains(t, err, tt.wantErr)
			assert.Empty(t, made.Changes())
		})
	}
}
