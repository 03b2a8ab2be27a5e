package components_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const providerToken = "pulumi:providers:aws"

func resourceKey(key string) resource.PropertyKey { return resource.PropertyKey(key) }

func virginiaProgram(ctx *pulumi.Context) error {
	_, err := components.USEast1Provider(ctx, "virginia")
	return err
}

// providerKeys are all configuration keys of the SDK's aws provider with a sample
// value of each: as configured, and as the provider must get it.
func providerKeys(t *testing.T) (configured map[string]string, want map[string]any) {
	t.Helper()
	configured, want = map[string]string{}, map[string]any{}
	keys := aws.ProviderArgs{}.ElementType()
	require.Greater(t, keys.NumField(), 30)
	for i := range keys.NumField() {
		key := keys.Field(i).Tag.Get("pulumi")
		sample := sampleOf(t, key, keys.Field(i).Type)
		want[key] = sample
		if text, ok := sample.(string); ok {
			configured["aws:"+key] = text
			continue
		}
		encoded, err := json.Marshal(sample)
		require.NoError(t, err)
		configured["aws:"+key] = string(encoded)
	}
	return configured, want
}

// sampleOf is a value that is set everywhere: every field of an object, one
// element of a list. Booleans are false, the value that is lost most easily.
func sampleOf(t *testing.T, name string, typ reflect.Type) any {
	t.Helper()
	switch typ.Kind() {
	case reflect.Pointer:
		return sampleOf(t, name, typ.Elem())
	case reflect.String:
		return "sample-" + name
	case reflect.Bool:
		return false
	case reflect.Int:
		return 7
	case reflect.Slice:
		return []any{sampleOf(t, name, typ.Elem())}
	case reflect.Map:
		return map[string]any{"key": sampleOf(t, name, typ.Elem())}
	case reflect.Struct:
		object := map[string]any{}
		for i := range typ.NumField() {
			tag := typ.Field(i).Tag.Get("pulumi")
			object[tag] = sampleOf(t, tag, typ.Field(i).Type)
		}
		return object
	default:
		t.Fatalf("%s: no sample for %s", name, typ)
		return nil
	}
}

// Every key of the SDK is carried, key by key: one that a newer SDK adds fails
// here unless it is carried too.
func TestUSEast1ProviderCarriesAllConfiguration(t *testing.T) {
	configured, want := providerKeys(t)
	want["region"] = "us-east-1"
	g := componentstest.Deploy(t, virginiaProgram, componentstest.WithConfig(configured))
	provider := g.One(t, providerToken)
	assert.Equal(t, "virginia", provider.Name)
	for key, value := range want {
		assert.Equal(t, value, provider.Input(key), key)
	}
	for key := range provider.Inputs {
		assert.Contains(t, want, string(key))
	}
}

func TestUSEast1ProviderKeepsSecretsSecret(t *testing.T) {
	configured, want := providerKeys(t)
	delete(configured, "aws:region")
	g := componentstest.Deploy(t, virginiaProgram, componentstest.WithSecretConfig(configured))
	provider := g.One(t, providerToken)
	for key, value := range want {
		if key == "region" {
			continue
		}
		assert.Equal(t, value, provider.Input(key), key)
		componentstest.AssertSecret(t, provider, key)
	}
	componentstest.AssertInvariants(t, g)
}

func TestUSEast1ProviderHidesCredentialsInAnyCase(t *testing.T) {
	g := componentstest.Deploy(t, virginiaProgram, componentstest.WithConfig(map[string]string{
		"aws:accessKey": "a", "aws:secretKey": "s", "aws:token": "t", "aws:profile": "p",
	}))
	provider := g.One(t, providerToken)
	for _, key := range []string{"accessKey", "secretKey", "token"} {
		componentstest.AssertSecret(t, provider, key)
	}
	assert.False(t, provider.IsSecret("profile"))
}

func TestUSEast1ProviderOfABareStack(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-west-1")
	g := componentstest.Deploy(t, virginiaProgram)
	provider := g.One(t, providerToken)
	assert.Equal(t, "us-east-1", provider.Input("region"))
	// The SDK itself adds these two.
	assert.Equal(t, false, provider.Input("skipCredentialsValidation"))
	assert.Equal(t, true, provider.Input("skipRegionValidation"))
	assert.Len(t, provider.Inputs, 3)
}

// What `pulumi config set --path` and YAML make of values is not always the type
// that the provider wants.
func TestUSEast1ProviderTakesValuesAsConfigurationHoldsThem(t *testing.T) {
	g := componentstest.Deploy(t, virginiaProgram, componentstest.WithConfig(map[string]string{
		"aws:allowedAccountIds":    `[123456789012, "012345678901"]`,
		"aws:defaultTags":          `{"tags": {"release": 42, "live": true}}`,
		"aws:skipRegionValidation": "false",
		"aws:maxRetries":           "3",
		"aws:profile":              "",
		"aws:assumeRole":           "",
	}))
	provider := g.One(t, providerToken)
	assert.Equal(t, []any{"123456789012", "012345678901"}, provider.Input("allowedAccountIds"))
	assert.Equal(t, map[string]any{"release": "42", "live": "true"}, provider.Input("defaultTags.tags"))
	assert.Equal(t, false, provider.Input("skipRegionValidation"))
	assert.Equal(t, 3, provider.Input("maxRetries"))
	assert.False(t, provider.Has("profile"))
	assert.False(t, provider.Has("assumeRole"))
}

func TestUSEast1ProviderRefusesConfigurationItCannotRead(t *testing.T) {
	for key, tt := range map[string][2]string{
		"insecure":          {"perhaps", "aws:insecure: must be true or false"},
		"maxRetries":        {"many", "aws:maxRetries: must be a whole number"},
		"assumeRole":        {"arn:aws:iam::123456789012:role/x", "aws:assumeRole: must be JSON"},
		"defaultTags":       {`["a"]`, "aws:defaultTags: must be an object, got a list"},
		"ignoreTags":        {`{"keys": {"a": 1}}`, "aws:ignoreTags: keys: must be a list, got an object"},
		"allowedAccountIds": {`["1", {}]`, "aws:allowedAccountIds: [1]: must be a string, got an object"},
		"endpoints":         {`[{"s33": "http://localhost"}]`, "aws:endpoints: [0]: s33: is no key of the aws provider"},
	} {
		t.Run(key, func(t *testing.T) {
			g, err := componentstest.TryDeploy(virginiaProgram, componentstest.WithConfig(map[string]string{"aws:" + key: tt[0]}))
			assert.ErrorContains(t, err, tt[1])
			assert.Empty(t, g.All())
			assert.False(t, strings.Contains(err.Error(), tt[0]), "a value may be secret")
		})
	}
}
