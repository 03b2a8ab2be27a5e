package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeFlowLog logs all traffic of the VPC, in periods of ten minutes.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-create-flow-log.html
func (n *Network) makeFlowLog(ctx *pulumi.Context) (err error) {
	if n.args.LogBucket == nil {
		return nil
	}
	n.FlowLog, err = ec2.NewFlowLog(ctx, n.name, &ec2.FlowLogArgs{
		VpcId:              n.VpcId,
		TrafficType:        pulumi.String("ALL"),
		LogDestinationType: pulumi.String("s3"),
		LogDestination:     pulumi.Sprintf("%s/%s/", n.args.LogBucket.BucketArn, n.name),
		Tags:               n.tags(n.name),
	}, pulumi.Parent(n))
	return err
}
