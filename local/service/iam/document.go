package iam

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// documentKind is what a policy document is attached to, which decides the
// elements its statements must and must not have.
type documentKind int

const (
	identityPolicy documentKind = iota + 1 // says what a role may do
	trustPolicy                            // says who may be a role
	resourcePolicy                         // says who may do what with a resource, such as a bucket
)

// documentRule makes a rule of checkDocument for one property.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
func documentRule(property string, kind documentKind) core.Rule {
	return func(in core.Object) *core.Refusal {
		raw, ok := in[property].(string)
		if !ok {
			return nil // not given, or not known yet
		}
		if message := checkDocument(raw, kind); message != "" {
			return &core.Refusal{Code: "MalformedPolicyDocument", Property: property, Message: message}
		}
		return nil
	}
}

// CheckResourcePolicy says what AWS would object to in the policy of a resource, such
// as a bucket; "" when nothing. Whether it is about that resource is not looked at.
func CheckResourcePolicy(raw string) string { return checkDocument(raw, resourcePolicy) }

// statementElements are the elements a statement may have.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
var statementElements = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}

// checkDocument says what IAM would object to in a policy document; "" when
// nothing. The grammar is AWS's, the wording of the messages as far as it is
// known.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
func checkDocument(raw string, kind documentKind) string {
	dec := json.NewDecoder(bytes.NewReader([]byte(raw)))
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil || dec.More() || doc == nil {
		return "This policy contains invalid Json"
	}
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if !slices.Contains([]string{"Version", "Id", "Statement"}, key) {
			return "Syntax errors in policy: unknown element " + key
		}
	}
	if v, given := doc["Version"]; given && v != "2012-10-17" && v != "2008-10-17" {
		return "The policy must contain a valid version string"
	}
	statements := core.Object(doc).At("Statement")
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

// sidCharset is what IAM lets a statement be called.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
// *sourced*
var sidCharset = regexp.MustCompile(`^[A-Za-z0-9]*$`)

// checkStatement says what IAM would object to in one statement.
func checkStatement(s core.Object, kind documentKind) string {
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
	if message := checkElementActions(s, kind); message != "" {
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
	case resourcePolicy:
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

// action is a service's prefix and an action, perhaps with wildcards.
var action = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$`)

// checkElementActions wants exactly one of Action and NotAction, prefixed by a service;
// a trust policy is about assuming roles alone.
func checkElementActions(s core.Object, kind documentKind) string {
	if s.Has("Action") == s.Has("NotAction") {
		return "Policy statement must contain actions."
	}
	actions := append(s.At("Action"), s.At("NotAction")...)
	if len(actions) == 0 {
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

// resourceArn is what a policy may call a resource: an ARN whose
// partition and service are not wildcards.
var resourceArn = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[^:]*:[^:]*:.+$`)

// checkResources wants exactly one of Resource and NotResource, by ARN.
func checkResources(s core.Object) string {
	if s.Has("Resource") == s.Has("NotResource") {
		return "Policy statement must contain resources."
	}
	resources := append(s.At("Resource"), s.At("NotResource")...)
	if len(resources) == 0 {
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

// principalTypes are the kinds of identities a trust policy can name.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
// *sourced*
var principalTypes = []string{"AWS", "Service", "Federated", "CanonicalUser"}

// serviceName is a service as a principal.
var serviceName = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com$`)

// checkPrincipals is about trust policies: they say who, never on what.
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

// conditionKey is a key prefixed by the service it belongs to.
var conditionKey = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9._/${}:*+=@-]+$`)

// checkConditions wants known operators over keys of a service.
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
