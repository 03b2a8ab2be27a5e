package elb

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
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

// conditionInputs are the fields of conditions that have rules here.
func conditionInputs() []string {
	var out []string
	for _, field := range []string{
		"hostHeader.values", "httpHeader.httpHeaderName", "httpHeader.values", "httpRequestMethod.values",
		"pathPattern.values", "queryStrings.key", "queryStrings.value", "sourceIp.values",
	} {
		out = append(out, core.Join("conditions", field))
	}
	return out
}

// exampleConditions are conditions of every kind.
func exampleConditions() []any {
	return []any{
		core.Object{"hostHeader": core.Object{"values": core.List("*.example.com")}},
		core.Object{"httpHeader": core.Object{"httpHeaderName": "X-Origin-Verify", "values": core.List("right")}},
		core.Object{"pathPattern": core.Object{"values": core.List("/a")}},
		core.Object{"queryStrings": []any{core.Object{"key": "a", "value": "b"}}},
		core.Object{"sourceIp": core.Object{"values": core.List("10.0.0.0/8")}},
	}
}

// conditionRules are the rules of the conditions of a rule.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
// *sourced*
func conditionRules() []core.Rule {
	return []core.Rule{
		oneKindRule,
		singleConditionsRule,
		conditionValuesRule,
		wildcardsRule,
		core.InBlocks("conditions.hostHeader", eachValue(hostPattern)),
		core.InBlocks("conditions.pathPattern", eachValue(pathPattern)),
		core.InBlocks("conditions.httpHeader", headerNameRule, eachValue(printable)),
		core.InBlocks("conditions.httpRequestMethod", eachValue(requestMethod)),
		core.InBlocks("conditions.sourceIp", eachValue(sourceRange)),
		core.InBlocks("conditions.queryStrings",
			core.AtMost("ValidationError", "key", 128),
			core.AtMost("ValidationError", "value", 128)),
	}
}

// oneKindRule requires that each condition is of exactly one kind.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
// *sourced*
func oneKindRule(in core.Object) *core.Refusal {
	for _, condition := range core.BlocksAt(in, "conditions") {
		if keys := condition.Block.Keys(); len(keys) != 1 {
			return core.Invalid("ValidationError", condition.Path, "must be exactly one of %s, got %q",
				strings.Join(slices.Sorted(maps.Keys(conditionKinds)), ", "), keys)
		}
	}
	return nil
}

// singleConditionsRule refuses more than one condition of a kind that cannot be
// repeated.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func singleConditionsRule(in core.Object) *core.Refusal {
	count := map[string]int{}
	for _, c := range in.Blocks("conditions") {
		for _, kind := range c.Keys() {
			count[kind]++
			if count[kind] > 1 && !conditionKinds[kind] {
				return core.Invalid("ValidationError", "conditions", "can have only one %s, got %d", kind, count[kind])
			}
		}
	}
	return nil
}

// conditionValuesRule limits the values that the conditions of a rule have together.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced* (the code is inferred; another page speaks of three values in one
// condition, which is not enforced here)
func conditionValuesRule(in core.Object) *core.Refusal {
	count := 0
	for _, c := range in.Blocks("conditions") {
		count += len(c.List("queryStrings"))
		for _, kind := range c.Keys() {
			count += len(c.Block(kind).List("values"))
		}
	}
	if count > 5 {
		return core.Invalid("ValidationError", "conditions", "can have at most 5 values in one rule, got %d", count)
	}
	return nil
}

// wildcardsRule limits the wildcards that the conditions of a rule have together. AWS
// documents 5 in one place and 6 in another; the lower limit applies here.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced* (the code is inferred)
func wildcardsRule(in core.Object) *core.Refusal {
	count := 0
	for _, c := range in.Blocks("conditions") {
		for _, kind := range []string{"hostHeader", "httpHeader", "pathPattern"} {
			for _, v := range c.Block(kind).Strs("values") {
				count += wildcardsIn(v)
			}
		}
		for _, q := range c.Blocks("queryStrings") {
			count += wildcardsIn(q.Str("key")) + wildcardsIn(q.Str("value"))
		}
	}
	if count > 5 {
		return core.Invalid("ValidationError", "conditions", "can have at most 5 wildcards in one rule, got %d", count)
	}
	return nil
}

func wildcardsIn(s string) int { return strings.Count(s, "*") + strings.Count(s, "?") }

// eachValue applies a check, which says what is wrong, to every value of a
// condition. A condition without values is refused (inferred).
func eachValue(wrong func(string) string) core.Rule {
	return func(condition core.Object) *core.Refusal {
		if condition.Known("values") && len(condition.List("values")) == 0 {
			return core.Invalid("ValidationError", "values", "must have at least one value")
		}
		for _, v := range condition.Strs("values") {
			if says := wrong(v); says != "" {
				return core.Invalid("ValidationError", "values", "%s", says)
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
func headerNameRule(condition core.Object) *core.Refusal {
	name, ok := condition["httpHeaderName"].(string)
	if !ok {
		return nil
	}
	if strings.EqualFold(name, "host") {
		return core.Invalid("ValidationError", "httpHeaderName", "must not be Host: use a hostHeader condition")
	}
	if !headerName.MatchString(name) {
		return core.Invalid("ValidationError", "httpHeaderName", "must be 1-40 characters of a header's name, got %q", name)
	}
	return nil
}
