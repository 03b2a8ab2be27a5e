package iam

import (
	"cmp"
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

// checkDocument returns IAM's objection to a policy document, in its words where they
// are known; "" for none.
func checkDocument(raw string, kind DocumentKind) string {
	doc := Document(raw)
	if doc == nil {
		return "This policy contains invalid Json"
	}
	if key := unknownElement(doc, "Version", "Id", "Statement"); key != "" {
		return "Syntax errors in policy: unknown element " + key
	}
	if v, given := doc["Version"]; given && v != "2012-10-17" && v != "2008-10-17" {
		return "The policy must contain a valid version string"
	}
	statements := doc.At("Statement")
	if len(statements) == 0 {
		return "Missing required field Statement"
	}
	for _, s := range statements {
		if message := checkStatement(core.AsObject(s), kind); message != "" {
			return message
		}
	}
	sids := doc.StrsAt("Statement.Sid")
	for i, sid := range sids {
		if sid != "" && slices.Contains(sids[:i], sid) {
			return "Statement IDs (SID) in a single policy must be unique: " + sid
		}
	}
	return ""
}

// unknownElement is an element that is not among the known ones; "" for none.
func unknownElement(o core.Object, known ...string) string {
	for _, key := range o.Keys() {
		if !slices.Contains(known, key) {
			return key
		}
	}
	return ""
}

const (
	wrongEffect = "Syntax errors in policy: Effect must be Allow or Deny"
	noVendor    = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	noARN       = `Resource {value} must be in ARN format or "*".`
)

var (
	// action is a service's prefix and an action, perhaps with wildcards.
	action = regexp.MustCompile(`^\*$|^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$`)
	// resource is an ARN whose partition and service are no wildcards.
	resource = regexp.MustCompile(`^\*$|^arn:aws[a-z-]*:[a-z0-9-]+:[^:]*:[^:]*:.+$`)
)

// statementForms are the forms of elements of a statement, with IAM's objection to others.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
var statementForms = []struct {
	element string
	form    *regexp.Regexp
	message string
}{
	{"Sid", regexp.MustCompile(`^[A-Za-z0-9]*$`),
		"Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"},
	{"Effect", regexp.MustCompile(`^(Allow|Deny)$`), wrongEffect},
	{"Action", action, noVendor},
	{"NotAction", action, noVendor},
	{"Resource", resource, noARN},
	{"NotResource", resource, noARN},
}

// checkStatement returns IAM's objection to one statement; "" for none.
func checkStatement(s core.Object, kind DocumentKind) string {
	if s == nil {
		return "Syntax errors in policy: a statement must be an object"
	}
	if key := unknownElement(s, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
		"Condition"); key != "" {
		return "Syntax errors in policy: unknown element " + key
	}
	for _, f := range statementForms {
		for _, v := range s.At(f.element) {
			if text, _ := v.(string); !f.form.MatchString(text) {
				return strings.ReplaceAll(f.message, "{value}", text)
			}
		}
	}
	switch {
	case s.Str("Effect") == "":
		return wrongEffect
	case !hasOneOf(s, "Action", "NotAction"):
		return "Policy statement must contain actions."
	case s.Has("Condition") && core.AsObject(s["Condition"]) == nil:
		return "Syntax errors in policy: Condition must be an object"
	case kind == trustPolicy:
		return cmp.Or(checkConditions(s.Block("Condition")), checkTrust(s))
	case kind == ResourcePolicy && s.Has("Principal") == s.Has("NotPrincipal"):
		return "Missing required field Principal"
	case kind == identityPolicy && (s.Has("Principal") || s.Has("NotPrincipal")):
		return "Policy document should not specify a principal."
	case !hasOneOf(s, "Resource", "NotResource"):
		return "Policy statement must contain resources."
	}
	return checkConditions(s.Block("Condition"))
}

// hasOneOf tells whether a statement has an element or its negation, not both, with values.
func hasOneOf(s core.Object, element, negation string) bool {
	return s.Has(element) != s.Has(negation) && len(s.At(element))+len(s.At(negation)) > 0
}

// serviceName is the form of a service as a principal.
var serviceName = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com$`)

// checkTrust requires a trust policy to name principals, only actions of assuming a role,
// and no resources.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func checkTrust(s core.Object) string {
	for _, action := range append(s.StrsAt("Action"), s.StrsAt("NotAction")...) {
		if !strings.HasPrefix(strings.ToLower(action), "sts:") {
			return "AssumeRole policy may only specify STS AssumeRole actions."
		}
	}
	principals := s.Block("Principal")
	switch {
	case s.Has("Resource") || s.Has("NotResource"):
		return "Has prohibited field Resource"
	case s.Has("NotPrincipal"):
		return "AssumeRole policy cannot specify NotPrincipal"
	case s["Principal"] == "*":
		return ""
	case len(principals) == 0:
		return "AssumeRolepolicy contained an invalid principal: a Principal is required"
	}
	if kind := unknownElement(principals, "AWS", "Service", "Federated", "CanonicalUser"); kind != "" {
		return "AssumeRolepolicy contained an invalid principal: " + kind
	}
	for _, kind := range principals.Keys() {
		for _, p := range principals.At(kind) {
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
				return noVendor
			}
		}
	}
	return ""
}
