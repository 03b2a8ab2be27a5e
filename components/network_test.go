package components_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	vpcToken           = "aws:ec2/vpc:Vpc"
	subnetToken        = "aws:ec2/subnet:Subnet"
	natToken           = "aws:ec2/natGateway:NatGateway"
	eipToken           = "aws:ec2/eip:Eip"
	routeToken         = "aws:ec2/route:Route"
	routeTableToken    = "aws:ec2/routeTable:RouteTable"
	associationToken   = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	endpointToken      = "aws:ec2/vpcEndpoint:VpcEndpoint"
	gatewayToken       = "aws:ec2/internetGateway:InternetGateway"
	securityGroupToken = "aws:ec2/securityGroup:SecurityGroup"
	defaultGroupToken  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
)

// networkProgram makes one network and exports what it hands out.
func networkProgram(args *components.NetworkArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		n, err := components.NewNetwork(ctx, "net", args)
		if err != nil {
			return err
		}
		ctx.Export("vpcId", n.VpcId)
		ctx.Export("public", n.PublicSubnetIds)
		ctx.Export("private", n.PrivateSubnetIds)
		ctx.Export("endpointGroup", n.EndpointSecurityGroupId)
		ctx.Export("s3", n.S3PrefixListId)
		ctx.Export("zones", pulumi.ToStringArray(n.ZoneNames()))
		ctx.Export("egress", pulumi.String(n.PrivateEgress()))
		return nil
	}
}

func TestNetworkMakesExactlyTheseResources(t *testing.T) {
	base := map[string]int{
		vpcToken: 1, defaultGroupToken: 1, gatewayToken: 1, subnetToken: 4, routeTableToken: 3,
		associationToken: 4, routeToken: 1, endpointToken: 1,
	}
	for name, tt := range map[string]struct {
		args   *components.NetworkArgs
		more   map[string]int
		egress string
	}{
		"nil args": {nil, map[string]int{natToken: 1, eipToken: 1, routeToken: 3}, "nat"},
		"a gateway in each zone": {
			&components.NetworkArgs{Nat: components.NatPerAz},
			map[string]int{natToken: 2, eipToken: 2, routeToken: 3}, "nat",
		},
		"three zones": {
			&components.NetworkArgs{AvailabilityZoneCount: 3, Nat: components.NatPerAz},
			map[string]int{natToken: 3, eipToken: 3, routeToken: 4, subnetToken: 6, routeTableToken: 4, associationToken: 6}, "nat",
		},
		"endpoints for Fargate": {
			&components.NetworkArgs{Nat: components.NatNone},
			map[string]int{endpointToken: 4, securityGroupToken: 1}, "endpoints",
		},
		"no way out": {&components.NetworkArgs{Nat: components.NatNone, InterfaceEndpoints: []string{}}, nil, "none"},
		"one endpoint beside NAT": {
			&components.NetworkArgs{InterfaceEndpoints: []string{"secretsmanager"}},
			map[string]int{natToken: 1, eipToken: 1, routeToken: 3, endpointToken: 2, securityGroupToken: 1}, "nat",
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]int{}
			for _, counts := range []map[string]int{base, tt.more} {
				for token, n := range counts {
					want[token] = n
				}
			}
			for _, g := range []*componentstest.Graph{
				componentstest.Deploy(t, networkProgram(tt.args)), componentstest.Preview(t, networkProgram(tt.args)),
			} {
				assert.Equal(t, want, g.Counts())
				assert.Equal(t, tt.egress, g.Output("egress"))
				componentstest.AssertInvariants(t, g)
				componentstest.AssertParentedTo(t, g.One(t, components.TokenNetwork), g.Custom()...)
			}
		})
	}
}

func TestNetworkSubnetsAreKeyedByZone(t *testing.T) {
	g := componentstest.Deploy(t, networkProgram(nil))
	assert.Equal(t, []any{"ap-northeast-1c", "ap-northeast-1d"}, g.Output("zones"))
	vpc := g.Get(t, vpcToken, "net")
	assert.Equal(t, "10.0.0.0/16", vpc.Input("cidrBlock"))
	assert.Equal(t, true, vpc.Input("enableDnsSupport"))
	assert.Equal(t, true, vpc.Input("enableDnsHostnames"))
	for name, block := range map[string]string{
		"net-public-ap-northeast-1c":  "10.0.32.0/20",
		"net-public-ap-northeast-1d":  "10.0.48.0/20",
		"net-private-ap-northeast-1c": "10.0.160.0/20",
		"net-private-ap-northeast-1d": "10.0.176.0/20",
	} {
		s := g.Get(t, subnetToken, name)
		assert.Equal(t, block, s.Input("cidrBlock"))
		assert.True(t, strings.HasSuffix(name, s.Input("availabilityZone").(string)))
		assert.Equal(t, false, s.Input("mapPublicIpOnLaunch"))
		assert.Equal(t, vpc.ID, s.Input("vpcId"))
		assert.Equal(t, name, s.Input("tags.Name"))
	}
	assert.Equal(t, []any{
		g.Get(t, subnetToken, "net-public-ap-northeast-1c").ID, g.Get(t, subnetToken, "net-public-ap-northeast-1d").ID,
	}, g.Output("public"))
	assert.Equal(t, []any{
		g.Get(t, subnetToken, "net-private-ap-northeast-1c").ID, g.Get(t, subnetToken, "net-private-ap-northeast-1d").ID,
	}, g.Output("private"))
}

// A third zone adds resources and leaves every other one as it was.
func TestNetworkAddingAZoneChangesNoOther(t *testing.T) {
	for _, nat := range []string{components.NatPerAz, components.NatSingle} {
		in := func(zones ...string) *componentstest.Graph {
			return componentstest.Deploy(t, networkProgram(&components.NetworkArgs{AvailabilityZones: zones, Nat: nat}))
		}
		three := in("ap-northeast-1d", "ap-northeast-1a", "ap-northeast-1c")
		for _, before := range in("ap-northeast-1d", "ap-northeast-1a").Custom() {
			after := three.ByURN(before.URN)
			require.NotNil(t, after, before.URN)
			if before.Type != endpointToken { // the S3 endpoint gains a route table
				assert.Equal(t, before.Inputs, after.Inputs, before.URN)
			}
		}
	}
}

func TestNetworkRoutes(t *testing.T) {
	for nat, gateways := range map[string][2]string{ // NAT gateway of zone a, of zone c
		components.NatSingle: {"net-nat-ap-northeast-1c", "net-nat-ap-northeast-1c"},
		components.NatPerAz:  {"net-nat-ap-northeast-1c", "net-nat-ap-northeast-1d"},
	} {
		t.Run(nat, func(t *testing.T) {
			g := componentstest.Deploy(t, networkProgram(&components.NetworkArgs{Nat: nat}))
			internet := g.One(t, gatewayToken)
			public := g.Get(t, routeToken, "net-public")
			assert.Equal(t, internet.ID, public.Input("gatewayId"))
			assert.Equal(t, "0.0.0.0/0", public.Input("destinationCidrBlock"))
			assert.Equal(t, g.Get(t, routeTableToken, "net-public").ID, public.Input("routeTableId"))
			for i, zone := range []string{"ap-northeast-1c", "ap-northeast-1d"} {
				route := g.Get(t, routeToken, "net-private-"+zone)
				gateway := g.Get(t, natToken, gateways[i])
				assert.Equal(t, gateway.ID, route.Input("natGatewayId"))
				assert.Equal(t, "0.0.0.0/0", route.Input("destinationCidrBlock"))
				table := g.Get(t, routeTableToken, "net-private-"+zone)
				assert.Equal(t, table.ID, route.Input("routeTableId"))
				association := g.Get(t, associationToken, "net-private-"+zone)
				assert.Equal(t, table.ID, association.Input("routeTableId"))
				assert.Equal(t, g.Get(t, subnetToken, "net-private-"+zone).ID, association.Input("subnetId"))
				assert.Equal(t, g.Get(t, routeTableToken, "net-public").ID,
					g.Get(t, associationToken, "net-public-"+zone).Input("routeTableId"))
				publicSubnet := g.Get(t, subnetToken, strings.Replace(gateway.Name, "nat", "public", 1))
				assert.Equal(t, publicSubnet.ID, gateway.Input("subnetId"))
				address := g.Get(t, eipToken, gateway.Name)
				assert.Equal(t, address.ID, gateway.Input("allocationId"))
				assert.Equal(t, "vpc", address.Input("domain"))
				assert.True(t, gateway.DependsOn(internet) && address.DependsOn(internet))
			}
		})
	}
}

func TestNetworkDefaultSecurityGroupHasNoRules(t *testing.T) {
	group := componentstest.Deploy(t, networkProgram(nil)).One(t, defaultGroupToken)
	assert.False(t, group.Has("ingress"))
	assert.False(t, group.Has("egress"))
}

func TestNetworkEndpoints(t *testing.T) {
	g := componentstest.Deploy(t, networkProgram(&components.NetworkArgs{
		Nat: components.NatNone, InterfaceEndpoints: []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"},
	}))
	s3 := g.Get(t, endpointToken, "net-s3")
	assert.Equal(t, "com.amazonaws.ap-northeast-1.s3", s3.Input("serviceName"))
	assert.Equal(t, "Gateway", s3.Input("vpcEndpointType"))
	var tables []any
	for _, table := range g.OfType(routeTableToken) {
		tables = append(tables, table.ID)
	}
	assert.ElementsMatch(t, tables, s3.Input("routeTableIds"))
	assert.Equal(t, s3.Output("prefixListId"), g.Output("s3"))

	group := g.One(t, securityGroupToken)
	assert.Equal(t, group.ID, g.Output("endpointGroup"))
	assert.False(t, group.Has("ingress") || group.Has("egress"), "services add the rules for their tasks")
	for _, service := range []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"} {
		endpoint := g.Get(t, endpointToken, "net-endpoint-"+service)
		assert.Equal(t, "com.amazonaws.ap-northeast-1."+service, endpoint.Input("serviceName"))
		assert.Equal(t, "Interface", endpoint.Input("vpcEndpointType"))
		assert.Equal(t, true, endpoint.Input("privateDnsEnabled"))
		assert.Equal(t, g.Output("private"), endpoint.Input("subnetIds"))
		assert.Equal(t, []any{group.ID}, endpoint.Input("securityGroupIds"))
	}
}

func TestNetworkWithoutEndpointsHasNoGroupForThem(t *testing.T) {
	assert.Equal(t, "", componentstest.Deploy(t, networkProgram(nil)).Output("endpointGroup"))
}

// A load balancer put into the public subnets waits for the internet, a task put into
// the private ones for their way out.
func TestNetworkSubnetIdsComeAfterRoutesAndEndpoints(t *testing.T) {
	for _, args := range []*components.NetworkArgs{nil, {Nat: components.NatNone}} {
		g := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
			n, err := components.NewNetwork(ctx, "net", args)
			if err != nil {
				return err
			}
			for name, ids := range map[string]pulumi.StringArrayOutput{"public": n.PublicSubnetIds, "private": n.PrivateSubnetIds} {
				err = ctx.RegisterResource("aws:rds/subnetGroup:SubnetGroup", name, pulumi.Map{"subnetIds": ids}, &pulumi.CustomResourceState{})
				if err != nil {
					return err
				}
			}
			return nil
		}, componentstest.WithOutputs("aws:rds/subnetGroup:SubnetGroup", func(resource.PropertyMap) resource.PropertyMap { return nil }))
		public := g.Get(t, "aws:rds/subnetGroup:SubnetGroup", "public")
		private := g.Get(t, "aws:rds/subnetGroup:SubnetGroup", "private")
		assert.True(t, public.DependsOn(g.Get(t, routeToken, "net-public")))
		for _, token := range []string{routeToken, associationToken, endpointToken} {
			for _, r := range g.OfType(token) {
				assert.True(t, private.DependsOn(r), r.URN)
				assert.Equal(t, strings.HasPrefix(r.Name, "net-public"), public.DependsOn(r), r.URN)
			}
		}
	}
}

func TestNetworkTags(t *testing.T) {
	g := componentstest.Deploy(t, networkProgram(&components.NetworkArgs{Tags: map[string]string{"team": "web"}}))
	for _, r := range g.Custom() {
		if r.Type == routeToken || r.Type == associationToken {
			continue // AWS has no tags on these
		}
		assert.Equal(t, map[string]any{"Name": r.Name, "team": "web"}, r.Input("tags"), r.URN)
	}
}

func TestNetworkReachesService(t *testing.T) {
	for name, tt := range map[string]struct {
		args *components.NetworkArgs
		want map[string]bool
	}{
		"NAT":           {nil, map[string]bool{"ssm": true}},
		"endpoints":     {&components.NetworkArgs{Nat: "none"}, map[string]bool{"logs": true, "ssm": false}},
		"few endpoints": {&components.NetworkArgs{Nat: "none", InterfaceEndpoints: []string{"ssm"}}, map[string]bool{"logs": false, "ssm": true}},
	} {
		t.Run(name, func(t *testing.T) {
			componentstest.Deploy(t, func(ctx *pulumi.Context) error {
				n, err := components.NewNetwork(ctx, "net", tt.args)
				if err != nil {
					return err
				}
				got := map[string]bool{}
				for service := range tt.want {
					got[service] = n.ReachesService(service)
				}
				assert.Equal(t, tt.want, got)
				assert.False(t, n.Adopted())
				return nil
			})
		})
	}
}

// ap-northeast-1b, which is apne1-az3, has no load balancers.
func TestNetworkLeavesOutZonesWithoutLoadBalancers(t *testing.T) {
	componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		n, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{AvailabilityZoneCount: 3})
		if err != nil {
			return err
		}
		assert.Equal(t, []string{"ap-northeast-1c", "ap-northeast-1d", "ap-northeast-1a"}, n.ZoneNames())
		return nil
	})
}

func TestNetworkRefusesARegionWithTooFewZones(t *testing.T) {
	g, err := componentstest.TryDeploy(networkProgram(&components.NetworkArgs{AvailabilityZoneCount: 3}),
		componentstest.WithInvoke("aws:index/getAvailabilityZones:getAvailabilityZones",
			func(resource.PropertyMap) (resource.PropertyMap, error) {
				return resource.NewPropertyMapFromMap(map[string]any{
					"names": []any{"xx-north-1b", "xx-north-1a"}, "zoneIds": []any{"xxn1-az1", "xxn1-az2"},
				}), nil
			}))
	assert.ErrorContains(t, err, `Network "net": availabilityZones: must be 3 zones, the region has only 2 available`)
	assert.Empty(t, g.Custom())

	_, err = componentstest.TryDeploy(networkProgram(nil),
		componentstest.WithInvoke("aws:index/getAvailabilityZones:getAvailabilityZones",
			func(resource.PropertyMap) (resource.PropertyMap, error) { return nil, errors.New("AccessDenied") }))
	assert.ErrorContains(t, err, `Network "net": availabilityZones: looking up the region's zones:`)
	assert.ErrorContains(t, err, "AccessDenied")
}

func TestNetworkRefusesZonesOfAnotherRegion(t *testing.T) {
	program := networkProgram(&components.NetworkArgs{AvailabilityZones: []string{"ap-northeast-1a", "ap-northeast-1c"}})
	g, err := componentstest.TryDeploy(program, componentstest.WithRegion("us-east-1"))
	assert.ErrorContains(t, err, `Network "net": availabilityZones: must be zones of us-east-1, where the provider works, `+
		"got [ap-northeast-1a ap-northeast-1c]; name others or change aws:region")
	assert.Empty(t, g.Custom())
}

func TestNetworkRefusesZonesThatCannotBeUsed(t *testing.T) {
	zones := []string{"ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1e"}
	g, err := componentstest.TryPreview(networkProgram(&components.NetworkArgs{AvailabilityZones: zones}))
	assert.ErrorContains(t, err, `Network "net": availabilityZones[1]: must be a zone in which AWS makes load balancers and NAT gateways, `+
		`got "ap-northeast-1b", which is apne1-az3; use one of [ap-northeast-1a ap-northeast-1c ap-northeast-1d]`)
	assert.ErrorContains(t, err, `Network "net": availabilityZones[2]: must be a zone that the account has in the region, got "ap-northeast-1e"`)
	assert.Empty(t, g.Custom())
}

func TestNetworkRefusesAnEndpointServiceThatIsNotThere(t *testing.T) {
	const token = "aws:ec2/getVpcEndpointService:getVpcEndpointService"
	program := networkProgram(&components.NetworkArgs{InterfaceEndpoints: []string{"ecr.apis"}})
	g, err := componentstest.TryPreview(program, componentstest.WithInvoke(token, func(resource.PropertyMap) (resource.PropertyMap, error) {
		return nil, errors.New("InvalidServiceName")
	}))
	assert.ErrorContains(t, err, `Network "net": interfaceEndpoints[0]: must be a service that has an interface endpoint in the region, got "ecr.apis":`)
	assert.ErrorContains(t, err, "InvalidServiceName")
	assert.Empty(t, g.Custom())

	_, err = componentstest.TryPreview(program, componentstest.WithInvoke(token, func(args resource.PropertyMap) (resource.PropertyMap, error) {
		assert.Equal(t, "com.amazonaws.ap-northeast-1.ecr.apis", args["serviceName"].StringValue())
		assert.Equal(t, "Interface", args["serviceType"].StringValue())
		return resource.NewPropertyMapFromMap(map[string]any{"availabilityZones": []any{"ap-northeast-1c"}}), nil
	}))
	assert.ErrorContains(t, err, "com.amazonaws.ap-northeast-1.ecr.apis is not in ap-northeast-1d, only in [ap-northeast-1c]")
}

// What Pulumi keeps of the VPC that exists, instead of what the args say, is refused
// before anything in it changes.
func TestNetworkRefusesToChangeWhatIsFixed(t *testing.T) {
	program := networkProgram(&components.NetworkArgs{FixedTags: map[string]string{"layout": "2"}})
	vpc := componentstest.Deploy(t, program).One(t, vpcToken)
	assert.Equal(t, []string{"cidrBlock", `tags["layout"]`}, vpc.IgnoreChanges)
	assert.Equal(t, map[string]any{"Name": "net", "layout": "2"}, vpc.Input("tags"))

	g, err := componentstest.TryDeploy(program, componentstest.WithOutputs(vpcToken, func(resource.PropertyMap) resource.PropertyMap {
		return resource.NewPropertyMapFromMap(map[string]any{"cidrBlock": "10.1.0.0/16", "tags": map[string]any{"layout": "1"}})
	}))
	assert.ErrorContains(t, err, `Network "net": cidrBlock: must stay "10.1.0.0/16", with which `+vpc.ID+` was made, got "10.0.0.0/16"; `+
		"set it back, or destroy the stack first, or create another stack with it beside this one and move the DNS names")
	assert.ErrorContains(t, err, `Network "net": fixedTags["layout"]: must stay "1"`)
	assert.Len(t, g.Custom(), 1, "the VPC alone")
}
