package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/stacks"
)

// allExamples has every example brought up; make verify sets it.
var allExamples = flag.Bool("all-examples", false, "bring every variant and every example configuration up, twice, and down again with the Pulumi CLI, and rotate a secret on a stack that is served")

// Every variant given only its name, and every example configuration as it stands,
// has a configuration of known keys. With -all-examples they come up; a second up
// changes nothing; destroy leads back to the seed.
func TestEveryExampleComesUpAndGoesDown(t *testing.T) {
	cases := map[string]settings{}
	for _, variant := range stacks.Variants() {
		cases[variant] = settings{Config: map[string]string{"portico:variant": variant}}
	}
	examples, err := filepath.Glob(filepath.Join(root, "examples/configs/*.yaml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(examples), 5, "one configuration per architecture")
	for _, example := range examples {
		cases[filepath.Base(example)] = settings{ConfigFile: "examples/configs/" + filepath.Base(example)}
	}
	for name, given := range cases {
		t.Run(name, func(t *testing.T) {
			config, err := given.resolve(root, "none")
			require.NoError(t, err)
			assert.Contains(t, stacks.Variants(), config["portico:variant"])
			if !*allExamples {
				return
			}
			t.Parallel()
			sh := newProject(t)
			args := []string{"--config-file", given.ConfigFile}
			if given.ConfigFile == "" {
				args = []string{"--config", "variant=" + given.Config["portico:variant"]}
			}
			sh.assertComesUp(args...)
			assert.Contains(t, sh.must("up"), "\nno change\n")
			sh.assertGoesDown(name == "c-alb-instance.yaml")
		})
	}
}

// assertComesUp brings the stack dev up for the first time.
func (s shell) assertComesUp(args ...string) {
	s.t.Helper()
	first := s.must(append([]string{"up"}, args...)...)
	assert.Contains(s.t, first, "opening stack dev")
	assert.Contains(s.t, first, "url ")
	assert.Contains(s.t, first, " create")
}

// assertGoesDown destroys the stack dev, and checks that nothing of it is left.
func (s shell) assertGoesDown(takesARecordOver bool) {
	s.t.Helper()
	down := s.must("destroy")
	assert.Contains(s.t, down, "the account is back to its seed")
	assert.Equal(s.t, takesARecordOver, strings.Contains(down, "except for the A record of legacy.example.com, which the stack had taken over"))
	s.assertNothingRegistered()
	s.assertClean()
}

// assertClean fails if a command wrote anything outside .portico.
func (s shell) assertClean() {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	require.NoError(s.t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	assert.ElementsMatch(s.t, []string{".portico", "Pulumi.yaml", "Pulumi.dev.yaml", "examples"}, names)
	account, err := os.Stat(engine.AccountPath(s.stackDir()))
	require.NoError(s.t, err)
	assert.Equal(s.t, os.FileMode(0o600), account.Mode().Perm())
}

// assertNothingRegistered checks what commands say of a destroyed stack.
func (s shell) assertNothingRegistered() {
	s.t.Helper()
	for _, command := range []string{"explain", "verify", "serve"} {
		s.fails(exitUsage, "nothing of stack dev is registered: portico up --stack dev makes it", command)
	}
}

// The tests below run each variant and each command with the Pulumi CLI once. A run
// takes seconds: whatever only needs an account takes it from accountFile.

// The dev stack comes up as it stands, and every command speaks JSON.
func TestLifecycleOfALBInJSON(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	var up struct {
		Changes map[string]int `json:"changes"`
		Outputs map[string]any `json:"outputs"`
	}
	require.NoError(t, json.Unmarshal([]byte(sh.must("preview", "--json")), &up))
	planned := up.Changes["create"]
	assert.Positive(t, planned)
	sh.fails(exitUsage, "nothing of stack dev is registered", "verify")

	require.NoError(t, json.Unmarshal([]byte(sh.must("up", "--json")), &up))
	assert.Equal(t, map[string]int{"create": planned}, up.Changes, "preview told what up did")
	assert.Equal(t, "https://app.example.com/", up.Outputs["url"])

	var outputs map[string]any
	require.NoError(t, json.Unmarshal([]byte(sh.must("outputs", "--json")), &outputs))
	assert.Equal(t, up.Outputs, outputs)

	assertExplainsDeployment(t, sh, sh.file("export.json", sh.must("export")))
	sh.must("destroy", "--json")
	sh.assertNothingRegistered()
	sh.assertClean()
}

// assertExplainsDeployment explains what `portico export` printed, from a file and
// from standard input.
func assertExplainsDeployment(t *testing.T, sh shell, exported string) {
	t.Helper()
	out := sh.must("explain", "--deployment", exported)
	assertNarrow(t, out)
	assert.Contains(t, out, "200 by target")
	sh.must("explain", "--deployment", exported, "--all")

	in, err := os.Open(exported)
	require.NoError(t, err)
	defer func() { assert.NoError(t, in.Close()) }()
	var redirected strings.Builder
	args := []string{"explain", "--deployment", "-", "http://app.example.com"}
	assert.Equal(t, exitOK, run(t.Context(), args, terminal{dir: sh.dir, stdin: in, stdout: &redirected, stderr: &redirected}))
	assert.Contains(t, redirected.String(), "301 by load balancer")
}

// A second run on the same stack is refused, since it would ruin the state. --serve
// serves what came up. A record of the seed is taken over.
func TestLifecycleOfALBEC2Served(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	served := sh.start(t, "up", "--serve", "--config-file", "examples/configs/c-alb-instance.yaml")
	served.out.until(t, `Updating`)
	for _, command := range []string{"up", "destroy", "reset"} {
		sh.fails(exitFailed, "another run", command)
	}
	served.out.until(t, `dig @`)
	var written struct {
		CA      string
		Entries []struct{ Kind, Name, Loopback string }
	}
	raw, err := os.ReadFile(sh.servingFile())
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &written))
	assert.FileExists(t, written.CA)
	for _, e := range written.Entries {
		assert.True(t, strings.HasPrefix(e.Loopback, "127.0.0.1:"), e)
	}
	assert.NotEmpty(t, written.Entries)
	served.interrupt(t)
	sh.assertGoesDown(true)
}

// The configuration of a run is kept only if it was accepted. Whatever is refused
// without a run of the engine leaves no stack behind.
func TestARefusedConfigurationIsNotKept(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	faulty := []string{"--config", "services[0].cpu=3", "--config", "services[0].image=nginx"}
	for _, command := range []string{"preview", "up"} {
		code, stdout, stderr := sh.run(append([]string{command}, faulty...)...)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "portico: the configuration of stack dev is refused:\n  portico:services[0].memory: must go with")
		assert.Equal(t, command == "up", strings.Contains(stderr, "the configuration of this run is not kept"))
		assert.NoDirExists(t, sh.stackDir())
	}
	planned := regexp.MustCompile(`\+ (\d+) to create\n\n\nresources: (\d+) create\n`).FindStringSubmatch(sh.must("preview", "--config", "variant=cloudfront-ec2"))
	require.Len(t, planned, 3)
	assert.Equal(t, planned[1], planned[2], "the engine's count")
	assert.NoFileExists(t, filepath.Join(sh.stackDir(), settingsFile), "a preview keeps nothing")
	existing := []string{
		"--config", "variant=alb-ec2", "--config", "instanceTarget.instanceId=i-0123456789abcdef0", "--config", "network.existing.vpcId=vpc-05eed000000000001",
		"--config", `network.existing.publicSubnetIds=["subnet-05eed00000000000a","subnet-05eed00000000000c"]`,
	}
	code, stdout, stderr := sh.run(append([]string{"up"}, existing...)...)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stdout, `portico:instanceTarget.instanceId: looking up instance "i-0123456789abcdef0": no matching EC2 instance found`)
	assert.Contains(t, stderr, "nothing was changed, so the configuration of this run is not kept")
	assert.NoFileExists(t, filepath.Join(sh.stackDir(), settingsFile), "what AWS refused is not kept")
}

// A stack keeps its configuration, is served while it changes, and is refused
// while its account is gone.
func TestLifecycleOfCloudFrontALBWhileItIsServed(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	sh.assertComesUp("--config", "variant=cloudfront-alb")

	served := sh.start(t, "serve")
	text := served.out.until(t, lastLine)
	assertLinesWork(t, text)
	before := servedPorts(t, sh)
	answers := askAllTheTime(t, text)
	servers := sh.file("servers.json", `{"app": {"listeners": [{"port": 80, "answer": {"status": 500}}]}}`)
	again := sh.must("up", "--config", "services[0].desiredCount=1", "--config", "services[0].image=public.ecr.aws/nginx/nginx:stable", "--servers", servers)
	assert.Contains(t, again, "resources: 2 update\n", "the command line before is kept")
	assert.Contains(t, again, "The stack is up as declared, but 2 of 6 requests do not get what they should")
	changed := served.out.until(t, `(?s)the account has changed.*`+lastLine)
	assert.Contains(t, again, "serves it, and serves every change; its ports are in\n  "+sh.servingFile())
	assert.NotContains(t, again, "Its servers have stopped")
	assertLinesWork(t, changed)
	assertLinesWork(t, text)

	if *allExamples {
		sh.must("up", "--config", "originSecret.version=2", "--config", "originSecret.previousVersion=1")
		served.out.until(t, `(?s)the account has changed.*`+lastLine)
		sh.must("up", "--config", "originSecret.previousVersion=")
		served.out.until(t, `(?s)the account has changed.*`+lastLine)
	}
	assert.Greater(t, answers(), 1, "no request fails")
	assert.NotEmpty(t, before)
	for part, port := range servedPorts(t, sh) {
		assert.Equal(t, before[part], port, part)
	}

	assertRefusesWithoutItsAccount(t, sh, served)
	sh.assertGoesDown(false)
	assert.Equal(t, exitOK, <-served.ended)
	served.out.until(t, "stack dev has no resources any more: there is nothing left to serve\n\nserving ended\n")
}

// assertRefusesWithoutItsAccount moves the account's file away, and puts an account that
// lacks resources in its place: commands refuse to run, and serving goes on.
func assertRefusesWithoutItsAccount(t *testing.T, sh shell, served *running) {
	t.Helper()
	account := engine.AccountPath(sh.stackDir())
	kept := filepath.Join(t.TempDir(), "kept")
	require.NoError(t, os.Rename(account, kept))
	sh.assertRefused("the state has \\d+ resources, but the account's file "+regexp.QuoteMeta(account)+" is gone\n  put the file of stack dev back; or\n"+
		"  forget .*: \\S+ refresh --stack dev; or\n  delete .*: \\S+ reset --stack dev\n",
		"up", "preview", "destroy", "explain", "verify", "serve")
	served.out.until(t, `the change cannot be served, so the previous state still is: the state has`)
	assert.NoFileExists(t, account)
	assert.Contains(t, sh.must("outputs"), "url ", "they are in the state")

	require.NoError(t, os.WriteFile(account, nil, 0o600))
	sh.assertRefused("the account's file "+regexp.QuoteMeta(account)+" lacks \\d+ of the \\d+ resources in the state, such as aws:\\S+ \\S+: it was cut or emptied, or belongs to another stack\n",
		"up", "preview", "destroy", "explain", "verify")
	require.NoError(t, os.Rename(kept, account))
}

// assertRefused checks that commands run nothing, and say why.
func (s shell) assertRefused(reason string, commands ...string) {
	s.t.Helper()
	for _, command := range commands {
		code, stdout, stderr := s.run(command)
		assert.Equal(s.t, exitFailed, code, command)
		assert.Regexp(s.t, reason, stderr, command)
		assert.Empty(s.t, stdout, "%s runs nothing", command)
	}
}

// running is a command that runs until it is interrupted.
type running struct {
	out    *screen
	ended  chan int
	cancel context.CancelFunc
}

// start runs a command line in the background.
func (s shell) start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{out: newScreen(), ended: make(chan int, 1), cancel: cancel}
	go func() { r.ended <- run(ctx, args, terminal{dir: s.dir, stdout: r.out, stderr: r.out}) }()
	t.Cleanup(cancel)
	return r
}

// interrupt is Ctrl-C, which is how serving ends.
func (r *running) interrupt(t *testing.T) {
	t.Helper()
	r.cancel()
	assert.Equal(t, exitOK, <-r.ended)
	r.out.until(t, "serving ended\n")
}
