package componentstest

import (
	"fmt"
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

type unknown struct{}

func (unknown) String() string { return "unknown" }

// Unknown stands for a value that is not known before the update.
var Unknown fmt.Stringer = unknown{}

func at(properties resource.PropertyMap, path string) any {
	value, _, ok := find(properties, path)
	if !ok {
		return nil
	}
	return plain(value)
}

// find walks a path through secrets. The value is secret when it, or anything on the
// way to it, is marked. An unknown value on the way makes what is below it unknown too.
func find(properties resource.PropertyMap, path string) (value resource.PropertyValue, secret, ok bool) {
	keys, err := resource.ParsePropertyPath(path)
	value = resource.NewProperty(properties)
	for ok = err == nil; ok && len(keys) > 0; keys = keys[1:] {
		if !value.IsComputed() {
			value, ok = keys[:1].Get(value)
		}
		for value.IsSecret() {
			value, secret = value.SecretValue().Element, true
		}
	}
	return value, secret, ok
}

func plain(v resource.PropertyValue) any {
	return v.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return plain(v.SecretValue().Element), true
		case v.IsArchive(): // by what is in it: there are pointers
			return v.ArchiveValue().Serialize(), true
		case v.IsComputed():
			return Unknown, true
		case v.IsNumber() && v.NumberValue() == math.Trunc(v.NumberValue()):
			return int(v.NumberValue()), true
		case v.IsResourceReference():
			return string(v.ResourceReferenceValue().URN), true
		}
		return nil, false
	})
}

// wholeSecrets copies properties the way the engine records the outputs of a
// provider that does not handle secrets itself, as the AWS provider does not: a
// property with a secret anywhere inside is secret as a whole.
func wholeSecrets(properties resource.PropertyMap) resource.PropertyMap {
	outputs := resource.PropertyMap{}
	for key, value := range properties {
		if value.ContainsSecrets() {
			value = resource.MakeSecret(bare(value))
		}
		outputs[key] = value
	}
	return outputs
}

// bare takes every mark of secrecy off.
func bare(v resource.PropertyValue) resource.PropertyValue {
	return resource.NewPropertyValue(v.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		if v.IsSecret() {
			return bare(v.SecretValue().Element), true
		}
		return v, !v.IsArray() && !v.IsObject()
	}))
}
