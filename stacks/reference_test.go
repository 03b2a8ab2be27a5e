package stacks_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/stacks"
)

// docs/configuration.md is written from the comments on the fields of Config and of
// the components' Args: go test ./stacks -update rewrites it.
func TestConfigurationReferenceIsCurrent(t *testing.T) {
	r := newReference(t)
	want := r.page()
	const path = "../docs/configuration.md"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "go test ./stacks -update rewrites docs/configuration.md")
}

// Pulumi.yaml declares exactly the keys, so that the CLI knows their types.
func TestPulumiYamlDeclaresTheKeys(t *testing.T) {
	project, err := workspace.LoadProject("../Pulumi.yaml")
	require.NoError(t, err)
	r := newReference(t)
	config := reflect.TypeFor[stacks.Config]()
	keys := 0
	for i := range config.NumField() {
		tag := config.Field(i).Tag.Get("pulumi")
		if tag == "" {
			continue
		}
		keys++
		declared, ok := project.Config["portico:"+tag]
		if !assert.True(t, ok, "Pulumi.yaml lacks portico:%s", tag) {
			continue
		}
		assert.Equal(t, firstSentence(r.docs["Config"][config.Field(i).Name]), declared.Description, tag)
		kind, value := "object", any(map[string]any{})
		switch config.Field(i).Type.Kind() {
		case reflect.String:
			kind, value = "string", ""
		case reflect.Slice:
			kind, value = "array", []any{}
		case reflect.Bool:
			kind, value = "boolean", false
		}
		assert.Equal(t, kind, *declared.Type, tag)
		if tag == "variant" || tag == "domain" {
			assert.Nil(t, declared.Default, "%s is mandatory", tag)
		} else {
			assert.Equal(t, value, declared.Default, tag)
		}
	}
	assert.Len(t, project.Config, keys)
}

// reference reads the comments on fields: by struct, then by field.
type reference struct {
	docs  map[string]map[string]string
	types map[string]*ast.StructType
}

func newReference(t *testing.T) reference {
	t.Helper()
	r := reference{map[string]map[string]string{}, map[string]*ast.StructType{}}
	for _, pattern := range []string{"*.go", "../components/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			require.NoError(t, err)
			ast.Inspect(parsed, r.read)
		}
	}
	return r
}

func (r reference) read(n ast.Node) bool {
	spec, is := n.(*ast.TypeSpec)
	if !is {
		return true
	}
	fields, is := spec.Type.(*ast.StructType)
	if !is {
		return true
	}
	r.types[spec.Name.Name], r.docs[spec.Name.Name] = fields, map[string]string{}
	doc := ""
	for _, f := range fields.Fields.List {
		if f.Doc != nil { // one comment may stand over several fields
			doc = f.Doc.Text()
		}
		for _, name := range f.Names {
			r.docs[spec.Name.Name][name.Name] = doc
		}
	}
	return true
}

func (r reference) page() string {
	var b strings.Builder
	b.WriteString(configurationIntro)
	r.object(&b, "Config", "portico:", "##")
	return b.String()
}

// object writes the fields of a struct, then the structs among them.
func (r reference) object(b *strings.Builder, name, prefix, heading string) {
	type nested struct{ name, prefix string }
	var inner []nested
	b.WriteString("| field | type | meaning |\n|---|---|---|\n")
	r.rows(b, name, prefix, func(of, path string) { inner = append(inner, nested{of, path}) })
	for _, n := range inner {
		fmt.Fprintf(b, "\n%s %s\n\n", heading, strings.TrimSuffix(n.prefix, "."))
		r.object(b, n.name, n.prefix, heading+"#")
	}
}

func (r reference) rows(b *strings.Builder, name, prefix string, enter func(name, prefix string)) {
	for _, f := range r.types[name].Fields.List {
		if len(f.Names) == 0 {
			r.rows(b, f.Type.(*ast.SelectorExpr).Sel.Name, prefix, enter)
			continue
		}
		if f.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("pulumi")
		kind, of := r.kind(f.Type)
		if tag == "" || kind == "" {
			continue
		}
		if of != "" {
			index := ""
			if kind == "list of objects" {
				index = "[]"
			}
			enter(of, prefix+tag+index+".")
		}
		for _, field := range f.Names {
			fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", prefix, tag, kind, cell(r.docs[name][field.Name]))
		}
	}
}

// kind is the type of a field in the configuration, and the struct of an object; ""
// for a component, which no configuration has.
func (r reference) kind(e ast.Expr) (kind, of string) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return r.kind(e.X)
	case *ast.ArrayType:
		kind, of = r.kind(e.Elt)
		if kind == "" {
			return "", ""
		}
		return "list of " + kind + "s", of
	case *ast.MapType:
		return "object of strings", ""
	case *ast.SelectorExpr:
		return r.named(e.Sel.Name)
	case *ast.Ident:
		return r.named(e.Name)
	}
	return "", ""
}

func (r reference) named(name string) (kind, of string) {
	switch name {
	case "string", "StringInput":
		return "string", ""
	case "StringArrayInput":
		return "list of strings", ""
	case "int":
		return "number", ""
	case "bool":
		return "true or false", ""
	}
	if strings.HasSuffix(name, "Args") || strings.HasSuffix(name, "Config") {
		return "object", name
	}
	return "", ""
}

var link = regexp.MustCompile(`https://\S+`)

// cell is a comment in a row of a table.
func cell(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	doc = link.ReplaceAllString(doc, "[AWS]($0)")
	return strings.ReplaceAll(doc, "|", `\|`)
}

func firstSentence(doc string) string {
	sentence, _, _ := strings.Cut(strings.Join(strings.Fields(doc), " "), ". ")
	return strings.TrimSuffix(sentence, ".") + "."
}

const configurationIntro = `# Configuration of the ready stacks

<!-- Written by go test ./stacks -update from the comments in the code. -->

A configuration needs ` + "`portico:variant` and `portico:domain`" + `. The objects have the arguments of the stack's
components as fields, by the same names:

` + "```yaml" + `
config:
  portico:variant: cloudfront-alb
  portico:domain: {domainName: app.example.com, hostedZone: {name: example.com}}
  portico:services:
    - {name: app, image: public.ecr.aws/nginx/nginx:stable, containerPort: 80}
  portico:cloudFront: {originReadTimeoutSeconds: 45}
` + "```" + `

` + "`pulumi config set --path 'portico:services[0].image' IMAGE`" + ` sets one field, and with ` + "`--secret`" + ` a
secret one. Pulumi does not tell a program which part of an object is secret, so with a secret anywhere in
` + "`portico:services`" + ` the environment of every service is secret in the state. Secrets in Secrets Manager
or Parameter Store (` + "`secrets`" + `) never enter the state.

Refused are fields that do not exist, values of the wrong type, objects that the variant does not use, and
fields that the variant sets itself. The descriptions are those of the components' arguments: a name that
begins with a capital letter is the Go name of a field, or a component that the stack passes. A required
field for which the stack has a default, such as ` + "`originDomain.domainName`" + `, can be left out.

`
