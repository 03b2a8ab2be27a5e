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
