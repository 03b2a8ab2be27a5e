package components_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// withSubnets makes subnets that lookups find: id, then VPC, zone and block.
func withSubnets(subnets map[string][3]string) componentstest.Option {
	return componentstest.WithInvoke("aws:ec2/getSubnet:getSubnet", func(args resource.PropertyMap) (resource.PropertyMap, error) {
		id := args["id"].StringValue()
		s, ok := subnets[id]
		if !ok {
			return nil, fmt.Errorf("no matching EC2 Subnet found: %q", id)
		}
		return resource.NewPropertyMapFromMap(map[string]any{
			"id": id, "vpcId": s[0], "availabilityZone": s[1], "cidrBlock": s[2],
		}), nil
	})
}

var existingSubnets = map[string][3]string{
	"subnet-a": {"vpc-1", "ap-northeast-1a", "10.9.0.0/24"},
	"subnet-c": {"vpc-1", "ap-northeast-1c", "10.9.1.0/24"},
	"subnet-p": {"vpc-1", "ap-northeast-1a", "10.9.2.0/28"},
	"subnet-x": {"vpc-2", "ap-northeast-1c", "10.9.1.0/24"},
}

func adopting(public, private []string) *components.NetworkArgs {
	args := &components.NetworkArgs{Existing: &components.ExistingNetworkArgs{
		VpcId: pulumi.String("vpc-1"), PublicSubnetIds: pulumi.ToStringArray(public),
	}}
	if private != nil {
		args.Existing.PrivateSubnetIds = pulumi.ToStringArray(private)
	}
	return args
}

func TestNetworkAdoptsWithoutMakingAnything(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, networkProgram(adopting([]string{"subnet-c", "subnet-a"}, []string{"subnet-p"})), withSubnets(existingSubnets))
			assert.Len(t, g.All(), 1)
			componentstest.AssertInvariants(t, g)
			assert.Equal(t, "vpc-1", g.Output("vpcId"))
			assert.Equal(t, []any{"subnet-c", "subnet-a"}, g.Output("public"))
			assert.Equal(t, []any{"subnet-p"}, g.Output("private"))
			assert.Equal(t, "nat", g.Output("egress"))
			assert.Equal(t, "", g.Output("endpointGroup"))
			assert.Equal(t, "", g.Output("s3"))
			assert.Empty(t, g.Output("zones"))
			for _, call := range g.Calls() {
				assert.Equal(t, "aws:ec2/getSubnet:getSubnet", call.Token)
			}
		})
	}
}

func TestNetworkAdoptsPublicSubnetsAlone(t *testing.T) {
	g := componentstest.Deploy(t, networkProgram(adopting([]string{"subnet-a", "subnet-c"}, nil)), withSubnets(existingSubnets))
	assert.Empty(t, g.Output("private"))
	assert.Equal(t, "none", g.Output("egress"))
}

func TestNetworkAdoptsEndpoints(t *testing.T) {
	args := adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-p"})
	args.Existing.PrivateEgress = components.PrivateEgressEndpoints
	args.Existing.EndpointSecurityGroupId = pulumi.String("sg-1")
	args.Existing.S3PrefixListId = pulumi.String("pl-1")
	componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		n, err := components.NewNetwork(ctx, "net", args)
		if err != nil {
			return err
		}
		assert.True(t, n.Adopted())
		assert.True(t, n.ReachesService("secretsmanager"))
		return nil
	}, withSubnets(existingSubnets))
	g := componentstest.Deploy(t, networkProgram(args), withSubnets(existingSubnets))
	assert.Equal(t, "endpoints", g.Output("egress"))
	assert.Equal(t, "sg-1", g.Output("endpointGroup"))
	assert.Equal(t, "pl-1", g.Output("s3"))
}

func TestNetworkRefusesSubnetsThatDoNotFit(t *testing.T) {
	for name, tt := range map[string]struct {
		args    *components.NetworkArgs
		wantErr string
	}{
		"public subnet of another VPC": {
			adopting([]string{"subnet-a", "subnet-x"}, nil),
			`Network "net": existing.publicSubnetIds: "subnet-x" must lie in VPC "vpc-1", it lies in "vpc-2"`,
		},
		"two in one zone": {
			adopting([]string{"subnet-a", "subnet-p"}, nil), `existing.publicSubnetIds: must be one subnet per zone, got "subnet-a" and "subnet-p"`,
		},
		"private subnet of another VPC": {
			adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-x"}), `existing.privateSubnetIds: "subnet-x" must lie in VPC "vpc-1"`,
		},
		"one that is not there": {
			adopting([]string{"subnet-a", "subnet-n"}, nil), `existing.publicSubnetIds: looking up subnet "subnet-n"`,
		},
		"an empty id": {
			adopting([]string{"subnet-a", ""}, nil), `existing.publicSubnetIds: must not hold an empty id`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(networkProgram(tt.args), withSubnets(existingSubnets))
			assert.ErrorContains(t, err, tt.wantErr)
			assert.Empty(t, g.Custom())
			_, err = componentstest.TryPreview(networkProgram(tt.args), withSubnets(existingSubnets))
			assert.ErrorContains(t, err, tt.wantErr)
		})
	}
}

// Subnets of a VPC that the same program makes are unknown at preview: nothing can
// be looked up then, and nothing is refused.
func TestNetworkAdoptsWhatIsNotKnownYet(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		made, err := components.NewNetwork(ctx, "made", nil)
		if err != nil {
			return err
		}
		n, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{Existing: &components.ExistingNetworkArgs{
			VpcId: made.VpcId, PublicSubnetIds: made.PublicSubnetIds, PrivateSubnetIds: made.PrivateSubnetIds,
		}})
		if err != nil {
			return err
		}
		ctx.Export("public", n.PublicSubnetIds)
		return nil
	}
	g := componentstest.Preview(t, program)
	assert.Equal(t, componentstest.Unknown, g.Output("public"))
	_, err := componentstest.TryDeploy(program, withSubnets(nil))
	assert.Regexp(t, `existing\.(public|private)SubnetIds: looking up subnet`, err) // both are unknown, and either is looked up first
}
