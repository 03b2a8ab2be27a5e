package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// legacy is an instance with two groups, whose rules are given; SSH is open to
// everyone besides.
func legacy(rules ...componentstest.Rule) componentstest.Option {
	ssh := componentstest.Rule{ID: "sgr-ssh", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0"}
	out := componentstest.Rule{ID: "sgr-out", Egress: true, Protocol: "-1", CidrIpv4: "0.0.0.0/0"}
	return componentstest.WithInstance(componentstest.Instance{
		ID: "i-legacy", SubnetID: "subnet-1",
		Groups: []componentstest.Group{{ID: "sg-web", Rules: rules}, {ID: "sg-admin", Rules: []componentstest.Rule{ssh, out}}},
	})
}

// instanceBehind is a program with a SecuredALB named web and the instance
// i-legacy behind it as old.
func instanceBehind(change func(*components.InstanceTargetArgs, *frontParts)) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		if err != nil {
			return err
		}
		args := &components.InstanceTargetArgs{
			InstanceId: pulumi.String("i-legacy"), SecurityGroupId: pulumi.String("sg-web"),
			Route: &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100},
		}
		change(args, p)
		target, err := components.NewInstanceTarget(ctx, "old", args)
		if err != nil {
			return err
		}
		ctx.Export("group", target.SecurityGroupId)
		return nil
	})
}

func asIs(*components.InstanceTargetArgs, *frontParts) {}

func TestInstanceTarget(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, instanceBehind(asIs), legacy())
			componentstest.AssertInvariants(t, g)
			old := g.One(t, components.TokenInstanceTarget)
			assert.Equal(t, map[string]int{components.TokenServiceRoute: 1, typeAttachment: 1}, childTypes(g, old))

			target := g.One(t, typeTargetGroup)
			assert.Equal(t, "instance", target.Input("targetType"))
			assert.Equal(t, "HTTPS", target.Input("protocol"))
			assert.Equal(t, 443, target.Input("port"))
			assert.Equal(t, "HTTPS", target.Input("healthCheck.protocol"))

			attachment := g.Get(t, typeAttachment, "old")
			assert.Equal(t, []string{target.URN}, attachment.PropertyDependencies["targetGroupArn"])
			assert.Equal(t, 443, attachment.Input("port"))
			if name == "deploy" {
				assert.Equal(t, "i-legacy", attachment.Input("targetId"))
			}
			assert.Equal(t, "sg-web", g.Get(t, typeIngress, "old-target-ingress").Input("securityGroupId"))
			assert.Equal(t, "sg-web", g.Output("group"))
			assert.Empty(t, g.OfType("aws:ec2/instance:Instance"), "the instance is left alone")
		})
	}
}

func TestInstanceTargetRefusesAnInstanceThatIsOpen(t *testing.T) {
	tests := []struct {
		name string
		rule componentstest.Rule
		want string
	}{
		{"to everyone", componentstest.Rule{ID: "sgr-open", FromPort: 443, ToPort: 443, CidrIpv4: "0.0.0.0/0"},
			"sgr-open of sg-web (0.0.0.0/0)"},
		{"over IPv6", componentstest.Rule{ID: "sgr-open", FromPort: 400, ToPort: 500, CidrIpv6: "::/0"},
			"sgr-open of sg-web (::/0)"},
		{"to a prefix list", componentstest.Rule{ID: "sgr-open", Protocol: "-1", PrefixListID: "pl-1"},
			"sgr-open of sg-web (pl-1)"},
	}
	before := componentstest.Deploy(t, loadBalancer(unchanged), legacy())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := componentstest.TryPreview(instanceBehind(asIs), legacy(tt.rule))
			assert.ErrorContains(t, err, `InstanceTarget "old": instanceId: must be reached on port 443 through the load balancer only`)
			assert.ErrorContains(t, err, tt.want)
			assert.Len(t, g.Custom(), len(before.Custom()), "nothing is made for the instance")
		})
	}
	t.Run("to another group, in any of its groups", func(t *testing.T) {
		g, err := componentstest.TryDeploy(instanceBehind(asIs),
			legacy(componentstest.Rule{ID: "sgr-peer", FromPort: 443, ToPort: 443, GroupID: "sg-peer"}))
		assert.ErrorContains(t, err, "sgr-peer of sg-web (sg-peer)")
		assert.Empty(t, g.OfType(typeAttachment), "the instance is not registered")
	})
}

func TestInstanceTargetKnowsItsOwnLoadBalancersRule(t *testing.T) {
	albGroup := componentstest.Deploy(t, instanceBehind(asIs), legacy()).Get(t, typeGroup, "web-alb").ID
	// The group is there from an earlier update, however far this one has come.
	there := componentstest.WithInvoke("aws:ec2/getSecurityGroup:getSecurityGroup", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"id": albGroup, "description": "Load balancer"}), nil
	})
	componentstest.Deploy(t, instanceBehind(asIs),
		legacy(componentstest.Rule{ID: "sgr-ours", FromPort: 443, ToPort: 443, GroupID: albGroup}), there)
}

func TestInstanceTargetWarns(t *testing.T) {
	g := componentstest.Deploy(t, instanceBehind(func(a *components.InstanceTargetArgs, _ *frontParts) { a.OpenIngress = "warn" }), legacy(
		componentstest.Rule{ID: "sgr-open", FromPort: 443, ToPort: 443, CidrIpv4: "0.0.0.0/0"},
		componentstest.Rule{ID: "sgr-peer", FromPort: 443, ToPort: 443, GroupID: "sg-peer"},
	))
	warnings := g.Logs("warning")
	if assert.Len(t, warnings, 2) {
		assert.Contains(t, warnings[0]+warnings[1], "sgr-open of sg-web (0.0.0.0/0)")
		assert.Contains(t, warnings[0]+warnings[1], "sgr-peer of sg-web (sg-peer)")
	}
	assert.Equal(t, "i-legacy", g.Get(t, typeAttachment, "old").Input("targetId"))
}

func TestInstanceTargetLookups(t *testing.T) {
	t.Run("the group must be chosen", func(t *testing.T) {
		_, err := componentstest.TryPreview(instanceBehind(func(a *components.InstanceTargetArgs, _ *frontParts) { a.SecurityGroupId = nil }), legacy())
		assert.ErrorContains(t, err, `InstanceTarget "old": securityGroupId: is required: choose one of the instance's groups, sg-web, sg-admin`)
	})
	t.Run("no such instance", func(t *testing.T) {
		_, err := componentstest.TryPreview(instanceBehind(asIs))
		assert.ErrorContains(t, err, `InstanceTarget "old": instanceId: looking up instance "i-legacy": `)
	})
	t.Run("terminated", func(t *testing.T) {
		_, err := componentstest.TryPreview(instanceBehind(asIs), componentstest.WithInvoke("aws:ec2/getInstance:getInstance",
			func(resource.PropertyMap) (resource.PropertyMap, error) {
				return resource.NewPropertyMapFromMap(map[string]any{"instanceState": "terminated"}), nil
			}))
		assert.ErrorContains(t, err, "instanceId: must be an instance that can run, got one that is terminated")
	})
}

func TestInstanceTargetRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change func(*components.InstanceTargetArgs)
		want   string
	}{
		{"no instance", func(a *components.InstanceTargetArgs) { a.InstanceId = pulumi.String("") }, "instanceId: must be the id of an EC2 instance"},
		{"open ingress", func(a *components.InstanceTargetArgs) { a.OpenIngress = "ignore" }, `openIngress: must be one of "refuse", "warn"`},
		{"no route", func(a *components.InstanceTargetArgs) { a.Route = nil }, "route: is required"},
		{"route", func(a *components.InstanceTargetArgs) { a.Route.Priority = -1 }, "route.priority: must be 1-50000"},
		{"target type", func(a *components.InstanceTargetArgs) { a.Route.TargetType = "ip" },
			`route.targetType: must be left empty or "instance", got "ip"`},
		{"target group", func(a *components.InstanceTargetArgs) { a.Route.TargetSecurityGroupId = pulumi.String("sg-1") },
			"route.targetSecurityGroupId: must be left empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assertPartsRefused(t, func(ctx *pulumi.Context, _ *frontParts) error {
				args := &components.InstanceTargetArgs{InstanceId: pulumi.String("i-legacy"), Route: &components.ServiceRouteArgs{
					Priority:         100,
					ExistingListener: &components.ExistingListenerArgs{ListenerArn: pulumi.String(adoptedListenerArn)},
				}}
				tt.change(args)
				_, err := components.NewInstanceTarget(ctx, "old", args)
				return err
			}, `InstanceTarget "old": `+tt.want)
		})
	}
	t.Run("no args", func(t *testing.T) {
		assertPartsRefused(t, func(ctx *pulumi.Context, _ *frontParts) error {
			_, err := components.NewInstanceTarget(ctx, "old", nil)
			return err
		}, `InstanceTarget "old": args are required`)
	})
}

// zonesAC is an adopted network in vpc-1, in zones a and c.
func zonesAC(ctx *pulumi.Context) (*components.Network, error) {
	return components.NewNetwork(ctx, "adopted", &components.NetworkArgs{Existing: &components.ExistingNetworkArgs{
		VpcId: pulumi.String("vpc-1"), PublicSubnetIds: pulumi.ToStringArray([]string{"subnet-a", "subnet-c"}),
	}})
}

// standing is the account of zonesAC with the instance i-legacy in a subnet.
func standing(subnet, state string, rules ...componentstest.Rule) []componentstest.Option {
	return []componentstest.Option{
		componentstest.WithVpc("vpc-1",
			componentstest.Subnet{ID: "subnet-a", Zone: "ap-northeast-1a", CidrBlock: "10.0.0.0/24", Public: true},
			componentstest.Subnet{ID: "subnet-c", Zone: "ap-northeast-1c", CidrBlock: "10.0.1.0/24", Public: true},
			componentstest.Subnet{ID: "subnet-d", Zone: "ap-northeast-1d", CidrBlock: "10.0.2.0/24", Public: true}),
		componentstest.WithVpc("vpc-2", componentstest.Subnet{ID: "subnet-2", Zone: "ap-northeast-1a", CidrBlock: "10.1.0.0/24"}),
		componentstest.WithInstance(componentstest.Instance{
			ID: "i-legacy", SubnetID: subnet, State: state, Groups: []componentstest.Group{{ID: "sg-web", Rules: rules}},
		}),
	}
}

// inAdopted is instanceBehind with a load balancer in zonesAC and an id that is plain, or
// an output.
func inAdopted(id pulumi.StringInput) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		network, err := zonesAC(ctx)
		if err != nil {
			return err
		}
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: network, Domain: p.domain})
		if err != nil {
			return err
		}
		_, err = components.NewInstanceTarget(ctx, "old", &components.InstanceTargetArgs{
			InstanceId: id, Route: &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100},
		})
		return err
	})
}

func TestInstanceTargetMustBeUsableWhereItStands(t *testing.T) {
	peer := componentstest.Rule{ID: "sgr-peer", FromPort: 443, ToPort: 443, GroupID: "sg-peer"}
	for _, tt := range []struct {
		name, subnet, state string
		rules               []componentstest.Rule
		want                string
	}{
		{"stopped", "subnet-a", "stopped", nil, "instanceId: must be an instance that runs, got one that is stopped: the load balancer would not use it, and viewers would get 503; start it"},
		{"in another VPC", "subnet-2", "", nil, "instanceId: must be an instance in the load balancer's VPC, vpc-1, got one in vpc-2: AWS would not register it"},
		{"in another zone", "subnet-d", "", nil, "instanceId: must be an instance in one of the load balancer's zones, ap-northeast-1a, ap-northeast-1c, got one in ap-northeast-1d: "},
		{"open to another group", "subnet-a", "", []componentstest.Rule{peer}, "sgr-peer of sg-web (sg-peer)"},
		{"as it should be", "subnet-c", "", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			account := standing(tt.subnet, tt.state, tt.rules...)
			g, err := componentstest.TryPreview(inAdopted(pulumi.String("i-legacy")), account...)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, `InstanceTarget "old": `)
			assert.ErrorContains(t, err, tt.want)
			assert.Empty(t, g.OfType(typeTargetGroup), "nothing is made for the instance")

			g, err = componentstest.TryDeploy(inAdopted(pulumi.String("i-legacy").ToStringOutput()), account...)
			assert.ErrorContains(t, err, tt.want, "an id that is an output is checked when it is known")
			assert.Empty(t, g.OfType(typeAttachment), "the instance is not registered")
		})
	}
}

func TestInstanceTargetOfAnInstanceThatTheProgramMakes(t *testing.T) {
	image := componentstest.WithImage("ami-0123456789abcdef0", "arm64")
	zone := componentstest.WithHostedZone("example.com")
	g := componentstest.Preview(t, ownServer, image, zone)
	assert.Len(t, g.OfType(typeAttachment), 1, "the preview shows the registration")
	assert.Empty(t, g.Logs("warning"))

	g = componentstest.Deploy(t, ownServer, image, zone)
	assert.Equal(t, g.One(t, "aws:ec2/instance:Instance").ID, g.Get(t, typeAttachment, "own").Input("targetId"))
	assert.Equal(t, g.Get(t, typeGroup, "own-server").ID, g.Get(t, typeIngress, "own-target-ingress").Input("securityGroupId"), "its only group")

	_, err := componentstest.TryDeploy(inAdopted(pulumi.String("web-1").ToStringOutput()), standing("subnet-c", "")...)
	assert.ErrorContains(t, err, `InstanceTarget "old": instanceId: must be the id of an EC2 instance such as i-0123456789abcdef0, got "web-1"`)
}
