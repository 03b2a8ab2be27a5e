package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Prefixes of a load balancer's logs behind its name. They differ because AWS puts files
// of both forms into the same folders.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html#connection-log-file-format
const (
	accessLogs     = "/access"
	connectionLogs = "/connections"
)

func (c *SecuredALB) accessLogs() lb.LoadBalancerAccessLogsPtrInput {
	if c.args.LogBucket == nil {
		return nil
	}
	return lb.LoadBalancerAccessLogsArgs{
		Bucket: c.args.LogBucket.BucketName, Prefix: pulumi.String(c.name + accessLogs), Enabled: pulumi.Bool(true),
	}
}

func (c *SecuredALB) connectionLogs() lb.LoadBalancerConnectionLogsPtrInput {
	if c.args.LogBucket == nil {
		return nil
	}
	return lb.LoadBalancerConnectionLogsArgs{
		Bucket: c.args.LogBucket.BucketName, Prefix: pulumi.String(c.name + connectionLogs), Enabled: pulumi.Bool(true),
	}
}
