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
	dir := registeredProject(t, exampleE)
	mustPortico(t, "verify")
	mustPortico(t, "reset")
	assert.NoDirExists(t, filepath.Join(dir, ".portico/dev"))
	mustPortico(t, "reset")
	code, _, stderr := portico(t, "verify")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, `there is no stack "dev": portico up --stack dev makes it`)
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
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := portico(t, c.args...)
			assert.Equal(t, c.code, code)
			assert.Contains(t, stdout+stderr, c.want)
		})
	}
	t.Chdir(t.TempDir())
	code, _, stderr := portico(t, "up")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "no Pulumi.yaml")
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
	assert.Contains(t, general, "serve ends with 0 on Ctrl-C")
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
