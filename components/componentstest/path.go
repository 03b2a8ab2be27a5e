package componentstest

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// Plan is what the registered resources make of requests, whoever wrote the
// program: walk requests through it with package requestpath. Servers are taken to
// answer what their target groups ask for, with 200. It needs the run of Deploy: a
// preview knows too little.
func (g *Graph) Plan() (requestpath.Plan, error) {
	if g.preview {
		return requestpath.Plan{}, errors.New("a preview does not know the names and addresses that requests meet: use Deploy")
	}
	var resources []registered.Resource
	for _, r := range g.Custom() {
		state := map[string]any{}
		for _, properties := range []resource.PropertyMap{r.Inputs, r.Outputs} {
			for key, value := range properties {
				state[string(key)] = stateOf(value, false)
			}
		}
		resources = append(resources, registered.Resource{Type: r.Type, ID: r.ID, Name: r.Name, State: state})
	}
	model, err := registered.Read(resources, registered.Options{})
	if err != nil {
		return requestpath.Plan{}, err
	}
	return model.Plan, nil
}

// stateOf is a value in the form of a state, in which secret texts are marked.
func stateOf(v resource.PropertyValue, secret bool) any {
	return v.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return stateOf(v.SecretValue().Element, true), true
		case v.IsOutput():
			return stateOf(v.OutputValue().Element, secret || v.OutputValue().Secret), true
		case v.IsString() && secret:
			return registered.SecretText(v.StringValue()), true
		}
		return nil, false
	})
}

// AssertPath checks the status that a viewer's request gets from what the program
// registered, before any redirect is followed. A failure says who answers, why,
// and the fix.
//
//	componentstest.AssertPath(t, graph, requestpath.Request{Name: "www.example.com"}, 200)
func AssertPath(t testing.TB, g *Graph, request requestpath.Request, status int) bool {
	t.Helper()
	plan, err := g.Plan()
	if !assert.NoError(t, err) {
		return false
	}
	o := requestpath.Walk(plan, request).Outcome
	return assert.Equalf(t, status, o.Status, "%s: %s by the %s %s: %s; fix: %s (%s)",
		request.URL(), o.Reason, o.By, o.ByName, o.Why, o.Fix, o.Field)
}
