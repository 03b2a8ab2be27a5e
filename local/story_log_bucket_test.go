package local_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/s3"
	"github.com/portico-iac/portico/requestpath"
)

const storyBucket = "portico-story-logs"

// newLoadBalancer is one that logs into a bucket with this default encryption, or not at
// all.
func newLoadBalancer(ctx *pulumi.Context, group pulumi.StringInput, algorithm string) (*lb.LoadBalancer, error) {
	logs, err := logsInto(ctx, algorithm)
	if err != nil {
		return nil, err
	}
	return lb.NewLoadBalancer(ctx, "web", &lb.LoadBalancerArgs{
		LoadBalancerType: pulumi.String("application"), SecurityGroups: pulumi.StringArray{group}, Subnets: publicSubnets,
		AccessLogs: logs,
	})
}

// logsInto is the access log of a load balancer to a bucket with a default encryption, which
// is there with its policy before the log is switched on; no log without an algorithm.
func logsInto(ctx *pulumi.Context, algorithm string) (lb.LoadBalancerAccessLogsPtrInput, error) {
	if algorithm == "" {
		return nil, nil
	}
	var settings []pulumi.Resource
	setting := func(token string, inputs pulumi.Map) error {
		r := &pulumi.CustomResourceState{}
		settings = append(settings, r)
		return ctx.RegisterResource(token, "logs", inputs, r, pulumi.DependsOn(settings[:len(settings)-1]))
	}
	name := pulumi.String(storyBucket)
	if err := setting(s3.BucketToken, pulumi.Map{"bucket": name}); err != nil {
		return nil, err
	}
	if err := setting(s3.EncryptionToken, pulumi.Map{"bucket": name, "rules": pulumi.Array{pulumi.Map{
		"applyServerSideEncryptionByDefault": pulumi.Map{"sseAlgorithm": pulumi.String(algorithm)},
	}}}); err != nil {
		return nil, err
	}
	if err := setting(s3.PolicyToken, pulumi.Map{"bucket": name, "policy": pulumi.String(`{"Version":"2012-10-17","Statement":[{
		"Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject",
		"Resource":"arn:aws:s3:::` + storyBucket + `/AWSLogs/123456789012/*"}]}`)}); err != nil {
		return nil, err
	}
	ready := pulumi.OutputWithDependencies(ctx.Context(), name.ToStringOutput(), settings...).(pulumi.StringOutput)
	return lb.LoadBalancerAccessLogsArgs{Bucket: ready, Enabled: pulumi.Bool(true)}, nil
}

// A load balancer cannot write into a bucket that is encrypted with a KMS key. AWS says that
// access is denied, whatever the policy allows; viewers do not notice.
func TestTheStoryOfALogBucketWithKMS(t *testing.T) {
	t.Parallel()
	unlogged := balancedInstance{version: "HTTP1", port: 443}
	wrong, mended := unlogged, unlogged
	wrong.logs, mended.logs = "aws:kms", "AES256"
	request := requestpath.Request{Name: "alb.example.com"}

	first := local.New(t, wrong.program)
	_, err := first.TryUp()
	require.ErrorContains(t, err, "InvalidConfigurationRequest: Access Denied for bucket: "+storyBucket+". Please check S3bucket permission")
	assert.ErrorContains(t, err, "its default encryption is aws:kms, and load balancers can write with S3's own keys, AES256, only")
	assert.Equal(t, requestpath.NameNotFound, first.Request(request).Reason, "nothing leads to a load balancer that could not be made")

	stack := local.New(t, unlogged.program)
	stack.Up()
	stack.Use(wrong.program)
	_, err = stack.TryUp()
	require.ErrorContains(t, err, "Access Denied for bucket: "+storyBucket)
	assert.Equal(t, 200, stack.Request(request).Status, "the load balancer serves on without its log")

	stack.Use(mended.program)
	stack.Up()
	assert.Equal(t, 200, stack.Request(request).Status)
	balancers := stack.Account().All(elb.LoadBalancerToken)
	require.Len(t, balancers, 1)
	assert.True(t, core.Object(balancers[0]).Block("accessLogs").Bool("enabled"))
	assert.Empty(t, stack.Up().Changes())
}
