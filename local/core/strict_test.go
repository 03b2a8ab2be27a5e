package core_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// Every type refuses what it does not have, what is of another kind, what is
// missing and what has no rules, at every depth.
func TestEveryTypeIsStrict(t *testing.T) {
	e := cloudtest.NewExamples(cloudtest.New(t))
	for _, made := range e.Sorted() {
		k := typeOf(t, e, made.Token)
		c := e.ForType(made.Token)
		assert.Empty(t, c.FaultsOf(made.Token, made.In), made.Token)
		for _, p := range k.Paths() {
			with := func(path string, value any) string {
				return c.FaultsOf(made.Token, made.In.With(nested(k, path, value)))
			}
			assert.Contains(t, with(p.Path, misfit(p.Kind)), "Incorrect type: ", "%s %s", made.Token, p.Path)
			if p.Supported && p.IsBlock() {
				assert.Contains(t, with(p.Path+".nonsense", "x"), "Invalid or unknown key", "%s %s", made.Token, p.Path)
			}
			if !p.Supported {
				assert.Contains(t, with(p.Path, core.Unknown{}), core.Unsupported+": the input", "%s %s", made.Token, p.Path)
			}
			if !strings.Contains(p.Path, ".") && k.Requires(p.Path) {
				assert.Contains(t, c.FaultsOf(made.Token, made.In.Without(p.Path)), fmt.Sprintf("%q is required", p.Path), made.Token)
			}
		}
	}
}

func typeOf(t *testing.T, e *cloudtest.Examples, token string) *core.Type {
	t.Helper()
	pkg, _, _ := strings.Cut(token, ":")
	k, err := e.Catalog.Type(pkg, token)
	require.NoError(t, err)
	return k
}

// misfit is a value that no property of a kind can have.
func misfit(kind string) any {
	if kind == "string" || kind == "any" {
		return 1.0
	}
	return "x"
}

// nested is an input of a type with a value at a dotted path.
func nested(k *core.Type, path string, value any) core.Object {
	keys := strings.Split(path, ".")
	for i := len(keys) - 1; i > 0; i-- {
		block := map[string]any{keys[i]: value}
		if value = block; isList(k, strings.Join(keys[:i], ".")) {
			value = []any{block}
		}
	}
	return core.Object{keys[0]: value}
}

func isList(k *core.Type, path string) bool {
	found, ok := lists.Load(k.Token)
	if !ok {
		all := map[string]bool{}
		for _, p := range k.Paths() {
			all[p.Path] = strings.HasPrefix(p.Kind, "[")
		}
		found, _ = lists.LoadOrStore(k.Token, all)
	}
	return found.(map[string]bool)[path]
}

// lists are the inputs of types that are lists, by the type's token.
var lists sync.Map

// What has no rules is refused: types, functions and arguments of functions.
func TestWhatIsNotThereIsRefused(t *testing.T) {
	c := cloudtest.New(t)
	for _, token := range []string{"aws:s3/bucket:Bucket", "aws:lb/listener:Listner", "aws:lb/Listener:Listener", "gcp:x/y:Z", ""} {
		_, err := c.Type(token)
		assert.EqualError(t, err, core.Unsupported+": the type "+token+" has no rules there")
	}
	_, err := c.Type("random:index/randomPassword:RandomPassword")
	assert.ErrorContains(t, err, "unsupported", "each package has a provider of its own")
	for _, token := range []string{"aws:ec2/getNetworkAcls:getNetworkAcls", "aws:ec2/getVpc:getVPC", "random:index/getVpc:getVpc"} {
		_, err := c.Invoke(token, core.Object{})
		assert.EqualError(t, err, core.Unsupported+": the function "+token+" has no rules there")
	}
	for _, token := range c.Catalog.Functions() {
		_, err := c.Invoke(token, core.Object{"nonsense": "x"})
		assert.ErrorContains(t, err, `Invalid or unknown key "nonsense"`, token)
	}
}

// No error repeats what may be a secret, however wrong it is.
func TestErrorsKeepSecrets(t *testing.T) {
	const marker = "hunter2SECRET"
	e := cloudtest.NewExamples(cloudtest.New(t))
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
	for _, k := range e.Catalog.Types() {
		token := k.Token
		in := e.Of(token).In
		if token == "aws:route53/record:Record" {
			in = in.With(core.Object{"type": "TXT"})
		}
		for _, path := range e.CasesOf(token).Secrets {
			refused := 0
			for _, value := range bad {
				if _, _, err := e.TryCreate(token, "secretive", in.With(nested(k, path, value))); err != nil {
					refused++
					assert.NotContains(t, err.Error(), marker, "%s %s", token, path)
				}
			}
			assert.NotZero(t, refused, "%s %s: nothing was wrong with any", token, path)
		}
	}
}

// A program finds the outputs that it finds with the real provider.
func TestOutputsAreThoseOfTheProvider(t *testing.T) {
	e := cloudtest.NewExamples(cloudtest.New(t))
	for _, made := range e.Sorted() {
		k := typeOf(t, e, made.Token)
		for _, name := range k.ProviderOutputs() {
			reason := e.CasesOf(made.Token).NotSet[name]
			assert.NotEqual(t, reason != "", made.State.Has(name), "%s %s: %s", made.Token, name, reason)
		}
	}
}

// Every entry of the table is sound: what it names exists.
func TestTheTableIsSound(t *testing.T) {
	catalog, err := cloud.Catalog()
	require.NoError(t, err)
	cases, err := cloudtest.Cases()
	require.NoError(t, err)
	assert.Len(t, cases, len(catalog.Types()), "examples are of types that exist")
	for _, k := range catalog.Types() {
		var supported, all []string
		for _, p := range k.Paths() {
			if p.Supported {
				supported = append(supported, p.Path)
			}
			all = append(all, p.Path)
		}
		properties := append(slices.Clone(all), k.Outputs()...)
		assert.Subset(t, all, k.Inputs, "%s: inputs", k.Token)
		assert.Subset(t, supported, k.Keeps, "%s: keeps", k.Token)
		assert.Subset(t, properties, k.Defaults.Keys(), "%s: defaults", k.Token)
		assert.Subset(t, properties, k.Fills.Keys(), "%s: fills", k.Token)
		for _, u := range k.Unique {
			assert.Subset(t, properties, u.Inputs, "%s: unique", k.Token)
		}
		for input, outputs := range k.Recomputes {
			assert.Contains(t, append(supported, core.AnyInput), input, "%s: recomputes", k.Token)
			assert.Subset(t, properties, outputs, "%s: recomputes", k.Token)
		}
	}
	_, err = core.NewCatalog(nil, ec2.Service(), ec2.Service())
	assert.ErrorContains(t, err, "registered twice")
}
