package requestpath

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
)

// ManagedRules are the rules of a group of managed rules without a version and without
// those that are excepted: the rules that are documented in full, and whatever the others
// match, which is not known.
func ManagedRules(group string, except ...string) Statement {
	out := Statement{Or: []Statement{{Unknown: ManagedRulesUnknown(group)}}}
	if group != awstable.CommonRuleSet {
		return out
	}
	for _, rule := range awstable.CommonRules {
		if !slices.Contains(except, rule.Name) {
			out.Or = append(out.Or, commonRule(rule))
		}
	}
	return out
}

// ManagedRulesUnknown says what of a group of managed rules is not known.
func ManagedRulesUnknown(group string) string {
	return fmt.Sprintf("what the managed rules of %s block is not described", group)
}

func commonRule(rule awstable.CommonRule) Statement {
	part := Component{Component: rule.Part, Header: rule.Header}
	if rule.Part == ComponentBody {
		part.Oversize = OversizeMatch
	}
	if rule.LargerThan == 0 {
		return Statement{Not: &Statement{Size: &SizeLimit{Component: part, Operator: "GE"}}}
	}
	return Statement{Size: &SizeLimit{Component: part, Operator: "GT", Bytes: rule.LargerThan}}
}
