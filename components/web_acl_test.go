package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

const (
	typeWebACL         = "aws:wafv2/webAcl:WebAcl"
	typeWebACLAttached = "aws:wafv2/webAclAssociation:WebAclAssociation"
	typeWebACLLog      = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
)

func webACL(args *components.WebAclArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := components.NewWebAcl(ctx, "acl", args)
		return err
	}
}

// rulesOf are the rules of the only web ACL by name.
func rulesOf(t *testing.T, g *componentstest.Graph) map[string]map[string]any {
	t.Helper()
	list, is := g.One(t, typeWebACL).Input("rules").([]any)
	require.True(t, is)
	all := map[string]map[string]any{}
	for i, r := range list {
		rule := r.(map[string]any)
		assert.EqualValues(t, i, rule["priority"], "in this order")
		all[rule["name"].(string)] = rule
	}
	require.Len(t, all, len(list))
	return all
}

func TestManagedRulesCountUnlessToldToBlock(t *testing.T) {
	for action, override := range map[string]string{"": "count", "count": "count", "block": "none"} {
		g := componentstest.Deploy(t, webACL(&components.WebAclArgs{ManagedRules: action}))
		componentstest.AssertInvariants(t, g)
		rules := rulesOf(t, g)
		assert.Len(t, rules, 3)
		for name, rule := range rules {
			assert.Equal(t, map[string]any{override: map[string]any{}}, rule["overrideAction"], name)
			assert.NotContains(t, rule, "action", "a group of rules has none")
			assert.Equal(t, map[string]any{"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": name}}, rule["statement"])
		}
		assert.Equal(t, map[string]any{"allow": map[string]any{}}, g.One(t, typeWebACL).Input("defaultAction"))
	}
	g := componentstest.Deploy(t, webACL(&components.WebAclArgs{ManagedRules: "block", CommonRules: "count", IpReputation: "off"}))
	rules := rulesOf(t, g)
	assert.Len(t, rules, 2)
	assert.Contains(t, rules["AWSManagedRulesCommonRuleSet"]["overrideAction"], "count")
	assert.Contains(t, rules["AWSManagedRulesKnownBadInputsRuleSet"]["overrideAction"], "none")
}

func TestRulesOfAWebAcl(t *testing.T) {
	path := func(position, text string) map[string]any {
		return map[string]any{"byteMatchStatement": map[string]any{
			"fieldToMatch": map[string]any{"uriPath": map[string]any{}}, "positionalConstraint": position, "searchString": text,
			"textTransformations": []any{map[string]any{"priority": 0, "type": "URL_DECODE"}},
		}}
	}
	countries := map[string]any{"geoMatchStatement": map[string]any{"countryCodes": []any{"DE", "FR"}}}
	g := componentstest.Deploy(t, webACL(&components.WebAclArgs{
		ManagedRules: "off", RateLimit: &components.WebAclRateLimitArgs{Requests: 500},
		Rules: []components.WebAclRuleArgs{
			{Name: "one-path", Paths: []string{"/admin*"}},
			{Name: "paths", Action: "count", Paths: []string{"/a", "/b/*"}},
			{Name: "places", Action: "allow", Countries: []string{"DE", "FR"}},
			{Name: "both", Paths: []string{"/a"}, Countries: []string{"DE", "FR"}},
		},
	}))
	for name, want := range map[string]struct {
		action    string
		statement map[string]any
	}{
		"one-path": {"block", path("STARTS_WITH", "/admin")},
		"paths":    {"count", map[string]any{"orStatement": map[string]any{"statements": []any{path("EXACTLY", "/a"), path("STARTS_WITH", "/b/")}}}},
		"places":   {"allow", countries},
		"both":     {"block", map[string]any{"andStatement": map[string]any{"statements": []any{path("EXACTLY", "/a"), countries}}}},
		"rate-limit": {"block", map[string]any{"rateBasedStatement": map[string]any{
			"aggregateKeyType": "IP", "limit": 500, "evaluationWindowSec": 300,
		}}},
	} {
		rule := rulesOf(t, g)[name]
		assert.Equal(t, map[string]any{want.action: map[string]any{}}, rule["action"], name)
		assert.Equal(t, want.statement, rule["statement"], name)
		assert.Equal(t, map[string]any{"metricName": name, "cloudwatchMetricsEnabled": true, "sampledRequestsEnabled": true}, rule["visibilityConfig"])
	}
}

func TestTheLogOfAWebAclHasNoCredentials(t *testing.T) {
	g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		_, err := components.NewWebAcl(ctx, "acl", &components.WebAclArgs{OriginSecret: p.secret, IpReputation: "off"})
		return err
	}))
	acl, log := g.One(t, typeWebACL), g.One(t, typeWebACLLog)
	group := g.One(t, typeLogGroup)
	assert.Equal(t, "aws-waf-logs-acl-", group.Input("namePrefix"))
	assert.Equal(t, 30, group.Input("retentionInDays"))
	assert.Equal(t, []any{group.Output("arn")}, log.Input("logDestinationConfigs"))
	assert.Equal(t, acl.Output("arn"), log.Input("resourceArn"))
	var hidden []string
	for _, field := range log.Input("redactedFields").([]any) {
		hidden = append(hidden, field.(map[string]any)["singleHeader"].(map[string]any)["name"].(string))
	}
	assert.Equal(t, []string{"authorization", "cookie", "x-origin-verify"}, hidden)
	assert.Equal(t, false, acl.Input("visibilityConfig.sampledRequestsEnabled"), "samples show every header")
	for name, rule := range rulesOf(t, g) {
		assert.Equal(t, false, rule["visibilityConfig"].(map[string]any)["sampledRequestsEnabled"], name)
	}
}

// A distribution names its web ACL, a load balancer is associated with one before its
// names lead viewers to it.
func TestAWebAclIsAttached(t *testing.T) {
	g := deployUse(t, "WebAcl, for a distribution")
	acl := g.One(t, typeWebACL)
	assert.Equal(t, "CLOUDFRONT", acl.Input("scope"))
	assert.Equal(t, acl.Output("arn"), g.One(t, typeDistribution).Input("webAclId"))
	assert.Equal(t, "KB_64", acl.Input("associationConfig.requestBodies[0].cloudfronts[0].defaultSizeInspectionLimit"))
	assert.Empty(t, g.OfType(typeWebACLAttached))

	g = deployUse(t, "WebAcl, for a load balancer")
	acl, attachment := g.One(t, typeWebACL), g.One(t, typeWebACLAttached)
	assert.Equal(t, "REGIONAL", acl.Input("scope"))
	assert.Equal(t, acl.Output("arn"), attachment.Input("webAclArn"))
	assert.Equal(t, g.One(t, typeLoadBalancer).Output("arn"), attachment.Input("resourceArn"))
	assert.True(t, g.Get(t, typeRecord, "web-a-web.example.com").DependsOn(attachment))

	g = deployUse(t, "WebAcl, adopted")
	assert.Equal(t, someRegionalWebAclArn, g.One(t, typeWebACLAttached).Input("webAclArn"))
	assert.Empty(t, g.OfType(typeWebACL))
}

func TestBlockedRequestsRaiseAnAlarm(t *testing.T) {
	g := deployUse(t, "WebAcl, for a load balancer")
	name := g.One(t, typeWebACL).Input("visibilityConfig.metricName")
	assert.Equal(t, "project-stack-acl", name, "stacks of one account do not share a metric")
	alarm := g.Get(t, typeAlarm, "oncall-blocked-requests-acl")
	assert.Equal(t, "AWS/WAFV2", alarm.Input("namespace"))
	assert.Equal(t, "BlockedRequests", alarm.Input("metricName"))
	assert.EqualValues(t, 50, alarm.Input("threshold"))
	assert.Equal(t, map[string]any{"WebACL": name, "Rule": "ALL", "Region": "ap-northeast-1"}, alarm.Input("dimensions"))
}

// The plan of a component knows its web ACL as the registered resources have it.
func TestThePlanHasTheWebAcl(t *testing.T) {
	for name, front := range map[string]bool{"a distribution": true, "a load balancer": false} {
		t.Run(name, func(t *testing.T) {
			var plan requestpath.Plan
			g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
				opts := []pulumi.ResourceOption{}
				if front {
					virginia, err := components.USEast1Provider(ctx, "virginia")
					if err != nil {
						return err
					}
					opts = append(opts, pulumi.Provider(virginia))
				}
				acl, err := components.NewWebAcl(ctx, "acl", &components.WebAclArgs{
					ForCloudFront: front, Rules: []components.WebAclRuleArgs{{Name: "admin", Paths: []string{"/admin*"}}},
				}, opts...)
				if err != nil {
					return err
				}
				if front {
					cdn, err := components.NewCloudFrontFront(ctx, "cdn", &components.CloudFrontFrontArgs{
						OriginDomainName: "origin.example.com", Domain: p.viewers, WebAcl: acl,
					})
					plan = cdn.Plan()
					return err
				}
				alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain, WebAcl: acl})
				plan = alb.Plan()
				return err
			}))
			host := map[bool]string{true: "example.com", false: "app.example.com"}[front]
			for path, status := range map[string]int{"/admin/users": 403, "/%61dmin": 403} {
				request := requestpath.Request{Name: host, Path: path}
				assert.Equal(t, status, requestpath.Walk(plan, request).Outcome.Status, path)
				componentstest.AssertPath(t, g, request, status)
			}
			assert.Equal(t, requestpath.HopWebACL, requestpath.Walk(plan, requestpath.Request{Name: host}).Hop(requestpath.HopWebACL).Kind)
		})
	}
}
