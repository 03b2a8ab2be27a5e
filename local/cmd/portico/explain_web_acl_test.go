package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// guarded is adopted behind a web ACL, with security groups that are known.
func guarded() []map[string]any {
	one := func(kind, id string, outputs map[string]any) map[string]any {
		return map[string]any{"type": kind, "id": id, "urn": "urn:pulumi:dev::p::" + kind + "::" + id, "outputs": outputs}
	}
	match := func(path string) map[string]any {
		return map[string]any{"byteMatchStatement": map[string]any{
			"fieldToMatch": map[string]any{"uriPath": map[string]any{}}, "positionalConstraint": "STARTS_WITH", "searchString": path,
		}}
	}
	none := map[string]any{}
	all := []any{map[string]any{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": []any{"0.0.0.0/0"}}}
	return append(adopted(),
		one("aws:ec2/securityGroup:SecurityGroup", "sg-before", map[string]any{"ingress": all, "egress": all}),
		one("aws:wafv2/webAclAssociation:WebAclAssociation", "arn:acl,arn:lb", map[string]any{"webAclArn": "arn:acl", "resourceArn": "arn:lb"}),
		one("aws:wafv2/webAcl:WebAcl", "acl", map[string]any{"arn": "arn:acl", "name": "shop", "defaultAction": map[string]any{"allow": none}, "rules": []any{
			map[string]any{"name": "admin", "priority": 0, "action": map[string]any{"block": none}, "statement": match("/admin")},
			map[string]any{"name": "open", "priority": 1, "action": map[string]any{"allow": none}, "statement": match("/open")},
			map[string]any{"name": "embargo", "priority": 2, "action": map[string]any{"block": none}, "statement": map[string]any{
				"geoMatchStatement": map[string]any{"countryCodes": []any{"KP"}},
			}},
			map[string]any{"name": "common", "priority": 3, "overrideAction": map[string]any{"none": none}, "statement": map[string]any{
				"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"},
			}},
		}}),
	)
}

// What a rule decides is a verdict; what is not known of others is named, and leaves open
// only what it may change.
func TestExplainAWebACL(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	file := sh.deploymentFile(guarded()...)
	explained := func(url string, args ...string) string {
		_, out, _ := sh.run(append([]string{"explain", "--deployment", file, url}, args...)...)
		assertNarrow(t, out)
		return flat(out)
	}
	out := explained("http://www.example.com/admin")
	assert.Contains(t, out, "403 by load balancer web why rule admin of web ACL shop blocks the request: its path begins with /admin")
	assert.Contains(t, out, "web ACL shop Host www.example.com, path /admin, rule admin => blocks it by rule admin")
	assert.Contains(t, explained("http://www.example.com/", "--country", "KP"), "it comes from KP, which is one of KP")
	assert.Contains(t, explained("http://www.example.com/", "--header", "User-Agent:"), "rule common of web ACL shop blocks the request: it has no header user-agent")
	assert.Contains(t, explained("http://www.example.com/", "--method", "POST", "--body-bytes", "9216"),
		"its body has 9216 bytes, of which 8192 are inspected here")

	const open = "Not known, so the outcome may differ: aws:wafv2/webAcl:WebAcl acl: rules["
	out = explained("http://www.example.com/")
	assert.Contains(t, out, open+"embargo]: the country of a sender is not known")
	assert.Contains(t, out, open+"common]: what the managed rules of AWSManagedRulesCommonRuleSet block is not described")
	out = explained("http://www.example.com/", "--country", "JP")
	assert.NotContains(t, out, open+"embargo]")
	assert.Contains(t, out, open+"common]")
	assert.NotContains(t, explained("http://www.example.com/open"), open, "a rule allows it before the others")

	all := sh.must("explain", "--deployment", file, "--all")
	assertNarrow(t, all)
	assert.Contains(t, flat(all), "which rule admin of web ACL shop blocks")
	assert.Contains(t, flat(all), "which rule embargo of web ACL shop blocks")
}
