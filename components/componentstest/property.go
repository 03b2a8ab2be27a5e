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

// found is the value at a path. It is secret when it, or anything on the way to
// it, is marked.
type found struct {
	value  resource.PropertyValue
	secret bool
}

func at(properties resource.PropertyMap, path string) any {
	f, ok := find(properties, path)
	if !ok {
		return nil
	}
	return plain(f.value)
}

// find walks a path through secrets. An unknown value on the way makes what is
// below it unknown too.
func find(properties resource.PropertyMap, path string) (found, bool) {
	keys, err := resource.ParsePropertyPath(path)
	if err != nil {
		return found{}, false
	}
	f := unmark(found{value: resource.NewProperty(properties)})
	for _, key := range keys {
		next, ok := f.value, f.value.IsComputed()
		if !ok {
			next, ok = resource.PropertyPath{key}.Get(f.value)
		}
		if !ok {
			return found{}, false
		}
		f = unmark(found{value: next, secret: f.secret})
	}
	return f, true
}

func unmark(f found) found {
	for f.value.IsSecret() {
		f = found{value: f.value.SecretValue().Element, secret: true}
	}
	return f
}

func plain(v resource.PropertyValue) any {
	return v.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return plain(v.SecretValue().Element), true
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
