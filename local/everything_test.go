package local_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/s3"
	"github.com/portico-iac/portico/local/service/sns"
	"github.com/portico-iac/portico/local/service/wafv2"
)

// comesAndGoes asks a stack that is up what verify asks, and takes it down again unless it
// changes by itself.
func comesAndGoes(t *testing.T, stack *local.Stack) {
	t.Helper()
	results := stack.Check()
	assert.NotEmpty(t, results)
	for _, r := range results {
		seen, predicted := stack.Request(r.Request), r.Chain.Traces[0].Outcome
		assert.Equal(t, predicted.Status, seen.Status, r.Name)
		assert.Equal(t, predicted.Reason, seen.Reason, r.Name)
	}
	assert.Equal(t, 200, stack.Get("https://app.example.com/").Status)
	assert.Empty(t, silentOf(t, stack))
	assert.Empty(t, stack.Up().Changes(), "the second update")
	assert.Empty(t, stack.Refresh().Changes())
	stack.Destroy()
}

// A stack of every variant with all that is off by default.
func TestEverythingOn(t *testing.T) {
	for _, variant := range variants("") {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			stack := variantStack(t, variant)
			stack.Configure("portico:logBucket.retentionDays", 30)
			stack.Configure("portico:alarms", map[string]any{"emails": []string{"oncall@example.com"}})
			stack.Configure("portico:dashboard", "true")
			stack.Configure("portico:hardening", "fsbp")
			stack.Configure(protectionOf(variant).key, "false")
			if runsTasks(variant) {
				stack.Configure(sidecarsKey, sidecarWith("stable", map[string]any{"port": 9901}))
				stack.Configure(migrationKey, migrationWith("stable"))
				stack.Configure("portico:services[0].dependsOn", []any{map[string]any{"name": "agent"}})
				stack.Configure("portico:services[0].deploymentAlarms", []string{"target-5xx", "unhealthy-hosts"})
			}
			if strings.HasPrefix(variant, "cloudfront") {
				stack.Configure(behaviorsKey, assets)
			}
			guard(stack)
			stack.Up()
			comesAndGoes(t, stack)
			assertSeed(t, stack)
		})
	}
}

// A stack of every variant with a log bucket, topics, a web ACL and static content of somebody
// else, which stay as they were.
func TestEverythingAdopted(t *testing.T) {
	tokens := []string{s3.BucketToken, s3.PolicyToken, sns.TopicToken, wafv2.WebACLToken}
	for _, variant := range variants("") {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			stack := variantStack(t, variant)
			adopt(t, stack, "ap-northeast-1", documentedPolicy(t))
			stack.Configure("portico:logBucket", map[string]any{"existing": map[string]any{"name": adoptedBucket}})
			topics := makeTopics(stack)
			scope, region, key, adopted := "regional", "ap-northeast-1", "portico:loadBalancer.webAclArn", 5
			if strings.HasPrefix(variant, "cloudfront") {
				scope, region, key, adopted = "global", "us-east-1", "portico:cloudFront.webAclArn", 6
				stack.Change(func(tx *core.Tx) {
					_, _, err := tx.In("eu-west-1").Create(s3.BucketToken, core.Object{"bucket": companySite})
					require.NoError(t, err)
				})
				stack.Configure(behaviorsKey, assets)
				stack.Configure("portico:staticContent.existingBucketName", companySite)
			}
			const id = "12345678-1234-1234-1234-123456789012"
			acl := "arn:aws:wafv2:" + region + ":123456789012:" + scope + "/webacl/shop/" + id
			stack.Change(func(t *core.Tx) {
				t.In(region).Set(wafv2.WebACLToken, id, core.Object{
					"arn": acl, "name": "shop", "scope": map[string]string{"global": "CLOUDFRONT", "regional": "REGIONAL"}[scope],
					"defaultAction": core.Object{"allow": core.Object{}},
				})
			})
			stack.Configure("portico:alarms", map[string]any{"topicArns": slices.Sorted(maps.Values(topics))})
			stack.Configure("portico:dashboard", "true")
			stack.Configure(key, acl)
			before := map[string]any{}
			for _, token := range tokens {
				before[token] = stack.Account().All(token)
				require.NotEmpty(t, before[token], token)
			}
			stack.Up()
			assertLogs(t, stack, variant, adoptedBucket)
			assertTells(t, stack, topics)
			comesAndGoes(t, stack)
			for _, token := range tokens {
				assert.Equal(t, before[token], any(stack.Account().All(token)), token)
			}
			left, err := stack.Account().DiffFromSeed()
			require.NoError(t, err)
			assert.Len(t, left, adopted, "what was adopted: %v", left)
		})
	}
}
