package local_test

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/local"
)

const loadBalancerToken = "aws:lb/loadBalancer:LoadBalancer"

// routed is a load balancer and a route of the given names, with options that come
// from outside.
func routed(loadBalancer, route string, opts ...pulumi.ResourceOption) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{Nat: components.NatNone})
		if err != nil {
			return err
		}
		group, err := ec2.NewSecurityGroup(ctx, "targets", &ec2.SecurityGroupArgs{VpcId: network.VpcId})
		if err != nil {
			return err
		}
		domain, err := components.NewCertifiedDomain(ctx, "app", &components.CertifiedDomainArgs{
			DomainName: "app.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
		})
		if err != nil {
			return err
		}
		web, err := components.NewSecuredALB(ctx, loadBalancer, &components.SecuredALBArgs{
			Network: network, Domain: domain, Tags: map[string]string{"team": "shop"},
		}, opts...)
		if err != nil {
			return err
		}
		_, err = components.NewServiceRoute(ctx, route, &components.ServiceRouteArgs{
			LoadBalancer: web, Port: 8080, Priority: 10, TargetSecurityGroupId: group.ID(),
		}, opts...)
		return err
	}
}

func TestTransformsOfAComponent(t *testing.T) {
	t.Parallel()
	keepForwarded := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if args.Type != loadBalancerToken {
			return nil
		}
		args.Props["xffHeaderProcessingMode"] = pulumi.String("preserve")
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
	s := local.New(t, routed("web", "app", pulumi.Transforms([]pulumi.ResourceTransform{keepForwarded})))
	s.Up()
	loadBalancers := s.Account().All(loadBalancerToken)
	require.Len(t, loadBalancers, 1)
	assert.Equal(t, "preserve", loadBalancers[0]["xffHeaderProcessingMode"])
	assert.Equal(t, map[string]any{"team": "shop"}, loadBalancers[0]["tags"])
	assert.Empty(t, s.Up().Changes(), "a second up")
}

// A component that is renamed with an alias keeps its children: what says the old name
// is updated, and nothing is replaced.
func TestAliasesOfAComponent(t *testing.T) {
	t.Parallel()
	s := local.New(t, routed("web", "web"))
	s.Up()
	s.Use(routed("shop", "shop", pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("web")}})))
	changes := s.Up().Changes()
	require.Len(t, changes, 1)
	assert.Equal(t, "shop-alb-egress", changes[0].Name())
	assert.Equal(t, "update", changes[0].Op)
	assert.Equal(t, []string{"description"}, changes[0].Diffs)
}

func TestProtectOfAComponent(t *testing.T) {
	t.Parallel()
	s := local.New(t, routed("web", "app", pulumi.Protect(true)))
	s.Up()
	_, err := s.TryDestroy()
	assert.ErrorContains(t, err, "protected")
	assert.Len(t, s.Account().All(loadBalancerToken), 1)
	s.Use(routed("web", "app", pulumi.Protect(false)))
	s.Up()
	s.Destroy()
	assert.Empty(t, s.Account().All(loadBalancerToken))
}

func TestProviderOfAComponent(t *testing.T) {
	t.Parallel()
	s := local.New(t, func(ctx *pulumi.Context) error {
		far, err := aws.NewProvider(ctx, "far", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
		if err != nil {
			return err
		}
		network, err := components.NewNetwork(ctx, "net", nil, pulumi.Provider(far))
		if err != nil {
			return err
		}
		ctx.Export("vpc", network.Vpc.Arn)
		ctx.Export("zones", pulumi.ToStringArray(network.ZoneNames()))
		ctx.Export("endpoint", network.S3Endpoint.Arn)
		return nil
	})
	s.Up()
	out := s.Outputs()
	assert.Contains(t, out["vpc"].Value, "arn:aws:ec2:us-east-1:")
	assert.Contains(t, out["endpoint"].Value, "arn:aws:ec2:us-east-1:")
	assert.Equal(t, []any{"us-east-1a", "us-east-1b"}, out["zones"].Value)
}
