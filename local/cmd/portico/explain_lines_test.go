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

	diagnoses "github.com/portico-iac/portico/internal/accesslog"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
	"github.com/portico-iac/portico/requestpath"
)

// runOn runs one command line on an input.
func (s shell) runOn(input string, args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, terminal{dir: s.dir, stdin: strings.NewReader(input), stdout: &out, stderr: &errs})
	return code, out.String(), errs.String()
}

// logged sends a request to what is registered and returns the lines that it leaves.
func (s shell) logged(request requestpath.Request, log string) []string {
	s.t.Helper()
	lines := &wiretest.Lines{}
	world, err := traffic.Serve(s.account(), traffic.Options{Clock: wire.Clock{}, AccessLog: lines.Note})
	require.NoError(s.t, err)
	_, err = observe.Send(s.t.Context(), observe.World{World: world}, request)
	require.NoError(s.t, err)
	found := lines.Await(s.t, log, 1)
	require.NoError(s.t, world.Close())
	return found
}

func TestExplainALogLine(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	stranger := requestpath.Request{Name: "origin.app.example.com", From: requestpath.Source{Kind: requestpath.FromCloudFront}}
	line := sh.logged(stranger, accesslog.LoadBalancerRequests)[0]

	t.Run("a request without the secret header", func(t *testing.T) {
		out := sh.must("explain", "--log-line", line)
		assertNarrow(t, out)
		assert.Regexp(t, `^403 by load balancer web-\w+, load balancer access log\s`, out)
		assert.Contains(t, flat(out), "why rule ")
		assert.Contains(t, flat(out), "wants header ")
		assert.Contains(t, flat(out), "fix let the distribution add")
		assert.Contains(t, flat(out), "plan predicts 403 by load balancer")
		assert.Contains(t, out, "\n  request  GET https://origin.app.example.com:443/ from 130.176.0.1\n")
		var d struct {
			Status             int
			By, Why, Fix, Plan string
			Agrees             bool
		}
		require.NoError(t, json.Unmarshal([]byte(sh.must("explain", "--json", "--log-line", line)), &d))
		assert.Equal(t, 403, d.Status)
		assert.Equal(t, "load balancer", d.By)
		assert.True(t, d.Agrees)
	})
	t.Run("what was logged is not what the plan predicts", func(t *testing.T) {
		out := flat(sh.must("explain", "--log-line", strings.Replace(strings.Replace(line, " 403 - ", " 504 - ", 1), `"fixed-response"`, `"forward"`, 1)))
		assert.Contains(t, out, "504 by load balancer")
		assert.Contains(t, out, "did not accept the connection within 10 seconds")
		assert.Contains(t, out, "plan predicts 200 by target")
		assert.Contains(t, out, "not what was logged: the resources have changed since")
	})
	t.Run("of a load balancer that is not there", func(t *testing.T) {
		out := flat(sh.must("explain", "--log-line", strings.Replace(line, "app/web-", "app/other-", 1)))
		assert.Contains(t, out, "not compared: the resources have no load balancer other-")
	})
	t.Run("a deployment", func(t *testing.T) {
		file := newProject(t).deploymentFile(adopted()...)
		out := flat(sh.must("explain", "--deployment", file, "--log-line", strings.Replace(line, "app/web-", "app/other-", 1)))
		assert.Contains(t, out, "403 by load balancer")
	})
}

func TestExplainLogLinesOfAFile(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	viewer := sh.logged(requestpath.Request{Name: "app.example.com"}, accesslog.DistributionRequests)[0]
	connection := sh.logged(requestpath.Request{Name: "app.example.com"}, accesslog.LoadBalancerConnections)[0]
	input := accesslog.DistributionHead + "\n" + viewer + "\n\n" + connection + "\n"

	code, out, _ := sh.runOn(input, "explain", "--log-line", "-")
	assert.Equal(t, exitOK, code)
	assertNarrow(t, out)
	assert.Contains(t, out, "200 by target ")
	assert.Contains(t, flat(out), "a connection to load balancer web-")
	assert.Contains(t, flat(out), "TLS was agreed on: TLSv1.2")

	code, out, stderr := sh.runOn(input+"GET / 200\n", "explain", "--log-line", "-")
	assert.Equal(t, exitFailed, code)
	assertNarrow(t, out)
	assert.Contains(t, flat(out), "line 6 is refused: the line is of no format that is known; expected a line of an Application Load Balancer's access log (29 to")
	assert.Contains(t, stderr, "1 of 3 lines cannot be read")

	code, out, _ = sh.runOn(input+"GET / 200\n", "explain", "--json", "--log-line", "-")
	assert.Equal(t, exitFailed, code)
	var all []struct {
		Line       int
		Log, Error string
	}
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Len(t, all, 3)
	assert.Equal(t, []int{3, 5, 6}, []int{all[0].Line, all[1].Line, all[2].Line})
	assert.Equal(t, "CloudFront access log", all[0].Log)
	assert.NotEmpty(t, all[2].Error)

	code, _, stderr = sh.runOn("# nothing\n", "explain", "--log-line", "-")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "standard input has no line of a log")
}

// What serve writes, explain reads.
func TestExplainWhatServeWrites(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	dir := t.TempDir()
	served := sh.start(t, "serve", "--access-log", dir)
	assertLinesWork(t, served.out.until(t, lastLine))
	served.interrupt(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		code, out, stderr := sh.runOn(string(raw), "explain", "--log-line", "-")
		assert.Equal(t, exitOK, code, stderr)
		assertNarrow(t, out)
		assert.NotContains(t, out, "not what was logged")
	}
}

func TestLogLinesThatAreRefused(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	for want, args := range map[string][]string{
		"of no format that is known; expected":              {"explain", "--log-line", "hello"},
		"--log-line: must be a line of an access log, or -": {"explain", "--log-line", " "},
		"got a comment":                                     {"explain", "--log-line", "#Version: 1.0"},
		"--log-line has a request of its own":               {"explain", "--log-line", "x", "https://app.example.com/"},
		"cannot be combined with a URL, --all or an option": {"explain", "--log-line", "x", "--all"},
		"name a file for the deployment":                    {"explain", "--log-line", "-", "--deployment", "-"},
	} {
		sh.fails(exitUsage, want, args...)
	}
}

func TestHeadsOfDiagnoses(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]diagnoses.Diagnosis{
		"502 by load balancer web":                 {Log: diagnoses.FormatAccess, Status: 502, By: requestpath.HopLoadBalancer, ByName: "web"},
		"a connection to load balancer":            {Log: diagnoses.FormatConnection, By: requestpath.HopLoadBalancer},
		"no answer by distribution E1":             {Log: diagnoses.FormatCloudFront, By: requestpath.HopDistribution, ByName: "E1"},
		"503 by a hop that the line does not name": {Log: diagnoses.FormatCloudFront, Status: 503},
	} {
		assert.Equal(t, want, headOf(d))
	}
}
