package wafv2_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/wafv2"
)

type props = map[string]any

func visibility() props {
	return props{"cloudwatchMetricsEnabled": true, "metricName": "m", "sampledRequestsEnabled": true}
}

// acl is a web ACL that blocks what meets some statements.
func acl(scope string, statements ...props) core.Object {
	var rules []any
	for i, s := range statements {
		rules = append(rules, props{
			"name": fmt.Sprint("rule-", i), "priority": i, "action": props{"block": props{}}, "statement": s, "visibilityConfig": visibility(),
		})
	}
	out := core.Object{"name": "shop", "scope": scope, "defaultAction": props{"allow": props{}}, "visibilityConfig": visibility()}
	if len(rules) > 0 {
		out["rules"] = rules
	}
	return core.AsObject(core.Plain(map[string]any(out)))
}

func pathMatch(change props) props {
	s := props{
		"fieldToMatch": props{"uriPath": props{}}, "positionalConstraint": "CONTAINS", "searchString": "/admin",
		"textTransformations": []any{props{"priority": 0, "type": "LOWERCASE"}, props{"priority": 1, "type": "NONE"}},
	}
	for key, value := range change {
		s[key] = value
	}
	return props{"byteMatchStatement": s}
}

func TestWebACLs(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(wafv2.WebACLToken, "shop", acl("REGIONAL", pathMatch(nil), props{"geoMatchStatement": props{"countryCodes": []any{"JP"}}}))
	assert.Equal(t, "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/shop/"+id, state.Str("arn"))
	assert.Equal(t, 21, state.Int("capacity"), "2 for the text, 8 for any place, 10 for lower case, 1 for the country")
	assert.Equal(t, []string{"scope"}, c.ChangeOf(wafv2.WebACLToken, id, acl("CLOUDFRONT")).Replaces)
	c.Refused(wafv2.WebACLToken, "twin", acl("REGIONAL"), "WAFDuplicateItemException")
	c.Refused(wafv2.WebACLToken, "global", acl("CLOUDFRONT").With(core.Object{"name": "global"}), "the Region must be us-east-1")
	c.Delete(wafv2.WebACLToken, id)
	c.IsSeed()
}

func TestRefusals(t *testing.T) {
	c := cloudtest.New(t)
	geo := props{"geoMatchStatement": props{"countryCodes": []any{"JP"}}}
	managed := props{"managedRuleGroupStatement": props{"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}}
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"scope":                     {acl("GLOBAL"), "scope must be one of"},
		"name":                      {acl("REGIONAL").With(core.Object{"name": "a b"}), "1-128 letters"},
		"no action":                 {acl("REGIONAL").With(core.Object{"defaultAction": props{}}), "exactly one action, has 0"},
		"both actions":              {acl("REGIONAL").With(core.Object{"defaultAction": props{"allow": props{}, "block": props{}}}), "has 2"},
		"a group with an action":    {acl("REGIONAL", managed), "has an overrideAction, not an action"},
		"two kinds":                 {acl("REGIONAL", props{"geoMatchStatement": geo["geoMatchStatement"], "ipSetReferenceStatement": props{"arn": "a"}}), "exactly one kind of statement, has 2"},
		"another kind":              {acl("REGIONAL", props{"labelMatchStatement": props{"key": "a", "scope": "LABEL"}}), "unsupported by the local AWS"},
		"a country":                 {acl("REGIONAL", props{"geoMatchStatement": props{"countryCodes": []any{"Japan"}}}), "two-letter country codes"},
		"one of several":            {acl("REGIONAL", props{"orStatement": props{"statements": []any{geo}}}), "must be two or more, got 1"},
		"two negated":               {acl("REGIONAL", props{"notStatement": props{"statements": []any{geo, geo}}}), "statements"},
		"in one another":            {acl("REGIONAL", props{"notStatement": props{"statements": []any{props{"notStatement": props{"statements": []any{geo}}}}}}), "unsupported"},
		"a wrong one in another":    {acl("REGIONAL", props{"notStatement": props{"statements": []any{props{}}}}), "exactly one kind of statement, has 0"},
		"no text":                   {acl("REGIONAL", pathMatch(props{"searchString": ""})), "searchString"},
		"a position":                {acl("REGIONAL", pathMatch(props{"positionalConstraint": "WITHIN"})), "positionalConstraint must be one of"},
		"no transformation":         {acl("REGIONAL", pathMatch(props{"textTransformations": []any{}})), "NONE if the text is to stay as it is"},
		"a transformation":          {acl("REGIONAL", pathMatch(props{"textTransformations": []any{props{"priority": 0, "type": "UPPERCASE"}}})), "UPPERCASE"},
		"twice the same priority":   {acl("REGIONAL", pathMatch(props{"textTransformations": []any{props{"priority": 0, "type": "NONE"}, props{"priority": 0, "type": "LOWERCASE"}}})), "priority 0 twice"},
		"two fields":                {acl("REGIONAL", pathMatch(props{"fieldToMatch": props{"uriPath": props{}, "method": props{}}})), "exactly one part of the request, has 2"},
		"another field":             {acl("REGIONAL", pathMatch(props{"fieldToMatch": props{"allQueryArguments": props{}}})), "unsupported"},
		"oversize":                  {acl("REGIONAL", pathMatch(props{"fieldToMatch": props{"body": props{"oversizeHandling": "BLOCK"}}})), "CONTINUE, MATCH or NO_MATCH"},
		"a rate":                    {acl("REGIONAL", props{"rateBasedStatement": props{"limit": 9}}), "limit"},
		"a window":                  {acl("REGIONAL", props{"rateBasedStatement": props{"limit": 100, "evaluationWindowSec": 90}}), "evaluationWindowSec"},
		"a set that is not there":   {acl("REGIONAL", props{"ipSetReferenceStatement": props{"arn": "arn:lost"}}), "WAFNonexistentItemException"},
		"a status":                  {acl("REGIONAL").With(core.Object{"defaultAction": props{"block": props{"customResponse": props{"responseCode": 418.0}}}}), "responseCode"},
		"more than a web ACL holds": {acl("REGIONAL", many()...), "needs 5040 WCUs and may have 5000"},
	} {
		t.Run(name, func(t *testing.T) {
			in := core.AsObject(core.Plain(map[string]any(tc.in)))
			c.For(t).Refused(wafv2.WebACLToken, "x", in, tc.want)
		})
	}
}

// many are statements that need more than a web ACL may.
func many() []props {
	all := make([]props, 0, 252)
	for range 252 {
		all = append(all, pathMatch(nil))
	}
	return all
}
