package controls

import "slices"

const (
	typeWebACL    = "aws:wafv2/webAcl:WebAcl"
	typeRuleGroup = "aws:wafv2/ruleGroup:RuleGroup"
)

// firewalls are the controls of AWS WAF.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html
var firewalls = []Control{
	{
		ID: "WAF.10", Title: "A web ACL has rules",
		check: alone("web ACL", func(a resource) string { return unless(len(a.blocks("rules")) > 0, "has none") }, typeWebACL),
	},
	{
		ID: "WAF.12", Title: "Rules of AWS WAF report metrics",
		check: alone("web ACL", func(a resource) string {
			silent := func(rule resource) bool { return !rule.flag("visibilityConfig", "cloudwatchMetricsEnabled") }
			return unless(!silent(a) && !slices.ContainsFunc(a.blocks("rules"), silent), "has some that do not")
		}, typeWebACL, typeRuleGroup),
	},
}
