package components_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
)

// argsField is one field of an Args struct as it stands in the source.
type argsField struct {
	name, tag, doc string
	kind           ast.Expr
}

// argsStruct is an Args struct with its comments.
type argsStruct struct {
	docs   string
	fields []argsField
}

var exactlyOne = regexp.MustCompile(`(?i)exactly one of ([^.]*)`)

// alternatives says whether a comment names f as one of several, of which one is
// required.
func (s argsStruct) alternatives(f argsField) bool {
	for _, sentence := range exactlyOne.FindAllStringSubmatch(s.docs, -1) {
		if regexp.MustCompile(`\b(its fields|` + f.name + `)\b`).MatchString(sentence[1]) {
			return true
		}
	}
	return false
}

// sources parses the package without its tests.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	var files []*ast.File
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

// argsStructs are the exported structs of arguments by name.
func argsStructs(t *testing.T) map[string]argsStruct {
	t.Helper()
	found := map[string]argsStruct{}
	for _, file := range sources(t) {
		for _, declaration := range file.Decls {
			types, ok := declaration.(*ast.GenDecl)
			if !ok || types.Tok != token.TYPE {
				continue
			}
			spec := types.Specs[0].(*ast.TypeSpec)
			structure, ok := spec.Type.(*ast.StructType)
			if !ok || !spec.Name.IsExported() || !strings.HasSuffix(spec.Name.Name, "Args") {
				continue
			}
			s := argsStruct{docs: types.Doc.Text(), fields: fieldsOf(t, structure)}
			for _, f := range s.fields {
				s.docs += f.doc
			}
			s.docs = strings.Join(strings.Fields(s.docs), " ")
			found[spec.Name.Name] = s
		}
	}
	return found
}

func fieldsOf(t *testing.T, structure *ast.StructType) []argsField {
	t.Helper()
	var fields []argsField
	doc := ""
	for i, f := range structure.Fields.List {
		// One comment may stand over two fields that belong together.
		if f.Doc != nil || i == 0 || structure.Fields.List[i-1].End()+1 < f.Pos()-1 {
			doc = f.Doc.Text()
		}
		tag := ""
		if f.Tag != nil {
			unquoted, err := strconv.Unquote(f.Tag.Value)
			require.NoError(t, err)
			tag = reflect.StructTag(unquoted).Get("pulumi")
		}
		for _, name := range f.Names {
			fields = append(fields, argsField{name: name.Name, tag: tag, doc: doc, kind: f.Type})
		}
	}
	return fields
}

// tokens are the values of the Token constants.
func tokens(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Token") {
				return true
			}
			literal, ok := spec.Values[0].(*ast.BasicLit)
			require.True(t, ok, spec.Names[0].Name)
			value, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			assert.Equal(t, spec.Names[0].Name, "Token"+strings.TrimPrefix(value, "portico:index:"))
			all = append(all, value)
			return true
		})
	}
	require.NotEmpty(t, all)
	return all
}

func TestArgsFieldsAreTaggedAndDocumented(t *testing.T) {
	structs := argsStructs(t)
	assert.Contains(t, structs, "NetworkArgs")
	for name, s := range structs {
		for _, f := range s.fields {
			assert.Equal(t, strings.ToLower(f.name[:1])+f.name[1:], f.tag, "pulumi tag of %s.%s", name, f.name)
			assert.NotEmpty(t, f.doc, "doc comment of %s.%s", name, f.name)
			says := strings.Contains(f.doc, "Default:") || strings.Contains(f.doc, "Required") || s.alternatives(f)
			assert.True(t, says, "the comment of %s.%s says neither a default nor that it is required", name, f.name)
		}
	}
}

// An optional argument is a plain value whose zero value stands for the default. It is
// a pointer where the zero value is a choice of its own: false where the default is true,
// or where the default leaves the setting as it is.
func TestOptionalArgsArePointersWhereZeroIsAChoice(t *testing.T) {
	fromZero := regexp.MustCompile(`(^| )0(-\d+)?\b`)
	for name, s := range argsStructs(t) {
		for _, f := range s.fields {
			doc := strings.Join(strings.Fields(f.doc), " ")
			kind, pointer := f.kind, false
			if star, is := f.kind.(*ast.StarExpr); is {
				kind, pointer = star.X, true
			}
			of, is := kind.(*ast.Ident)
			switch {
			case !is:
			case of.Name == "bool":
				falseIsAChoice := strings.Contains(doc, "Default: true") || strings.Contains(doc, "Default: the setting is left as it is")
				assert.Equal(t, pointer, falseIsAChoice, "%s.%s", name, f.name)
			case of.Name == "int":
				assert.Equal(t, pointer, fromZero.MatchString(doc), "%s.%s", name, f.name)
			case of.Name == "string":
				assert.False(t, pointer, "%s.%s: \"\" is no choice", name, f.name)
			}
		}
	}
}

// Every component refuses a name that AWS does not accept and args in which what is
// required is missing, before anything is registered.
func TestEveryComponentValidatesItsArgs(t *testing.T) {
	plans := map[string]struct {
		bad      func(name string) error
		required string
	}{
		components.TokenNetwork: {func(n string) error {
			_, err := components.PlanNetwork(n, &components.NetworkArgs{Existing: &components.ExistingNetworkArgs{}})
			return err
		}, "existing.vpcId"},
		components.TokenCertifiedDomain: {func(n string) error {
			_, err := components.PlanCertifiedDomain(n, &components.CertifiedDomainArgs{})
			return err
		}, "domainName"},
		components.TokenSecuredALB: {func(n string) error {
			_, err := components.PlanSecuredALB(n, &components.SecuredALBArgs{})
			return err
		}, "network"},
		components.TokenServiceRoute: {func(n string) error {
			_, err := components.PlanServiceRoute(n, &components.ServiceRouteArgs{})
			return err
		}, "loadBalancer"},
		components.TokenInstanceTarget: {func(n string) error {
			_, err := components.PlanInstanceTarget(n, &components.InstanceTargetArgs{})
			return err
		}, "instanceId"},
		components.TokenPrivateFargateService: {func(n string) error {
			_, err := components.PlanPrivateFargateService(n, &components.PrivateFargateServiceArgs{})
			return err
		}, "image"},
		components.TokenOriginSecret: {func(n string) error {
			_, err := components.PlanOriginSecret(n, &components.OriginSecretArgs{Length: 1})
			return err
		}, "length"},
		components.TokenCloudFrontFront: {func(n string) error {
			_, err := components.PlanCloudFrontFront(n, &components.CloudFrontFrontArgs{})
			return err
		}, "originDomainName"},
		components.TokenTLSInstance: {func(n string) error {
			_, err := components.PlanTLSInstance(n, &components.TLSInstanceArgs{})
			return err
		}, "network"},
		components.TokenAlarms: {func(n string) error {
			_, err := components.PlanAlarms(n, &components.AlarmsArgs{})
			return err
		}, "emails"},
		components.TokenLogBucket: {func(n string) error {
			_, err := components.PlanLogBucket(n, &components.LogBucketArgs{})
			return err
		}, "retentionDays"},
		components.TokenStaticContent: {func(n string) error {
			_, err := components.PlanStaticContent(n, &components.StaticContentArgs{ExistingBucketName: pulumi.String("")})
			return err
		}, "existingBucketName"},
		components.TokenWebAcl: {func(n string) error {
			_, err := components.PlanWebAcl(n, &components.WebAclArgs{ManagedRules: components.WebAclOff})
			return err
		}, "managedRules"},
		components.TokenDashboard: {func(n string) error {
			_, err := components.PlanDashboard(n, &components.DashboardArgs{})
			return err
		}, "loadBalancers"},
	}
	for _, token := range tokens(t) {
		component := token[strings.LastIndex(token, ":")+1:]
		require.Contains(t, plans, token)
		err := plans[token].bad("a_b")
		assert.ErrorContains(t, err, component+` "a_b": name must be letters, digits and hyphens`)
		assert.ErrorContains(t, err, component+` "a_b": `+plans[token].required+": ")
	}
}
