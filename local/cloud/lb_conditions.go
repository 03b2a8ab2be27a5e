package cloud

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// conditionKinds are the conditions of a rule, and whether a rule can have more
// than one of a kind.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
var conditionKinds = map[string]bool{
	"hostHeader":        false,
	"httpHeader":        true,
	"httpRequestMethod": false,
	"pathPattern":       false,
	"queryStrings":      true,
	"sourceIp":          false,
}

// conditionRules are the rules of the conditions of a rule.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
// *sourced*
func conditionRules() []rule {
	return []rule{
		oneKindRule,
		singleConditionsRule,
		conditionValuesRule,
		wildcardsRule,
		inBlocks("conditions.hostHeader", eachValue(hostPattern)),
		inBlocks("conditions.pathPattern", eachValue(pathPattern)),
		inBlocks("conditions.httpHeader", headerNameRule, eachValue(printable)),
		inBlocks("conditions.httpRequestMethod", eachValue(requestMethod)),
		inBlocks("conditions.sourceIp", eachValue(sourceRange)),
		inBlocks("conditions.queryStrings",
			atMost("ValidationError", "key", 128),
			atMost("ValidationError", "value", 128)),
	}
}

// oneKindRule is that each condition is of exactly one kind.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
// *sourced*
func oneKindRule(in object) *refusal {
	for _, condition := range blocksAt(in, "conditions") {
		if keys := condition.block.keys(); len(keys) != 1 {
			return invalidf("ValidationError", condition.where, "must be exactly one of %s, got %q",
				strings.Join(slices.Sorted(maps.Keys(conditionKinds)), ", "), keys)
		}
	}
	return nil
}

// singleConditionsRule is that a rule has at most one condition of the kinds that
// cannot be repeated.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func singleConditionsRule(in object) *refusal {
	count := map[string]int{}
	for _, c := range in.objects("conditions") {
		for _, kind := range c.keys() {
			count[kind]++
			if count[kind] > 1 && !conditionKinds[kind] {
				return invalidf("ValidationError", "conditions", "can have only one %s, got %d", kind, count[kind])
			}
		}
	}
	return nil
}

// conditionValuesRule is how many values the conditions of a rule have together.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced* (the code is inferred; another page speaks of three values in one
// condition, which is not enforced here)
func conditionValuesRule(in object) *refusal {
	count := 0
	for _, c := range in.objects("conditions") {
		count += len(c.list("queryStrings"))
		for _, kind := range c.keys() {
			count += len(c.object(kind).list("values"))
		}
	}
	if count > 5 {
		return invalidf("ValidationError", "conditions", "can have at most 5 values in one rule, got %d", count)
	}
	return nil
}

// wildcardsRule is how many wildcards the conditions of a rule have together. AWS
// documents 5 in one place and 6 in another; the stricter counts here.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced* (the code is inferred)
func wildcardsRule(in object) *refusal {
	count := 0
	for _, c := range in.objects("conditions") {
		for _, kind := range []string{"hostHeader", "httpHeader", "pathPattern"} {
			for _, v := range c.object(kind).strs("values") {
				count += wildcardsIn(v)
			}
		}
		for _, q := range c.objects("queryStrings") {
			count += wildcardsIn(q.str("key")) + wildcardsIn(q.str("value"))
		}
	}
	if count > 5 {
		return invalidf("ValidationError", "conditions", "can have at most 5 wildcards in one rule, got %d", count)
	}
	return nil
}

func wildcardsIn(s string) int { return strings.Count(s, "*") + strings.Count(s, "?") }

// eachValue applies a check, which says what is wrong, to every value of a
// condition; no value at all is refused.
func eachValue(wrong func(string) string) rule {
	return func(condition object) *refusal {
		if condition.known("values") && len(condition.list("values")) == 0 {
			return invalidf("ValidationError", "values", "must have at least one value")
		}
		for _, v := range condition.strs("values") {
			if says := wrong(v); says != "" {
				return invalidf("ValidationError", "values", "%s", says)
			}
		}
		return nil
	}
}

var (
	hostCharacters   = regexp.MustCompile(`^[A-Za-z0-9.*?-]{1,128}$`)
	hostEnding       = regexp.MustCompile(`\.[A-Za-z]+$`)
	pathCharacters   = regexp.MustCompile("^[A-Za-z0-9_.$/~\"'@:+&*?-]{1,128}$")
	headerName       = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$")
	methodCharacters = regexp.MustCompile(`^[A-Z_-]{1,40}$`)
	printableValue   = regexp.MustCompile(`^[\x20-\x7e]{1,128}$`)
)

// hostPattern is the form of a host name pattern: it has a dot, and letters alone
// behind the last.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func hostPattern(v string) string {
	if !hostCharacters.MatchString(v) {
		return fmt.Sprintf("must be 1-128 letters, digits and -.*?, got %q", v)
	}
	if !hostEnding.MatchString(v) {
		return fmt.Sprintf("must have a dot with only letters behind the last, got %q", v)
	}
	return ""
}

// pathPattern is the form of a path pattern.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func pathPattern(v string) string {
	if !pathCharacters.MatchString(v) {
		return fmt.Sprintf("must be 1-128 letters, digits and _-.$/~\"'@:+&*?, got %q", v)
	}
	return ""
}

// printable is the form of the value of a header. The message leaves the value
// out: it may be a secret.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
// *sourced*
func printable(v string) string {
	if !printableValue.MatchString(v) {
		return "must be 1-128 printable ASCII characters"
	}
	return ""
}

// requestMethod is the form of a request method.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func requestMethod(v string) string {
	if !methodCharacters.MatchString(v) {
		return fmt.Sprintf("must be 1-40 of the characters A-Z, - and _, got %q", v)
	}
	return ""
}

// sourceRange is the form of a range of addresses.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func sourceRange(v string) string {
	if _, err := netip.ParsePrefix(v); err != nil {
		return fmt.Sprintf("must be an IPv4 or IPv6 CIDR block, got %q", v)
	}
	return ""
}

// headerNameRule is the form of a header's name. Host has a condition of its own.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
// *sourced*
func headerNameRule(condition object) *refusal {
	name, ok := condition["httpHeaderName"].(string)
	if !ok {
		return nil
	}
	if strings.EqualFold(name, "host") {
		return invalidf("ValidationError", "httpHeaderName", "must not be Host: use a hostHeader condition")
	}
	if !headerName.MatchString(name) {
		return invalidf("ValidationError", "httpHeaderName", "must be 1-40 characters of a header's name, got %q", name)
	}
	return nil
}
