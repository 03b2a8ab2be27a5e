package alb

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// guardedBy puts a web ACL, as JSON, before a load balancer.
func guardedBy(t *testing.T, p plan, text string) plan {
	t.Helper()
	var acl account.WebACL
	require.NoError(t, json.Unmarshal([]byte(text), &acl))
	acl.ARN = "arn:acl"
	p.WebACL = waf.All(&account.Resources{WebACLs: []account.WebACL{acl}}, wire.Clock{})["arn:acl"]
	return p
}

// A request that the web ACL blocks is answered before the rules, with the load balancer's
// own page or one of the web ACL's.
func TestTheWebACLIsAskedBeforeTheRules(t *testing.T) {
	const match = `"statement":{"byteMatchStatement":{"fieldToMatch":{"uriPath":{}},"positionalConstraint":"STARTS_WITH","searchString":`
	s := newSite(t, 0)
	redirect := account.Action{Type: "redirect", Redirect: account.Redirect{Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301"}}
	p := web(saying("fine"))
	p.Account.Listeners[1].DefaultActions = []account.Action{redirect}
	s.serve(guardedBy(t, p, `{"rules":[
		{"name":"admin","action":{"block":{}},`+match+`"/admin"}}},
		{"name":"page","action":{"block":{"customResponse":{"responseCode":429,"customResponseBodyKey":"p","responseHeaders":[{"name":"retry-after","value":"60"}]}}},`+match+`"/page"}}}],
		"customResponseBodies":[{"key":"p","content":"later","contentType":"TEXT_HTML"}]}`))
	for _, scheme := range []string{"http://", "https://"} {
		blocked := s.get(scheme + siteName + "/admin")
		assert.Equal(t, http.StatusForbidden, blocked.StatusCode, scheme)
		assert.Equal(t, "awselb/2.0", blocked.Header.Get("Server"))
		assert.Contains(t, blocked.text, "<center><h1>403 Forbidden</h1></center>")
		own := s.get(scheme + siteName + "/page")
		assert.Equal(t, http.StatusTooManyRequests, own.StatusCode)
		assert.Equal(t, "text/html", own.Header.Get("Content-Type"))
		assert.Equal(t, "60", own.Header.Get("Retry-After"))
		assert.Equal(t, "later", own.text)
	}
	assert.Equal(t, "fine", s.get("https://"+siteName+"/").text)
	assert.Equal(t, http.StatusMovedPermanently, s.get("http://"+siteName+"/").StatusCode)
	for _, e := range s.requests() {
		assert.True(t, e.Answered)
		assert.Equal(t, e.Status != 403 && e.Status != 429, e.Rule != "", "no rule has been asked about a request that is blocked")
	}
}
