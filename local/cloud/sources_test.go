package cloud

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusers are what a function says no with.
var refusers = []string{
	"refuse", "invalidf", "invalidChange", "differentNetworks", "missing",
	"oneOf", "within", "atMost", "matching", "exactlyOneOf", "blockRule", "cidrRule",
}

// tools make refusals of others' rules, whose sources are with those who use
// them, or refuse what the SDK's types do not have.
var tools = append(slices.Clone(refusers), "inBlocks", "eachValue", "onlyFields", "inUse", "mustExist",
	"conformBlock", "conformList", "wrongKind", "unsupported", "check", "name", "checkConfig", "decodeConfig", "invoke")

// marked is what every rule says of itself: from a source, inferred, or no rule
// of AWS at all.
var marked = regexp.MustCompile(`\*(sourced|inferred)\*|\binferred\b|local AWS's\s+limit|limit of the local AWS`)

// Every rule says where it comes from.
func TestRulesHaveSources(t *testing.T) {
	packages, err := parser.ParseDir(token.NewFileSet(), ".", func(f fs.FileInfo) bool {
		return !strings.HasSuffix(f.Name(), "_test.go")
	}, parser.ParseComments)
	require.NoError(t, err)
	rules := 0
	for _, file := range packages["cloud"].Files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || slices.Contains(tools, f.Name.Name) || !saysNo(f) {
				continue
			}
			rules++
			doc := f.Doc.Text()
			assert.Regexp(t, marked, doc, "%s refuses something: from which source, or inferred?", f.Name.Name)
			if strings.Contains(doc, "*sourced*") {
				assert.Contains(t, doc, "https://", "%s names its source", f.Name.Name)
			}
		}
	}
	assert.Greater(t, rules, 100)
}

// saysNo tells whether a function refuses something itself.
func saysNo(f *ast.FuncDecl) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name, ok := n.Fun.(*ast.Ident)
			found = found || ok && slices.Contains(refusers, name.Name)
		case *ast.CompositeLit:
			name, ok := n.Type.(*ast.Ident)
			found = found || ok && name.Name == "refusal"
		}
		return !found
	})
	return found
}
