package main

import (
	"encoding/json"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/observe/outside"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/local/traffic"
)

func TestVerifyComparesTheModelWithTheTraffic(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	service := sh.account().All("aws:ecs/service:Service")[0]["name"].(string)
	text := sh.must("verify")
	assertNarrow(t, text)
	for _, line := range []string{
		"VERDICT  EXPECTED (MODEL)      OBSERVED (TRAFFIC)    REQUEST\n",
		"ok       301, 200 by target    301, 200 by target    http://app.example.com/\n",
		"ok       timeout               timeout               around the distribution\n",
		"ok       403 by load balancer  403 by load balancer  another distribution,\n",
	} {
		assert.Contains(t, text, "  "+line)
	}
	assert.Contains(t, text, "8 requests, 8 ok")

	answers := `{"` + service + `": {"listeners": [{"port": 80, "answer": {"status": 500}}]}}`
	servers := sh.file("servers.json", answers)
	code, stdout, stderr := sh.run("verify", "--json", "--servers", servers)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "4 of 8 requests did not get what they should")
	var report struct{ Requests []verify.Row }
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	for _, row := range report.Requests[:4] {
		assert.Equal(t, verify.Unanswered, row.Verdict)
		assert.Contains(t, row.Observed, "500 by target "+service)
		assert.Equal(t, row.Expected, row.Observed)
		assert.NotEmpty(t, row.Fix)
	}
	sh.file("servers.json", strings.Replace(answers, `"status": 500`, `"delaySeconds": 2`, 1))
	assert.Contains(t, sh.must("verify", "--servers", servers), "Delays are shortened: the simulated clock runs 20 times as fast")
	assert.NotContains(t, text, "Delays are shortened")
}

// onLoopback are the options that lead verify --url to the world.
func onLoopback(t *testing.T, world *traffic.World, ca string) []string {
	t.Helper()
	args := []string{"--cacert", ca, "--max-time", "500ms"}
	for _, e := range world.Entries() {
		for _, name := range e.Names {
			if !e.UDP && e.Address.Addr().Is4() {
				to := name + ":" + e.Address.String()[strings.LastIndex(e.Address.String(), ":")+1:]
				args = append(args, "--connect-to", to+":"+e.Loopback.String())
			}
		}
	}
	return args
}

// The local world is a deployment like any other, seen through --connect-to.
func TestVerifyLooksAtADeployment(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	loadBalancer := sh.account().All("aws:lb/loadBalancer:LoadBalancer")[0]["dnsName"].(string)
	outputs := map[string]string{
		"url": "https://app.example.com/", "originDomainName": "origin.app.example.com", "loadBalancerDnsName": loadBalancer,
		"distributionDomainName": sh.account().All("aws:cloudfront/distribution:Distribution")[0]["domainName"].(string),
	}
	raw, err := json.Marshal(outputs)
	require.NoError(t, err)
	file, export := sh.file("outputs.json", string(raw)), sh.exported()
	for _, c := range []struct {
		name   string
		change func(*core.Account)
		fails  []string
	}{
		{"as it was made", func(*core.Account) {}, nil},
		{"HTTP allowed, old TLS and HTTP/1.1", func(a *core.Account) {
			for _, d := range a.All("aws:cloudfront/distribution:Distribution") {
				d["defaultCacheBehavior"].(map[string]any)["viewerProtocolPolicy"] = "allow-all"
				d["viewerCertificate"].(map[string]any)["minimumProtocolVersion"] = "TLSv1"
				d["httpVersion"] = "http1.1"
			}
		}, []string{"plain HTTP is redirected", "TLS 1.1", "HTTP/2", "HTTP/3"}},
		{"the load balancer answers everybody", func(a *core.Account) {
			for _, r := range a.All("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") {
				if r["prefixListId"] != nil {
					delete(r, "prefixListId")
					r["cidrIpv4"] = "0.0.0.0/0"
				}
			}
			for _, l := range a.All("aws:lb/listener:Listener") {
				fixed := l["defaultActions"].([]any)[0].(map[string]any)["fixedResponse"].(map[string]any)
				fixed["statusCode"] = "200"
			}
		}, []string{
			"no way around: https://origin.app.example.com/", "no way around: https://origin.app.example.com/, Host app.example.com",
			"no way around: https://" + loadBalancer + "/",
			"no way around: https://" + loadBalancer + "/, Host app.example.com",
		}},
		{"no response headers policy", func(a *core.Account) {
			for _, d := range a.All("aws:cloudfront/distribution:Distribution") {
				delete(d["defaultCacheBehavior"].(map[string]any), "responseHeadersPolicyId")
			}
		}, []string{
			"Referrer-Policy of https://app.example.com/", "Strict-Transport-Security of https://app.example.com/",
			"X-Content-Type-Options of https://app.example.com/", "X-Frame-Options of https://app.example.com/", "X-XSS-Protection of https://app.example.com/",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := sh.account()
			c.change(a)
			ca := t.TempDir()
			world, err := traffic.Serve(a, traffic.Options{Clock: verifyClock, Dir: ca})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, world.Close()) })
			args := append([]string{"verify", "--json", "--outputs", file, "--deployment", export}, onLoopback(t, world, filepath.Join(ca, rootFile))...)
			code, stdout, stderr := sh.run(args...)
			assert.Equal(t, len(c.fails) > 0, code == exitFailed, stderr)
			var report struct{ Checks []outside.Finding }
			require.NoError(t, json.Unmarshal([]byte(stdout), &report), stdout+stderr)
			var failed []string
			for _, f := range report.Checks {
				if f.Verdict == outside.Fail {
					failed = append(failed, f.Check)
				}
			}
			assert.ElementsMatch(t, c.fails, failed, stdout)
		})
	}
}

func TestVerifyPrintsFindings(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	code, stdout, stderr := sh.run("verify", "--max-time", "300ms", "--url", "https://www.example.com/", "--origin", "origin.example.com",
		"--resolve", "www.example.com:443:127.0.0.1", "--connect-to", "www.example.com:443:127.0.0.1:1",
		"--resolve", "www.example.com:80:[::1]", "--connect-to", "origin.example.com:443:127.0.0.1:1", "--connect-to", "origin.example.com:80:127.0.0.1:1")
	assert.Equal(t, exitFailed, code)
	assertNarrow(t, stdout)
	assert.Regexp(t, `\n  FAIL  GET https://www.example.com/: connection-refused [^\n]*\n[^\n]*\n        wanted: 2xx or 3xx\n`, stdout)
	assert.Contains(t, stdout, "\n  ok    no way around: https://origin.example.com/: connection-refused\n")
	assert.Contains(t, stderr, "checks of https://www.example.com/ failed")
}

func TestVerifysWrongCommandLines(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	file := sh.file("outputs.json", `{"vpcId": "vpc-1"}`)
	for want, args := range map[string][]string{
		"no stack":                  {"--stack", "gone"},
		"goes with --url":           {"--origin", "origin.example.com"},
		"--resolve goes with --url": {"--resolve", "a.test:443:127.0.0.1"},
		"--stack is about":          {"--url", "https://a.test/", "--stack", "dev"},
		"--servers is about":        {"--outputs", file, "--servers", sh.file("servers.json", "{}")},
		"--url: must not be empty":  {"--url", ""},
		"https://www.example.com/":  {"--url", "http://a.test/"},
		"such as 2s":                {"--url", "https://a.test/", "--max-time", "2"},
		"500ms":                     {"--url", "https://a.test/", "--max-time", "-2s"},
		"a name such as":            {"--url", "https://a.test/", "--origin", "https://b.test/"},
		"HOST:PORT:ADDRESS":         {"--resolve", "a.test:443"},
		"must be HOST:PORT:ADDRESS": {"--connect-to", "a.test:443:b.test:443"},
		"none.json":                 {"--outputs", "none.json"},
		"it has no url":             {"--outputs", file},
		"--deployment goes with":    {"--deployment", file},
		"--deployment: must be":     {"--url", "https://a.test/", "--deployment", ""},
		"none.export":               {"--url", "https://a.test/", "--deployment", "none.export"},
		"no distribution that its records of a.test lead to adds security or custom headers: leave it out": {"--url", "https://a.test/", "--deployment", sh.deploymentFile(adopted()...)},
		"none.pem":       {"--url", "https://a.test/", "--cacert", "none.pem"},
		"no certificate": {"--url", "https://a.test/", "--cacert", file},
	} {
		sh.fails(exitUsage, want, append([]string{"verify"}, args...)...)
	}
}

func TestConnectionsAreReadAsCurlReadsThem(t *testing.T) {
	for pair, want := range map[string]string{
		"a.test:443:127.0.0.1":       "a.test:443 127.0.0.1:443",
		"a.test:443:127.0.0.1:8443":  "a.test:443 127.0.0.1:8443",
		"a.test:80:[2001:db8::1]":    "a.test:80 [2001:db8::1]:80",
		"a.test:80:[2001:db8::1]:81": "a.test:80 [2001:db8::1]:81",
	} {
		from, to, err := connection(pair)
		require.NoError(t, err)
		assert.Equal(t, want, from+" "+to.String())
	}
	for _, pair := range []string{"", "a.test", ":443:127.0.0.1", "a.test:x:127.0.0.1", "a.test:443:"} {
		_, to, err := connection(pair)
		require.Error(t, err, pair)
		assert.Equal(t, netip.AddrPort{}, to)
	}
}
