package components

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
)

// USEast1Provider makes an AWS provider for us-east-1, where CloudFront takes its
// certificates and web ACLs from:
//
//	virginia, err := components.USEast1Provider(ctx, "virginia")
//	domain, err := components.NewCertifiedDomain(ctx, "cdn", args, pulumi.Provider(virginia))
//
// An explicit provider inherits nothing from the stack's configuration, so all
// `aws:` keys but the region are carried over: credentials, roles to assume,
// endpoints, default tags, skip flags. What is secret in the configuration stays
// secret. A stack that is in us-east-1 itself needs no such provider.
func USEast1Provider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*aws.Provider, error) {
	args := &aws.ProviderArgs{}
	if err := carryConfig(ctx, args); err != nil {
		return nil, err
	}
	args.Region = pulumi.String(awstable.CloudFrontRegion)
	return aws.NewProvider(ctx, name, args, opts...)
}

// carryConfig fills args with the stack's configuration of the aws provider. It
// goes by the SDK's own list of keys, so that a key of a newer SDK is carried too.
func carryConfig(ctx *pulumi.Context, args *aws.ProviderArgs) error {
	plain := args.ElementType()
	for i := range plain.NumField() {
		field := plain.Field(i)
		key := "aws:" + field.Tag.Get("pulumi")
		text, given := ctx.GetConfig(key)
		if !given || text == "" {
			continue
		}
		value := reflect.New(field.Type).Elem()
		if err := assignConfig(value, text); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		output := pulumi.ToOutput(value.Interface())
		if ctx.IsConfigSecret(key) {
			output = pulumi.ToSecret(output)
		}
		reflect.ValueOf(args).Elem().FieldByName(field.Name).Set(reflect.ValueOf(output))
	}
	return nil
}

// assignConfig sets a field of the SDK's to a configuration value. Lists and objects
// are JSON; strings and numbers stand for themselves.
func assignConfig(to reflect.Value, text string) error {
	value := any(text)
	if kind := baseKind(to.Type()); kind == reflect.Struct || kind == reflect.Slice {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber() // account ids would lose digits as floats
		if err := decoder.Decode(&value); err != nil {
			return fmt.Errorf("must be JSON: %w", err)
		}
	}
	return assign(to, value)
}

func baseKind(t reflect.Type) reflect.Kind {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind()
}

// assign sets to to a decoded value. Scalars are converted freely, as the provider
// itself does: `pulumi config set --path` turns the tag value 42 into a number.
func assign(to reflect.Value, value any) error {
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Elem(), value)
	case reflect.Struct, reflect.Map:
		return assignObject(to, value)
	case reflect.Slice:
		return assignSlice(to, value)
	default:
		return assignScalar(to, value)
	}
}

func assignScalar(to reflect.Value, value any) error {
	switch value.(type) {
	case string, json.Number, bool:
	default:
		return fmt.Errorf("must be %s, got %s", nameOf(to.Kind()), kindOf(value))
	}
	var err error
	result := any(fmt.Sprint(value))
	switch to.Kind() {
	case reflect.Bool:
		result, err = strconv.ParseBool(fmt.Sprint(value))
	case reflect.Int:
		result, err = strconv.Atoi(fmt.Sprint(value))
	}
	if err != nil {
		return fmt.Errorf("must be %s", nameOf(to.Kind()))
	}
	to.Set(reflect.ValueOf(result))
	return nil
}

func assignSlice(to reflect.Value, value any) error {
	items, ok := value.([]any)
	if !ok {
		return fmt.Errorf("must be a list, got %s", kindOf(value))
	}
	to.Set(reflect.MakeSlice(to.Type(), len(items), len(items)))
	for i, item := range items {
		if err := assign(to.Index(i), item); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return nil
}

// assignObject sets a map, or a struct by its `pulumi` tags.
func assignObject(to reflect.Value, value any) error {
	entries, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("must be an object, got %s", kindOf(value))
	}
	isMap := to.Kind() == reflect.Map
	if isMap {
		to.Set(reflect.MakeMap(to.Type()))
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		var elem reflect.Value
		if isMap {
			elem = reflect.New(to.Type().Elem()).Elem()
		} else if elem = fieldOf(to, key); !elem.IsValid() {
			return fmt.Errorf("%s: is no key of the aws provider", key)
		}
		if err := assign(elem, entries[key]); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if isMap {
			to.SetMapIndex(reflect.ValueOf(key), elem)
		}
	}
	return nil
}

func fieldOf(of reflect.Value, tag string) reflect.Value {
	for i := range of.NumField() {
		if of.Type().Field(i).Tag.Get("pulumi") == tag {
			return of.Field(i)
		}
	}
	return reflect.Value{}
}

// nameOf and kindOf word types without the values, which may be secret.
func nameOf(kind reflect.Kind) string {
	switch kind {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	default:
		return "a " + kind.String()
	}
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "a single value"
	}
}
