package accesslog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/requestpath"
)

// entry is a line of an access log with these fields: target:port, the first two times,
// both statuses, the rule, the actions and the error's reason.
func entry(target, times, statuses, rule, actions, reason string) string {
	return strings.NewReplacer("TARGET", target, "TIMES", times, "STATUSES", statuses, "RULE", rule, "ACTIONS", actions, "REASON", reason).Replace(
		`https 2026-07-02T22:23:00.186641Z app/web/50dc6c495c0c9188 203.0.113.7:2817 TARGET TIMES -1 STATUSES 34 366 ` +
			`"GET https://www.example.com:443/ HTTP/1.1" "curl" - TLSv1.3 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/app/73e2d6bc24d8a067 ` +
			`"Root=1-5" "www.example.com" "-" RULE 2026-07-02T22:22:48.364000Z "ACTIONS" "https://new.example.com:443/" "REASON" "-" "-" "Ambiguous" "SpaceInUri" TID_1`)
}

func TestWhatTheFieldsOfALoadBalancerSay(t *testing.T) {
	const none, at = "-", "10.0.0.1:80"
	for _, c := range []struct {
		line, why, fix string
		by             requestpath.HopKind
		missing        string
	}{
		{entry(at, "0.001 0.002", "500 500", "1", "forward", none), "the target 10.0.0.1:80 answered 500", "target's own log", requestpath.HopTarget, "why the application"},
		{entry(at, "0.001 0.002", "200 200", "1", "forward", none), "passed that on", "", requestpath.HopTarget, ""},
		{entry(at, "0.001 0.002", "502 200", "1", "forward", none), "malformed", "valid HTTP", requestpath.HopLoadBalancer, ""},
		{entry(at, "-1 -1", "502 -", "1", "forward", none), "refused or cut, or TLS", "listen on that port", requestpath.HopLoadBalancer, "whether nothing listened"},
		{entry(at, "0.001 -1", "502 -", "1", "forward", none), "closed the connection", "keep connections open", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "502 -", "1", "forward", none), "could not send the request to a target", "targets of the group", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "503 -", "1", "forward", none), "target group app has no target", "register a target", requestpath.HopLoadBalancer, ""},
		{entry(at, "-1 -1", "503 -", "1", "forward", none), "no capacity", "try again", requestpath.HopLoadBalancer, ""},
		{entry(at, "-1 -1", "504 -", "1", "forward", none), "did not accept the connection", "security group", requestpath.HopLoadBalancer, ""},
		{entry(at, "0.001 -1", "504 -", "1", "forward", none), "did not answer within the idle timeout", "idleTimeoutSeconds", requestpath.HopLoadBalancer, ""},
		{entry(at, "0.001 -1", "460 -", "1", "forward", none), "the client closed", "longer timeout", requestpath.HopLoadBalancer, "would have answered"},
		{entry(none, "-1 -1", "463 -", none, none, none), "more than 30 addresses", "loop", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "464 -", "1", "forward", none), "came as HTTP/1.1, which is not the protocol version of target group app", "HTTP1", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "403 -", "0", "fixed-response", none), "no rule took the request", "to the distribution", requestpath.HopLoadBalancer, "which headers"},
		{entry(none, "-1 -1", "404 -", "0", "fixed-response", none), "no rule took the request", "add a rule", requestpath.HopLoadBalancer, "which headers"},
		{entry(none, "-1 -1", "418 -", "7", "fixed-response", none), "rule 7 answered 418 itself", "forward to a target group", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "301 -", "7", "redirect", none), "rule 7 redirects to https://new.example.com:443/", "", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "403 -", none, "waf", none), "the web ACL", "web ACL's log", requestpath.HopLoadBalancer, "which rule"},
		{entry(none, "-1 -1", "500 -", none, "waf-failed", "WAFConnectionTimeout"), "could not ask AWS WAF: WAFConnectionTimeout", "fail open", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "401 -", "1", "authenticate", "AuthInvalidCookie"), "authentication at the load balancer failed: AuthInvalidCookie", "look up", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "400 -", none, none, none), "SpaceInUri (Ambiguous)", "client", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "405 -", none, none, none), "TRACE", "another method", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "408 -", "1", "forward", none), "whole request", "idle timeout", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "413 -", "1", "forward", none), "too large", "less", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "414 -", none, none, none), "URL is too long", "shorten", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "505 -", none, none, none), "version of HTTP", "HTTP/2", requestpath.HopLoadBalancer, ""},
		{entry(none, "-1 -1", "500 -", none, none, none), "answered 500 itself", "look up", requestpath.HopLoadBalancer, "names no action"},
		{entry(none, "-1 -1", "599 -", none, none, none), "answered 599 itself", "", requestpath.HopLoadBalancer, "names no cause"},
	} {
		d := Explain(read(t, c.line), nothing(t))
		assert.Contains(t, d.Why, c.why, c.line)
		assert.Contains(t, d.Fix, c.fix, c.line)
		assert.Equal(t, c.fix == "", d.Fix == "", d.Fix)
		assert.Equal(t, c.by, d.By, c.line)
		assert.Contains(t, strings.Join(d.Missing, "; "), c.missing, c.line)
		assert.Contains(t, d.Plan, "no load balancer web")
		assert.False(t, d.Agrees)
	}
}

// viewed is a line of CloudFront's with a status and results.
func viewed(status, result, response, detail string) string {
	fields := strings.Split(exampleCloudFront, "\t")
	fields[8], fields[13], fields[22], fields[28] = status, result, response, detail
	return strings.Join(fields, "\t")
}

func TestWhatTheFieldsOfADistributionSay(t *testing.T) {
	for detail := range details {
		d := Explain(read(t, viewed("502", "Error", "Error", detail)), nothing(t))
		assert.Equal(t, requestpath.HopDistribution, d.By, detail)
		assert.NotEmpty(t, d.Fix, detail)
	}
	for _, c := range []struct {
		line, why, missing string
		by                 requestpath.HopKind
	}{
		{viewed("301", "Redirect", "Redirect", "Redirect"), "redirects plain HTTP to HTTPS", "", requestpath.HopDistribution},
		{viewed("200", "Miss", "Miss", "Miss"), "the origin answered 200", "", requestpath.HopOrigin},
		{viewed("200", "Error", "Hit", "-"), "the viewer left", "", requestpath.HopDistribution},
		{viewed("000", "Error", "Error", "ClientCommError"), "the connection to the viewer broke", "", requestpath.HopDistribution},
		{viewed("503", "Error", "Error", "Error"), "the viewer got 503", "which hop made the status", ""},
		{viewed("503", "CapacityExceeded", "CapacityExceeded", "CapacityExceeded"), "no capacity", "", requestpath.HopDistribution},
	} {
		d := Explain(read(t, c.line), nothing(t))
		assert.Contains(t, d.Why, c.why, c.line)
		assert.Equal(t, c.by, d.By, c.line)
		assert.Contains(t, strings.Join(d.Missing, "; "), c.missing, c.line)
	}
}

func TestWhatTheFieldsOfAConnectionSay(t *testing.T) {
	for code := range failures {
		d := Explain(read(t, strings.Replace(exampleFailed, "ClientCertUntrusted", code, 1)), nothing(t))
		assert.NotEmpty(t, d.Fix, code)
		assert.Contains(t, d.Plan, "does not say which load balancer")
	}
	d := Explain(read(t, strings.Replace(exampleFailed, "ClientCertUntrusted", "UnmappedConnectionError", 1)+" - app/web/1 192.0.2.1"), nothing(t))
	assert.Equal(t, "web", d.ByName)
	assert.Contains(t, d.Why, "the client left the handshake")
	assert.Contains(t, d.Missing[0], "SNI")
	d = Explain(read(t, `2023-10-04T17:05:15.514108Z 2001:db8::7 36280 80 - - - - - - - TID_1`), nothing(t))
	assert.Equal(t, "the connection was made, without TLS", d.Why)
}
