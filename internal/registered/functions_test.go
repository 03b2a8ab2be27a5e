package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/edgefunction"
	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// What a function of Portico's own does is described. Any other code may do anything to
// the requests of its behaviour.
func TestFunctions(t *testing.T) {
	const function, arn = "aws:cloudfront/function:Function", "arn:aws:cloudfront::123456789012:function/f"
	rules := edgefunction.Rules{Names: map[string]string{"www.example.com": "example.com"}, TrailingSlash: edgefunction.AddSlash}
	redirects := &requestpath.Function{Names: rules.Names, TrailingSlash: requestpath.AddSlash}
	for name, c := range map[string]struct {
		event, code string
		want        *requestpath.Function
	}{
		"Portico's own":              {"viewer-request", rules.Code(), redirects},
		"changed by hand":            {"viewer-request", rules.Code() + "\n", nil},
		"somebody's":                 {"viewer-request", "function handler(event) { return event.request; }", nil},
		"Portico's on another event": {"viewer-response", rules.Code(), nil},
		"not among the resources":    {"viewer-request", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := site()
			public(r)
			if c.code != "" {
				r[[2]string{function, "f"}] = state{"arn": arn, "code": c.code}
			}
			behavior := r[[2]string{distributionType, "E1"}]["defaultCacheBehavior"].(state)
			behavior["functionAssociations"] = list(state{"eventType": c.event, "functionArn": arn})
			m := r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
			assert.Equal(t, c.want, m.Plan.Distributions[0].Default.Function)
			assert.Equal(t, c.want == nil, noted(m, "defaultCacheBehavior.functionAssociations") != "")
			asked := requestpath.Walk(m.Plan, requestpath.Request{Name: "www.example.com", Path: "/docs"})
			assert.Equal(t, c.want == nil, len(m.Meets(asked)) > 0)
		})
	}
}
