package components

import (
	"cmp"
	"slices"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of WebAclArgs.ManagedRules and of actions.
const (
	// WebAclCount lets requests pass that match, and counts them in a metric and the log.
	WebAclCount = "count"
	// WebAclBlock answers 403.
	WebAclBlock = "block"
	// WebAclAllow lets a request pass without asking the rules that follow.
	WebAclAllow = "allow"
	// WebAclOff leaves a group of managed rules out.
	WebAclOff = "off"
)

// WebAclArgs configures a WebAcl. Of its rules, Rules are asked first, in their order, then
// RateLimit, IpReputation, KnownBadInputs and CommonRules.
type WebAclArgs struct {
	// ForCloudFront makes a web ACL for a distribution (scope CLOUDFRONT), which has to be
	// in us-east-1: give the component a provider of that Region, such as USEast1Provider.
	// A change replaces the web ACL. Default: false, for a load balancer (scope REGIONAL)
	// in the web ACL's Region.
	// https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
	ForCloudFront bool `pulumi:"forCloudFront"`

	// ManagedRules is what AWS's groups of managed rules do that are not given an action
	// of their own below: "count", "block" or "off". Count first: the groups also match
	// requests that applications want, such as a body of more than 8 KB. Default: "count".
	// https://docs.aws.amazon.com/waf/latest/developerguide/waf-managed-rule-group-settings.html
	ManagedRules string `pulumi:"managedRules"`

	// CommonRules is the action of AWSManagedRulesCommonRuleSet: "count", "block" or "off".
	// It matches, among others, bodies of more than 8 KB, requests without User-Agent, and
	// paths of more than 1 KB. Default: ManagedRules.
	// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
	CommonRules string `pulumi:"commonRules"`

	// KnownBadInputs is the action of AWSManagedRulesKnownBadInputsRuleSet: "count", "block"
	// or "off". Default: ManagedRules.
	KnownBadInputs string `pulumi:"knownBadInputs"`

	// IpReputation is the action of AWSManagedRulesAmazonIpReputationList: "count", "block"
	// or "off". It is about the address that connects, which at a load balancer behind
	// CloudFront is CloudFront's. Default: ManagedRules.
	// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html
	IpReputation string `pulumi:"ipReputation"`

	// RateLimit is about how many requests one address sends. Default: none.
	RateLimit *WebAclRateLimitArgs `pulumi:"rateLimit"`

	// Rules are about paths and countries, and are asked before all others. Default: none.
	Rules []WebAclRuleArgs `pulumi:"rules"`

	// InspectedBodyKb is how much of a body is inspected at a distribution: 16, 32, 48 or 64
	// KB; beyond 16 KB, AWS charges for each request. The managed rules match a body that is
	// larger. At a load balancer it is always 8 KB, and this must be empty. Default: 16.
	// https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
	InspectedBodyKb int `pulumi:"inspectedBodyKb"`

	// OriginSecret of a load balancer behind CloudFront: its header is left out of the log,
	// and no requests are sampled, because samples show every header. Default: none.
	OriginSecret *OriginSecret `pulumi:"originSecret"`

	// LogRetentionDays is how long the log of the requests is kept, which is in the log
	// group aws-waf-logs-NAME-..., without the headers Authorization and Cookie. One of
	// CloudWatch's: 1, 3, 5, 7, 14, 30 and so on. Default: 30.
	// https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
	LogRetentionDays int `pulumi:"logRetentionDays"`

	// Tags are put on everything that is made here and can have them. Their keys must
	// not begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

// WebAclRateLimitArgs is how many requests an address may send.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
type WebAclRateLimitArgs struct {
	// Requests of one address in WindowSeconds, 10-2000000000. Required.
	Requests int `pulumi:"requests"`
	// WindowSeconds that are looked back: 60, 120, 300 or 600. Default: 300.
	WindowSeconds int `pulumi:"windowSeconds"`
	// Action on requests beyond the limit: "block" or "count". Default: "block".
	Action string `pulumi:"action"`
}

// WebAclRuleArgs is a rule about paths, countries or both.
type WebAclRuleArgs struct {
	// Name of the rule and its metric, 1-128 letters, digits, "_" and "-", unique in the
	// web ACL. Required.
	Name string `pulumi:"name"`
	// Action on requests that match: "block", "count" or "allow". Default: "block".
	Action string `pulumi:"action"`
	// Paths of the requests, such as "/admin", or with * at the end for every path that
	// begins so. They are compared with the path once it is decoded, with regard to case, but not
	// normalized: /./admin is not /admin. Do not rely on them where the application or the
	// listener's rules can refuse instead. Default: every path.
	Paths []string `pulumi:"paths"`
	// Countries that the requests come from, by ISO 3166 code such as "DE"; at most 50. Not at a
	// load balancer behind CloudFront, for which all requests come from CloudFront. Default: every country.
	// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-geo-match.html
	Countries []string `pulumi:"countries"`
}

func (a WebAclArgs) withDefaults() *WebAclArgs {
	a.ManagedRules = cmp.Or(a.ManagedRules, WebAclCount)
	a.CommonRules = cmp.Or(a.CommonRules, a.ManagedRules)
	a.KnownBadInputs = cmp.Or(a.KnownBadInputs, a.ManagedRules)
	a.IpReputation = cmp.Or(a.IpReputation, a.ManagedRules)
	a.LogRetentionDays = cmp.Or(a.LogRetentionDays, 30)
	if a.RateLimit != nil {
		limit := *a.RateLimit
		limit.WindowSeconds = cmp.Or(limit.WindowSeconds, 300)
		limit.Action = cmp.Or(limit.Action, WebAclBlock)
		a.RateLimit = &limit
	}
	rules := make([]WebAclRuleArgs, len(a.Rules))
	for i, rule := range a.Rules {
		rule.Action = cmp.Or(rule.Action, WebAclBlock)
		rules[i] = rule
	}
	a.Rules = rules
	return &a
}

func (a *WebAclArgs) validate(l *fault.List) {
	actions := []string{WebAclCount, WebAclBlock, WebAclOff}
	l.Check("managedRules", awsrule.OneOf(a.ManagedRules, actions...))
	for _, group := range []struct{ path, action string }{
		{"commonRules", a.CommonRules}, {"knownBadInputs", a.KnownBadInputs}, {"ipReputation", a.IpReputation},
	} {
		if group.action != a.ManagedRules {
			l.Check(group.path, awsrule.OneOf(group.action, actions...))
		}
	}
	l.Check("logRetentionDays", awsrule.LogRetention(a.LogRetentionDays))
	l.Check("inspectedBodyKb", awsrule.InspectedBody(a.InspectedBodyKb, a.ForCloudFront))
	checkTags(l, "tags", a.Tags, "")
	if limit := a.RateLimit; limit != nil {
		l.Check("rateLimit.requests", awsrule.RateLimit(limit.Requests))
		l.Check("rateLimit.windowSeconds", awsrule.RateWindow(limit.WindowSeconds))
		l.Check("rateLimit.action", awsrule.OneOf(limit.Action, WebAclBlock, WebAclCount))
	}
	if a.OriginSecret != nil && a.ForCloudFront {
		l.Addf("originSecret", "must be empty with forCloudFront: viewers send no secret, the distribution adds it")
	}
	names := map[string]bool{}
	planned := a.plannedRules()[len(a.Rules):] // of rateLimit and the managed rules
	for i, rule := range a.Rules {
		path := fault.Index("rules", i)
		l.Check(path+".name", awsrule.WebACLRuleName(rule.Name))
		switch {
		case names[rule.Name]:
			l.Addf(path+".name", "must be unique, got %q again", rule.Name)
		case slices.ContainsFunc(planned, func(r webACLRule) bool { return r.name == rule.Name }):
			l.Addf(path+".name", "must not be %q, which the rule of rateLimit or of the managed rules has; choose another name", rule.Name)
		}
		names[rule.Name] = true
		l.Check(path+".action", awsrule.OneOf(rule.Action, WebAclBlock, WebAclCount, WebAclAllow))
		for j, p := range rule.Paths {
			l.Check(fault.Index(path+".paths", j), awsrule.WebACLPath(p))
		}
		awsrule.Countries(l, path+".countries", rule.Countries)
		if len(rule.Paths)+len(rule.Countries) == 0 {
			l.Addf(path, "must have paths or countries: without them it would match every request")
		}
	}
	if len(a.plannedRules()) == 0 {
		l.Addf("managedRules", "must not be %q for all groups without rules or rateLimit: the web ACL would have no rule; leave the web ACL out", WebAclOff)
	} else {
		l.Check("rules", awsrule.WebACLCapacity(a.capacity()))
	}
}
