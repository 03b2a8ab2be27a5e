package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whatever state a stack is in, reset leads back to the seed.
func TestResetForgetsAStack(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	sh.must("verify")
	sh.must("reset")
	assert.NoDirExists(t, sh.stackDir())
	sh.fails(exitUsage, `there is no stack "dev": nothing was deleted`, "reset")
	sh.fails(exitUsage, `there is no stack "dev": portico up --stack dev makes it`, "verify")
}

// A misspelt name is told apart from the names that there are.
func TestResetOfAnUnknownStackNamesTheOthers(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	require.NoError(t, os.MkdirAll(filepath.Join(sh.dir, ".portico/two/state"), 0o700))
	sh.fails(exitUsage, `there is no stack "tow", only dev, two: nothing was deleted`, "reset", "--stack", "tow")
	sh.fails(exitUsage, `there is no stack "tow", only dev, two: portico up --stack tow makes it`, "verify", "--stack", "tow")
}

func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"nothing", "Usage:", nil},
		{"unknown command", `unknown command "deploy"`, []string{"deploy"}},
		{"unknown option", "-force", []string{"up", "--force"}},
		{"argument", `got "dev"`, []string{"up", "dev"}},
		{"stack that leaves its folder", `"../x"`, []string{"up", "--stack", "../x"}},
		{"configuration without a value", "key=value", []string{"up", "--config", "variant"}},
		{"mistyped key", "portico:domian.domainName: did you mean portico:domain?", []string{"up", "--config", "domian.domainName=a.example.com"}},
		{"mistyped key of the provider", "aws:regoin: did you mean aws:region?", []string{"up", "--config", "aws:regoin=us-east-1"}},
		{"mistyped namespace", "protico:variant: did you mean portico:variant?", []string{"up", "--config", "protico:variant=alb"}},
		{"two mistyped keys", "did you mean portico:services?", []string{"up", "--config", "domian.domainName=a", "--config", "servces=[]"}},
		{"missing file", "none.yaml", []string{"up", "--config-file", "none.yaml"}},
		{"stack that is not there", `no stack "gone"`, []string{"destroy", "--stack", "gone"}},
		{"outputs of none", `no stack "gone"`, []string{"outputs", "--stack", "gone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			shell{t, sh.dir}.fails(exitUsage, c.want, c.args...)
		})
	}
}

// A command looks for the project from the working folder upwards.
func TestTheProjectIsAboveTheWorkingFolder(t *testing.T) {
	t.Chdir(filepath.Join(newProject(t).dir, "examples/configs"))
	here := shell{t: t}
	here.fails(exitUsage, `no stack "dev"`, "outputs")
	t.Chdir(t.TempDir())
	here.fails(exitUsage, "no Pulumi.yaml", "outputs")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	sh := shell{t: t}
	for _, args := range [][]string{{"help"}, {"--help"}, {"up", "--help"}, {"destroy", "-h"}} {
		code, stdout, stderr := sh.run(args...)
		assert.Equal(t, exitOK, code)
		assert.Contains(t, stdout, "portico ")
		assert.Empty(t, stderr)
	}
	for _, c := range commands {
		help := sh.must(c.name, "--help")
		assertNarrow(t, help)
		assert.Contains(t, help, "--stack name\n")
		assert.Equal(t, help, sh.must("help", c.name))
	}
	assertNarrow(t, sh.must("help"))
	assert.Contains(t, sh.must("help"), "\nThe width of a line is COLUMNS, or else 80.\n")
	sh.fails(exitUsage, `unknown command "deploy"`, "help", "deploy")
	assert.Contains(t, sh.must("help"), "serve ends with 0 on Ctrl-C")
}

// A value that is encrypted with another key cannot be read.
func TestEncryptedConfigurationNamesTheKey(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	require.NoError(t, os.WriteFile(filepath.Join(sh.dir, "Pulumi.prod.yaml"),
		[]byte("config:\n  portico:variant: alb\n  portico:domain:\n    domainName:\n      secure: v1:abc\n"), 0o600))
	code, _, stderr := sh.run("up", "--stack", "prod")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "portico:domain")
	assert.Contains(t, stderr, "--config")
}
