package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/stacks"
)

func TestMain(m *testing.M) { local.Main(m) }

// root is the project of this repository.
var root, errRoot = filepath.Abs("../../..")

// newProject is a shell in a copy of what the command reads of the project.
func newProject(t *testing.T) shell {
	t.Helper()
	require.NoError(t, errRoot)
	dir := t.TempDir()
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml"} {
		raw, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), raw, 0o600))
	}
	require.NoError(t, os.CopyFS(filepath.Join(dir, "examples/configs"), os.DirFS(filepath.Join(root, "examples/configs"))))
	return shell{t, dir}
}

// Configurations of stacks that are registered without a run of the command.
var (
	cloudFrontALB = settings{Config: map[string]string{"portico:variant": stacks.VariantCloudFrontALB, "portico:domain.subjectAlternativeNames[0]": "www.example.com"}}
	exampleC      = settings{ConfigFile: "examples/configs/c-alb-instance.yaml"}
	exampleE      = settings{ConfigFile: "examples/configs/e-alb-fargate.yaml"}
)

// accounts are the files of accounts that tests share, by configuration.
var accounts = struct {
	sync.Mutex
	files map[string][]byte
}{files: map[string][]byte{}}

// registeredProject is a project whose stack dev is registered, as by an up with
// these settings. Its state is empty: it is for commands that run no engine.
func registeredProject(t *testing.T, s settings) shell {
	t.Helper()
	sh := newProject(t)
	require.NoError(t, os.MkdirAll(filepath.Join(sh.stackDir(), "state"), 0o700))
	require.NoError(t, os.WriteFile(engine.AccountPath(sh.stackDir()), accountFile(t, s), 0o600))
	return sh
}

// accountFile is the account of a stack, which is registered once.
func accountFile(t *testing.T, s settings) []byte {
	t.Helper()
	accounts.Lock()
	defer accounts.Unlock()
	key := s.ConfigFile + s.Config["portico:variant"]
	if raw, ok := accounts.files[key]; ok {
		return raw
	}
	config, err := s.resolve(root, "none")
	require.NoError(t, err)
	dir := t.TempDir()
	opts := []local.Option{local.WithProjectFile(filepath.Join(root, "Pulumi.yaml")), local.WithDir(dir)}
	for name, value := range config {
		opts = append(opts, local.WithConfig(name, value))
	}
	local.New(t, stacks.Program, opts...).Up()
	raw, err := os.ReadFile(engine.AccountPath(dir))
	require.NoError(t, err)
	accounts.files[key] = raw
	return raw
}

// shell runs command lines in a project.
type shell struct {
	t   *testing.T
	dir string
}

// stackDir is the folder of the stack dev.
func (s shell) stackDir() string { return filepath.Join(s.dir, ".portico/dev") }

// servingFile tells where the stack dev is served.
func (s shell) servingFile() string { return filepath.Join(s.stackDir(), "traffic", servingFile) }

// account is the account of the stack dev.
func (s shell) account() *core.Account {
	s.t.Helper()
	account, err := core.ReadAccount(engine.AccountPath(s.stackDir()))
	require.NoError(s.t, err)
	return account
}

// file writes a file for a command to read, and returns its path.
func (s shell) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, ".portico", name)
	require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(s.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// run runs one command line.
func (s shell) run(args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, terminal{dir: s.dir, stdout: &out, stderr: &errs})
	return code, out.String(), errs.String()
}

// must runs one command line that succeeds.
func (s shell) must(args ...string) (stdout string) {
	s.t.Helper()
	code, stdout, stderr := s.run(args...)
	require.Equal(s.t, exitOK, code, "portico %s\n%s\n%s", strings.Join(args, " "), stdout, stderr)
	return stdout
}

// fails runs one command line that ends with a code and says why on stderr.
func (s shell) fails(want int, why string, args ...string) {
	s.t.Helper()
	code, _, stderr := s.run(args...)
	assert.Equal(s.t, want, code, "portico %s", strings.Join(args, " "))
	assert.Contains(s.t, stderr, why, "portico %s", strings.Join(args, " "))
}
