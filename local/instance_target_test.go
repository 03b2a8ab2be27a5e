package local_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// An instance that the load balancer could not use is refused by the first preview, and
// by an update before anything is made.
func TestAnInstanceThatTheLoadBalancerCannotUse(t *testing.T) {
	t.Parallel()
	s := variantStack(t, stacks.VariantALBEC2)
	for id, want := range map[string]string{
		cloudtest.SeededStoppedInstance:   "portico:instanceTarget.instanceId: must be an instance that runs, got one that is stopped",
		cloudtest.EndpointsInstance:       "portico:instanceTarget.instanceId: must be an instance in the load balancer's VPC, vpc-05eed000000000001, got one in vpc-05eed000000000002",
		cloudtest.SeededThirdZoneInstance: "portico:instanceTarget.instanceId: must be an instance in one of the load balancer's zones, ap-northeast-1a, ap-northeast-1c, got one in ap-northeast-1d",
	} {
		s.Configure("portico:instanceTarget.instanceId", id)
		_, err := s.TryPreview()
		require.ErrorContains(t, err, want)
		_, err = s.TryUp()
		require.ErrorContains(t, err, want)
		assert.Empty(t, s.Account().All(loadBalancerToken), "nothing is made")
	}
	s.Configure("portico:instanceTarget.instanceId", cloudtest.SeededInstance)
	s.Up()
	assert.Empty(t, s.Up().Changes(), "the load balancer's own rule is known as such")
}

// An instance and the target that it is are made by one program.
func TestAnInstanceOfTheSameProgramIsATarget(t *testing.T) {
	t.Parallel()
	program := func(group pulumi.StringInput) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			network, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{Nat: components.NatNone})
			if err != nil {
				return err
			}
			domain, err := components.NewCertifiedDomain(ctx, "app", &components.CertifiedDomainArgs{
				DomainName: "app.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
			})
			if err != nil {
				return err
			}
			web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: network, Domain: domain})
			if err != nil {
				return err
			}
			own, err := ec2.NewSecurityGroup(ctx, "server", &ec2.SecurityGroupArgs{VpcId: network.VpcId})
			if err != nil {
				return err
			}
			image, err := ec2.LookupAmi(ctx, &ec2.LookupAmiArgs{
				MostRecent: pulumi.BoolRef(true), Owners: []string{"amazon"},
				Filters: []ec2.GetAmiFilter{{Name: "architecture", Values: []string{"x86_64"}}},
			})
			if err != nil {
				return err
			}
			server, err := ec2.NewInstance(ctx, "server", &ec2.InstanceArgs{
				Ami: pulumi.String(image.Id), InstanceType: pulumi.String("t3.small"),
				SubnetId: network.PrivateSubnetIds.Index(pulumi.Int(0)), VpcSecurityGroupIds: pulumi.StringArray{own.ID()},
			})
			if err != nil {
				return err
			}
			_, err = components.NewInstanceTarget(ctx, "server", &components.InstanceTargetArgs{
				InstanceId: server.ID(), SecurityGroupId: group, Route: &components.ServiceRouteArgs{LoadBalancer: web},
			})
			return err
		}
	}
	s := local.New(t, program(nil))
	s.Preview()
	s.Up()
	attachments := s.Account().All("aws:lb/targetGroupAttachment:TargetGroupAttachment")
	require.Len(t, attachments, 1)
	assert.Regexp(t, "^i-", attachments[0]["targetId"])
	assert.Equal(t, 200, s.Explain(requestpath.Request{Name: "app.example.com"}).Outcome.Status)
	assert.Empty(t, s.Up().Changes(), "a second up")

	// A group that is not the instance's is refused once it is known, before the instance
	// is registered.
	refused := local.New(t, program(pulumi.String("sg-0123456789abcdef0")))
	_, err := refused.TryUp()
	require.ErrorContains(t, err, `InstanceTarget "server": securityGroupId: must be one of the instance's groups`)
	assert.Empty(t, refused.Account().All("aws:lb/targetGroupAttachment:TargetGroupAttachment"))
}
