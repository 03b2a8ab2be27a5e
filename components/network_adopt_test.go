package components_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

var (
	existingSubnets = componentstest.WithVpc("vpc-1",
		componentstest.Subnet{ID: "subnet-a", Zone: "ap-northeast-1a", CidrBlock: "10.9.0.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-c", Zone: "ap-northeast-1c", CidrBlock: "10.9.1.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-p", Zone: "ap-northeast-1a", CidrBlock: "10.9.2.0/28"},
		componentstest.Subnet{ID: "subnet-q", Zone: "ap-northeast-1c", CidrBlock: "10.9.3.0/24"},
		componentstest.Subnet{ID: "subnet-d", Zone: "ap-northeast-1d", CidrBlock: "10.9.4.0/24"})
	foreignSubnet = componentstest.WithVpc("vpc-2",
		componentstest.Subnet{ID: "subnet-x", Zone: "ap-northeast-1c", CidrBlock: "10.9.1.0/24", Public: true})
)

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
			g := run(t, networkProgram(adopting([]string{"subnet-c", "subnet-a"}, []string{"subnet-p"})), existingSubnets)
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
				assert.Contains(t, []string{"aws:ec2/getSubnet:getSubnet", "aws:ec2/getRouteTable:getRouteTable"}, call.Token)
			}
		})
	}
}

func TestNetworkAdoptsPublicSubnetsAlone(t *testing.T) {
	g := componentstest.Deploy(t, networkProgram(adopting([]string{"subnet-a", "subnet-c"}, nil)), existingSubnets)
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
	}, existingSubnets)
	g := componentstest.Deploy(t, networkProgram(args), existingSubnets)
	assert.Equal(t, "endpoints", g.Output("egress"))
	assert.Equal(t, "sg-1", g.Output("endpointGroup"))
	assert.Equal(t, "pl-1", g.Output("s3"))
}

// The route table of a subnet without an association of its own is the VPC's main one.
func TestNetworkAdoptsSubnetsOfTheMainRouteTable(t *testing.T) {
	main := func(gateway string) componentstest.Option {
		return componentstest.WithInvoke("aws:ec2/getRouteTable:getRouteTable", func(args resource.PropertyMap) (resource.PropertyMap, error) {
			if _, bySubnet := args["subnetId"]; bySubnet {
				return nil, errors.New("query returned no results. Please change your search criteria and try again")
			}
			assert.Equal(t, "vpc-1", args["vpcId"].StringValue())
			return resource.NewPropertyMapFromMap(map[string]any{
				"routeTableId": "rtb-main", "routes": []any{map[string]any{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}},
			}), nil
		})
	}
	program := networkProgram(adopting([]string{"subnet-a", "subnet-c"}, nil))
	componentstest.Deploy(t, program, existingSubnets, main("igw-1"))
	_, err := componentstest.TryDeploy(program, existingSubnets, main("vgw-1"))
	assert.ErrorContains(t, err, `"subnet-a" has no default route to an internet gateway in its route table (rtb-main)`)
}

// ECR's names lead to the endpoints beside NAT too.
func TestNetworkAdoptsEndpointsBesideNAT(t *testing.T) {
	args := adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-p"})
	args.Existing.EndpointSecurityGroupId = pulumi.String("sg-0endpoints")
	g := componentstest.Deploy(t, inNetwork(args, func(*components.PrivateFargateServiceArgs) {}), existingSubnets)
	assert.Equal(t, "sg-0endpoints", g.Get(t, typeIngress, "api-endpoints").Input("securityGroupId"))
	assert.Equal(t, []any{443, "cidrIpv4", "0.0.0.0/0"}, waysOut(t, g)["api-egress-internet"])
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
		"a public subnet without a way in": {
			adopting([]string{"subnet-a", "subnet-q"}, nil),
			`existing.publicSubnetIds: must be public subnets, "subnet-q" has no default route to an internet gateway`,
		},
		"a private subnet that is public": {
			adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-c"}),
			`existing.privateSubnetIds: must be private subnets, the default route of "subnet-c" leads to igw-`,
		},
		"a private subnet in a zone of its own": {
			adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-p", "subnet-d"}),
			`existing.privateSubnetIds: must be in zones of publicSubnetIds, "subnet-d" is in ap-northeast-1d`,
		},
		"one that is not there": {
			adopting([]string{"subnet-a", "subnet-n"}, nil), `existing.publicSubnetIds: looking up subnet "subnet-n"`,
		},
		"an empty id": {
			adopting([]string{"subnet-a", ""}, nil), `existing.publicSubnetIds: must not hold an empty id`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(networkProgram(tt.args), existingSubnets, foreignSubnet)
			assert.ErrorContains(t, err, tt.wantErr)
			assert.Empty(t, g.Custom())
			_, err = componentstest.TryPreview(networkProgram(tt.args), existingSubnets, foreignSubnet)
			assert.ErrorContains(t, err, tt.wantErr)
		})
	}
}

// Subnets of a VPC that the same program makes are unknown at preview: they are looked up
// once they are made.
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
	made := componentstest.Deploy(t, program)
	ids := []any{}
	for _, zone := range []string{"c", "d"} {
		ids = append(ids, made.Get(t, "aws:ec2/subnet:Subnet", "made-public-ap-northeast-1"+zone).ID)
	}
	assert.Equal(t, ids, made.Output("public"))
}
