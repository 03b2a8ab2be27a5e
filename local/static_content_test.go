package local_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/s3"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

const behaviorsKey = "portico:cloudFront.behaviors"

// assets are served by the bucket, an application of one page too, and news by the service,
// or by the bucket while the service fails.
var assets = []any{
	map[string]any{"pathPattern": "/app/*", "servedBy": "static-content", "singlePage": "/app/index.html"},
	map[string]any{"pathPattern": "/assets/*", "servedBy": "static-content"},
	map[string]any{"pathPattern": "/news/*", "failover": map[string]any{"statuses": []int{503}}},
}

// Static content comes and goes on a stack that serves, and every request is answered. The
// distribution is changed in place.
func TestStaticContentComesAndGoes(t *testing.T) {
	for _, variant := range variants("cloudfront") {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			stack := upStack(t, variant)
			stop := askThroughout(t, stack)

			on := switched(stack, func(s *local.Stack) { s.Configure(behaviorsKey, assets) })
			assert.Equal(t, 1, on["update"], "the distribution")
			assert.Zero(t, on["delete"]+on["replace"])
			assertServesAssets(t, stack)
			assert.Empty(t, stack.Up().Changes(), "the second update")
			assert.Empty(t, stack.Refresh().Changes())

			off := switched(stack, func(s *local.Stack) { s.Configure(behaviorsKey, []any{}) })
			stop()
			assert.Equal(t, 1, off["update"], "the distribution")
			assert.Equal(t, on["create"], off["delete"])
			assert.Empty(t, stack.Account().All(s3.BucketToken))
			assert.Empty(t, stack.Account().All(cloudfront.OriginAccessControlToken))
			assert.Empty(t, stack.Up().Changes())

			stack.Configure(behaviorsKey, assets)
			stack.Up()
			stack.Destroy()
			assertSeed(t, stack)
		})
	}
}

// assertServesAssets sends what verify sends, and requests that only static content answers
// in its own way.
func assertServesAssets(t *testing.T, stack *local.Stack) {
	t.Helper()
	around := 0
	for _, r := range stack.Check() {
		seen := stack.Request(r.Request)
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		assert.Equal(t, r.Chain.Traces[0].Outcome.Status, seen.Status, r.Name)
		if strings.HasPrefix(r.Name, "around the distribution to bucket") {
			around++
			assert.Equal(t, 403, seen.Status, r.Name)
		}
	}
	assert.Positive(t, around, "somebody asks the bucket itself")
	for path, want := range map[string]int{"/assets/app.css": 200, "/assets/": 404, "/app/shop/42/": 200, "/news/today": 200, "/": 200} {
		assert.Equal(t, want, stack.Get("https://app.example.com"+path).Status, path)
	}
	for _, path := range []string{"/assets/app.css", "/news/today"} {
		seen := stack.Request(requestpath.Request{Name: "app.example.com", Path: path, Method: "POST"})
		assert.Equal(t, 403, seen.Status, "POST %s", path)
	}
}

const companySite = "company-site"

// A bucket that is managed elsewhere is read as soon as its owner gives it the policy that the
// stack puts out, and is left as it was.
func TestAdoptedStaticContent(t *testing.T) {
	t.Parallel()
	stack := variantStack(t, stacks.VariantCloudFrontEC2)
	stack.Configure(behaviorsKey, assets)
	stack.Configure("portico:staticContent.existingBucketName", companySite)
	_, err := stack.TryPreview()
	require.ErrorContains(t, err, `portico:staticContent.existingBucketName: looking up bucket "company-site": `)
	stack.Change(func(tx *core.Tx) {
		_, _, err := tx.In("eu-west-1").Create(s3.BucketToken, core.Object{"bucket": companySite})
		require.NoError(t, err)
	})
	before := stack.Account().All(s3.BucketToken)
	stack.Up()
	assert.Equal(t, 403, stack.Get("https://app.example.com/assets/app.css").Status, "without the policy")
	stack.Change(func(tx *core.Tx) {
		_, _, err := tx.In("eu-west-1").Create(s3.PolicyToken, core.Object{
			"bucket": companySite, "policy": stack.Outputs()["staticContentBucketPolicyJson"].Value,
		})
		require.NoError(t, err)
	})
	assertServesAssets(t, stack)
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
	assert.Equal(t, before, stack.Account().All(s3.BucketToken))
}

// While the service has no tasks, the bucket answers those who read; others get the failure.
func TestFailoverToStaticContent(t *testing.T) {
	t.Parallel()
	stack := variantStack(t, stacks.VariantCloudFrontALB)
	stack.Configure(behaviorsKey, assets)
	stack.Configure("portico:services[0].desiredCount", 0)
	stack.Configure("portico:pathCheck", "warn")
	stack.Up()
	for path, want := range map[string]int{"/news/today": 200, "/news/": 404, "/": 503} {
		assert.Equal(t, want, stack.Get("https://app.example.com"+path).Status, path)
	}
	for _, r := range stack.Check() {
		assert.Equal(t, r.Chain.Traces[0].Outcome.Status, stack.Request(r.Request).Status, r.Name)
	}
}
