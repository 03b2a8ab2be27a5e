package local_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// inFirstZones puts a load balancer into the first two zones by name, without the
// zone whose id is app:without.
func inFirstZones(ctx *pulumi.Context) error {
	args := &aws.GetAvailabilityZonesArgs{
		State:   pulumi.StringRef("available"),
		Filters: []aws.GetAvailabilityZonesFilter{{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}},
	}
	if without := config.Get(ctx, "app:without"); without != "" {
		args.ExcludeZoneIds = []string{without}
	}
	zones, err := aws.GetAvailabilityZones(ctx, args)
	if err != nil {
		return err
	}
	var subnets pulumi.StringArray
	for _, name := range zones.Names[:2] {
		subnet, err := ec2.NewSubnet(ctx, name, &ec2.SubnetArgs{
			VpcId: pulumi.String(vpcID), AvailabilityZone: pulumi.String(name),
			CidrBlock: pulumi.Sprintf("10.20.%d.0/24", 200+int(name[len(name)-1]-'a')),
		})
		if err != nil {
			return err
		}
		subnets = append(subnets, subnet.ID())
	}
	_, err = lb.NewLoadBalancer(ctx, "web", &lb.LoadBalancerArgs{Subnets: subnets})
	ctx.Export("zones", pulumi.ToStringArray(zones.Names))
	return err
}

// The second zone of Tokyo by name takes subnets, but no load balancer.
// https://github.com/aws/copilot-cli/issues/1298
func TestALoadBalancerInTheFirstZonesByName(t *testing.T) {
	t.Parallel()
	s := local.New(t, inFirstZones)
	_, err := s.TryUp()
	require.ErrorContains(t, err, "The following Availability Zones ap-northeast-1b cannot be associated with a load balancer")

	s.Configure("app:without", "apne1-az3")
	s.Up()
	assert.Equal(t, []any{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"}, s.Outputs()["zones"].Value)
}

// What AWS changes in its zones, the next preview sees.
func TestTheZonesOfAStackChange(t *testing.T) {
	t.Parallel()
	s := local.New(t, inFirstZones, local.WithConfig("app:without", "apne1-az3"))
	s.Up()
	assert.Empty(t, s.Preview().Changes())
	s.Change(func(t *core.Tx) {
		region.HideZone(t, "ap-northeast-1a")
		region.SetZone(t, region.Zone{Name: "ap-northeast-1b", ID: "apne1-az5"})
	})
	assert.NotEmpty(t, s.Preview().Changes(), "this program takes the first zones, whichever they are")
}
