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
		value, err := configValue(text, field.Type)
		if err != nil {
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

// configValue is a configuration value as the SDK's type for it. Lists and objects
// are JSON; strings and numbers stand for themselves.
func configValue(text string, want reflect.Type) (reflect.Value, error) {
	value := any(text)
	if kind := baseKind(want); kind == reflect.Struct || kind == reflect.Slice {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber() // account ids would lose digits as floats
		if err := decoder.Decode(&value); err != nil {
			return reflect.Value{}, fmt.Errorf("must be JSON: %w", err)
		}
	}
	return convert(value, want)
}

func baseKind(t reflect.Type) reflect.Kind {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind()
}

// convert brings a decoded value into the wanted type. Scalars are converted
// freely, as the provider itself does: `pulumi config set --path` turns the tag
// value 42 into a number.
func convert(value any, want reflect.Type) (reflect.Value, error) {
	switch want.Kind() {
	case reflect.Pointer:
		elem, err := convert(value, want.Elem())
		if err != nil {
			return reflect.Value{}, err
		}
		pointer := reflect.New(want.Elem())
		pointer.Elem().Set(elem)
		return pointer, nil
	case reflect.Struct:
		return convertStruct(value, want)
	case reflect.Slice:
		return convertSlice(value, want)
	case reflect.Map:
		return convertMap(value, want)
	default:
		return convertScalar(value, want)
	}
}

func convertScalar(value any, want reflect.Type) (reflect.Value, error) {
	text := fmt.Sprint(value)
	switch value.(type) {
	case string, json.Number, bool:
	default:
		return reflect.Value{}, fmt.Errorf("must be %s, got %s", nameOf(want.Kind()), kindOf(value))
	}
	var err error
	result := any(text)
	switch want.Kind() {
	case reflect.Bool:
		result, err = strconv.ParseBool(text)
	case reflect.Int:
		result, err = strconv.Atoi(text)
	}
	if err != nil {
		return reflect.Value{}, fmt.Errorf("must be %s", nameOf(want.Kind()))
	}
	return reflect.ValueOf(result), nil
}

func convertSlice(value any, want reflect.Type) (reflect.Value, error) {
	items, ok := value.([]any)
	if !ok {
		return reflect.Value{}, fmt.Errorf("must be a list, got %s", kindOf(value))
	}
	list := reflect.MakeSlice(want, len(items), len(items))
	for i, item := range items {
		elem, err := convert(item, want.Elem())
		if err != nil {
			return reflect.Value{}, fmt.Errorf("[%d]: %w", i, err)
		}
		list.Index(i).Set(elem)
	}
	return list, nil
}

func convertMap(value any, want reflect.Type) (reflect.Value, error) {
	entries, ok := value.(map[string]any)
	if !ok {
		return reflect.Value{}, fmt.Errorf("must be an object, got %s", kindOf(value))
	}
	result := reflect.MakeMap(want)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		elem, err := convert(entries[key], want.Elem())
		if err != nil {
			return reflect.Value{}, fmt.Errorf("%s: %w", key, err)
		}
		result.SetMapIndex(reflect.ValueOf(key), elem)
	}
	return result, nil
}

func convertStruct(value any, want reflect.Type) (reflect.Value, error) {
	entries, ok := value.(map[string]any)
	if !ok {
		return reflect.Value{}, fmt.Errorf("must be an object, got %s", kindOf(value))
	}
	fields := map[string]int{}
	for i := range want.NumField() {
		fields[want.Field(i).Tag.Get("pulumi")] = i
	}
	result := reflect.New(want).Elem()
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		i, known := fields[key]
		if !known {
			return reflect.Value{}, fmt.Errorf("%s: is no key of the aws provider", key)
		}
		elem, err := convert(entries[key], want.Field(i).Type)
		if err != nil {
			return reflect.Value{}, fmt.Errorf("%s: %w", key, err)
		}
		result.Field(i).Set(elem)
	}
	return result, nil
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
