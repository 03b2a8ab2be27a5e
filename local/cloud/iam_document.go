package cloud

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// documentKind is what a policy document is attached to, which decides the
// elements its statements must and must not have.
type documentKind int

const (
	identityPolicy documentKind = iota + 1 // says what a role may do
	trustPolicy                            // says who may be a role
)

// documentRule makes a rule of checkDocument for one property.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
func documentRule(property string, kind documentKind) rule {
	return func(in object) *refusal {
		raw, ok := in[property].(string)
		if !ok {
			return nil // not given, or not known yet
		}
		if message := checkDocument(raw, kind); message != "" {
			return &refusal{code: "MalformedPolicyDocument", property: property, message: message}
		}
		return nil
	}
}

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
	statements := manyOrOne(doc["Statement"])
	if len(statements) == 0 {
		return "Missing required field Statement"
	}
	seen := map[string]bool{}
	for _, s := range statements {
		statement := asObject(s)
		if statement == nil {
			return "Syntax errors in policy: a statement must be an object"
		}
		if message := checkStatement(statement, kind); message != "" {
			return message
		}
		if sid := statement.str("Sid"); sid != "" {
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
func checkStatement(s object, kind documentKind) string {
	for _, key := range s.keys() {
		if !slices.Contains(statementElements, key) {
			return "Syntax errors in policy: unknown element " + key
		}
	}
	if !sidCharset.MatchString(s.str("Sid")) {
		return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	}
	if e := s.str("Effect"); e != "Allow" && e != "Deny" {
		return "Syntax errors in policy: Effect must be Allow or Deny"
	}
	if message := checkElementActions(s, kind); message != "" {
		return message
	}
	if s.has("Condition") && asObject(s["Condition"]) == nil {
		return "Syntax errors in policy: Condition must be an object"
	}
	if message := checkConditions(s.object("Condition")); message != "" {
		return message
	}
	if kind == trustPolicy {
		return checkPrincipals(s)
	}
	return checkResources(s)
}

// action is a service's prefix and an action, perhaps with wildcards.
var action = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$`)

// checkElementActions wants exactly one of Action and NotAction, prefixed by a service;
// a trust policy is about assuming roles alone.
func checkElementActions(s object, kind documentKind) string {
	if s.has("Action") == s.has("NotAction") {
		return "Policy statement must contain actions."
	}
	actions := append(manyOrOne(s["Action"]), manyOrOne(s["NotAction"])...)
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

// resourceArn is what an identity policy may call a resource: an ARN whose
// partition and service are not wildcards.
var resourceArn = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[^:]*:[^:]*:.+$`)

// checkResources is about identity policies: they say on what, never who.
func checkResources(s object) string {
	if s.has("Principal") || s.has("NotPrincipal") {
		return "Policy document should not specify a principal."
	}
	if s.has("Resource") == s.has("NotResource") {
		return "Policy statement must contain resources."
	}
	resources := append(manyOrOne(s["Resource"]), manyOrOne(s["NotResource"])...)
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
func checkPrincipals(s object) string {
	if s.has("Resource") || s.has("NotResource") {
		return "Has prohibited field Resource"
	}
	if s.has("NotPrincipal") {
		return "AssumeRole policy cannot specify NotPrincipal"
	}
	principal := s["Principal"]
	if principal == "*" {
		return ""
	}
	named := asObject(principal)
	if len(named) == 0 {
		return "AssumeRolepolicy contained an invalid principal: a Principal is required"
	}
	for _, kind := range named.keys() {
		if !slices.Contains(principalTypes, kind) {
			return "AssumeRolepolicy contained an invalid principal: " + kind
		}
		for _, p := range manyOrOne(named[kind]) {
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
func checkConditions(conditions object) string {
	for _, operator := range conditions.keys() {
		if !conditionOperator.MatchString(operator) {
			return "Invalid Condition type : " + operator + "."
		}
		for key := range conditions.object(operator) {
			if !conditionKey.MatchString(key) {
				return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
			}
		}
	}
	return ""
}

// manyOrOne is the elements of what IAM's grammar lets one write as a list or,
// when there is one, by itself.
func manyOrOne(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// trusts tells whether a role's trust policy lets a service assume it.
func trusts(role object, service string) bool {
	var doc map[string]any
	if err := json.Unmarshal([]byte(role.str("assumeRolePolicy")), &doc); err != nil {
		return false
	}
	for _, s := range manyOrOne(doc["Statement"]) {
		statement := asObject(s)
		services := manyOrOne(statement.object("Principal")["Service"])
		if statement.str("Effect") == "Allow" && slices.Contains(services, any(service)) {
			return true
		}
	}
	return false
}

// sameJSON tells whether two texts are the same JSON, however they are written.
func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	xs, errX := json.Marshal(x)
	ys, errY := json.Marshal(y)
	return errX == nil && errY == nil && bytes.Equal(xs, ys)
}

// unspaced is how many characters of a document IAM counts: it ignores white
// space.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// *sourced*
func unspaced(document string) int {
	return len(strings.Join(strings.Fields(document), ""))
}
