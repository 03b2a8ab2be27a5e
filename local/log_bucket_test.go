package local_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/s3"
	"github.com/portico-iac/portico/stacks"
)

// logging is what of a stack logs into a bucket: its load balancers, its VPCs and its
// distributions.
func logging(stack *local.Stack, bucket string) (loadBalancers, vpcs, distributions int) {
	account := stack.Account()
	for _, state := range account.All(elb.LoadBalancerToken) {
		for _, kind := range []string{"access", "connections"} {
			logs := core.Object(state).Block(map[string]string{"access": "accessLogs", "connections": "connectionLogs"}[kind])
			if logs.Bool("enabled") && logs.Str("bucket") == bucket && logs.Str("prefix") == "web/"+kind {
				loadBalancers++
			}
		}
	}
	for _, state := range account.All(ec2.FlowLogToken) {
		if core.Object(state).Str("logDestination") == "arn:aws:s3:::"+bucket+"/network/" {
			vpcs++
		}
	}
	for _, state := range account.All(cloudwatch.LogDeliveryDestinationToken) {
		if core.Object(state).Block("deliveryDestinationConfiguration").Str("destinationResourceArn") == "arn:aws:s3:::"+bucket+"/front" {
			distributions++
		}
	}
	return loadBalancers, vpcs, min(distributions, len(account.All(cloudwatch.LogDeliveryToken)))
}

// variantLogs is how much of each variant logs: access and connection logs of the load
// balancer, flow logs of a VPC of its own, and the distribution's logs.
var variantLogs = map[string][3]int{
	stacks.VariantALB:              {2, 1, 0},
	stacks.VariantCloudFrontALB:    {2, 1, 1},
	stacks.VariantCloudFrontEC2:    {0, 1, 1},
	stacks.VariantALBEC2:           {2, 0, 0},
	stacks.VariantCloudFrontVPCALB: {2, 1, 1},
}

func assertLogs(t *testing.T, stack *local.Stack, variant, bucket string) {
	t.Helper()
	loadBalancers, vpcs, distributions := logging(stack, bucket)
	assert.Equal(t, variantLogs[variant], [3]int{loadBalancers, vpcs, distributions})
}

// bucketLogs is portico:logBucket. The load balancer is changed in place, and nothing else that
// serves is touched.
var bucketLogs = feature{
	on:  func(stack *local.Stack) { stack.Configure("portico:logBucket", map[string]any{"retentionDays": 90}) },
	off: func(stack *local.Stack) { stack.Configure("portico:logBucket", map[string]any{}) },
	assertOn: func(t *testing.T, stack *local.Stack, variant string, steps map[string]int) {
		assert.Equal(t, min(variantLogs[variant][0], 1), steps["update"])
		assert.Zero(t, steps["delete"]+steps["replace"])
		buckets := stack.Account().All(s3.BucketToken)
		require.Len(t, buckets, 1)
		bucket := core.Object(buckets[0]).Str("id")
		assert.Equal(t, bucket, stack.Outputs()["logBucketName"].Value)
		assertLogs(t, stack, variant, bucket)
	},
	assertOff: func(t *testing.T, stack *local.Stack, variant string, steps map[string]int) {
		assert.Equal(t, min(variantLogs[variant][0], 1), steps["update"])
		assert.Zero(t, steps["create"]+steps["replace"])
		assert.Empty(t, stack.Account().All(s3.BucketToken))
	},
}

const adoptedBucket = "portico-audit-logs"

// adopt makes a bucket that is no part of the stack, as its owner does: with the statements
// that the documentation shows.
func adopt(t *testing.T, stack *local.Stack, region, policy string) {
	t.Helper()
	stack.Change(func(tx *core.Tx) {
		in := tx.In(region)
		_, _, err := in.Create(s3.BucketToken, core.Object{"bucket": adoptedBucket})
		require.NoError(t, err)
		if policy != "" {
			_, _, err = in.Create(s3.PolicyToken, core.Object{"bucket": adoptedBucket, "policy": policy})
			require.NoError(t, err)
		}
	})
}

// documentedPolicy is the policy that the documentation shows, for the adopted bucket.
func documentedPolicy(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../docs/existing-infrastructure.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "## A bucket for logs")
	require.True(t, found)
	_, block, found := strings.Cut(section, "```json\n")
	require.True(t, found)
	policy, _, found := strings.Cut(block, "```")
	require.True(t, found)
	return strings.NewReplacer("BUCKET", adoptedBucket, "ACCOUNT", "123456789012", "REGION", "ap-northeast-1").Replace(policy)
}

// A bucket that AWS would refuse later is refused before anything is made, where that can
// be known.
func TestAdoptedLogBucketsThatCannotBe(t *testing.T) {
	t.Parallel()
	stack := variantStack(t, stacks.VariantALB)
	stack.Configure("portico:logBucket", map[string]any{"existing": map[string]any{"name": adoptedBucket}})
	_, err := stack.TryPreview()
	require.ErrorContains(t, err, `portico:logBucket.existing.name: looking up bucket "`+adoptedBucket+`": `)
	adopt(t, stack, "us-east-1", "")
	_, err = stack.TryPreview()
	require.ErrorContains(t, err, `portico:logBucket.existing.name: must be a bucket in ap-northeast-1, where the provider works, got "`+adoptedBucket+`" of us-east-1`)
}
