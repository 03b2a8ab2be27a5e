package components

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// webACLRule is one rule as the web ACL has it. One of group, limit and the requests of
// paths and countries is what it is about.
type webACLRule struct {
	name, action string
	group        string // of AWS's managed rules
	limit        *WebAclRateLimitArgs
	paths        []string
	countries    []string
}

// plannedRules are the rules in the order in which they are asked.
func (a *WebAclArgs) plannedRules() []webACLRule {
	var all []webACLRule
	for _, r := range a.Rules {
		all = append(all, webACLRule{name: r.Name, action: r.Action, paths: r.Paths, countries: r.Countries})
	}
	if a.RateLimit != nil {
		all = append(all, webACLRule{name: "rate-limit", action: a.RateLimit.Action, limit: a.RateLimit})
	}
	for _, g := range []struct{ group, action string }{
		{awstable.IPReputationList, a.IpReputation}, {awstable.KnownBadInputsRuleSet, a.KnownBadInputs}, {awstable.CommonRuleSet, a.CommonRules},
	} {
		if g.action != WebAclOff {
			all = append(all, webACLRule{name: g.group, action: g.action, group: g.group})
		}
	}
	return all
}

// capacity is what the rules need, in WCU.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html
func (a *WebAclArgs) capacity() int {
	total := 0
	for _, r := range a.plannedRules() {
		total += awstable.ManagedRulesCapacity[r.group]
		if r.limit != nil {
			total += 2
		}
		total += len(r.paths) * (2 + 10) // with one transformation each
		if len(r.countries) > 0 {
			total++
		}
	}
	return total
}

// inputs are the rule as the provider takes it.
func (r webACLRule) inputs(priority int, sampled bool) pulumi.Map {
	rule := pulumi.Map{
		"name": pulumi.String(r.name), "priority": pulumi.Int(priority), "statement": r.statement(), "visibilityConfig": visibility(r.name, sampled),
	}
	switch {
	case r.group == "":
		rule["action"] = pulumi.Map{r.action: pulumi.Map{}}
	case r.action == WebAclCount:
		rule["overrideAction"] = pulumi.Map{"count": pulumi.Map{}}
	default: // what the rules of the group do by themselves, which is to block
		rule["overrideAction"] = pulumi.Map{"none": pulumi.Map{}}
	}
	return rule
}

func visibility(metric string, sampled bool) pulumi.Map {
	return pulumi.Map{
		"metricName": pulumi.String(metric), "cloudwatchMetricsEnabled": pulumi.Bool(true), "sampledRequestsEnabled": pulumi.Bool(sampled),
	}
}

func (r webACLRule) statement() pulumi.Map {
	switch {
	case r.group != "":
		return pulumi.Map{"managedRuleGroupStatement": pulumi.Map{"vendorName": pulumi.String("AWS"), "name": pulumi.String(r.group)}}
	case r.limit != nil:
		return pulumi.Map{"rateBasedStatement": pulumi.Map{
			"aggregateKeyType": pulumi.String("IP"), "limit": pulumi.Int(r.limit.Requests), "evaluationWindowSec": pulumi.Int(r.limit.WindowSeconds),
		}}
	}
	var paths pulumi.Array
	for _, p := range r.paths {
		text, position := pathMatch(p)
		paths = append(paths, pulumi.Map{"byteMatchStatement": pulumi.Map{
			"fieldToMatch": pulumi.Map{"uriPath": pulumi.Map{}}, "searchString": pulumi.String(text), "positionalConstraint": pulumi.String(position),
			"textTransformations": pulumi.Array{pulumi.Map{"priority": pulumi.Int(0), "type": pulumi.String(requestpath.TransformURLDecode)}},
		}})
	}
	anyPath := oneOf(paths, func() pulumi.Map { return pulumi.Map{"orStatement": pulumi.Map{"statements": paths}} })
	countries := pulumi.Map{"geoMatchStatement": pulumi.Map{"countryCodes": pulumi.ToStringArray(r.countries)}}
	switch {
	case len(r.countries) == 0:
		return anyPath
	case len(paths) == 0:
		return countries
	}
	return pulumi.Map{"andStatement": pulumi.Map{"statements": pulumi.Array{anyPath, countries}}}
}

// oneOf is the only statement, or what several of them make: WAF wants two at least in an
// orStatement.
func oneOf(statements pulumi.Array, several func() pulumi.Map) pulumi.Map {
	if len(statements) == 1 {
		return statements[0].(pulumi.Map)
	}
	return several()
}

// pathMatch is how WAF compares a path with a pattern.
func pathMatch(pattern string) (text, position string) {
	if prefix, is := strings.CutSuffix(pattern, "*"); is {
		return prefix, requestpath.MatchPrefix
	}
	return pattern, requestpath.MatchExactly
}

// plan is the web ACL as plans have it.
func (a *WebAclArgs) plan(name string) requestpath.WebACL {
	acl := requestpath.WebACL{Name: name, BodyLimitBytes: a.InspectedBodyKb << 10}
	for i, r := range a.plannedRules() {
		acl.Rules = append(acl.Rules, requestpath.WebACLRule{
			Name: r.name, Priority: i, Action: requestpath.WebACLAction{Type: r.action}, Statement: r.plan(),
		})
	}
	return acl
}

func (r webACLRule) plan() requestpath.Statement {
	switch {
	case r.group != "":
		return requestpath.ManagedRules(r.group)
	case r.limit != nil:
		return requestpath.Statement{} // one request is within every limit
	}
	var paths []requestpath.Statement
	for _, p := range r.paths {
		text, position := pathMatch(p)
		paths = append(paths, requestpath.Statement{Match: &requestpath.StringMatch{
			Component: requestpath.Component{Component: requestpath.ComponentPath, Transformations: []string{requestpath.TransformURLDecode}},
			Text:      text, Position: position,
		}})
	}
	anyPath := requestpath.Statement{Or: paths}
	if len(paths) == 1 {
		anyPath = paths[0]
	}
	countries := requestpath.Statement{Countries: r.countries}
	switch {
	case len(r.countries) == 0:
		return anyPath
	case len(paths) == 0:
		return countries
	}
	return requestpath.Statement{And: []requestpath.Statement{anyPath, countries}}
}
