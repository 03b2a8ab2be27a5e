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
		KeepUnknowns: true, SkipNulls: true,
	})
	if err != nil {
		return nil, fmt.Errorf("reading properties: %w", err)
	}
	return props.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		if v.IsArchive() {
			return v.ArchiveValue().Serialize(), true
		}
		if v.IsAsset() {
			return v.AssetValue().Serialize(), true
		}
		return core.Unknown{}, v.IsComputed()
	}), nil
}

// decodeAll reads several sets of properties.
func decodeAll(sets ...*structpb.Struct) (out []core.Object, err error) {
	out = make([]core.Object, len(sets))
	for i, s := range sets {
		if out[i], err = decode(s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// encode writes the properties of an answer.
func encode(o core.Object) (*structpb.Struct, error) {
	props := resource.NewPropertyMapFromMapRepl(o, nil, func(v any) (resource.PropertyValue, bool) {
		return resource.MakeComputed(resource.NewProperty("")), v == core.Unknown{}
	})
	s, err := plugin.MarshalProperties(props, plugin.MarshalOptions{KeepUnknowns: true, SkipNulls: true})
	if err != nil {
		return nil, fmt.Errorf("writing properties: %w", err)
	}
	return s, nil
}
