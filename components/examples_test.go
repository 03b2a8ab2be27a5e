package components_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

// answer is the status that a viewer's request should get from an example.
type answer struct {
	name, path string
	status     int
}

// nothing is the status of a request that only others get an answer to.
const nothing = 0

// TestExamplesWork runs the programs of the documentation, which examples without
// expected output are not.
func TestExamplesWork(t *testing.T) {
	account := append(existing(), componentstest.WithInstance(componentstest.Instance{
		ID: "i-0123456789abcdef0", SubnetID: "subnet-priv-a", Groups: []componentstest.Group{{ID: "sg-legacy"}},
	}))
	for function, example := range map[string]struct {
		program pulumi.RunFunc
		answers []answer
	}{
		"Example":                {shop, []answer{{"shop.example.com", "/", 200}}},
		"ExampleNetwork":         {networks, nil},
		"ExampleCertifiedDomain": {certificate, nil},
		"ExampleUSEast1Provider": {distributionCertificate, nil},
		"ExampleOriginSecret":    {rotation, []answer{{"origin.example.com", "/", nothing}}},
		"ExampleSecuredALB":      {intranet, []answer{{"intranet.example.com", "/", nothing}}},
		"ExampleServiceRoute":    {reports, nil},
		"ExamplePrivateFargateService": {webAndAPI, []answer{
			{"shop.example.com", "/", 200}, {"shop.example.com", "/api/orders", 200},
		}},
		"ExamplePrivateFargateService_twoLoadBalancers": {insideAndOut, []answer{
			{"api.example.com", "/", 200}, {"inside.example.com", "/", nothing},
		}},
		"ExamplePrivateFargateService_containerSettings": {lockedDownShop, []answer{{"shop.example.com", "/", 200}}},
		"ExamplePrivateFargateService_spot":              {thumbnails, nil},
		"ExampleAutoscalingArgs":                         {scaledByRequests, []answer{{"shop.example.com", "/", 200}}},
		"ExampleInstanceTarget":                          {legacyServer, []answer{{"legacy.example.com", "/", 200}}},
		"ExampleInstanceTarget_sameProgram":              {ownServer, []answer{{"own.example.com", "/", 200}}},
		"ExampleTLSInstance":                             {smallSite, []answer{{"small.example.com", "/", 200}}},
		"ExampleAlarms":                                  {watched, []answer{{"watched.example.com", "/", 200}}},
		"ExampleLogBucket":                               {logged, []answer{{"logged.example.com", "/", 200}}},
		"ExampleStaticContent":                           {withFiles, []answer{{"files.example.com", "/", 200}, {"files.example.com", "/docs/", 404}, {"files.example.com", "/api/orders", 200}, {"files-origin.example.com", "/", nothing}}},
		"ExampleWebAcl":                                  {guarded, []answer{{"guarded.example.com", "/", 200}, {"guarded.example.com", "/admin/users", 403}}},
		"ExampleDashboard":                               {shown, nil},
		"ExampleCachingArgs":                             {catalog, []answer{{"www.example.com", "/", 301}}},
		"ExampleResponseHeadersArgs":                     {api, nil},
		"ExampleCloudFrontFront_vpcOrigin":               {hiddenWebsite, []answer{{"hidden.example.com", "/", 200}, {"origin.example.com", "/", nothing}}},
		"ExampleCloudFrontFront":                         {website, []answer{{"www.example.com", "/", 200}, {"origin.example.com", "/", nothing}}},
	} {
		t.Run(function, func(t *testing.T) {
			graph := componentstest.Deploy(t, example.program, account...)
			componentstest.AssertSecretsHidden(t, graph)
			componentstest.AssertSameGraph(t, graph, componentstest.Preview(t, example.program, account...))
			for _, want := range example.answers {
				componentstest.AssertPath(t, graph, requestpath.Request{Name: want.name, Path: want.path}, want.status)
			}
		})
	}
}

// TestEveryComponentHasAnExample, alone with its program in a file of its own:
// the documentation then shows the whole file, imports included.
func TestEveryComponentHasAnExample(t *testing.T) {
	examples := map[string]bool{}
	files, err := filepath.Glob("example_*_test.go")
	require.NoError(t, err)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			if f, is := declaration.(*ast.FuncDecl); is && strings.HasPrefix(f.Name.Name, "Example") {
				examples[f.Name.Name] = true
			}
		}
	}
	for _, file := range sources(t) {
		for _, declaration := range file.Decls {
			f, is := declaration.(*ast.FuncDecl)
			if !is || f.Recv != nil {
				continue
			}
			if component, constructs := strings.CutPrefix(f.Name.Name, "New"); constructs {
				assert.True(t, examples["Example"+component], "%s has no example", component)
			}
		}
	}
}
