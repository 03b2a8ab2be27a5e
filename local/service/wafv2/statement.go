package wafv2

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// deepest is how many statements may be in one another here. AWS allows more.
const deepest = 2

// simple are the supported properties of statements that are in rules and in other
// statements. Others are refused as unsupported.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html
var simple = slices.Concat(
	core.Fields("byteMatchStatement", slices.Concat(field, []string{"positionalConstraint", "searchString"})...),
	core.Fields("sizeConstraintStatement", slices.Concat(field, []string{"comparisonOperator", "size"})...),
	[]string{"geoMatchStatement.countryCodes", "ipSetReferenceStatement.arn"},
)

var field = []string{
	"fieldToMatch.body", "fieldToMatch.method", "fieldToMatch.queryString", "fieldToMatch.singleHeader", "fieldToMatch.uriPath",
	"textTransformations",
}

// statementInputs are the properties of a statement with others in it.
func statementInputs(at string, depth int) []string {
	all := core.Fields(at, simple...)
	if depth > 1 {
		for _, kind := range []string{"andStatement", "notStatement", "orStatement"} {
			all = append(all, statementInputs(at+"."+kind+".statements", depth-1)...)
		}
	}
	return all
}

// ruleInputs are the properties of the statement of a rule.
func ruleInputs() []string {
	const managed, rate = "rules.statement.managedRuleGroupStatement", "rules.statement.rateBasedStatement"
	all := statementInputs("rules.statement", deepest)
	all = append(all, core.Fields(managed, "name", "ruleActionOverrides", "vendorName", "version")...)
	all = append(all, core.Fields(rate, "aggregateKeyType", "evaluationWindowSec", "limit")...)
	for _, group := range []string{managed, rate} {
		all = append(all, statementInputs(group+".scopeDownStatement", 1)...)
	}
	return all
}

// statementRules are those of one statement of a kind.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html
// https://docs.aws.amazon.com/waf/latest/APIReference/API_SizeConstraintStatement.html
// https://docs.aws.amazon.com/waf/latest/APIReference/API_GeoMatchStatement.html
// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
// *sourced*
var statementRules = map[string][]core.Rule{
	"andStatement": {severalRule}, "orStatement": {severalRule}, "notStatement": {core.AtMostItems(invalid, "statements", 1), core.Required(invalid, "statements")},
	"byteMatchStatement": {
		core.OneOf(invalid, "positionalConstraint", "EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CONTAINS_WORD"),
		core.AtMost(invalid, "searchString", 200), core.Required(invalid, "searchString"),
		core.Matching(invalid, "searchString", regexp.MustCompile("(?s)^."), "not empty"), fieldRule, transformationsRule,
	},
	"sizeConstraintStatement": {
		core.OneOf(invalid, "comparisonOperator", "EQ", "NE", "LE", "LT", "GE", "GT"),
		core.Within(invalid, "size", 0, 21474836480), fieldRule, transformationsRule,
	},
	"geoMatchStatement": {
		core.Matching(invalid, "countryCodes", regexp.MustCompile("^[A-Z]{2}$"), "two-letter country codes"),
		core.Required(invalid, "countryCodes"), core.AtMostItems(invalid, "countryCodes", 50),
	},
	"rateBasedStatement": {
		core.Within(invalid, "limit", 10, 2_000_000_000), core.OneOfNumbers(invalid, "evaluationWindowSec", 60, 120, 300, 600),
		core.OneOf(core.Unsupported, "aggregateKeyType", "IP", "CONSTANT"), // a limit of the local AWS
	},
}

// statementRule checks the statement of a rule, and those in it.
func statementRule(rule core.Object) *core.Refusal {
	if rule.Pending("statement") && rule.Block("statement") == nil {
		return nil
	}
	return checkStatement(rule.Block("statement"), "statement")
}

// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html
// *sourced*, the wording inferred
func checkStatement(s core.Object, at string) *core.Refusal {
	kinds := slices.DeleteFunc(s.Keys(), func(kind string) bool { return !s.Has(kind) || strings.HasPrefix(kind, "__") })
	if len(kinds) != 1 {
		return core.Invalid(invalid, at, "%s: must have exactly one kind of statement, has %d", at, len(kinds))
	}
	block := s.Block(kinds[0])
	if block == nil && s.Pending(kinds[0]) {
		return nil
	}
	at = core.Join(at, kinds[0])
	for _, check := range statementRules[kinds[0]] {
		if fault := check(block); fault != nil {
			return &core.Refusal{Code: fault.Code, Property: core.Join(at, fault.Property), Message: core.Join(at, fault.Message)}
		}
	}
	for i, inner := range block.Blocks("statements") {
		if fault := checkStatement(inner, fmt.Sprintf("%s.statements[%d]", at, i)); fault != nil {
			return fault
		}
	}
	if block.Block("scopeDownStatement") != nil {
		return checkStatement(block.Block("scopeDownStatement"), core.Join(at, "scopeDownStatement"))
	}
	return nil
}

// severalRule wants two statements at least.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_AndStatement.html
// *sourced*, the wording inferred
func severalRule(in core.Object) *core.Refusal {
	if n := len(in.List("statements")); n < 2 && !in.Pending("statements") {
		return core.Invalid(invalid, "statements", "must be two or more, got %d", n)
	}
	return nil
}

// fieldRule wants one part of the request to look at.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_FieldToMatch.html
// *sourced*, the wording inferred
func fieldRule(in core.Object) *core.Refusal {
	if in.Pending("fieldToMatch") {
		return nil
	}
	field := in.Block("fieldToMatch")
	parts := slices.DeleteFunc(field.Keys(), func(part string) bool { return !field.Has(part) || strings.HasPrefix(part, "__") })
	if len(parts) != 1 {
		return core.Invalid(invalid, "fieldToMatch", "must name exactly one part of the request, has %d", len(parts))
	}
	handling := field.Block("body").Str("oversizeHandling")
	if handling != "" && !slices.Contains([]string{"CONTINUE", "MATCH", "NO_MATCH"}, handling) {
		return core.Invalid(invalid, "fieldToMatch.body.oversizeHandling", "must be CONTINUE, MATCH or NO_MATCH, got %q", handling)
	}
	return nil
}

// transformations are the kinds of text transformations.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_TextTransformation.html
var transformations = []string{
	"NONE", "COMPRESS_WHITE_SPACE", "HTML_ENTITY_DECODE", "LOWERCASE", "CMD_LINE", "URL_DECODE", "BASE64_DECODE", "HEX_DECODE", "MD5",
	"REPLACE_COMMENTS", "ESCAPE_SEQ_DECODE", "SQL_HEX_DECODE", "CSS_DECODE", "JS_DECODE", "NORMALIZE_PATH", "NORMALIZE_PATH_WIN",
	"REMOVE_NULLS", "REPLACE_NULLS", "BASE64_DECODE_EXT", "URL_DECODE_UNI", "UTF8_TO_UNICODE",
}

// transformationsRule wants one at least, with priorities of their own.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html
// *sourced*, the wording inferred
func transformationsRule(in core.Object) *core.Refusal {
	seen := map[int]bool{}
	for _, t := range in.Blocks("textTransformations") {
		if kind := t.Str("type"); t.Known("type") && !slices.Contains(transformations, kind) {
			return core.Invalid(invalid, "textTransformations", "has the type %q, which AWS does not have", kind)
		}
		if seen[t.Int("priority")] {
			return core.Invalid(invalid, "textTransformations", "has the priority %d twice", t.Int("priority"))
		}
		seen[t.Int("priority")] = true
	}
	if len(seen) == 0 && !in.Pending("textTransformations") {
		return core.Invalid(invalid, "textTransformations", "must have one at least, NONE if the text is to stay as it is")
	}
	return nil
}

// ipSetReferences are the places in which a rule may name an IP set.
func ipSetReferences() []core.Reference {
	var all []core.Reference
	for _, input := range ruleInputs() {
		if strings.HasSuffix(input, "ipSetReferenceStatement.arn") {
			all = append(all, core.Reference{Input: input, To: []string{IPSetToken}, By: "arn", Code: lost})
		}
	}
	return all
}

// capacityOf is how many WCUs a statement needs. Groups of managed rules that are not
// listed count as the largest of those that are.
// Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html and
// the pages of the statements and of the managed rule groups
// *sourced*, groups that are not listed inferred
func capacityOf(s core.Object) int {
	total := 0
	for kind, own := range map[string]int{
		"byteMatchStatement": 2, "sizeConstraintStatement": 1, "geoMatchStatement": 1, "ipSetReferenceStatement": 1, "rateBasedStatement": 2,
		"andStatement": 0, "orStatement": 0, "notStatement": 0, "managedRuleGroupStatement": 0,
	} {
		if !s.Has(kind) {
			continue
		}
		block := s.Block(kind)
		total += own + 10*len(slices.DeleteFunc(block.Blocks("textTransformations"), func(t core.Object) bool { return t.Str("type") == "NONE" }))
		if constraint := block.Str("positionalConstraint"); strings.HasPrefix(constraint, "CONTAINS") {
			total += 8
		}
		for _, inner := range block.Blocks("statements") {
			total += capacityOf(inner)
		}
		total += capacityOf(block.Block("scopeDownStatement"))
		if kind == "managedRuleGroupStatement" {
			total += groupCapacity(block.Str("name"))
		}
	}
	return total
}

// groupCapacity is that of a group of managed rules; one that is not listed counts as the
// largest.
func groupCapacity(name string) int {
	if wcu, ok := awstable.ManagedRulesCapacity[name]; ok {
		return wcu
	}
	return awstable.ManagedRulesCapacity[awstable.CommonRuleSet]
}
