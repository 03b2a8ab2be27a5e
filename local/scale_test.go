package local_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
)

// An operation of the local AWS costs what it touches: 1,000 resources take about
// as long each as 100 do.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{40, 100, 400, 1000} {
		b.Run(fmt.Sprintf("%d/fresh", n), func(b *testing.B) {
			for b.Loop() {
				res := local.New(b, manyResources(n)).Up()
				require.Len(b, res.Changes(), n)
			}
			perResource(b, n)
		})
		b.Run(fmt.Sprintf("%d/unchanged", n), func(b *testing.B) {
			stack := local.New(b, manyResources(n))
			stack.Up()
			for b.Loop() {
				require.Empty(b, stack.Up().Changes())
			}
			perResource(b, n)
		})
	}
}

func perResource(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "us/resource")
}

// manyResources are n resources that refer to each other as those of a network with
// many services do: groups with their rules, target groups, log groups.
func manyResources(n int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")})
		var group *ec2.SecurityGroup
		for i := 1; i < n && err == nil; i++ {
			name := fmt.Sprint("r", i)
			switch i % 10 {
			case 1:
				group, err = ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{VpcId: network.ID()})
			case 2:
				_, err = cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{})
			case 3:
				_, err = lb.NewTargetGroup(ctx, name, &lb.TargetGroupArgs{
					VpcId: network.ID(), Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"),
				})
			default:
				_, err = vpc.NewSecurityGroupIngressRule(ctx, name, &vpc.SecurityGroupIngressRuleArgs{
					SecurityGroupId: group.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String("10.0.0.0/16"),
					FromPort: pulumi.Int(1000 + i), ToPort: pulumi.Int(1000 + i),
				})
			}
		}
		return err
	}
}
