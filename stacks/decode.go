package stacks

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/fault"
)

// field is one field of the configuration.
type field struct {
	name  string
	value reflect.Value
}

// fieldsOf returns the fields of a struct, and of structs that it embeds, that can
// be configured: those with a `pulumi` tag that do not refer to a component.
func fieldsOf(pointer any) []field {
	var all []field
	v := reflect.ValueOf(pointer).Elem()
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Anonymous {
			all = append(all, fieldsOf(v.Field(i).Addr().Interface())...)
		} else if tag := f.Tag.Get("pulumi"); tag != "" && kindOf(f.Type) != "" {
			all = append(all, field{tag, v.Field(i)})
		}
	}
	return all
}

var (
	stringInput      = reflect.TypeFor[pulumi.StringInput]()
	stringArrayInput = reflect.TypeFor[pulumi.StringArrayInput]()
	resource         = reflect.TypeFor[pulumi.Resource]()
)

// kindOf names the type of a field as errors do, "" if it cannot be configured.
func kindOf(t reflect.Type) string {
	switch {
	case t == stringInput:
		return "a string"
	case t == stringArrayInput:
		return "a list of strings"
	case t.Implements(resource):
		return ""
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Struct:
		return "an object"
	case reflect.Slice:
		switch kindOf(t.Elem()) {
		case "a string":
			return "a list of strings"
		case "a whole number":
			return "a list of whole numbers"
		case "an object":
			return "a list of objects"
		}
	case reflect.Map:
		if kindOf(t.Elem()) == "a string" {
			return "an object of strings"
		}
	}
	return ""
}

// isStructured reports whether a value is given as JSON.
func isStructured(v reflect.Value) bool {
	kind := kindOf(v.Type())
	return strings.HasPrefix(kind, "an object") || strings.HasPrefix(kind, "a list")
}

// decoder decodes configuration values into the arguments of components.
type decoder struct {
	faults *fault.List
	// secret values are not repeated in errors.
	secret bool
	// given gets the paths of the fields that have a value.
	given map[string]bool
}

func (d decoder) decode(path string, value any, into reflect.Value) {
	if value != nil {
		d.given[path] = true
	}
	switch t := into.Type(); {
	case value == nil: // a field without a value is not set
	case t == stringInput:
		d.text(path, value, func(s string) { into.Set(reflect.ValueOf(pulumi.String(s))) })
	case t == stringArrayInput:
		var list []string
		d.list(path, value, reflect.ValueOf(&list).Elem())
		into.Set(reflect.ValueOf(pulumi.ToStringArray(list)))
	case t.Kind() == reflect.Pointer:
		pointed := reflect.New(t.Elem())
		d.decode(path, value, pointed.Elem())
		into.Set(pointed)
	case t.Kind() == reflect.String:
		d.text(path, value, into.SetString)
	case t.Kind() == reflect.Int:
		d.number(path, value, into)
	case t.Kind() == reflect.Bool:
		b, is := value.(bool)
		d.expect(path, value, t, is)
		into.SetBool(b)
	case t.Kind() == reflect.Slice:
		d.list(path, value, into)
	case t.Kind() == reflect.Map:
		d.mapping(path, value, into)
	default:
		d.object(path, value, into)
	}
}

// expect records a value of the wrong type.
func (d decoder) expect(path string, value any, t reflect.Type, is bool) {
	switch {
	case is:
	case d.secret:
		d.faults.Addf(path, "must be %s; the value given is not, and is not repeated because it may be secret", kindOf(t))
	default:
		given, _ := json.Marshal(value)
		d.faults.Addf(path, "must be %s, got %s", kindOf(t), given)
	}
}

// text takes numbers and booleans too: pulumi config set --path makes them of what
// looks like one.
func (d decoder) text(path string, value any, set func(string)) {
	switch v := value.(type) {
	case string:
		set(v)
	case json.Number:
		set(v.String())
	case bool:
		set(strconv.FormatBool(v))
	default:
		d.expect(path, value, reflect.TypeFor[string](), false)
	}
}

func (d decoder) number(path string, value any, into reflect.Value) {
	n, is := value.(json.Number)
	i, err := strconv.Atoi(n.String())
	d.expect(path, value, into.Type(), is && err == nil)
	into.SetInt(int64(i))
}

func (d decoder) list(path string, value any, into reflect.Value) {
	elements, is := value.([]any)
	d.expect(path, value, into.Type(), is)
	list := reflect.MakeSlice(into.Type(), len(elements), len(elements))
	for i, element := range elements {
		d.decode(fault.Index(path, i), element, list.Index(i))
	}
	into.Set(list)
}

func (d decoder) mapping(path string, value any, into reflect.Value) {
	entries, is := value.(map[string]any)
	d.expect(path, value, into.Type(), is)
	all := reflect.MakeMap(into.Type())
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		element := reflect.New(into.Type().Elem()).Elem()
		d.decode(path+"["+name+"]", entries[name], element)
		all.SetMapIndex(reflect.ValueOf(name), element)
	}
	into.Set(all)
}

func (d decoder) object(path string, value any, into reflect.Value) {
	entries, is := value.(map[string]any)
	d.expect(path, value, into.Type(), is)
	fields := fieldsOf(into.Addr().Interface())
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			d.faults.Addf(path+"."+name, "%s", unknownField(fields, name))
			continue
		}
		d.decode(path+"."+name, entries[name], fields[i].value)
	}
}

// unknownField names the field that was probably meant, or all fields.
func unknownField(fields []field, name string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	if near := Nearest(name, names); near != "" {
		return fmt.Sprintf("is no field; did you mean %s?", near)
	}
	return "is no field; there are " + strings.Join(names, ", ")
}
