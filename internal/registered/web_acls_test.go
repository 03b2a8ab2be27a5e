package registered_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

const (
	aclType      = "aws:wafv2/webAcl:WebAcl"
	attachedType = "aws:wafv2/webAclAssociation:WebAclAssociation"
	ipSetType    = "aws:wafv2/ipSet:IpSet"
)

// pathRule is a rule about paths that begin with a text.
func pathRule(name string, priority float64, action, text string, transformations ...any) state {
	var list []any
	for i, kind := range transformations {
		list = append(list, state{"priority": float64(i), "type": kind})
	}
	return state{
		"name": name, "priority": priority, "action": state{action: state{}},
		"statement": state{"byteMatchStatement": state{
			"fieldToMatch": state{"uriPath": state{}}, "positionalConstraint": "STARTS_WITH", "searchString": text, "textTransformations": list,
		}},
	}
}

// guarded is the site with a web ACL of such rules, at the load balancer or at the distribution.
func guarded(atLoadBalancer bool, rules ...any) resources {
	r := site()
	public(r)
	r[[2]string{aclType, "acl-id"}] = state{"arn": "arn:acl", "name": "shop", "defaultAction": state{"allow": state{}}, "rules": rules}
	if atLoadBalancer {
		r[[2]string{attachedType, "arn:acl,arn:lb"}] = state{"webAclArn": "arn:acl", "resourceArn": "arn:lb"}
	} else {
		r.set("aws:cloudfront/distribution:Distribution", "E1", "webAclId", "arn:acl")
	}
	return r
}

func readGuarded(t *testing.T, r resources) *registered.Model {
	t.Helper()
	return r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
}

func TestWebACLsAreDescribed(t *testing.T) {
	for _, atLoadBalancer := range []bool{true, false} {
		m := readGuarded(t, guarded(atLoadBalancer,
			pathRule("late", 9, "allow", "/"), pathRule("admin", 1, "block", "/admin", "URL_DECODE", "NONE", "LOWERCASE")))
		blocked := m.Follow(requestpath.Request{Name: "www.example.com", Path: "/%41dmin"})
		assert.Equal(t, 403, blocked.Outcome.Status)
		assert.Equal(t, "webACLs[shop].rules[admin]", blocked.Outcome.Field)
		assert.Equal(t, map[bool]requestpath.HopKind{true: requestpath.HopLoadBalancer, false: requestpath.HopDistribution}[atLoadBalancer], blocked.Outcome.By)
		assert.Equal(t, 200, viewer(m).Status)
		assert.Empty(t, m.Unsure(requestpath.Request{Name: "www.example.com"}, usable))
		assert.Empty(t, m.Meets(requestpath.Walk(m.Plan, requestpath.Request{Name: "www.example.com"})))
	}
}

// Everything of a statement that a plan can say.
func TestStatementsOfWebACLs(t *testing.T) {
	r := guarded(true, state{
		"name": "all", "priority": 0.0, "action": state{"block": state{"customResponse": state{
			"responseCode": 302.0, "responseHeaders": list(state{"name": "location", "value": "https://example.org/"}),
		}}},
		"statement": state{"andStatement": state{"statements": list(
			state{"notStatement": state{"statements": list(state{"geoMatchStatement": state{"countryCodes": list("JP")}})}},
			state{"orStatement": state{"statements": list(
				state{"ipSetReferenceStatement": state{"arn": "arn:set"}},
				state{"sizeConstraintStatement": state{
					"fieldToMatch": state{"body": state{"oversizeHandling": "MATCH"}}, "comparisonOperator": "GT", "size": 8192.0,
				}},
				state{"sizeConstraintStatement": state{"fieldToMatch": state{"queryString": state{}}, "comparisonOperator": "GE", "size": 10.0}},
			)}},
			state{"byteMatchStatement": state{
				"fieldToMatch": state{"singleHeader": state{"name": "X-Team"}}, "positionalConstraint": "EXACTLY", "searchString": "a",
			}},
			state{"byteMatchStatement": state{"fieldToMatch": state{"method": state{}}, "positionalConstraint": "EXACTLY", "searchString": "POST"}},
		)}},
	}, state{
		"name": "rate", "priority": 1.0, "action": state{"block": state{}},
		"statement": state{"rateBasedStatement": state{"limit": 100.0, "aggregateKeyType": "IP"}},
	})
	r[[2]string{ipSetType, "set-id"}] = state{"arn": "arn:set", "addresses": list("192.0.2.0/24")}
	r.set(aclType, "acl-id", "associationConfig", state{"requestBodies": list(state{"cloudfronts": list(state{"defaultSizeInspectionLimit": "KB_64"})})})
	r.set(aclType, "acl-id", "defaultAction", state{"block": state{}})
	m := readGuarded(t, r)
	require.Len(t, m.Plan.WebACLs, 1)
	assert.Equal(t, requestpath.WebACL{
		Name: "shop", Default: requestpath.WebACLAction{Type: "block"}, BodyLimitBytes: 65536,
		Rules: []requestpath.WebACLRule{{
			Name: "all", Action: requestpath.WebACLAction{Type: "block", Status: 302, Location: "https://example.org/"},
			Statement: requestpath.Statement{And: []requestpath.Statement{
				{Not: &requestpath.Statement{Countries: []string{"JP"}}},
				{Or: []requestpath.Statement{
					{CIDRs: []string{"192.0.2.0/24"}},
					{Size: &requestpath.SizeLimit{Component: requestpath.Component{Component: "body", Oversize: "MATCH"}, Operator: "GT", Bytes: 8192}},
					{Size: &requestpath.SizeLimit{Component: requestpath.Component{Component: "query"}, Operator: "GE", Bytes: 10}},
				}},
				{Match: &requestpath.StringMatch{Component: requestpath.Component{Component: "header", Header: "x-team"}, Text: "a", Position: "EXACTLY"}},
				{Match: &requestpath.StringMatch{Component: requestpath.Component{Component: "method"}, Text: "POST", Position: "EXACTLY"}},
			}},
		}, {Name: "rate", Priority: 1, Action: requestpath.WebACLAction{Type: "block"}}},
	}, m.Plan.WebACLs[0])
	assert.Contains(t, noted(m, "rules[rate]"), "does not decide about a single request")
}

// What is not known of a rule leaves the outcome open exactly when it would change it.
func TestRulesThatStayOpen(t *testing.T) {
	group := func(name, version string, override string, overrides ...any) state {
		return state{
			"name": "group", "priority": 5.0, "overrideAction": state{override: state{}},
			"statement": state{"managedRuleGroupStatement": state{"name": name, "vendorName": "AWS", "version": version, "ruleActionOverrides": overrides}},
		}
	}
	other := func(kind string, block state) state {
		return state{"name": "other", "priority": 5.0, "action": state{"block": state{}}, "statement": state{kind: block}}
	}
	common := "AWSManagedRulesCommonRuleSet"
	long := requestpath.Request{Name: "www.example.com", Query: strings.Repeat("a", 2049)}
	ordinary := requestpath.Request{Name: "www.example.com"}
	agentless := requestpath.Request{Name: "www.example.com", Headers: []requestpath.Header{{Name: "User-Agent"}}}
	counted := state{"name": "SizeRestrictions_QUERYSTRING", "actionToUse": state{"count": state{}}}
	for name, tt := range map[string]struct {
		rules   []any
		request requestpath.Request
		status  int
		open    string
	}{
		"managed rules that block":             {list(group(common, "", "none")), ordinary, 200, "managed rules of " + common},
		"managed rules that count":             {list(group(common, "", "count")), ordinary, 200, ""},
		"a documented one":                     {list(group(common, "", "none")), long, 403, ""},
		"a documented one, counted":            {list(group(common, "", "none", counted)), long, 200, "managed rules of"},
		"a documented one of another version":  {list(group(common, "Version_1.4", "none")), long, 200, "managed rules of"},
		"no User-Agent":                        {list(group(common, "", "none")), agentless, 403, ""},
		"another group":                        {list(group("AWSManagedRulesKnownBadInputsRuleSet", "", "none")), long, 200, "AWSManagedRulesKnownBadInputsRuleSet"},
		"allowed before the group":             {list(pathRule("all", 0, "allow", "/"), group(common, "", "none")), ordinary, 200, ""},
		"blocked before the group":             {list(pathRule("all", 0, "block", "/"), group(common, "", "none")), ordinary, 403, ""},
		"a regular expression":                 {list(other("regexMatchStatement", state{"regexString": "x"})), ordinary, 200, "regexMatchStatement"},
		"a country":                            {list(other("geoMatchStatement", state{"countryCodes": list("KP")})), ordinary, 200, "country"},
		"a country by a header":                {list(other("geoMatchStatement", state{"countryCodes": list("KP"), "forwardedIpConfig": state{}})), ordinary, 200, "geoMatchStatement"},
		"an IP set that is not among them":     {list(other("ipSetReferenceStatement", state{"arn": "arn:lost"})), ordinary, 200, "ipSetReferenceStatement"},
		"cookies":                              {list(other("byteMatchStatement", state{"fieldToMatch": state{"cookies": state{}}})), ordinary, 200, "byteMatchStatement"},
		"a transformation":                     {list(pathRule("r", 0, "block", "/", "HTML_ENTITY_DECODE")), ordinary, 200, "HTML_ENTITY_DECODE"},
		"a CAPTCHA":                            {list(pathRule("r", 0, "captcha", "/")), ordinary, 200, "token"},
		"a CAPTCHA elsewhere":                  {list(pathRule("r", 0, "captcha", "/admin")), ordinary, 200, ""},
		"a statement that cannot be read":      {list(state{"name": "other", "action": state{"block": state{}}}), ordinary, 200, "cannot be read"},
		"the text of a body, without any body": {list(other("byteMatchStatement", state{"fieldToMatch": state{"body": state{}}, "searchString": "x"})), ordinary, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := readGuarded(t, guarded(false, tt.rules...))
			tt.request.Headers = append(tt.request.Headers, requestpath.Header{Name: "x-a", Value: "b"})
			assert.Equal(t, tt.status, m.Follow(tt.request).Outcome.Status)
			open := m.Unsure(tt.request, usable)
			if tt.open == "" {
				assert.Empty(t, open)
				return
			}
			require.Len(t, open, 1)
			assert.Contains(t, open[0].Text, tt.open)
			assert.Contains(t, open[0].String(), aclType+" acl-id: rules[")
		})
	}
}

// The secret header of the distribution is compared and not shown.
func TestWebACLsLookForSecrets(t *testing.T) {
	secret := func(value any, position string) state {
		return state{"name": "verified", "priority": 0.0, "action": state{"allow": state{}}, "statement": state{"byteMatchStatement": state{
			"fieldToMatch": state{"singleHeader": state{"name": "x-origin-verify"}}, "positionalConstraint": position, "searchString": value,
		}}}
	}
	read := func(rule state) *registered.Model {
		r := guarded(true, rule)
		r.set(aclType, "acl-id", "defaultAction", state{"block": state{}})
		return readGuarded(t, r)
	}
	assert.Equal(t, 200, viewer(read(secret("a secret", "EXACTLY"))).Status)
	assert.Equal(t, 403, viewer(read(secret("another", "EXACTLY"))).Status)
	m := read(secret("a sec", "STARTS_WITH"))
	assert.Equal(t, 403, viewer(m).Status)
	assert.NotEmpty(t, m.Unsure(requestpath.Request{Name: "www.example.com"}, usable))
	r := guarded(false, pathRule("r", 0, "block", "/"))
	rule := r[[2]string{aclType, "acl-id"}]["rules"].([]any)[0].(state)
	rule["statement"].(state)["byteMatchStatement"].(state)["searchString"] = registered.SecretText("/hidden")
	m = readGuarded(t, r)
	assert.Contains(t, noted(m, "rules[r]"), "is a secret")
	assert.NotContains(t, noted(m, "rules[r]"), "hidden")
}

// Web ACLs that are known by their ARN alone, or in another form, may do anything.
func TestWebACLsThatAreNotAmongTheResources(t *testing.T) {
	lost, asJSON, atLoadBalancer := guarded(false), guarded(false), guarded(true)
	delete(lost, [2]string{aclType, "acl-id"})
	asJSON.set(aclType, "acl-id", "ruleJson", "[]")
	delete(atLoadBalancer, [2]string{aclType, "acl-id"})
	for text, r := range map[string]resources{"is not among": lost, "are given as JSON": asJSON, "may refuse requests": atLoadBalancer} {
		m := readGuarded(t, r)
		assert.Empty(t, m.Plan.WebACLs)
		met := m.Meets(requestpath.Walk(m.Plan, requestpath.Request{Name: "www.example.com"}))
		require.Len(t, met, 1, text)
		assert.Contains(t, met[0].Text, text)
	}
}
