package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/stacks"
)

func TestMain(m *testing.M) {
	engine.ServeIfPlugin()
	os.Exit(m.Run())
}

// project is a copy of what the command reads of the project, as the working
// folder of the test.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml"} {
		raw, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), raw, 0o600))
	}
	require.NoError(t, os.CopyFS(filepath.Join(dir, "examples/configs"), os.DirFS(filepath.Join(root, "examples/configs"))))
	t.Chdir(dir)
	return dir
}

// portico runs one command line.
func portico(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func mustPortico(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := portico(t, args...)
	require.Equal(t, exitOK, code, "portico %s\n%s\n%s", strings.Join(args, " "), stdout, stderr)
	return stdout
}

// Every variant comes up given only its name, and every example configuration
// as it stands; a second up changes nothing; destroy leads back to the seed.
func TestEveryStackComesUpAndGoesDown(t *testing.T) {
	var cases [][]string
	for _, variant := range stacks.Variants() {
		cases = append(cases, []string{"--config", "variant=" + variant})
	}
	examples, err := filepath.Glob("../../../examples/configs/*.yaml")
	require.NoError(t, err)
	require.Len(t, examples, 5, "one configuration per architecture")
	for _, example := range examples {
		cases = append(cases, []string{"--config-file", "examples/configs/" + filepath.Base(example)})
	}
	for _, args := range cases {
		t.Run(filepath.Base(args[1]), func(t *testing.T) {
			dir := project(t)
			first := mustPortico(t, append([]string{"up", "--stack", "try"}, args...)...)
			assert.Contains(t, first, "url ")
			assert.Contains(t, first, " create")
			again := mustPortico(t, "up", "--stack", "try")
			assert.Contains(t, again, "\nno change\n")
			down := mustPortico(t, "destroy", "--stack", "try")
			assert.Contains(t, down, "the account is back to its seed")
			assert.Equal(t, strings.Contains(args[1], "c-alb-instance"),
				strings.Contains(down, "but for the A record of legacy.example.com, which the stack had taken over"))
			assertClean(t, dir)
		})
	}
}

// assertClean fails when a command wrote anything but below .portico.
func assertClean(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	assert.ElementsMatch(t, []string{".portico", "Pulumi.yaml", "Pulumi.dev.yaml", "examples"}, names)
	account, err := os.Stat(filepath.Join(dir, ".portico/try/account.json"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), account.Mode().Perm())
}

func TestDevRunsAsItStandsAndSpeaksJSON(t *testing.T) {
	project(t)
	var up struct {
		Changes map[string]int `json:"changes"`
		Outputs map[string]any `json:"outputs"`
	}
	code, stdout, stderr := portico(t, "preview", "--json")
	require.Equal(t, exitOK, code, stderr)
	require.NoError(t, json.Unmarshal([]byte(stdout), &up))
	planned := up.Changes["create"]
	assert.Positive(t, planned)

	require.NoError(t, json.Unmarshal([]byte(mustPortico(t, "up", "--json")), &up))
	assert.Equal(t, map[string]int{"create": planned}, up.Changes, "preview told what up did")
	assert.Equal(t, "https://app.example.com/", up.Outputs["url"])

	var outputs map[string]any
	require.NoError(t, json.Unmarshal([]byte(mustPortico(t, "outputs", "--json")), &outputs))
	assert.Equal(t, up.Outputs, outputs)

	var deployment struct {
		Deployment struct{ Resources []any }
	}
	require.NoError(t, json.Unmarshal([]byte(mustPortico(t, "export")), &deployment))
	assert.Greater(t, len(deployment.Deployment.Resources), planned)
	mustPortico(t, "destroy", "--json")
}

func TestConfigurationIsKeptAndTakenBack(t *testing.T) {
	project(t)
	mustPortico(t, "up", "--config", "desiredCount=3")
	assert.Contains(t, mustPortico(t, "up"), "\nno change\n", "the command line before is kept")
	changed := mustPortico(t, "up", "--config", "desiredCount=")
	assert.Contains(t, changed, "resources: 1 update", "and taken back by an empty value")
	mustPortico(t, "destroy")
}

// Whatever state a stack is in, reset leads back to the seed.
func TestResetForgetsAStack(t *testing.T) {
	dir := project(t)
	mustPortico(t, "up")
	mustPortico(t, "reset")
	assert.NoDirExists(t, filepath.Join(dir, ".portico/dev"))
	mustPortico(t, "reset")
	assert.Contains(t, mustPortico(t, "preview"), " create")
}

// Two runs at once on one stack would ruin its state: the second is refused.
func TestASecondRunIsRefusedWhileOneWorks(t *testing.T) {
	dir := project(t)
	mustPortico(t, "preview")
	stack, err := engine.Open(context.Background(), engine.Options{
		Dir: filepath.Join(dir, ".portico/dev"), ProjectFile: "Pulumi.yaml", Stack: "dev", Program: stacks.Program, KeepConfig: true,
	})
	require.NoError(t, err)
	for _, command := range []string{"up", "destroy", "reset"} {
		code, _, stderr := portico(t, command)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, stderr, "another run")
	}
	stack.Close()
	mustPortico(t, "reset")
}

func TestWrongCommandLines(t *testing.T) {
	project(t)
	cases := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"nothing", nil, exitUsage, "Usage:"},
		{"unknown command", []string{"deploy"}, exitUsage, `unknown command "deploy"`},
		{"unknown option", []string{"up", "--force"}, exitUsage, "-force"},
		{"argument", []string{"up", "dev"}, exitUsage, `got "dev"`},
		{"stack that leaves its folder", []string{"up", "--stack", "../x"}, exitUsage, `"../x"`},
		{"configuration without a value", []string{"up", "--config", "variant"}, exitUsage, "key=value"},
		{"mistyped key", []string{"up", "--config", "domainname=a.example.com"}, exitUsage, "portico:domainname"},
		{"missing file", []string{"up", "--config-file", "none.yaml"}, exitUsage, "none.yaml"},
		{"stack that is not there", []string{"destroy", "--stack", "gone"}, exitUsage, `no stack "gone"`},
		{"outputs of none", []string{"outputs", "--stack", "gone"}, exitUsage, `no stack "gone"`},
		{"refused configuration", []string{"up", "--config", "cpu=3"}, exitFailed, "portico:cpu"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := portico(t, c.args...)
			assert.Equal(t, c.code, code)
			assert.Contains(t, stdout+stderr, c.want)
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"up", "--help"}, {"destroy", "-h"}} {
		code, stdout, stderr := portico(t, args...)
		assert.Equal(t, exitOK, code)
		assert.Contains(t, stdout, "portico ")
		assert.Empty(t, stderr)
	}
	for name := range commands {
		_, want, _ := portico(t, name, "--help")
		code, stdout, _ := portico(t, "help", name)
		assert.Equal(t, exitOK, code)
		assert.Equal(t, want, stdout)
	}
	code, _, stderr := portico(t, "help", "deploy")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, `unknown command "deploy"`)
	_, general, _ := portico(t, "help")
	assert.Contains(t, general, "Ctrl-C is how serve ends: with 0")
}

// A configuration that is encrypted with a key of elsewhere cannot be read here.
func TestEncryptedConfigurationNamesTheKey(t *testing.T) {
	dir := project(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.prod.yaml"),
		[]byte("config:\n  portico:variant: alb\n  portico:environment:\n    secure: v1:abc\n"), 0o600))
	code, _, stderr := portico(t, "up", "--stack", "prod")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "portico:environment")
	assert.Contains(t, stderr, "--config")
}
