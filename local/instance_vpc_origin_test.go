package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// An instance moves from its public address to a VPC origin, is replaced there, and moves back,
// without a failed request.
func TestAnInstanceBehindAVPCOrigin(t *testing.T) {
	t.Parallel()
	var p planned
	stack := local.New(t, p.program, local.WithProjectFile("../Pulumi.yaml"), local.WithConfig("portico:variant", stacks.VariantCloudFrontEC2),
		local.WithConfig("portico:domain.domainName", "app.example.com"), local.WithConfig("portico:domain.hostedZone.name", "example.com"))
	stack.Up()
	public := onlyInstance(t, stack)

	stop := askThroughout(t, stack)
	stack.Configure("portico:tlsInstance.accessFrom", "vpc-origin")
	stack.Up()
	private := onlyInstance(t, stack)
	assert.NotEqual(t, public["id"], private["id"])
	assertPrivate(t, stack, private)
	want := asJSON(t, canonicalOf(p.components))
	assert.JSONEq(t, want, asJSON(t, canonicalOf(stack.Plan())))
	assert.JSONEq(t, want, asJSON(t, canonicalOf(p.config)))
	assert.Empty(t, stack.Up().Changes())
	assert.Empty(t, stack.Refresh().Changes())

	stack.Configure("portico:tlsInstance.appPort", "3000")
	steps := names(stack.Up().Changes())
	assert.Subset(t, steps, []string{"create-replacement origin-private", "create-replacement front-vpc-origin", "update front"})
	assert.NotContains(t, steps, "replace origin-in-vpc-origin")
	assert.NotEqual(t, private["id"], onlyInstance(t, stack)["id"])
	assertPrivate(t, stack, onlyInstance(t, stack))

	stack.Configure("portico:tlsInstance.accessFrom", "cloudfront")
	stack.Up()
	stop()
	assert.Empty(t, stack.Account().All("aws:cloudfront/vpcOrigin:VpcOrigin"))
	assert.NotEmpty(t, onlyInstance(t, stack)["publicIp"])
	stack.Destroy()
	assertSeed(t, stack)
}

// assertPrivate asserts that CloudFront reaches the instance through one VPC origin, and that
// nobody else does.
func assertPrivate(t *testing.T, stack *local.Stack, instance map[string]any) {
	t.Helper()
	origins := stack.Account().All("aws:cloudfront/vpcOrigin:VpcOrigin")
	require.Len(t, origins, 1)
	assert.Equal(t, instance["arn"], origins[0]["vpcOriginEndpointConfig"].(map[string]any)["arn"])
	assert.Empty(t, instance["publicIp"])
	for _, r := range stack.Check() {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		seen := stack.Request(r.Request)
		assert.Equal(t, r.Chain.Traces[0].Outcome.Status, seen.Status, r.Name)
	}
	for _, from := range []string{requestpath.FromInternet, requestpath.FromCloudFront} {
		seen := stack.Request(requestpath.Request{Name: "origin.app.example.com", From: requestpath.Source{Kind: from}})
		assert.Zero(t, seen.Status, "no record leads from %s to the instance", from)
	}
	inside := requestpath.Request{Name: instance["privateIp"].(string), From: requestpath.Source{Kind: requestpath.FromVPC}}
	assert.Equal(t, requestpath.Timeout, stack.Request(inside).Reason)
}
