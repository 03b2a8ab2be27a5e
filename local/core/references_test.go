package core_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
)

// The tests here derive their cases from the table of types: a new type is tested
// by being there.

// What is not there cannot be referred to, by any input of any type.
func TestReferencesMustExist(t *testing.T) {
	e := cloudtest.NewExamples(cloudtest.New(t))
	tried := map[string]bool{}
	for _, k := range e.Catalog.Types() {
		codes := map[string]string{}
		for _, r := range k.References {
			codes[r.Input] = r.Code
		}
		for path, code := range codes {
			if !tried[k.Token+" "+path] {
				tried[k.Token+" "+path] = false
			}
			assert.NotEmpty(t, code, "%s %s", k.Token, path)
		}
		for _, example := range e.CasesOf(k.Token).Examples {
			e := e.Copy()
			in := e.Inputs(k, example)
			for _, d := range dangling("", map[string]any(in)) {
				name := k.Token + " " + d.path
				if codes[d.path] == "" || tried[name] {
					continue
				}
				tried[name] = true
				e.Apart(func(c *cloudtest.Cloud) {
					_, _, err := c.ForType(k.Token).TryCreate(k.Token, "dangling", core.AsObject(d.in))
					assert.ErrorContains(t, err, codes[d.path], "%s = %s", name, d.value)
				})
			}
		}
	}
	for name, done := range tried {
		assert.True(t, done, "%s is in no example", name)
	}
}

// dangle is the inputs of an example in which one string, at a path, names nothing.
type dangle struct {
	path, value string
	in          any
}

// dangling are all variants of a value in which one string names nothing.
func dangling(path string, v any) (out []dangle) {
	switch v := v.(type) {
	case string:
		return []dangle{{path, v + "0", v + "0"}}
	case []any:
		for i, e := range v {
			for _, d := range dangling(path, e) {
				out = append(out, dangle{d.path, d.value, replaced(v, i, d.in)})
			}
		}
	case map[string]any:
		for key, e := range v {
			for _, d := range dangling(core.Join(path, key), e) {
				changed := maps.Clone(v)
				changed[key] = d.in
				out = append(out, dangle{d.path, d.value, changed})
			}
		}
	}
	return out
}

func replaced(l []any, i int, v any) []any {
	out := slices.Clone(l)
	out[i] = v
	return out
}

// looksLikeReference is the name of an input that names something else.
var looksLikeReference = regexp.MustCompile(
	`(?i)(Ids?|Arns?|Fqdns)$|^(ami|arn|availabilityZone|cluster|iamInstanceProfile|instance|networkInterface|role|securityGroups|serviceName|subnets|taskDefinition)$`)

// Every input that looks like a reference is declared as one, or known to be none.
func TestReferencesAreDeclared(t *testing.T) {
	c := cloudtest.New(t)
	for _, k := range c.Catalog.Types() {
		notReferences := c.CasesOf(k.Token).NotReferences
		declared := map[string]bool{}
		for _, r := range k.References {
			declared[r.Input] = true
		}
		for _, p := range k.Paths() {
			if !p.Supported || p.IsBlock() {
				assert.False(t, declared[p.Path], "%s %s is no supported input", k.Token, p.Path)
				continue
			}
			block, names := strings.CutSuffix(p.Path, ".id")
			names = names && isList(k, block) // a block of a list has an id of its own
			if !names && looksLikeReference.MatchString(p.Path[strings.LastIndex(p.Path, ".")+1:]) {
				known := notReferences[p.Path] != ""
				assert.NotEqual(t, declared[p.Path], known, "%s %s: declared, or known to be none", k.Token, p.Path)
			}
		}
	}
}

// What others hold cannot be deleted; for what can be, the table says why.
func TestDeletingWhatIsInUse(t *testing.T) {
	e := cloudtest.NewExamples(cloudtest.New(t))
	for _, made := range e.Sorted() {
		k := typeOf(t, e, made.Token)
		assert.NotEqual(t, k.InUse == "", k.FreeToDelete == "", "%s: in use, or free to delete", made.Token)
		e.Apart(func(c *cloudtest.Cloud) {
			err := c.TryDelete(made.Token, made.ID)
			if k.InUse == "" {
				assert.NoError(t, err, "%s: %s", made.Token, k.FreeToDelete)
				return
			}
			assert.ErrorContains(t, err, k.InUse, made.Token)
			assert.ErrorContains(t, err, fmt.Sprintf("deleting %s %s", made.Token, made.ID))
		})
	}
}

// At preview much is not known yet. Nothing is refused because of a value that
// nobody can see: not by a rule, and not when the resource is planned.
func TestNothingIsRefusedForWhatIsNotKnown(t *testing.T) {
	e := cloudtest.NewExamples(cloudtest.New(t))
	cases := 0
	for _, k := range e.Catalog.Types() {
		for _, example := range e.CasesOf(k.Token).Examples {
			e := e.Copy()
			c := e.ForType(k.Token)
			for path, in := range withOneUnknown(e.Inputs(k, example)) {
				cases++
				checked, faults := c.Check(k, "example", nil, in, []byte("x"))
				if !assert.Empty(t, faults, "%s with %s not known: %v", k.Token, path, core.JoinRefusals(k.Token, faults)) {
					continue
				}
				_, err := c.PreviewCreate(k, checked)
				assert.NoError(t, err, "%s with %s not known", k.Token, path)
			}
		}
	}
	assert.Greater(t, cases, 400)
}

// withOneUnknown are the variants of an object in which one value somewhere is not
// known, by the path of that value.
func withOneUnknown(in core.Object) map[string]core.Object {
	out := map[string]core.Object{}
	for _, key := range in.Keys() {
		out[key] = in.With(core.Object{key: core.Unknown{}})
		for path, v := range unknownInside(in[key]) {
			out[key+path] = in.With(core.Object{key: v})
		}
	}
	return out
}

func unknownInside(v any) map[string]any {
	out := map[string]any{}
	if l, ok := v.([]any); ok {
		for i := range l {
			for path, e := range unknownInside(l[i]) {
				out[fmt.Sprintf("[%d]%s", i, path)] = replaced(l, i, e)
			}
			out[fmt.Sprintf("[%d]", i)] = replaced(l, i, core.Unknown{})
		}
		return out
	}
	for path, o := range withOneUnknown(core.AsObject(v)) {
		out["."+path] = map[string]any(o)
	}
	return out
}
