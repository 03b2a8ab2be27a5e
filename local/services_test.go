package local_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// servicesOf are services of these names, each at a path of its own; the one called
// shop takes every other path.
func servicesOf(names ...string) []any {
	var list []any
	for _, name := range names {
		path := "/" + name + "/*"
		if name == "shop" {
			path = "/*"
		}
		list = append(list, map[string]any{
			"name": name, "image": "public.ecr.aws/nginx/nginx:stable", "route": map[string]any{"paths": []string{path}},
		})
	}
	return list
}

// Behind one load balancer each service answers for its paths, and adding, removing
// and reordering services changes nothing of the others.
func TestServicesBehindOneLoadBalancer(t *testing.T) {
	t.Parallel()
	stack := local.New(t, stacks.Program,
		local.WithProjectFile("../Pulumi.yaml"), local.WithConfig("portico:variant", stacks.VariantALB),
		local.WithConfig("portico:domain.domainName", "app.example.com"), local.WithConfig("portico:domain.hostedZone.name", "example.com"),
		local.WithConfig("portico:services", servicesOf("shop", "blog", "docs")))
	stack.Up()
	for path, name := range map[string]string{"/": "shop", "/cart": "shop", "/blog/1": "blog", "/docs/a": "docs"} {
		trace := requestpath.Walk(stack.Plan(), requestpath.Request{Name: "app.example.com", Path: path})
		assert.Equal(t, 200, trace.Outcome.Status, path)
		assert.Contains(t, trace.Outcome.ByName, name, path)
	}
	assert.Empty(t, stack.Up().Changes())

	for _, step := range []struct {
		what     string
		services []any
		changed  string
	}{
		{"a fourth", servicesOf("shop", "blog", "docs", "news"), "news"},
		{"without the second", servicesOf("shop", "docs", "news"), "blog"},
		{"reordered", servicesOf("news", "shop", "docs"), ""},
	} {
		stack.Configure("portico:services", step.services)
		changes := names(stack.Up().Changes())
		// Records follow every service, so their dependencies are rewritten, which is no change.
		others := slices.DeleteFunc(changes, func(c string) bool { return step.changed != "" && strings.Contains(c, step.changed) })
		assert.Empty(t, others, step.what)
	}
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
}
