package alb

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

// logging serves a load balancer that writes its logs.
func logging(t *testing.T, p plan) (*site, *wiretest.Lines) {
	s, lines := newSite(t, 0), &wiretest.Lines{}
	p.AccessLog = lines.Note
	p.lb.ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
	for i := range p.Account.Listeners {
		p.Account.Listeners[i].LoadBalancerARN = p.lb.ARN
	}
	s.serve(p)
	return s, lines
}

func TestRequestsAreLogged(t *testing.T) {
	s, lines := logging(t, single(account.TargetGroup{}, at(targetAddress, 8080)))
	s.plainTarget(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	s.get("https://www.example.com/a?b=c", "User-Agent: probe", "X-From: s3cret", "Cookie: session=s3cret", "Authorization: s3cret")
	line := lines.Await(t, accesslog.LoadBalancerRequests, 1)[0]
	assert.Regexp(t, `^https \S+Z app/web/50dc6c495c0c9188 203\.0\.113\.10:\d+ 10\.0\.11\.20:8080 \d\.\d{3} \d\.\d{3} \d\.\d{3} 418 418 \d+ \d+ `+
		`"GET https://www\.example\.com:443/a\?b=c HTTP/1\.1" "probe" \S+ TLSv1\.3 arn:group "Root=1-\S+" "www\.example\.com" "arn:site" 0 \S+Z `+
		`"forward" "-" "-" "10\.0\.11\.20:8080" "418" "-" "-" TID_\w+ "-" "-" "-" 198\.51\.100\.1$`, line)
	assert.NotContains(t, line, "s3cret")
	connection := lines.Await(t, accesslog.LoadBalancerConnections, 1)[0]
	assert.Regexp(t, `^\S+Z 203\.0\.113\.10 \d+ 443 TLSv1\.3 TLS_\w+ 0\.\d{3} "-" - - Success TID_\w+ \S+ app/web/50dc6c495c0c9188 198\.51\.100\.1$`, connection)
	assert.Contains(t, line, strings.Fields(connection)[11], "both logs have the connection's id")

	s.send(s.client(speaking("HTTP/2")), "GET", "https://www.example.com/", "")
	assert.True(t, strings.HasPrefix(lines.Await(t, accesslog.LoadBalancerRequests, 2)[1], "h2 "))
	s.get("http://www.example.com/")
	assert.True(t, strings.HasPrefix(lines.Await(t, accesslog.LoadBalancerRequests, 3)[2], "http "))
	assert.Contains(t, lines.Await(t, accesslog.LoadBalancerConnections, 3)[2], ` 80 - - - "-" - - - TID_`)
}

func TestAnswersOfItsOwnAreLogged(t *testing.T) {
	redirect := account.Action{Type: "redirect"}
	redirect.Redirect.StatusCode, redirect.Redirect.Host = "HTTP_301", "new.example.com"
	s, lines := logging(t, web(fixed("403", "text/plain", "no"), ruled(7, account.Condition{PathPattern: struct{ Values []string }{[]string{"/old"}}}, redirect)))
	log := func(n int) string { return lines.Await(t, accesslog.LoadBalancerRequests, n)[n-1] }
	s.get("https://www.example.com/")
	assert.Contains(t, log(1), ` - -1 -1 -1 403 - `)
	assert.Regexp(t, ` 0 \S+Z "fixed-response" "-" "-" "-" "-" `, log(1))
	s.get("https://www.example.com/old")
	assert.Regexp(t, ` 301 - .* 7 \S+Z "redirect" "https://new\.example\.com:443/old" `, log(2))
	s.send(s.client(speaking("HTTP/1.1")), http.MethodTrace, "https://www.example.com/", "")
	assert.Regexp(t, ` 405 - .* - \S+Z "-" "-" `, log(3), "no rule was asked")
}

func TestTargetsThatFailAreLogged(t *testing.T) {
	t.Run("nothing listens", func(t *testing.T) {
		s, lines := logging(t, single(account.TargetGroup{}, at(targetAddress, 8080)))
		s.target(targetAddress, 9090, speaking("HTTP/1.1"), nil, greets(""))
		s.get("https://www.example.com/")
		assert.Contains(t, lines.Await(t, accesslog.LoadBalancerRequests, 1)[0], " 10.0.11.20:8080 -1 -1 -1 502 - ")
	})
	t.Run("no target", func(t *testing.T) {
		s, lines := logging(t, single(account.TargetGroup{}))
		s.get("https://www.example.com/")
		assert.Contains(t, lines.Await(t, accesslog.LoadBalancerRequests, 1)[0], " - -1 -1 -1 503 - ")
	})
	t.Run("it cuts the connection", func(t *testing.T) {
		s, lines := logging(t, single(account.TargetGroup{}, at(targetAddress, 8080)))
		s.plainTarget(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		s.send(s.client(speaking("HTTP/1.1")), "POST", "https://www.example.com/", "x")
		assert.Regexp(t, ` 10\.0\.11\.20:8080 \d\.\d{3} -1 -1 502 - `, lines.Await(t, accesslog.LoadBalancerRequests, 1)[0])
	})
	t.Run("it speaks another version", func(t *testing.T) {
		s, lines := logging(t, single(account.TargetGroup{ProtocolVersion: "HTTP2"}, at(targetAddress, 8080)))
		s.get("https://www.example.com/")
		assert.Regexp(t, ` - -1 -1 -1 464 - .* arn:group `, lines.Await(t, accesslog.LoadBalancerRequests, 1)[0])
	})
}

// A handshake that fails leaves a line in the connection log alone.
func TestFailedHandshakesAreLogged(t *testing.T) {
	s, lines := logging(t, web(saying("hello")))
	_, err := s.trySend(s.client(speaking("HTTP/1.1"), func(c *tls.Config) { c.ServerName = "other.example.com" }), "GET", "https://www.example.com/", "")
	require.Error(t, err)
	line := lines.Await(t, accesslog.LoadBalancerConnections, 1)[0]
	assert.Regexp(t, ` 443 \S+ - - "-" - - Failed:UnmappedConnectionError TID_\w+ - `, line)
	assert.Empty(t, lines.Of(accesslog.LoadBalancerRequests))
}

// A web ACL that is asked is an action, the last one when it blocks the request.
func TestWebACLsAreLogged(t *testing.T) {
	for pattern, otherwise := range map[string]account.DefaultAction{
		` 200 - .* 0 \S+Z "waf,fixed-response" `: {Allow: &struct{}{}},
		` 403 - .* - \S+Z "waf" `:                {Block: &account.BlockAction{}},
	} {
		acl := account.WebACL{ARN: "arn:acl", Scope: "REGIONAL", DefaultAction: otherwise}
		p := web(saying("hello"))
		p.WebACL = waf.All(&account.Resources{WebACLs: []account.WebACL{acl}}, wire.Clock{})[acl.ARN]
		s, lines := logging(t, p)
		s.get("https://www.example.com/")
		assert.Regexp(t, pattern, lines.Await(t, accesslog.LoadBalancerRequests, 1)[0])
	}
}
