package cloud_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusers are the functions of core that a service refuses something with.
var refusers = []string{
	"Refuse", "Invalid", "OneOf", "OneOfNumbers", "Within", "NotAbove", "AtMost", "AtMostItems", "Distinct", "Matching",
	"NotMatching", "NotBoth", "ExactlyOneOf", "Needs", "Required", "Absent",
}

// marked is what every rule says of itself: from a source, inferred, or no rule
// of AWS at all.
var marked = regexp.MustCompile(`Source: https://|\*(sourced|inferred)\*|\binferred\b|local AWS's\s+limit|limit of the local AWS`)

// Every rule of every service says where it comes from.
func TestRulesHaveSources(t *testing.T) {
	files, err := filepath.Glob("../service/*/*.go")
	require.NoError(t, err)
	rules := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), path, raw, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !refuses(f) {
				continue
			}
			rules++
			doc := f.Doc.Text()
			assert.Regexp(t, marked, doc, "%s: %s refuses something: from which source, or inferred?", path, f.Name.Name)
			if strings.Contains(doc, "*sourced*") {
				assert.Contains(t, doc, "https://", "%s: %s names its source", path, f.Name.Name)
			}
		}
	}
	assert.Greater(t, rules, 100)
}

// refuses tells whether a function refuses something itself.
func refuses(f *ast.FuncDecl) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			pkg, isName := s.X.(*ast.Ident)
			found = found || isName && pkg.Name == "core" && (slices.Contains(refusers, s.Sel.Name) || s.Sel.Name == "Refusal" && literal(f, s))
		}
		return !found
	})
	return found
}

// literal tells whether a type is used in a literal of a function, not in its
// signature.
func literal(f *ast.FuncDecl, s *ast.SelectorExpr) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		l, ok := n.(*ast.CompositeLit)
		found = found || ok && l.Type == s
		return !found
	})
	return found
}
