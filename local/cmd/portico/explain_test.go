package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/stacks"
)

// assertNarrow fails when a line is wider than a terminal and could be wrapped.
func assertNarrow(t *testing.T, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if utf8.RuneCountInString(line) > lineWidth() && len(words) > 1 {
			assert.Greater(t, utf8.RuneCountInString(words[len(words)-1]), lineWidth()/2, line)
		}
	}
}

// flat is a text without its line breaks.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// originSecret is the header value that the account's distribution adds to requests.
func originSecret(t *testing.T, account *core.Account) string {
	t.Helper()
	raw, err := json.Marshal(account.All("aws:cloudfront/distribution:Distribution"))
	require.NoError(t, err)
	var distributions []struct {
		Origins []struct{ CustomHeaders []struct{ Value string } }
	}
	require.NoError(t, json.Unmarshal(raw, &distributions))
	secret := distributions[0].Origins[0].CustomHeaders[0].Value
	require.Greater(t, len(secret), 31)
	return secret
}

func TestExplainAStack(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	account := sh.account()
	secret := originSecret(t, account)

	t.Run("the stack's own request", func(t *testing.T) {
		out := sh.must("explain")
		assertNarrow(t, out)
		assert.Contains(t, out, "GET https://app.example.com/ from internet")
		for _, kind := range []string{"dns", "distribution", "load balancer", "target"} {
			assert.Contains(t, out, "\n  "+kind+" ")
		}
		assert.Contains(t, flat(out), "SNI origin.app.example.com, TLSv1.2, HTTP/1.1")
		assert.Contains(t, out, "=> forwards to target group")
		assert.Contains(t, out, "\n200 by target ")
		assert.Contains(t, out, "X-Cache: Miss from cloudfront")
		assert.Contains(t, out, "source   https://")
		assert.Contains(t, flat(out), "(documented)")
	})
	t.Run("a redirect", func(t *testing.T) {
		out := sh.must("explain", "http://www.example.com/a?b=c")
		assertNarrow(t, out)
		assert.Contains(t, out, "301 by distribution")
		assert.Contains(t, out, "following the redirect")
		assert.Contains(t, out, "GET https://www.example.com/a?b=c")
	})
	t.Run("JSON", func(t *testing.T) {
		var chain struct {
			OK     bool
			Traces []struct {
				Request map[string]any
				Hops    []struct{ Kind, Name, SNI, Decision string }
			}
			Outcome struct {
				Status          int
				By, XCache, Why string
				Fact            struct{ ID, Source, Basis string }
			}
		}
		require.NoError(t, json.Unmarshal([]byte(sh.must("explain", "--json", "https://app.example.com/x")), &chain))
		assert.True(t, chain.OK)
		require.Len(t, chain.Traces, 1)
		assert.Equal(t, "/x", chain.Traces[0].Request["path"])
		assert.Equal(t, "distribution", chain.Traces[0].Hops[1].Kind)
		assert.Equal(t, "app.example.com", chain.Traces[0].Hops[1].SNI)
		assert.Equal(t, 200, chain.Outcome.Status)
		assert.Equal(t, "target", chain.Outcome.By)
		assert.Equal(t, "Miss from cloudfront", chain.Outcome.XCache)
		assert.Equal(t, "answered", chain.Outcome.Fact.ID)
	})
	t.Run("all", func(t *testing.T) {
		out := sh.must("explain", "--all")
		for _, line := range []string{
			"an answer    301, 200 by target        http://app.example.com/", "an answer    200 by target             https://www.example.com/",
			"a rejection  403 by load balancer      another distribution, with a wrong",
			"a rejection  timeout by load balancer  around the distribution",
		} {
			assert.Contains(t, out, "  OK  "+line)
		}
		assert.NotContains(t, out, "NOT")
		var all struct {
			OK       bool
			Requests []struct {
				Name, Want string
				OK         bool
				Chain      struct{ Outcome struct{ Status int } }
			}
		}
		require.NoError(t, json.Unmarshal([]byte(sh.must("explain", "--all", "--json")), &all))
		assert.True(t, all.OK)
		assert.Equal(t, strings.Count(out, "  OK  "), len(all.Requests))
		assert.Equal(t, 200, all.Requests[0].Chain.Outcome.Status)
	})
	t.Run("another account's distribution", func(t *testing.T) {
		args := []string{"explain", "https://origin.app.example.com", "--from", "cloudfront", "--header", "X-Origin-Verify="}
		for _, format := range [][]string{nil, {"--json"}} {
			for value, want := range map[string]int{secret: exitOK, "a-wrong-guess": exitFailed} {
				line := append(append([]string{}, args[:5]...), args[5]+value)
				code, stdout, stderr := sh.run(append(line, format...)...)
				assert.Equal(t, want, code, "%s%s", stdout, stderr)
				assert.NotContains(t, stdout+stderr, value, "values of headers are not printed")
				assert.NotContains(t, stdout, "value-1")
			}
		}
		_, stdout, _ := sh.run(args[:4]...)
		assert.Contains(t, stdout, "403 by load balancer")
		assert.Contains(t, flat(stdout), "wants header X-Origin-Verify, which the request does not have")
	})
	t.Run("requests without a usable answer", func(t *testing.T) {
		for _, c := range []struct {
			args []string
			want string
		}{
			{[]string{"https://nobody.example.com"}, "name-not-found by dns"},
			{[]string{"https://origin.app.example.com/"}, "timeout by load balancer"},
			{[]string{"https://other.example.com", "--connect-to", "app.example.com"}, "bad-certificate"},
			{[]string{"https://other.example.com", "--connect-to", "app.example.com", "--insecure"}, "403 by distribution"},
			{[]string{"https://app.example.com", "--host", "other.example.com"}, "403 by distribution"},
			{[]string{"--method", "TRACE"}, "403 by distribution"},
		} {
			code, stdout, stderr := sh.run(append([]string{"explain"}, c.args...)...)
			assert.Equal(t, exitFailed, code, c.args)
			assert.Contains(t, stdout, c.want, c.args)
			assert.Contains(t, stdout, "\n  fix ", c.args)
			assert.Contains(t, stderr, "the request gets no usable answer")
			if slices.Contains(c.args, "TRACE") {
				assert.Contains(t, flat(stdout), "fix ask with one of GET, HEAD,", "CloudFront passes on no TRACE")
			}
		}
	})
	t.Run("warnings", func(t *testing.T) {
		out := sh.must("explain", "--version", "gRPC")
		assert.Contains(t, out, "POST https://app.example.com/")
		assert.Contains(t, flat(out), "warning the gRPC call goes on as HTTP/1.1")
		assert.Contains(t, flat(out), "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html (AWS documents it)")
	})
	t.Run("described servers", func(t *testing.T) {
		service, ok := account.All("aws:ecs/service:Service")[0]["name"].(string)
		require.True(t, ok)
		servers := sh.file("servers.json", `{"`+service+`": {"listeners": [{"port": 80, "answer": {"status": 503}}]}}`)
		code, stdout, _ := sh.run("explain", "--servers", servers)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, stdout, "503 by target "+service)
	})
}

// The variant that uses the account's instance needs no other configuration either.
func TestTheSeedHasAnInstanceForALBEC2(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, settings{Config: map[string]string{"portico:variant": stacks.VariantALBEC2}})
	assert.Contains(t, sh.must("explain", "--all"), "200 by target")
}

// A server that can be reached past its load balancer is reported, with the fix.
func TestExplainFindsAWayAround(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleC)
	code, stdout, stderr := sh.run("explain", "--all")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stdout, "NOT  a rejection  200 by origin")
	assert.Contains(t, flat(stdout), "let the security groups of i-05eed00b300000001 admit on port 443 only what stands before it")
	assert.Contains(t, stderr, "1 of 4 requests would not get what they should")
}

// A load balancer that admits one address is asked from there.
func TestExplainFromAnAddress(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	out := sh.must("explain", "--from", "203.0.113.7")
	assert.Contains(t, out, "from internet (203.0.113.7)")
	for from, kind := range map[string]string{"203.0.113.8": "internet", "10.0.0.9": "vpc", "cloudfront": "cloudfront"} {
		code, stdout, _ := sh.run("explain", "https://app.example.com", "--from", from)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, stdout, "timeout by load balancer")
		assert.Contains(t, stdout, "from "+kind+" (")
	}
}

func TestWrongCommandLinesOfExplain(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"app.example.com"}, "must be a URL"},
		{[]string{"ftp://app.example.com"}, "must be a URL"},
		{[]string{"https://app.example.com:0x1"}, "must be a URL"},
		{[]string{"https://a.example.com", "https://b.example.com"}, "takes one URL at most"},
		{[]string{"--all", "https://a.example.com"}, "--all"},
		{[]string{"--all", "--insecure"}, "--all"},
		{[]string{"--from", "mars"}, `"mars"`},
		{[]string{"--version", "http/4"}, `"http/4"`},
		{[]string{"--header", "X"}, "name=value"},
		{[]string{"--country", "Japan"}, "two-letter code"},
		{[]string{"--country", "jp"}, `"jp"`},
		{[]string{"--body-bytes", "-1"}, "got -1"},
		{[]string{"--all", "--body-bytes", "1"}, "--all"},
		{[]string{"--method", "GE T"}, `"GE T"`},
		{[]string{"--method", ""}, "--method"},
		{[]string{"--header", "Host: other.example.com"}, "--host"},
		{[]string{"--header", "host=other.example.com"}, "--host"},
		{[]string{"--deployment", "none.json", "--stack", "dev"}, "--stack"},
		{[]string{"--deployment", ""}, "must be a file"},
		{[]string{"--origin-facing", "pl-1"}, "--deployment"},
		{[]string{"--deployment", "none.json"}, "none.json"},
		{[]string{"--servers", "none.json"}, "none.json"},
		{[]string{"--stack", "gone"}, `no stack "gone"`},
	} {
		code, stdout, stderr := sh.run(append([]string{"explain"}, c.args...)...)
		assert.Equal(t, exitUsage, code, c.args)
		assert.Contains(t, stderr, c.want, c.args)
		assert.Empty(t, stdout)
	}
	empty := sh.file("empty.json", `{"version":3,"deployment":{"resources":[]}}`)
	sh.fails(exitUsage, "name a URL", "explain", "--deployment", empty)
	sh.fails(exitFailed, "nothing to request", "explain", "--deployment", empty, "--all")
}
