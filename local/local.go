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
	"os"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/local/engine/inprocess"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/server"
)

// mainCalled says that this test binary can serve as a provider plugin. Without
// it the CLI would start the tests again in the plugin's place.
var mainCalled bool

// Main runs the tests of a package that uses WithCLI; call it from TestMain. The
// CLI starts the test binary again as its providers, and Main is what serves
// them then.
func Main(m *testing.M) {
	engine.ServeIfPlugin()
	mainCalled = true
	os.Exit(m.Run())
}

// Option changes what New makes.
type Option func(*Stack)

// WithConfig sets one key of the stack's configuration, for example
// "portico:variant". A string is taken as it is, anything else as a structured
// value. aws:region is ap-northeast-1 unless it is set.
func WithConfig(key string, value any) Option {
	return func(s *Stack) { s.options.Config[key] = value }
}

// WithProjectFile applies the typed configuration of a Pulumi.yaml: defaults,
// types and mandatory keys. Default: none.
func WithProjectFile(path string) Option {
	return func(s *Stack) { s.options.ProjectFile = path }
}

// WithDir keeps the account and the state in dir, so that another New there
// goes on with them. Default: a folder that goes with the test.
func WithDir(dir string) Option {
	return func(s *Stack) { s.options.Dir = dir }
}

// WithCLI runs the stack with the Pulumi CLI, engine.MinimumPulumi or newer, which
// must be on the PATH: every run takes some seconds. The package's tests must be
// run by Main. Default: the engine runs in the test's process.
func WithCLI() Option {
	return func(s *Stack) { s.cli = true }
}

// runner is what works on a stack: the CLI or the engine in this process.
type runner interface {
	Up(ctx context.Context) (*engine.Result, error)
	Preview(ctx context.Context) (*engine.Result, error)
	Refresh(ctx context.Context) (*engine.Result, error)
	Destroy(ctx context.Context) (*engine.Result, error)
	Outputs(ctx context.Context) (auto.OutputMap, error)
	Export(ctx context.Context) (apitype.UntypedDeployment, error)
	RawState() (map[string][]byte, error)
	Account() (*core.Account, error)
	Close()
}

// Stack is a program with a local AWS account of its own. Its methods fail the
// test when the engine does; the methods named Try return the error instead.
type Stack struct {
	t       testing.TB
	options engine.Options
	cli     bool
	stack   runner
	// servers are those of WithServers; world is what Request goes over, of the
	// account as worldOf has it.
	servers map[string]server.Server
	world   *traffic.World
	worldOf string
}

// New prepares program to run on a fresh local AWS account, which goes with the
// test.
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
	s.open()
	t.Cleanup(func() { s.stack.Close() })
	return s
}

func (s *Stack) open() {
	s.t.Helper()
	stack, err := s.openRunner()
	if err != nil {
		s.t.Fatalf("opening the local stack: %v", err)
	}
	s.stack = stack
}

func (s *Stack) openRunner() (runner, error) {
	if s.cli {
		return engine.Open(context.Background(), s.options)
	}
	return inprocess.Open(s.options)
}

// Configure changes the configuration for the runs to come.
func (s *Stack) Configure(key string, value any) {
	s.t.Helper()
	s.options.Config[key] = value
	s.stack.Close()
	s.open()
}

// Use changes the program for the runs to come, as an edit of it would.
func (s *Stack) Use(program pulumi.RunFunc) {
	s.t.Helper()
	s.options.Program = program
	s.stack.Close()
	s.open()
}

// Up brings the stack to what the program says.
func (s *Stack) Up() *engine.Result { s.t.Helper(); return s.must(s.TryUp()) }

// Preview says what Up would do.
func (s *Stack) Preview() *engine.Result { s.t.Helper(); return s.must(s.TryPreview()) }

// Refresh reads every resource back from the account.
func (s *Stack) Refresh() *engine.Result {
	s.t.Helper()
	return s.must(s.stack.Refresh(context.Background()))
}

// Destroy takes everything of the stack down.
func (s *Stack) Destroy() *engine.Result { s.t.Helper(); return s.must(s.TryDestroy()) }

// TryUp is Up for programs that are to be refused; the result holds what was
// done before.
func (s *Stack) TryUp() (*engine.Result, error) { return s.stack.Up(context.Background()) }

// TryPreview is Preview for programs that are to be refused.
func (s *Stack) TryPreview() (*engine.Result, error) { return s.stack.Preview(context.Background()) }

// TryDestroy is Destroy for stacks that AWS will not let go.
func (s *Stack) TryDestroy() (*engine.Result, error) { return s.stack.Destroy(context.Background()) }

// Outputs are those of the last Up; secret ones are marked.
func (s *Stack) Outputs() auto.OutputMap {
	s.t.Helper()
	outputs, err := s.stack.Outputs(context.Background())
	s.check(err)
	return outputs
}

// Deployment is the stack's state as Pulumi exports it (JSON), secrets encrypted.
func (s *Stack) Deployment() []byte {
	s.t.Helper()
	deployment, err := s.stack.Export(context.Background())
	s.check(err)
	return deployment.Deployment
}

// RawState is every file in which the engine keeps the state, by path.
func (s *Stack) RawState() map[string][]byte {
	s.t.Helper()
	files, err := s.stack.RawState()
	s.check(err)
	return files
}

// Account is what exists in the local AWS now.
func (s *Stack) Account() *core.Account {
	s.t.Helper()
	account, err := s.stack.Account()
	s.check(err)
	return account
}

func (s *Stack) must(res *engine.Result, err error) *engine.Result {
	s.t.Helper()
	s.check(err)
	return res
}

func (s *Stack) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
