package iam

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// DocumentKind is what a policy document is attached to, which decides the elements
// that its statements must and must not have.
type DocumentKind int

// The kinds of policy documents.
const (
	identityPolicy DocumentKind = iota + 1 // says what a role may do
	trustPolicy                            // says who may be a role
	ResourcePolicy                         // says who may do what with a resource, such as a bucket
)

// DocumentRule requires an input to be a policy document. Whether the policy of a resource
// is about that resource is not checked.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
func DocumentRule(code, property string, kind DocumentKind) core.Rule {
	return func(in core.Object) *core.Refusal {
		if !in.Known(property) {
			return nil
		}
		if message := checkDocument(in.Str(property), kind); message != "" {
			return &core.Refusal{Code: code, Property: property, Message: message}
		}
		return nil
	}
}

// Document reads a policy document; nil if it is not valid.
func Document(raw string) core.Object {
	var out core.Object
	if json.Unmarshal([]byte(raw), &out) != nil {
		return nil
	}
	return out
}

// statementElements are the elements a statement may have.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
var statementElements = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}

// checkDocument returns IAM's objection to a policy document, in its words where they
// are known; "" for none.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
func checkDocument(raw string, kind DocumentKind) string {
	doc := Document(raw)
	if doc == nil {
		return "This policy contains invalid Json"
	}
	for _, key := range doc.Keys() {
		if !slices.Contains([]string{"Version", "Id", "Statement"}, key) {
			return "Syntax errors in policy: unknown element " + key
		}
	}
	if v, given := doc["Version"]; given && v != "2012-10-17" && v != "2008-10-17" {
		return "The policy must contain a valid version string"
	}
	statements := doc.At("Statement")
	if len(statements) == 0 {
		return "Missing required field Statement"
	}
	seen := map[string]bool{}
	for _, s := range statements {
		statement := core.AsObject(s)
		if statement == nil {
			return "Syntax errors in policy: a statement must be an object"
		}
		if message := checkStatement(statement, kind); message != "" {
			return message
		}
		if sid := statement.Str("Sid"); sid != "" {
			if seen[sid] {
				return "Statement IDs (SID) in a single policy must be unique: " + sid
			}
			seen[sid] = true
		}
	}
	return ""
}

// sidCharset is the form of the id of a statement.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
// *sourced*
var sidCharset = regexp.MustCompile(`^[A-Za-z0-9]*$`)

// checkStatement returns IAM's objection to one statement; "" for none.
func checkStatement(s core.Object, kind DocumentKind) string {
	for _, key := range s.Keys() {
		if !slices.Contains(statementElements, key) {
			return "Syntax errors in policy: unknown element " + key
		}
	}
	if !sidCharset.MatchString(s.Str("Sid")) {
		return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	}
	if e := s.Str("Effect"); e != "Allow" && e != "Deny" {
		return "Syntax errors in policy: Effect must be Allow or Deny"
	}
	if message := checkActions(s, kind); message != "" {
		return message
	}
	if s.Has("Condition") && core.AsObject(s["Condition"]) == nil {
		return "Syntax errors in policy: Condition must be an object"
	}
	if message := checkConditions(s.Block("Condition")); message != "" {
		return message
	}
	switch kind {
	case trustPolicy:
		return checkPrincipals(s)
	case ResourcePolicy:
		if s.Has("Principal") == s.Has("NotPrincipal") {
			return "Missing required field Principal"
		}
	case identityPolicy:
		if s.Has("Principal") || s.Has("NotPrincipal") {
			return "Policy document should not specify a principal."
		}
	}
	return checkResources(s)
}

// valuesOf are the values of an element, such as Action, or of its negation; false
// unless the statement has exactly one of the two, with values.
func valuesOf(s core.Object, element string) ([]any, bool) {
	values := append(s.At(element), s.At("Not"+element)...)
	return values, s.Has(element) != s.Has("Not"+element) && len(values) > 0
}

// action is a service's prefix and an action, perhaps with wildcards.
var action = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$`)

// checkActions requires actions that are prefixed by a service; in a trust policy,
// only those of assuming a role.
func checkActions(s core.Object, kind DocumentKind) string {
	actions, ok := valuesOf(s, "Action")
	if !ok {
		return "Policy statement must contain actions."
	}
	for _, a := range actions {
		name, _ := a.(string)
		if name != "*" && !action.MatchString(name) {
			return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
		}
		if kind == trustPolicy && !strings.HasPrefix(strings.ToLower(name), "sts:") {
			return "AssumeRole policy may only specify STS AssumeRole actions."
		}
	}
	return ""
}

// resourceArn is the form of a resource: an ARN whose partition and service are not
// wildcards.
var resourceArn = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[^:]*:[^:]*:.+$`)

// checkResources requires resources by their ARNs.
func checkResources(s core.Object) string {
	resources, ok := valuesOf(s, "Resource")
	if !ok {
		return "Policy statement must contain resources."
	}
	for _, r := range resources {
		name, _ := r.(string)
		if name != "*" && !resourceArn.MatchString(name) {
			return `Resource ` + name + ` must be in ARN format or "*".`
		}
	}
	return ""
}

// principalTypes are the kinds of principals that a trust policy can name.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
// *sourced*
var principalTypes = []string{"AWS", "Service", "Federated", "CanonicalUser"}

// serviceName is the form of a service as a principal.
var serviceName = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com$`)

// checkPrincipals requires a trust policy to name principals and no resources.
func checkPrincipals(s core.Object) string {
	if s.Has("Resource") || s.Has("NotResource") {
		return "Has prohibited field Resource"
	}
	if s.Has("NotPrincipal") {
		return "AssumeRole policy cannot specify NotPrincipal"
	}
	principal := s["Principal"]
	if principal == "*" {
		return ""
	}
	named := core.AsObject(principal)
	if len(named) == 0 {
		return "AssumeRolepolicy contained an invalid principal: a Principal is required"
	}
	for _, kind := range named.Keys() {
		if !slices.Contains(principalTypes, kind) {
			return "AssumeRolepolicy contained an invalid principal: " + kind
		}
		for _, p := range named.At(kind) {
			name, _ := p.(string)
			if name == "" || kind == "Service" && !serviceName.MatchString(name) {
				return `Invalid principal in policy: "` + strings.ToUpper(kind) + `":"` + name + `"`
			}
		}
	}
	return ""
}

// conditionOperator is an operator of a condition with its set prefix and
// IfExists suffix.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// *sourced*
var conditionOperator = regexp.MustCompile(`^(Null|((ForAllValues|ForAnyValue):)?(` +
	`String(Not)?(Equals(IgnoreCase)?|Like)|` +
	`(Numeric|Date)((Not)?Equals|LessThan(Equals)?|GreaterThan(Equals)?)|` +
	`Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?)$`)

// conditionKey is a key prefixed by its service.
var conditionKey = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9._/${}:*+=@-]+$`)

// checkConditions requires known operators and keys that are prefixed by a service.
func checkConditions(conditions core.Object) string {
	for _, operator := range conditions.Keys() {
		if !conditionOperator.MatchString(operator) {
			return "Invalid Condition type : " + operator + "."
		}
		for key := range conditions.Block(operator) {
			if !conditionKey.MatchString(key) {
				return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
			}
		}
	}
	return ""
}
