package components_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

// privateSmall is the program small with an instance that only its VPC origin leads to.
func privateSmall(change func(*tlsArgs), front func(*cdnArgs)) pulumi.RunFunc {
	return small(func(a *tlsArgs) {
		a.AccessFrom = components.AccessFromVpcOrigin
		change(a)
	}, front)
}

func sameArgs(*tlsArgs) {}

func sameFront(*cdnArgs) {}

func TestAFrontBeforeAPrivateInstance(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, privateSmall(sameArgs, sameFront))
			componentstest.AssertInvariants(t, g)
			assert.Equal(t, map[string]int{
				typeInstance: 1, typeGroup: 1, typeIngress: 1, typeEgress: 1, typeRole: 1, typeProfile: 1, typeRolePolicy: 2, typeAttachedTo: 1,
				typeAssociation: 1, typeAlarm: 1,
			}, childTypes(g, g.One(t, components.TokenTLSInstance)), "no address, no interface, no record")

			instance := g.Get(t, typeInstance, "small-private")
			assert.Equal(t, false, instance.Input("associatePublicIpAddress"))
			assert.False(t, instance.Has("networkInterfaces"))
			assert.False(t, instance.DeleteBeforeReplace, "the old one serves until the distribution has moved")
			assert.True(t, instance.DependsOn(g.Get(t, typeEgress, "small-private-egress-internet")))

			origin, rule, d := g.Get(t, typeVPCOrigin, "cdn-vpc-origin"), g.Get(t, typeIngress, "small-in-vpc-origin"), g.Get(t, typeDistribution, "cdn")
			const config = "vpcOriginEndpointConfig."
			assert.Equal(t, "https-only", origin.Input(config+"originProtocolPolicy"))
			assert.Contains(t, origin.PropertyDependencies["vpcOriginEndpointConfig"], instance.URN)
			ready := g.Get(t, typeAssociation, "small-ready")
			assert.True(t, origin.DependsOn(ready), "another instance serves before the distribution moves to it")
			assert.True(t, rule.DependsOn(origin), "CloudFront's group is looked up after the VPC origin")
			assert.True(t, d.DependsOn(rule))
			assert.True(t, d.DependsOn(ready))
			assert.Equal(t, "origin.example.com", d.Input("origins[0].domainName"))
			assert.False(t, d.Has("origins[0].customOriginConfig"))
			assert.False(t, d.Has("origins[0].customHeaders"))
			if name == "deploy" {
				assert.Len(t, g.OfType(typeIngress), 1)
				assert.Equal(t, componentstest.VPCOriginGroupID, rule.Input("referencedSecurityGroupId"))
				assert.Nil(t, rule.Input("prefixListId"))
				assert.Equal(t, []any{g.Get(t, typeGroup, "small-private").ID}, instance.Input("vpcSecurityGroupIds"))
				assert.Contains(t, instance.PropertyDependencies["subnetId"], g.Get(t, "aws:ec2/subnet:Subnet", "net-private-ap-northeast-1c").URN)
				assert.Equal(t, instance.Output("arn"), origin.Input(config+"arn"))
				assert.LessOrEqual(t, len(origin.Input(config+"name").(string)), 64)
				assert.Regexp(t, `^project-stack-cdn-.+$`, origin.Input(config+"name"))
				assert.Equal(t, "", g.One(t, components.TokenTLSInstance).Output("publicIp"))
			}
		})
	}
}

func TestThePathToAPrivateInstance(t *testing.T) {
	for name, change := range map[string]func(*tlsArgs){"its own name": sameArgs, "the viewers' names": before("example.com", "www.example.com")} {
		var plan requestpath.Plan
		componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
			args := &tlsArgs{
				Network: p.network, OriginDomainName: "origin.example.com", HostedZone: exampleZone(), AccessFrom: components.AccessFromVpcOrigin,
			}
			change(args)
			instance, err := components.NewTLSInstance(ctx, "small", args)
			if err != nil {
				return err
			}
			cdn, err := components.NewCloudFrontFront(ctx, "cdn", &cdnArgs{Origin: instance, Domain: p.viewers, ForwardHostHeader: len(args.ViewerNames) > 0})
			if err == nil {
				plan = cdn.Plan()
			}
			return err
		}))
		for _, r := range requestpath.Check(plan) {
			assert.True(t, r.OK, "%s: %s: %s", name, r.Name, r.Chain.Outcome.Why)
		}
		o := requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"}).Outcome
		assert.Equal(t, 200, o.Status)
		assert.Equal(t, requestpath.HopOrigin, o.By)
		o = requestpath.Walk(plan, requestpath.Request{Name: "origin.example.com"}).Outcome
		assert.Zero(t, o.Status, "no record leads there: %s", o.Why)
	}
}

// The viewers' own names can be the origin's: no record and no loop comes of it.
func TestTheNameOfAPrivateInstanceCanBeTheViewers(t *testing.T) {
	named := func(a *tlsArgs) { a.OriginDomainName = "www.example.com" }
	g := componentstest.Deploy(t, privateSmall(named, func(a *cdnArgs) { a.PathCheck = components.PathCheckWarn }))
	assert.Equal(t, "www.example.com", g.One(t, typeDistribution).Input("origins[0].domainName"))
	_, err := componentstest.TryDeploy(small(named, sameFront))
	assert.ErrorContains(t, err, "would get 403")
}

// An instance that the program makes is not there when a VPC origin is made elsewhere.
func TestAnExistingVPCOriginToAnInstance(t *testing.T) {
	for got, id := range map[string]pulumi.StringInput{
		`"vo_1a2B"`: pulumi.String("vo_1a2B"), "an id that is not known yet": pulumi.String("vo_1a2B").ToStringOutput(),
	} {
		g, err := componentstest.TryDeploy(privateSmall(sameArgs, func(a *cdnArgs) { a.ExistingVpcOriginId = id }))
		assert.ErrorContains(t, err, `CloudFrontFront "cdn": existingVpcOriginId: must be left out with origin "small", got `+got+`: `+
			`a VPC origin leads to one instance`)
		assert.Empty(t, g.OfType(typeDistribution))
	}
}

// While AccessFrom changes, both instances are there with their rules, and AWS refuses two rules
// of one group for the same peer and ports.
func TestAPublicAndAPrivateInstanceShareNoGroup(t *testing.T) {
	network := adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-p"})
	network.Existing.EndpointSecurityGroupId = pulumi.String("sg-endpoints")
	owners := map[string]string{} // of every rule, the resource that makes it
	for _, accessFrom := range []string{components.AccessFromCloudFront, components.AccessFromVpcOrigin} {
		g := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
			net, err := components.NewNetwork(ctx, "net", network)
			if err != nil {
				return err
			}
			instance, err := components.NewTLSInstance(ctx, "small", &tlsArgs{
				Network: net, OriginDomainName: "origin.example.com", HostedZone: exampleZone(), AccessFrom: accessFrom,
			})
			if err != nil {
				return err
			}
			_, err = components.NewCloudFrontFront(ctx, "cdn", &cdnArgs{Origin: instance})
			return err
		}, withoutVPCOriginGroup(), vpcToAdopt())
		name := func(id any) any {
			for _, group := range g.OfType(typeGroup) {
				if group.ID == id {
					return group.Name
				}
			}
			return id
		}
		rules := append(g.OfType(typeIngress), g.OfType(typeEgress)...)
		assert.Len(t, rules, 3, accessFrom)
		for _, r := range rules {
			rule := fmt.Sprint(r.Type, name(r.Input("securityGroupId")), r.Input("fromPort"), r.Input("cidrIpv4"), r.Input("prefixListId"),
				name(r.Input("referencedSecurityGroupId")))
			assert.Empty(t, owners[rule], "%s makes the rule of %s anew: %s", r.Name, owners[rule], rule)
			owners[rule] = r.Name
		}
	}
	names := slices.Sorted(maps.Values(owners))
	assert.Len(t, slices.Compact(names), 6, "none changes in place while the other instance needs it: %s", names)
}

// Two distributions of one instance have a VPC origin each, and one rule admits both.
func TestTwoFrontsBeforeOnePrivateInstance(t *testing.T) {
	g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		instance, err := components.NewTLSInstance(ctx, "small", &tlsArgs{
			Network: p.network, OriginDomainName: "origin.example.com", HostedZone: exampleZone(), AccessFrom: components.AccessFromVpcOrigin,
		})
		if err != nil {
			return err
		}
		for _, name := range []string{"one", "two"} {
			if _, err := components.NewCloudFrontFront(ctx, name, &cdnArgs{Origin: instance}); err != nil {
				return err
			}
		}
		return nil
	}))
	assert.Len(t, g.OfType(typeVPCOrigin), 2)
	assert.Len(t, g.OfType(typeIngress), 1)
	assert.True(t, g.Get(t, typeDistribution, "two").DependsOn(g.Get(t, typeIngress, "small-in-vpc-origin")))
}

func TestWhatAPrivateInstanceCannotHave(t *testing.T) {
	const front = `CloudFrontFront "cdn": `
	for want, program := range map[string]pulumi.RunFunc{
		front + `originHttpsPort: must be 443 with a VPC origin, got 8443`: privateSmall(sameArgs, func(a *cdnArgs) { a.OriginHttpsPort = 8443 }),
		front + `existingVpcOriginId: must be left out with origin "small", which CloudFront reaches through the internet: ` +
			`a VPC origin leads to a load balancer or an instance whose accessFrom is "vpc-origin"`: small(sameArgs, func(a *cdnArgs) { a.ExistingVpcOriginId = pulumi.String("vo_1") }),
	} {
		_, err := componentstest.TryDeploy(program)
		assert.ErrorContains(t, err, want)
	}
	for want, change := range map[string]func(*frontParts, *tlsArgs){
		`accessFrom: must be one of "cloudfront", "vpc-origin", got "internet"`: func(_ *frontParts, a *tlsArgs) { a.AccessFrom = "internet" },
		`originSecret: must be left out when accessFrom is "vpc-origin": only distributions of this account reach the instance`: func(p *frontParts, a *tlsArgs) {
			a.OriginSecret = p.secret
		},
		`overwriteExistingRecords: must be false when accessFrom is "vpc-origin", got true`: func(_ *frontParts, a *tlsArgs) { a.OverwriteExistingRecords = true },
	} {
		_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
			args := &tlsArgs{Network: p.network, OriginDomainName: "origin.example.com", HostedZone: exampleZone(), AccessFrom: components.AccessFromVpcOrigin}
			change(p, args)
			_, err := components.NewTLSInstance(ctx, "small", args)
			return err
		}))
		assert.ErrorContains(t, err, `TLSInstance "small": `+want)
	}
}

// networkOf is a program with a private instance in a network of these args.
func networkOf(args *components.NetworkArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := components.NewNetwork(ctx, "net", args)
		if err != nil {
			return err
		}
		_, err = components.NewTLSInstance(ctx, "small", &tlsArgs{
			Network: network, OriginDomainName: "origin.example.com", HostedZone: exampleZone(), AccessFrom: components.AccessFromVpcOrigin,
		})
		return err
	}
}

func vpcToAdopt() componentstest.Option {
	return componentstest.WithVpc("vpc-1",
		componentstest.Subnet{ID: "subnet-a", Zone: "ap-northeast-1a", CidrBlock: "10.9.0.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-c", Zone: "ap-northeast-1c", CidrBlock: "10.9.1.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-p", Zone: "ap-northeast-1a", CidrBlock: "10.9.2.0/24"})
}

func TestTheNetworkOfAPrivateInstance(t *testing.T) {
	vpc := vpcToAdopt()
	public := []string{"subnet-a", "subnet-c"}
	elsewhere := componentstest.WithVpc("vpc-1", componentstest.Subnet{ID: "subnet-p", Zone: "ap-northeast-1b", CidrBlock: "10.9.2.0/24"},
		componentstest.Subnet{ID: "subnet-c", Zone: "ap-northeast-1b", CidrBlock: "10.9.1.0/24", Public: true})
	nowhere := componentstest.WithInvoke("aws:ec2/getRouteTable:getRouteTable", func(args resource.PropertyMap) (resource.PropertyMap, error) {
		routes := []any{map[string]any{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}}
		if args["subnetId"].StringValue() == "subnet-p" {
			routes = []any{map[string]any{"cidrBlock": "10.9.0.0/16", "gatewayId": "local"}}
		}
		return resource.NewPropertyMapFromMap(map[string]any{"routeTableId": "rtb-1", "routes": routes}), nil
	})
	closed := adopting(public, []string{"subnet-p"})
	closed.Existing.PrivateEgress = components.PrivateEgressNone
	noGateway := componentstest.WithInvoke("aws:ec2/getInternetGateway:getInternetGateway", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return nil, errors.New("no matching EC2 Internet Gateway found")
	})
	offered := componentstest.WithInvoke("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"locations": []any{"ap-northeast-1d"}}), nil
	})
	for want, c := range map[string]struct {
		network *components.NetworkArgs
		opt     componentstest.Option
	}{
		`network: must have NAT when accessFrom of the instance is "vpc-origin", got nat "none"`:                                                                              {&components.NetworkArgs{Nat: components.NatNone}, vpc},
		`network: must have a private subnet when accessFrom of the instance is "vpc-origin", got none; adopt one that leads to a NAT gateway with existing.privateSubnetIds`: {adopting(public, nil), vpc},
		`network: must have private subnets that lead to a NAT gateway when accessFrom of the instance is "vpc-origin", got existing.privateEgress "none"`:                    {closed, vpc},
		`network: must be a VPC with an internet gateway, got "vpc-1": AWS makes no VPC origin in another one`:                                                                {adopting(public, []string{"subnet-p"}), noGateway},
		`network: must have its first private subnet in a zone with VPC origins, got "subnet-p" in ap-northeast-1b (apne1-az3)`:                                               {adopting(public, []string{"subnet-p"}), elsewhere},
		`network: must have a first private subnet that leads to a NAT gateway, "subnet-p" has no default route in its route table (rtb-1)`:                                   {adopting(public, []string{"subnet-p"}), nowhere},
		`instanceType: must be a type that ap-northeast-1a has, the zone of the first private subnet, got "t4g.small"`:                                                        {adopting(public, []string{"subnet-p"}), offered},
	} {
		g, err := componentstest.TryPreview(networkOf(c.network), vpc, c.opt)
		assert.ErrorContains(t, err, `TLSInstance "small": `+want)
		assert.Empty(t, g.OfType(typeInstance))
	}
	g := componentstest.Deploy(t, networkOf(adopting(public, []string{"subnet-p"})), vpc)
	assert.Equal(t, "subnet-p", g.One(t, typeInstance).Input("subnetId"))
	assert.Empty(t, g.OfType(typeIngress), "nobody is admitted before a distribution has it as origin")
}
