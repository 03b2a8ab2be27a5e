package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What can be refused without the engine is: once, with the key and the value.
func TestAConfigurationIsRefusedInItsOwnWords(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	for given, want := range map[string]string{
		"services=hello":                             `portico:services: must be a list of objects, got "hello"; set its fields: pulumi config set --path 'portico:services[0].FIELD'`,
		"services[0].cpu=many":                       `portico:services[0].cpu: must be a whole number, got "many"`,
		"services[0].imge=nginx":                     "portico:services[0].imge: is no field; did you mean image?",
		"aws:region=eu-west-9":                       `aws:region: invalid AWS Region: "eu-west-9"; the local AWS has ap-northeast-1`,
		"domain.domainName=münchen.example":          `portico:domain.domainName: must be in Punycode, got the internationalized name "münchen.example"; use its form with xn--`,
		"variant=alp":                                `portico:variant: must be one of alb, cloudfront-alb, cloudfront-ec2, alb-ec2, cloudfront-vpc-alb, got "alp"`,
		"domain.hostedZone.name=nosuch.example.test": `does not lie in hosted zone "nosuch.example.test"`,
	} {
		code, stdout, stderr := sh.run("preview", "--config", given)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "the configuration of stack dev is refused:\n  ")
		assert.Equal(t, 1, strings.Count(stderr, want), stderr)
		for _, raw := range []string{"rpc error", "exit status", "code:", "unhandled"} {
			assert.NotContains(t, stderr, raw)
		}
	}
}

// A file that is no YAML is named, with the line.
func TestABrokenFileIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	broken := sh.file("broken.yaml", "config:\n  portico:variant: alb\n\tportico:domain: {}\n")
	sh.fails(exitFailed, broken+": invalid YAML file: yaml: line 2", "preview", "--config-file", broken)
	project := filepath.Join(sh.dir, "Pulumi.yaml")
	require.NoError(t, os.WriteFile(project, []byte("name: portico\nruntime: [\n"), 0o600))
	sh.fails(exitFailed, project, "preview")
}

// Whoever asks for JSON gets JSON when a command is refused too.
func TestRefusalsAreJSON(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	for _, c := range commands {
		if !c.takesJSON {
			continue
		}
		for _, args := range [][]string{{c.name, "--json", "--stack", "gone"}, {c.name, "--json", "--unknown"}} {
			if c.takesConfig {
				args = append(args, "--config", "servces=1")
			}
			code, stdout, stderr := sh.run(args...)
			var refusal struct {
				Error    string
				ExitCode int
			}
			require.NoError(t, json.Unmarshal([]byte(stdout), &refusal), "%v: %s", args, stdout)
			assert.Equal(t, exitUsage, code)
			assert.Equal(t, code, refusal.ExitCode)
			assert.Contains(t, stderr, refusal.Error)
			assert.NotEmpty(t, refusal.Error)
		}
	}
	_, stdout, _ := sh.run("outputs", "--stack", "gone")
	assert.Empty(t, stdout)
}

// Commands on a broken stack end at once, and name the file, the cause and the way out.
func TestBrokenStacksNameTheWayOut(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	state := filepath.Join(sh.stackDir(), "state/.pulumi/stacks/portico/dev.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(state), 0o700))
	require.NoError(t, os.WriteFile(state, []byte(`{"version":3,`), 0o600))
	require.NoError(t, os.WriteFile(state+".bak", []byte(`{}`), 0o600))
	all := []string{"up", "preview", "destroy", "refresh", "outputs", "export", "explain", "verify", "serve"}
	for _, command := range all {
		started := time.Now()
		code, _, stderr := sh.run(command)
		assert.Equal(t, exitFailed, code, command)
		assert.Less(t, time.Since(started), 10*time.Second, command)
		assert.Contains(t, stderr, "the state "+state+" cannot be read: unexpected end of JSON input\n", command)
		assert.Regexp(t, `: cp \S+/dev.json.bak \S+/dev.json && \S+ refresh --stack dev; or\n`, stderr, command)
		assert.Regexp(t, `from the seed: \S+ reset --stack dev\n`, stderr, command)
	}
	require.NoError(t, os.WriteFile(state, []byte("{}"), 0o600))
	require.NoError(t, os.Symlink("/dev/full", filepath.Join(sh.stackDir(), "room")))
	code, _, stderr := sh.run("up")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "8192 KB cannot be written to "+sh.stackDir()+": ")
	assert.Contains(t, stderr, "no space left on device\n  make room there, and run the same command again")
}
