package wafv2

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// webACLType is a web ACL. Distributions and load balancers ask it about requests.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html
// https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
// *sourced* (outputs of what is not set are inferred)
func webACLType() core.Type {
	visibility := []string{"cloudwatchMetricsEnabled", "metricName", "sampledRequestsEnabled"}
	custom := []string{"customResponseBodyKey", "responseCode", "responseHeaders.name", "responseHeaders.value"}
	inputs := []string{"description", "name", "scope", "tags", "associationConfig.requestBodies.cloudfronts.defaultSizeInspectionLimit"}
	inputs = append(inputs, core.Fields("visibilityConfig", visibility...)...)
	inputs = append(inputs, core.Fields("customResponseBodies", "content", "contentType", "key")...)
	inputs = append(inputs, "defaultAction.allow", "rules.action.allow", "rules.action.count", "rules.action.captcha", "rules.action.challenge")
	for _, action := range []string{"defaultAction", "rules.action"} {
		inputs = append(inputs, core.Fields(action+".block.customResponse", custom...)...)
	}
	inputs = append(inputs, core.Fields("rules", "name", "priority", "overrideAction.count", "overrideAction.none")...)
	inputs = append(inputs, ruleInputs()...)
	inputs = append(inputs, core.Fields("rules.visibilityConfig", visibility...)...)
	return core.Type{
		Token:      WebACLToken,
		Name:       &core.Autoname{Property: "name", MaxLength: 128},
		Inputs:     inputs,
		Fills:      core.Object{"applicationIntegrationUrl": "", "namePrefix": ""},
		ID:         uuid,
		InUse:      inUse,
		References: ipSetReferences(),
		Unique:     []core.Unique{{Inputs: []string{"name", "scope"}, Code: "WAFDuplicateItemException", Message: duplicate}},
		Recomputes: map[string][]string{core.AnyInput: {"lockToken"}, "rules": {"capacity"}},
		Rules: []core.Rule{
			core.OneOf(invalid, "scope", forCloudFront, regional),
			core.Matching(invalid, "name", entityName, entityNameForm),
			core.InBlocks("defaultAction", oneActionRule),
			core.InBlocks("rules",
				core.Matching(invalid, "name", entityName, entityNameForm),
				actionRule, statementRule),
			core.InBlocks("rules.action", oneActionRule),
			core.InBlocks("rules.overrideAction", oneActionRule),
			core.InBlocks("rules.action.block.customResponse", core.OneOfNumbers(invalid, "responseCode", responseCodes...)),
			core.InBlocks("defaultAction.block.customResponse", core.OneOfNumbers(invalid, "responseCode", responseCodes...)),
			core.InBlocks("customResponseBodies", core.OneOf(invalid, "contentType", "TEXT_PLAIN", "TEXT_HTML", "APPLICATION_JSON")),
			core.InBlocks("associationConfig.requestBodies.cloudfronts",
				core.OneOf(invalid, "defaultSizeInspectionLimit", sortedLimits()...)),
			core.Distinct(invalid, "rules.priority"),
			core.Distinct(invalid, "rules.name"),
		},
		Apply: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			out, err := arn(t, "webacl", id, in)
			if err != nil {
				return nil, err
			}
			capacity := 0
			for _, rule := range in.Blocks("rules") {
				capacity += capacityOf(rule.Block("statement"))
			}
			if capacity > mostCapacity {
				return nil, core.Refuse("WAFLimitsExceededException", "the web ACL needs %d WCUs and may have %d", capacity, mostCapacity)
			}
			return out.With(core.Object{"capacity": float64(capacity), "lockToken": t.Hex(32)}), nil
		},
	}
}

// mostCapacity is how many web ACL capacity units a web ACL may need.
// Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
const mostCapacity = 5000

// responseCodes are the statuses of custom responses.
// Source: https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-status-codes.html
var responseCodes = []float64{
	200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416,
	421, 429, 500, 501, 502, 503, 504, 505,
}

func sortedLimits() []string {
	var all []string
	for _, limit := range []string{"KB_16", "KB_32", "KB_48", "KB_64"} {
		if awstable.BodyInspectionBytes[limit] > 0 {
			all = append(all, limit)
		}
	}
	return all
}

// actionRule lets rules that refer to a group have an overrideAction, and only those.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
// *sourced*, the wording inferred
func actionRule(rule core.Object) *core.Refusal {
	if rule.Pending("statement") && rule.Block("statement") == nil {
		return nil
	}
	group := rule.Block("statement").Has("managedRuleGroupStatement")
	switch {
	case !rule.Has("action") && !rule.Has("overrideAction"):
		return core.Invalid(invalid, "action", "a rule has an action, or an overrideAction if it refers to a group of rules")
	case group && rule.Has("action"):
		return core.Invalid(invalid, "action", "a rule that refers to a group of rules has an overrideAction, not an action")
	case !group && rule.Has("overrideAction"):
		return core.Invalid(invalid, "overrideAction", "only a rule that refers to a group of rules has an overrideAction")
	}
	return nil
}

// oneActionRule wants one action, which is an empty block as a rule.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleAction.html
// *sourced*, the wording inferred
func oneActionRule(in core.Object) *core.Refusal {
	actions := slices.DeleteFunc(in.Keys(), func(kind string) bool { return !in.Has(kind) || strings.HasPrefix(kind, "__") })
	if len(actions) != 1 {
		return core.Invalid(invalid, "", "must have exactly one action, has %d", len(actions))
	}
	return nil
}

// addressesRule wants CIDR blocks of the set's version.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html
// *sourced*, the wording inferred
func addressesRule(in core.Object) *core.Refusal {
	for i, block := range in.Strs("addresses") {
		prefix, err := netip.ParsePrefix(block)
		property := fmt.Sprintf("addresses[%d]", i)
		switch {
		case err != nil:
			return core.Invalid(invalid, property, "must be a CIDR block such as 192.0.2.44/32, got %q", block)
		case prefix.Bits() == 0:
			return core.Invalid(invalid, property, "must not be /0, got %q", block)
		case in.Known("ipAddressVersion") && prefix.Addr().Is4() != (in.Str("ipAddressVersion") == "IPV4"):
			return core.Invalid(invalid, property, "must be of version %s, got %q", in.Str("ipAddressVersion"), block)
		}
	}
	return nil
}
