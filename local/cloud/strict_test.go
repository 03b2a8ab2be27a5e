package cloud

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forToken is the provider that a type is of.
func (c *testCloud) forToken(token string) *testCloud {
	provider := *c.provider
	provider.pkg, _, _ = strings.Cut(token, ":")
	return &testCloud{t: c.t, provider: &provider, inputs: c.inputs}
}

// faultsOf is what the check of inputs says.
func (c *testCloud) faultsOf(token string, in object) string {
	c.t.Helper()
	p := c.forToken(token)
	k, err := p.kind(token)
	require.NoError(c.t, err)
	_, faults := p.check(k, "x", nil, asObject(plain(in)), []byte("x"))
	if err := joinFaults(token, faults); err != nil {
		return err.Error()
	}
	return ""
}

// Every kind refuses what its type does not have, what is of another kind, what is
// missing and what nobody has facts for.
func TestEveryKindIsStrict(t *testing.T) {
	s := newSamples(t)
	for _, made := range s.sorted() {
		k := s.catalog.kinds[made.token]
		assert.Empty(t, s.faultsOf(made.token, made.in), made.token)
		assert.Contains(t, s.faultsOf(made.token, made.in.with(object{"nonsense": "x"})), `Invalid or unknown key "nonsense"`, made.token)
		for name, field := range fieldsOf(k.inputs) {
			faults := s.faultsOf(made.token, made.in.with(object{name: misfit(field.Type)}))
			assert.Contains(t, faults, "Incorrect type: "+name, made.token)
			if k.changes[name] == 0 {
				faults := s.faultsOf(made.token, made.in.with(object{name: fit(field.Type)}))
				assert.Contains(t, faults, fmt.Sprintf("%s: the input %q of %s has no rules there", unsupported, name, made.token))
			}
			required := isRequired(field) || slices.Contains(k.required, name)
			if faults := s.faultsOf(made.token, made.in.without(name)); required {
				assert.Contains(t, faults, fmt.Sprintf("%q is required", name), made.token)
			}
		}
	}
}

// What the provider's schema says is required is required here.
func TestRequiredInputsAreThoseOfTheProvider(t *testing.T) {
	s := newSamples(t)
	for token, facts := range readProviderSchema(t).Types {
		for _, name := range facts.Required {
			assert.Contains(t, s.faultsOf(token, s.all[token].in.without(name)), fmt.Sprintf("%q is required", name), token)
		}
	}
}

// misfit is a value that no property of a type can have.
func misfit(t reflect.Type) any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.String || t.Kind() == reflect.Interface {
		return 1.0
	}
	return "x"
}

// fit is a value that a property of a type can have.
func fit(t reflect.Type) any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String, reflect.Interface:
		return "x"
	case reflect.Bool:
		return true
	case reflect.Int, reflect.Float64:
		return 1.0
	case reflect.Slice:
		return []any{unknown{}}
	case reflect.Map:
		return map[string]any{"x": unknown{}}
	}
	return unknown{}
}

// A field of a block is as strictly looked at as an input.
func TestBlocksAreStrict(t *testing.T) {
	s := newSamples(t)
	for path := range blockFields {
		token, path, _ := strings.Cut(path, " ")
		assert.Contains(t, s.faultsOf(token, s.all[token].in.with(nested(s.catalog.kinds[token].inputs, path, "nonsense", "x"))), `Invalid or unknown key "nonsense"`, "%s %s", token, path)
	}
}

// nested is an input of a type with a value in one field of a block, however deep.
func nested(t reflect.Type, path, field string, value any) object {
	key, rest, deeper := strings.Cut(path, ".")
	in := object{field: value}
	if deeper {
		in = nested(blockType(fieldsOf(t)[key].Type), rest, field, value)
	}
	if fieldsOf(t)[key].Type.Kind() == reflect.Slice {
		return object{key: []any{in}}
	}
	return object{key: in}
}

// What has no rules is refused: types, functions and arguments of functions.
func TestWhatIsNotThereIsRefused(t *testing.T) {
	c := newTestCloud(t)
	for _, token := range []string{"aws:s3/bucketV2:BucketV2", "aws:lb/listener:Listner", "aws:lb/Listener:Listener", "gcp:x/y:Z", ""} {
		_, err := c.kind(token)
		assert.EqualError(t, err, unsupported+": the type "+token+" has no rules there")
	}
	for _, token := range []string{"aws:ec2/getNetworkAcls:getNetworkAcls", "aws:ec2/getVpc:getVPC", "random:index/getVpc:getVpc"} {
		_, err := c.invoke(token, object{})
		assert.EqualError(t, err, unsupported+": the function "+token+" has no rules there")
	}
	for token, i := range c.catalog.invokes {
		_, err := c.invoke(token, object{"nonsense": "x"})
		assert.ErrorContains(t, err, `Invalid or unknown key "nonsense"`, token)
		for name, field := range fieldsOf(i.inputs) {
			_, err := c.invoke(token, object{name: misfit(field.Type)})
			assert.ErrorContains(t, err, "Incorrect type: "+name, token)
			_, err = c.invoke(token, object{name: fit(field.Type)})
			if i.supported != nil && !slices.Contains(i.supported, name) && !requiresOthers(i, name) {
				assert.ErrorContains(t, err, unsupported+": the argument", "%s %s", token, name)
			}
		}
	}
}

// requiresOthers tells whether a function refuses an argument because another one
// is missing.
func requiresOthers(i *invoke, name string) bool {
	for other, field := range fieldsOf(i.inputs) {
		if other != name && isRequired(field) {
			return true
		}
	}
	return false
}

// secretProne are inputs in which programs put secrets.
var secretProne = map[string][]string{
	distributionToken:  {"origins.customHeaders.value"},
	ecsDefinitionToken: {"containerDefinitions"},
	instanceToken:      {"userData", "userDataBase64"},
	listenerToken:      {"defaultActions.fixedResponse.messageBody"},
	listenerRuleToken:  {"conditions.httpHeader.values", "conditions.queryStrings.value", "actions.fixedResponse.messageBody"},
	recordToken:        {"records"},
	iamRolePolicyToken: {"policy"},
	iamPolicyToken:     {"policy"},
	iamRoleToken:       {"assumeRolePolicy"},
}

// No error repeats what may be a secret, however wrong it is.
func TestErrorsKeepSecrets(t *testing.T) {
	const marker = "hunter2SECRET"
	s := newSamples(t)
	bad := []any{
		marker, marker + "\x00", strings.Repeat(marker, 2000), "*?*?*?" + marker, `{"` + marker, `["` + marker + `"]`, `[{"name": "` + marker,
		`[{"name": "a b", "image": "x", "environment": [{"name": "A", "value": "` + marker + `"}]}]`,
		`[{"name": "a", "image": "x", "environment": [{"name": "A", "value": {"x": "` + marker + `"}}]}]`,
		`[{"name": "a", "image": "x", "environment": [{"name": "A", "value": "` + marker + `"}, {"name": "A", "value": "` + marker + `"}]}]`,
		`[{"name": "a", "image": "x", "secrets": [{"name": "A", "valueFrom": "` + marker + `"}]}]`,
		`[{"name": "a", "image": "x", "command": "` + marker + `"}]`, `[{"name": "a", "image": "x", "environment": "` + marker + `"}]`,
		map[string]any{"x": marker}, "\"" + marker + "\x07", strings.Repeat("a", 300) + marker,
	}
	for _, v := range slices.Clone(bad) { // inputs that are lists have them as elements
		bad = append(bad, []any{v})
	}
	bad = append(bad, []any{marker, marker})
	s.all[recordToken].in["type"] = "TXT"
	for token, paths := range secretProne {
		for _, path := range paths {
			refused := 0
			block, field := "", path
			if cut := strings.LastIndex(path, "."); cut >= 0 {
				block, field = path[:cut], path[cut+1:]
			}
			for _, value := range bad {
				in := object{field: value}
				if block != "" {
					in = nested(s.catalog.kinds[token].inputs, block, field, value)
				}
				if _, _, err := s.tryCreate(token, "secretive", s.all[token].in.with(in)); err != nil {
					refused++
					assert.NotContains(t, err.Error(), marker, "%s %s", token, path)
				}
			}
			assert.NotZero(t, refused, "%s %s: nothing was wrong with any", token, path)
		}
	}
}
