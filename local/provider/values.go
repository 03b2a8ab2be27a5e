package provider

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/portico-iac/portico/local/core"
)

// decode reads the properties of a request. Secrets come out plain: like the
// real bridge this provider accepts none, so that the engine marks whole
// properties of its answers.
func decode(s *structpb.Struct) (core.Object, error) {
	if s == nil {
		return nil, nil
	}
	props, err := plugin.UnmarshalProperties(s, plugin.MarshalOptions{
		KeepUnknowns: true, SkipNulls: true, RejectAssets: true,
	})
	if err != nil {
		return nil, fmt.Errorf("reading properties: %w", err)
	}
	return core.AsObject(fromValue(resource.NewProperty(props))), nil
}

// fromValue is a property value as core has it.
func fromValue(v resource.PropertyValue) any {
	switch {
	case v.IsComputed(), v.IsOutput() && !v.OutputValue().Known:
		return core.Unknown{}
	case v.IsOutput():
		return fromValue(v.OutputValue().Element)
	case v.IsSecret():
		return fromValue(v.SecretValue().Element)
	case v.IsArray():
		out := make([]any, len(v.ArrayValue()))
		for i, e := range v.ArrayValue() {
			out[i] = fromValue(e)
		}
		return out
	case v.IsObject():
		out := map[string]any{}
		for key, e := range v.ObjectValue() {
			out[string(key)] = fromValue(e)
		}
		return out
	case v.IsNull():
		return nil
	}
	return v.V // string, float64 or bool
}

// encode writes the properties of an answer.
func encode(o core.Object) (*structpb.Struct, error) {
	props := resource.PropertyMap{}
	for key, v := range o {
		if v != nil {
			props[resource.PropertyKey(key)] = toValue(v)
		}
	}
	s, err := plugin.MarshalProperties(props, plugin.MarshalOptions{KeepUnknowns: true, SkipNulls: true})
	if err != nil {
		return nil, fmt.Errorf("writing properties: %w", err)
	}
	return s, nil
}

// toValue is a value of an core.Object in the engine's terms.
func toValue(v any) resource.PropertyValue {
	switch v := v.(type) {
	case core.Unknown:
		return resource.MakeComputed(resource.NewProperty(""))
	case []any:
		out := make([]resource.PropertyValue, len(v))
		for i, e := range v {
			out[i] = toValue(e)
		}
		return resource.NewProperty(out)
	}
	if m := core.AsObject(v); m != nil {
		out := resource.PropertyMap{}
		for key, e := range m {
			out[resource.PropertyKey(key)] = toValue(e)
		}
		return resource.NewProperty(out)
	}
	return resource.NewPropertyValue(v)
}
