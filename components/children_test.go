package components_test

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
)

// resourcesIn are the resources that a component's exported fields hold: its
// children, and the components among them.
func resourcesIn(component any) []pulumi.Resource {
	var all []pulumi.Resource
	add := func(v reflect.Value) {
		if r, is := v.Interface().(pulumi.Resource); is && !v.IsNil() {
			all = append(all, r)
		}
	}
	v := reflect.ValueOf(component).Elem()
	for i := range v.NumField() {
		field := v.Field(i)
		switch {
		case !v.Type().Field(i).IsExported():
		case field.Kind() == reflect.Pointer:
			add(field)
		case field.Kind() == reflect.Slice:
			for j := range field.Len() {
				add(field.Index(j))
			}
		case field.Kind() == reflect.Map:
			for _, key := range field.MapKeys() {
				add(field.MapIndex(key))
			}
		}
	}
	return all
}

// deployRecorded is a use's graph, with all components that it made.
func deployRecorded(t *testing.T, u use, body func(use)) (*componentstest.Graph, []pulumi.Resource) {
	t.Helper()
	var made []pulumi.Resource
	u.made = &made
	g := componentstest.Deploy(t, u.program(body), existing()...)
	for i := 0; i < len(made); i++ {
		for _, r := range resourcesIn(made[i]) {
			if _, custom := r.(pulumi.CustomResource); !custom {
				made = append(made, r)
			}
		}
	}
	return g, made
}

// TestEveryChildIsAField: what a component makes can be got at, whatever it is for.
// The SDK fills in fields with a pulumi tag itself, so that children have none.
func TestEveryChildIsAField(t *testing.T) {
	type child struct{ parentType, parent, typ, name string }
	for name, body := range uses {
		g, made := deployRecorded(t, use{t: t}, body)
		fields := map[child]bool{}
		for _, component := range made {
			assertOnlyOutputsAreTagged(t, component)
			for _, r := range resourcesIn(component) {
				fields[child{component.PulumiResourceType(), component.PulumiResourceName(), r.PulumiResourceType(), r.PulumiResourceName()}] = true
			}
		}
		for _, r := range g.Custom() {
			parent := g.ByURN(r.Parent)
			assert.True(t, fields[child{parent.Type, parent.Name, r.Type, r.Name}],
				"%s: %s %q is in no field of %s", name, r.Type, r.Name, parent.Type)
		}
	}
}

func assertOnlyOutputsAreTagged(t *testing.T, component pulumi.Resource) {
	t.Helper()
	structure := reflect.TypeOf(component).Elem()
	for i := range structure.NumField() {
		if _, tagged := structure.Field(i).Tag.Lookup("pulumi"); tagged {
			assert.Implements(t, (*pulumi.Output)(nil), reflect.Zero(structure.Field(i).Type).Interface(), structure.Field(i).Name)
		}
	}
}
