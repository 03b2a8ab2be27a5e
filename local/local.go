// Package local runs any Pulumi program that uses the AWS and random providers
// through the real Pulumi engine on a fresh local AWS, for tests.
//
//	func TestStack(t *testing.T) {
//		stack := local.New(t, program, local.WithConfig("portico:variant", "alb"))
//		stack.Up()
//		require.Empty(t, stack.Up().Changes())
//		stack.Destroy()
//	}
//
// The engine runs in the test's process: no Pulumi CLI, no account and no network
// are needed. WithCLI runs the CLI instead. What the local AWS does not know is
// refused, never echoed.
package local

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/local/engine/inprocess"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/server"
)

// mainCalled says that this test binary can serve as a provider plugin. Without
// it the CLI would start the tests again in the plugin's place.
var mainCalled bool

// Main runs the tests of a package that uses WithCLI; call it from TestMain. The CLI
// starts the test binary again as its providers, which Main then serves.
func Main(m *testing.M) {
	engine.ServeIfPlugin()
	mainCalled = true
	os.Exit(m.Run())
}

// Option changes what New makes.
type Option func(*Stack)

// WithConfig sets one key of the stack's configuration, for example
// "portico:variant", or one path as pulumi config set --path takes it, for example
// "portico:services[0].image", to a string or a structured value. Default of
// aws:region: ap-northeast-1.
func WithConfig(key string, value any) Option {
	return func(s *Stack) { s.options.Config[key] = value }
}

// WithSecretConfig sets one key or path as pulumi config set --secret --path does. It
// is not available with WithCLI.
func WithSecretConfig(key, value string) Option { return WithConfig(key, engine.Secret(value)) }

// WithProjectFile applies the typed configuration of a Pulumi.yaml: defaults,
// types and mandatory keys. Default: none.
func WithProjectFile(path string) Option {
	return func(s *Stack) { s.options.ProjectFile = path }
}

// WithDir keeps the account and the state in dir, for another New to continue with.
// Default: a temporary folder.
func WithDir(dir string) Option {
	return func(s *Stack) { s.options.Dir = dir }
}

// WithCLI runs the stack with the Pulumi CLI, engine.MinimumPulumi or newer, which
// must be on the PATH. Every run takes some seconds. The package's tests must be run
// by Main. Default: the engine runs in the test's process.
func WithCLI() Option {
	return func(s *Stack) { s.cli = true }
}

// runner is the CLI or the engine in this process.
type runner interface {
	Run(ctx context.Context, kind apitype.UpdateKind) (*engine.Result, error)
	Outputs(ctx context.Context) (auto.OutputMap, error)
	Export(ctx context.Context) (apitype.UntypedDeployment, error)
	Close()
}

// Stack is a program with a local AWS account of its own. Its methods fail the
// test when the engine does; the methods named Try return the error instead.
type Stack struct {
	t       testing.TB
	options engine.Options
	cli     bool
	runner  runner
	account *core.Store
	servers map[string]server.Server // of WithServers
	objects map[string]fs.FS         // of WithObjects
	// accessLog is that of WithAccessLog.
	accessLog accesslog.Sink
	// world is what Request uses while it holds requesting. It serves the account that the
	// file worldOf had; nil before there was one.
	requesting sync.Mutex
	world      *traffic.World
	worldOf    os.FileInfo
}

// New prepares program to run on a fresh local AWS account, which ends with the test.
func New(t testing.TB, program pulumi.RunFunc, opts ...Option) *Stack {
	t.Helper()
	s := &Stack{t: t, options: engine.Options{
		Project: "portico", Stack: "test", Program: program,
		Config: map[string]any{"aws:region": "ap-northeast-1"},
	}}
	for _, opt := range opts {
		opt(s)
	}
	if s.cli && !mainCalled {
		t.Fatal("local.WithCLI needs local.Main: add func TestMain(m *testing.M) { local.Main(m) } to the package's tests")
	}
	if s.options.Dir == "" {
		s.options.Dir = t.TempDir()
	}
	s.account = core.NewFile(s.accountPath())
	t.Cleanup(s.account.Close)
	s.open()
	t.Cleanup(s.closeRunner)
	return s
}

// open opens the stack, again if its options have changed.
func (s *Stack) open() {
	s.t.Helper()
	s.closeRunner()
	var err error
	if s.cli {
		s.runner, err = engine.Open(context.Background(), s.options)
	} else {
		s.runner, err = inprocess.Open(s.options, s.account)
	}
	if err != nil {
		s.runner = nil
		s.t.Fatalf("opening the local stack: %v", err)
	}
}

func (s *Stack) closeRunner() {
	if s.runner != nil {
		s.runner.Close()
	}
}

// Configure changes the configuration of later runs.
func (s *Stack) Configure(key string, value any) {
	s.t.Helper()
	s.options.Config[key] = value
	s.open()
}

// Use replaces the program for later runs, as an edit of it would.
func (s *Stack) Use(program pulumi.RunFunc) {
	s.t.Helper()
	s.options.Program = program
	s.open()
}

// Up creates and changes resources as the program says.
func (s *Stack) Up() *engine.Result { s.t.Helper(); return s.must(s.TryUp()) }

// Preview says what Up would do.
func (s *Stack) Preview() *engine.Result { s.t.Helper(); return s.must(s.TryPreview()) }

// Refresh reads every resource from the account.
func (s *Stack) Refresh() *engine.Result { s.t.Helper(); return s.must(s.run(apitype.RefreshUpdate)) }

// Destroy deletes every resource of the stack.
func (s *Stack) Destroy() *engine.Result { s.t.Helper(); return s.must(s.TryDestroy()) }

// TryUp is Up for programs that are refused; the result has what was done before.
func (s *Stack) TryUp() (*engine.Result, error) { return s.run(apitype.UpdateUpdate) }

// TryPreview is Preview for programs that are refused.
func (s *Stack) TryPreview() (*engine.Result, error) { return s.run(apitype.PreviewUpdate) }

// TryDestroy is Destroy for stacks that AWS refuses to delete.
func (s *Stack) TryDestroy() (*engine.Result, error) { return s.run(apitype.DestroyUpdate) }

func (s *Stack) run(kind apitype.UpdateKind) (*engine.Result, error) {
	return s.runner.Run(context.Background(), kind)
}

func (s *Stack) must(res *engine.Result, err error) *engine.Result {
	s.t.Helper()
	s.check(err)
	return res
}

// Outputs are those of the last Up; secret ones are marked.
func (s *Stack) Outputs() auto.OutputMap {
	s.t.Helper()
	outputs, err := s.runner.Outputs(context.Background())
	s.check(err)
	return outputs
}

// Deployment is the stack's state as Pulumi exports it (JSON), with secrets encrypted.
func (s *Stack) Deployment() []byte {
	s.t.Helper()
	deployment, err := s.runner.Export(context.Background())
	s.check(err)
	return deployment.Deployment
}

// RawState returns every file in which the engine keeps the state, by path.
func (s *Stack) RawState() map[string][]byte {
	s.t.Helper()
	files := map[string][]byte{}
	state := os.DirFS(filepath.Join(s.options.Dir, "state"))
	s.check(fs.WalkDir(state, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[path], err = fs.ReadFile(state, path)
		}
		return err
	}))
	return files
}

// Account is the current content of the local AWS.
func (s *Stack) Account() *core.Account {
	s.t.Helper()
	account, err := s.account.Account()
	s.check(err)
	return account
}

func (s *Stack) accountPath() string { return engine.AccountPath(s.options.Dir) }

// Change runs do on the local AWS in the stack's Region, as something outside of Pulumi
// would change it.
func (s *Stack) Change(do func(*core.Tx)) {
	s.t.Helper()
	catalog, err := cloud.Catalog()
	s.check(err)
	aws := core.Provider{Package: "aws", Catalog: catalog, Store: s.account, Clock: time.Now}
	s.check(aws.Configure(core.Object{"region": s.options.Config["aws:region"]}))
	s.check(aws.Change(do))
}

func (s *Stack) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
