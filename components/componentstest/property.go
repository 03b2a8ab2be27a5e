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
		var next resource.PropertyValue
		ok := false
		switch k := key.(type) {
		case string:
			if f.value.IsObject() {
				next, ok = f.value.ObjectValue()[resource.PropertyKey(k)]
			}
		case int:
			if f.value.IsArray() && k >= 0 && k < len(f.value.ArrayValue()) {
				next, ok = f.value.ArrayValue()[k], true
			}
		}
		if f.value.IsComputed() {
			next, ok = f.value, true
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
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element)
	case v.IsComputed():
		return Unknown
	case v.IsNumber():
		if n := v.NumberValue(); n != math.Trunc(n) {
			return n
		}
		return int(v.NumberValue())
	case v.IsArray():
		list := make([]any, len(v.ArrayValue()))
		for i, element := range v.ArrayValue() {
			list[i] = plain(element)
		}
		return list
	case v.IsObject():
		object := map[string]any{}
		for key, element := range v.ObjectValue() {
			object[string(key)] = plain(element)
		}
		return object
	case v.IsResourceReference():
		return string(v.ResourceReferenceValue().URN)
	default:
		return v.V
	}
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
	switch {
	case v.IsSecret():
		return bare(v.SecretValue().Element)
	case v.IsArray():
		list := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, element := range v.ArrayValue() {
			list[i] = bare(element)
		}
		return resource.NewProperty(list)
	case v.IsObject():
		object := resource.PropertyMap{}
		for key, element := range v.ObjectValue() {
			object[key] = bare(element)
		}
		return resource.NewProperty(object)
	default:
		return v
	}
}
