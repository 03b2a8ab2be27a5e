package elb

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// conditionKinds are the kinds of conditions, and whether a rule can have more than one.
var conditionKinds = map[string]bool{
	"hostHeader":        false,
	"httpHeader":        true,
	"httpRequestMethod": false,
	"pathPattern":       false,
	"queryStrings":      true,
	"sourceIp":          false,
}

// conditionInputs are the fields of conditions that have rules here.
func conditionInputs() []string {
	return core.Fields("conditions",
		"hostHeader.values", "httpHeader.httpHeaderName", "httpHeader.values", "httpRequestMethod.values",
		"pathPattern.values", "queryStrings.key", "queryStrings.value", "sourceIp.values")
}

// conditionRules are the rules of the conditions of a rule.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func conditionRules() []core.Rule {
	return []core.Rule{
		kindsRule,
		conditionValuesRule,
		wildcardsRule,
		core.InBlocks("conditions.hostHeader",
			core.Matching(invalid, "values", regexp.MustCompile(`^[A-Za-z0-9.*?-]{1,128}$`), "1-128 letters, digits and -.*?"),
			core.Matching(invalid, "values", regexp.MustCompile(`\.[A-Za-z]+$`), "names with only letters after the last dot")),
		core.InBlocks("conditions.pathPattern", core.Matching(invalid, "values",
			regexp.MustCompile("^[A-Za-z0-9_.$/~\"'@:+&*?-]{1,128}$"), "1-128 letters, digits and _-.$/~\"'@:+&*?")),
		core.InBlocks("conditions.httpHeader", headerRule, core.Matching(invalid, "httpHeaderName",
			regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$"), "1-40 characters of a header's name")),
		core.InBlocks("conditions.httpRequestMethod", core.Matching(invalid, "values",
			regexp.MustCompile(`^[A-Z_-]{1,40}$`), "1-40 of the characters A-Z, - and _")),
		core.InBlocks("conditions.sourceIp", sourceRangeRule),
		core.InBlocks("conditions.queryStrings", core.AtMost(invalid, "key", 128), core.AtMost(invalid, "value", 128)),
	}
}

// kindsRule requires each condition to be of exactly one kind and to have a value
// (inferred), and refuses to repeat a kind of which a rule can have only one.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func kindsRule(in core.Object) *core.Refusal {
	count := map[string]int{}
	for _, condition := range core.BlocksAt(in, "conditions") {
		kinds := condition.Block.Keys()
		if len(kinds) != 1 {
			return core.Invalid(invalid, condition.Path, "must be exactly one of %s, got %q",
				strings.Join(slices.Sorted(maps.Keys(conditionKinds)), ", "), kinds)
		}
		kind := kinds[0]
		count[kind]++
		if count[kind] > 1 && !conditionKinds[kind] {
			return core.Invalid(invalid, "conditions", "can have only one %s, got %d", kind, count[kind])
		}
		if block := condition.Block.Block(kind); block.Known("values") && len(block.List("values")) == 0 {
			return core.Invalid(invalid, core.Join(condition.Path, kind+".values"), "must have at least one value")
		}
	}
	return nil
}

// conditionValuesRule limits the values that the conditions of a rule have together.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced* (the code is inferred; another page speaks of three values in one
// condition, which is not enforced here)
func conditionValuesRule(in core.Object) *core.Refusal {
	count := len(in.At("conditions.queryStrings"))
	for kind := range conditionKinds {
		count += len(in.At("conditions." + kind + ".values"))
	}
	if count > 5 {
		return core.Invalid(invalid, "conditions", "can have at most 5 values in one rule, got %d", count)
	}
	return nil
}

// wildcardsRule limits the wildcards that the conditions of a rule have together. AWS
// documents 5 in one place and 6 in another; the lower limit applies here.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced* (the code is inferred)
func wildcardsRule(in core.Object) *core.Refusal {
	count := 0
	for _, path := range core.Fields("conditions",
		"hostHeader.values", "httpHeader.values", "pathPattern.values", "queryStrings.key", "queryStrings.value") {
		for _, v := range in.StrsAt(path) {
			count += strings.Count(v, "*") + strings.Count(v, "?")
		}
	}
	if count > 5 {
		return core.Invalid(invalid, "conditions", "can have at most 5 wildcards in one rule, got %d", count)
	}
	return nil
}

var printable = regexp.MustCompile(`^[\x20-\x7e]{1,128}$`)

// headerRule refuses the header Host, which has a condition of its own, and values that
// are not printable. The message leaves the value out: it may be a secret.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
// *sourced*
func headerRule(condition core.Object) *core.Refusal {
	if strings.EqualFold(condition.Str("httpHeaderName"), "host") {
		return core.Invalid(invalid, "httpHeaderName", "must not be Host: use a hostHeader condition")
	}
	for _, v := range condition.Strs("values") {
		if !printable.MatchString(v) {
			return core.Invalid(invalid, "values", "must be 1-128 printable ASCII characters")
		}
	}
	return nil
}

// sourceRangeRule is the form of ranges of addresses.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func sourceRangeRule(condition core.Object) *core.Refusal {
	for _, v := range condition.Strs("values") {
		if _, err := netip.ParsePrefix(v); err != nil {
			return core.Invalid(invalid, "values", "must be an IPv4 or IPv6 CIDR block, got %q", v)
		}
	}
	return nil
}
