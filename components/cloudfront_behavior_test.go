package components_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// Behaviors keep their order, which decides, and treat requests as the default one does.
func TestBehaviors(t *testing.T) {
	g := componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.Behaviors = []*components.BehaviorArgs{{PathPattern: "/b/*"}, {PathPattern: "/a/*"}}
	}))
	componentstest.AssertInvariants(t, g)
	d := g.One(t, typeDistribution)
	behaviors := d.Input("orderedCacheBehaviors").([]any)
	assert.Len(t, behaviors, 2)
	for i, pattern := range []string{"/b/*", "/a/*"} {
		got := behaviors[i].(map[string]any)
		assert.Equal(t, pattern, got["pathPattern"])
		delete(got, "pathPattern")
		assert.Equal(t, d.Input("defaultCacheBehavior"), got)
	}
	assert.False(t, componentstest.Deploy(t, front(usual)).One(t, typeDistribution).Has("orderedCacheBehaviors"))
}

func TestWrongBehaviors(t *testing.T) {
	_, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com",
		Behaviors:        []*components.BehaviorArgs{{PathPattern: "/a/*"}, nil, {PathPattern: "/a/b"}},
		DefaultBehavior:  &components.BehaviorArgs{PathPattern: "/c"},
	})
	assert.ErrorContains(t, err, `CloudFrontFront "cdn": behaviors[1].pathPattern: is required`)
	assert.ErrorContains(t, err, `behaviors[2].pathPattern: must not be covered by an earlier pattern, got "/a/b" after "/a/*" at behaviors[0]`)
	assert.ErrorContains(t, err, `defaultBehavior.pathPattern: must not be set, got "/c"`)
}
