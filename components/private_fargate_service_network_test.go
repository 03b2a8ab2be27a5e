package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// withoutNAT is a network whose tasks reach AWS by endpoints.
func withoutNAT(more ...string) *components.NetworkArgs {
	return &components.NetworkArgs{
		Nat: components.NatNone, InterfaceEndpoints: append([]string{"ecr.api", "ecr.dkr", "logs"}, more...),
	}
}

func fromPrivateECR(a *components.PrivateFargateServiceArgs) { a.Image = pulumi.String(privateImage) }

// waysOut is the egress rules of the tasks' group, by name: port and peer.
func waysOut(t *testing.T, g *componentstest.Graph) map[string][]any {
	t.Helper()
	tasks := g.Get(t, typeGroup, "api-tasks")
	out := map[string][]any{}
	for _, rule := range g.OfType(typeEgress) {
		if rule.Input("securityGroupId") != tasks.ID {
			continue
		}
		assert.Equal(t, "tcp", rule.Input("ipProtocol"))
		assert.Equal(t, rule.Input("fromPort"), rule.Input("toPort"))
		way := []any{rule.Input("fromPort")}
		for _, peer := range []string{"cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"} {
			if rule.Has(peer) {
				way = append(way, peer, rule.Input(peer))
			}
		}
		out[rule.Name] = way
	}
	return out
}

func TestTasksWithNATReachHTTPSOnly(t *testing.T) {
	g := componentstest.Deploy(t, worker())
	assert.Equal(t, map[string][]any{"api-egress-internet": {443, "cidrIpv4", "0.0.0.0/0"}}, waysOut(t, g))
}

func TestTasksWithoutNATReachEndpointsAndS3Only(t *testing.T) {
	g := componentstest.Deploy(t, inNetwork(withoutNAT(), fromPrivateECR))
	componentstest.AssertInvariants(t, g)
	endpoints, tasks := g.Get(t, typeGroup, "net-endpoints"), g.Get(t, typeGroup, "api-tasks")
	s3 := g.One(t, components.TokenNetwork).Output("s3PrefixListId")
	assert.Equal(t, map[string][]any{
		"api-egress-endpoints": {443, "referencedSecurityGroupId", endpoints.ID},
		"api-egress-s3":        {443, "prefixListId", s3},
	}, waysOut(t, g))

	admits := g.Get(t, typeIngress, "api-endpoints")
	assert.Equal(t, endpoints.ID, admits.Input("securityGroupId"))
	assert.Equal(t, tasks.ID, admits.Input("referencedSecurityGroupId"))
	assert.Equal(t, 443, admits.Input("fromPort"))
	assert.Equal(t, 443, admits.Input("toPort"))
	assert.True(t, g.One(t, typeService).DependsOn(admits))
}

// Private DNS leads to the endpoints whether or not there is NAT too.
func TestTasksEnterEndpointsBesideNAT(t *testing.T) {
	g := componentstest.Deploy(t, inNetwork(&components.NetworkArgs{InterfaceEndpoints: []string{"ecr.api"}}))
	admits := g.Get(t, typeIngress, "api-endpoints")
	assert.Equal(t, g.Get(t, typeGroup, "net-endpoints").ID, admits.Input("securityGroupId"))
	assert.Equal(t, g.Get(t, typeGroup, "api-tasks").ID, admits.Input("referencedSecurityGroupId"))
	assert.True(t, g.One(t, typeService).DependsOn(admits))
	assert.Equal(t, map[string][]any{"api-egress-internet": {443, "cidrIpv4", "0.0.0.0/0"}}, waysOut(t, g))
}

func TestAdditionalEgress(t *testing.T) {
	g := componentstest.Deploy(t, worker(func(a *components.PrivateFargateServiceArgs) {
		a.AdditionalEgress = []components.EgressArgs{
			{Name: "db", Port: 5432, SecurityGroupId: pulumi.String("sg-0db")},
			{Name: "office", Port: 8443, CidrBlock: "10.1.0.0/16"},
			{Name: "office6", Port: 8443, CidrBlock: "2001:db8::/32"},
			{Name: "dynamo", Port: 443, PrefixListId: pulumi.String("pl-0dynamo")},
		}
	}))
	assert.Equal(t, map[string][]any{
		"api-egress-internet":           {443, "cidrIpv4", "0.0.0.0/0"},
		"api-egress-additional-db":      {5432, "referencedSecurityGroupId", "sg-0db"},
		"api-egress-additional-office":  {8443, "cidrIpv4", "10.1.0.0/16"},
		"api-egress-additional-office6": {8443, "cidrIpv6", "2001:db8::/32"},
		"api-egress-additional-dynamo":  {443, "prefixListId", "pl-0dynamo"},
	}, waysOut(t, g))
}

func TestNetworkIsTheLoadBalancersOrOnesOwn(t *testing.T) {
	g := componentstest.Deploy(t, fargate())
	require.Len(t, g.OfType(components.TokenNetwork), 1)

	g = componentstest.Deploy(t, worker())
	network := g.One(t, components.TokenNetwork)
	assert.Equal(t, "api", network.Name)
	componentstest.AssertParentedTo(t, g.One(t, components.TokenPrivateFargateService), network)
	assert.Len(t, g.OfType(natToken), 1)
}

func TestAnotherVPCThanTheLoadBalancersIsRefused(t *testing.T) {
	_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		if err != nil {
			return err
		}
		other, err := components.NewNetwork(ctx, "other", nil)
		if err != nil {
			return err
		}
		return newFargate(ctx, func(a *components.PrivateFargateServiceArgs) {
			a.Route = &components.ServiceRouteArgs{LoadBalancer: alb, Priority: 1}
			a.Network = other
		})
	}))
	assert.ErrorContains(t, err, `PrivateFargateService "api": network: must be of the load balancer's VPC vpc-`)
	assert.ErrorContains(t, err, "viewers would get 503")
}

func TestAdoptedNetworkIsTrustedToHaveItsEndpoints(t *testing.T) {
	adopted := adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-p"})
	adopted.Existing.PrivateEgress = components.PrivateEgressEndpoints
	adopted.Existing.EndpointSecurityGroupId = pulumi.String("sg-0endpoints")
	adopted.Existing.S3PrefixListId = pulumi.String("pl-0s3")
	g, err := componentstest.TryDeploy(inNetwork(adopted, fromPrivateECR, func(a *components.PrivateFargateServiceArgs) {
		a.Secrets = map[string]pulumi.StringInput{"PASSWORD": pulumi.String(secretArn)}
	}), existingSubnets)
	require.NoError(t, err)
	assert.Equal(t, "sg-0endpoints", g.Get(t, typeIngress, "api-endpoints").Input("securityGroupId"))
	assert.Equal(t, []any{443, "prefixListId", "pl-0s3"}, waysOut(t, g)["api-egress-s3"])
}

func TestImageThatArrivesLateMustBeReachableByEndpoints(t *testing.T) {
	for image, want := range map[string]string{
		publicImage: "image: must lie in a private ECR repository",
		"123456789012.dkr.ecr.us-east-1.amazonaws.com/app": "image: must lie in ECR of region ap-northeast-1",
	} {
		_, err := componentstest.TryDeploy(inNetwork(withoutNAT(), func(a *components.PrivateFargateServiceArgs) {
			a.Image = pulumi.String(image).ToStringOutput()
		}))
		assert.ErrorContains(t, err, want)
	}
}
