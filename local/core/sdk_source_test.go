package core_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sdkModules are the Go modules of the Pulumi SDKs by package.
var sdkModules = map[string]string{
	"aws":    "github.com/pulumi/pulumi-aws/sdk/v6",
	"random": "github.com/pulumi/pulumi-random/sdk/v4",
}

// sdkSource reads types from the Go source of the Pulumi SDKs. It only parses
// the few files that it needs: nothing of an SDK is compiled.
type sdkSource struct {
	t *testing.T
	// roots are the folders of the SDKs' top packages, by package.
	roots map[string]string
	// named are the types of pulumiTypes.go and pulumiEnums.go, by folder and name.
	named map[string]map[string]ast.Expr
	// blocks are the block types that the inputs read so far refer to.
	blocks map[string]properties
}

// properties are the kinds of properties by name: the note in schema.json lists them.
type properties map[string]string

func newSDKSource(t *testing.T) *sdkSource {
	s := &sdkSource{t: t, roots: map[string]string{}, named: map[string]map[string]ast.Expr{}, blocks: map[string]properties{}}
	for pkg, module := range sdkModules {
		out, err := exec.Command("go", "mod", "download", "-json", module).Output()
		require.NoError(t, err, "downloading %s: %s", module, out)
		var downloaded struct{ Dir string }
		require.NoError(t, json.Unmarshal(out, &downloaded))
		s.roots[pkg] = filepath.Join(downloaded.Dir, "go", pkg)
	}
	return s
}

// resource reads a resource type, for example "aws:ec2/vpc:Vpc": its inputs, and
// the names of its outputs.
func (s *sdkSource) resource(typ string) sdkType {
	folder, types, caller := s.caller(typ, "RegisterResource")
	args := s.argsType(typ, caller)
	plain := strings.ToLower(args[:1]) + args[1:] // the struct of plain values behind the one of pulumi.Inputs
	return s.read(typ, folder, types[plain], types[resultType(caller)])
}

// function reads a function, for example "aws:ec2/getVpc:getVpc".
func (s *sdkSource) function(typ string) sdkType {
	folder, types, caller := s.caller(typ, "Invoke")
	return s.read(typ, folder, types[s.argsType(typ, caller)], types[resultType(caller)])
}

func (s *sdkSource) read(typ, folder string, args, result ast.Expr) sdkType {
	require.IsType(s.t, &ast.StructType{}, args, "%s: the inputs", typ)
	require.IsType(s.t, &ast.StructType{}, result, "%s: the outputs", typ)
	out := sdkType{Inputs: s.properties(folder, args.(*ast.StructType)), Outputs: []string{}}
	for _, field := range result.(*ast.StructType).Fields.List {
		if name, _ := property(s.t, field); name != "" {
			out.Outputs = append(out.Outputs, name)
		}
	}
	return out
}

var tokenParts = regexp.MustCompile(`^(\w+):(\w+)/(\w+):\w+$`)

// caller finds the function of the SDK that hands a token to a method of
// pulumi.Context. It is in the file that is named in the token.
func (s *sdkSource) caller(typ, method string) (folder string, types map[string]ast.Expr, caller *ast.FuncDecl) {
	var file string
	if pkg, isProvider := strings.CutPrefix(typ, "pulumi:providers:"); isProvider {
		folder, file = s.roots[pkg], "provider.go"
	} else {
		parts := tokenParts.FindStringSubmatch(typ)
		require.NotNil(s.t, parts, "%q is no token of a type", typ)
		folder, file = filepath.Join(s.roots[parts[1]], strings.TrimPrefix(parts[2], "index")), parts[3]+".go"
	}
	parsed := s.parse(filepath.Join(folder, file))
	for _, decl := range parsed.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && calls(f, method, typ) {
			return folder, typesOf(parsed), f
		}
	}
	require.Fail(s.t, "not in the SDK", "no function of %s calls %s with %q", file, method, typ)
	return "", nil, nil
}

// calls tells whether a function calls a method with a string first.
func calls(f *ast.FuncDecl, method, first string) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		selector, isMethod := call.Fun.(*ast.SelectorExpr)
		literal, isLiteral := call.Args[0].(*ast.BasicLit)
		if isMethod && isLiteral && selector.Sel.Name == method && literal.Value == strconv.Quote(first) {
			found = true
		}
		return true
	})
	return found
}

// argsType is the name of the type that the parameter args points to.
func (s *sdkSource) argsType(typ string, f *ast.FuncDecl) string {
	for _, param := range f.Type.Params.List {
		for _, name := range param.Names {
			if name.Name == "args" {
				return pointsTo(param.Type)
			}
		}
	}
	require.Fail(s.t, "no arguments", "%s of %s has no parameter args", f.Name.Name, typ)
	return ""
}

// resultType is the name of the type that the first result points to.
func resultType(f *ast.FuncDecl) string { return pointsTo(f.Type.Results.List[0].Type) }

func pointsTo(expr ast.Expr) string {
	if pointer, ok := expr.(*ast.StarExpr); ok {
		if name, ok := pointer.X.(*ast.Ident); ok {
			return name.Name
		}
	}
	return ""
}

func (s *sdkSource) parse(file string) *ast.File {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	require.NoError(s.t, err)
	return parsed
}

// typesOf are the types that a file declares, by name.
func typesOf(file *ast.File) map[string]ast.Expr {
	out := map[string]ast.Expr{}
	for _, decl := range file.Decls {
		if general, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range general.Specs {
				if typ, ok := spec.(*ast.TypeSpec); ok {
					out[typ.Name.Name] = typ.Type
				}
			}
		}
	}
	return out
}

// properties are the kinds of a struct's properties.
func (s *sdkSource) properties(folder string, typ *ast.StructType) properties {
	out := properties{}
	for _, field := range typ.Fields.List {
		name, required := property(s.t, field)
		if name == "" {
			continue
		}
		out[name] = s.kind(folder, field.Type)
		if required {
			out[name] += "!"
		}
	}
	return out
}

// property is the name of the Pulumi property that a field holds, "" for none,
// and whether it must be given as far as its type can tell: an optional scalar
// or block is a pointer; lists, maps and assets look alike either way.
func property(t *testing.T, field *ast.Field) (name string, required bool) {
	if field.Tag == nil {
		return "", false
	}
	tag, err := strconv.Unquote(field.Tag.Value)
	require.NoError(t, err)
	name, options, _ := strings.Cut(reflect.StructTag(tag).Get("pulumi"), ",")
	switch field.Type.(type) {
	case *ast.StarExpr, *ast.ArrayType, *ast.MapType, *ast.InterfaceType, *ast.SelectorExpr:
		return name, false
	}
	return name, options != "optional"
}

var scalarKinds = map[string]string{"string": "string", "bool": "bool", "int": "int", "float64": "number"}

// kind is the kind of a type: the note in schema.json lists them.
func (s *sdkSource) kind(folder string, expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return s.kind(folder, expr.X)
	case *ast.ArrayType:
		return "[" + s.kind(folder, expr.Elt) + "]"
	case *ast.MapType:
		return "{" + s.kind(folder, expr.Value) + "}"
	case *ast.InterfaceType:
		return "any"
	case *ast.Ident:
		if kind := scalarKinds[expr.Name]; kind != "" {
			return kind
		}
		return s.namedKind(folder, expr.Name)
	case *ast.SelectorExpr:
		switch expr.Sel.Name {
		case "Archive":
			return "archive"
		case "AssetOrArchive": // the SDK's type for either; the provider takes assets
			return "asset"
		}
	}
	require.Fail(s.t, "unknown type", "%s: a property of the type %T", folder, expr)
	return ""
}

// namedKind is the kind of a type of a package: a block, or a scalar that has a
// name of its own.
func (s *sdkSource) namedKind(folder, name string) string {
	switch typ := s.namedTypes(folder)[name].(type) {
	case *ast.StructType:
		block := filepath.Base(folder) + "." + name
		if s.blocks[block] == nil {
			s.blocks[block] = properties{} // before its properties: one of them may be of the same type
			s.blocks[block] = s.properties(folder, typ)
		}
		return block
	case *ast.Ident:
		return s.kind(folder, typ)
	}
	require.Fail(s.t, "unknown type", "%s has no struct or scalar %s", folder, name)
	return ""
}

// namedTypes are the types of the blocks and enums of a package.
func (s *sdkSource) namedTypes(folder string) map[string]ast.Expr {
	if s.named[folder] != nil {
		return s.named[folder]
	}
	out := map[string]ast.Expr{}
	for _, pattern := range []string{"pulumiTypes*.go", "pulumiEnums*.go"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		require.NoError(s.t, err)
		for _, file := range files {
			for name, typ := range typesOf(s.parse(file)) {
				out[name] = typ
			}
		}
	}
	s.named[folder] = out
	return out
}
