package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// What is cached is compressed unless that is turned off, and nothing else is.
func TestCompression(t *testing.T) {
	cached := &components.CachingArgs{Policy: components.CachingOptimized}
	g := componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.Behaviors = []*components.BehaviorArgs{
			{PathPattern: "/a/*", Caching: cached}, {PathPattern: "/b/*", Caching: cached, Compress: pulumi.BoolRef(false)},
			{PathPattern: "/c/*", Caching: &components.CachingArgs{DefaultTtlSeconds: pulumi.IntRef(60)}, Compress: pulumi.BoolRef(true)},
		}
	}))
	d := g.One(t, typeDistribution)
	assert.Equal(t, true, d.Input("orderedCacheBehaviors[0].compress"))
	assert.False(t, d.Has("orderedCacheBehaviors[1].compress"))
	assert.Equal(t, true, d.Input("orderedCacheBehaviors[2].compress"))
	assert.False(t, d.Has("defaultCacheBehavior.compress"))
	own := g.One(t, typeCachePolicy)
	for _, encoding := range []string{"Gzip", "Brotli"} {
		assert.Equal(t, true, own.Input("parametersInCacheKeyAndForwardedToOrigin.enableAcceptEncoding"+encoding))
	}
	_, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com", DefaultBehavior: &components.BehaviorArgs{Compress: pulumi.BoolRef(true)},
	})
	assert.ErrorContains(t, err, `CloudFrontFront "cdn": defaultBehavior.compress: must be false with caching "disabled", got true`)
}
