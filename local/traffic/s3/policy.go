package s3

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// policy is a bucket policy.
type policy struct {
	Statement list[statement]
}

// list is a value or a list of values: IAM takes either.
type list[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	if strings.HasPrefix(string(raw), "[") {
		return json.Unmarshal(raw, (*[]T)(l))
	}
	*l = make([]T, 1)
	return json.Unmarshal(raw, &(*l)[0])
}

type statement struct {
	Effect                string
	Principal             principals
	NotPrincipal          json.RawMessage
	Action, NotAction     list[string]
	Resource, NotResource list[string]
	Condition             map[string]map[string]list[string]
}

// principals are whom a statement is about, by kind: "AWS", "Service" and so on.
type principals map[string]list[string]

// UnmarshalJSON implements json.Unmarshaler: "*" is everybody.
func (p *principals) UnmarshalJSON(raw []byte) error {
	if string(raw) == `"*"` {
		*p = principals{"*": {"*"}}
		return nil
	}
	return json.Unmarshal(raw, (*map[string]list[string])(p))
}

// request is what a policy is asked about. service is who asks, "" for anybody. Keys of
// context are in lower case.
type request struct {
	service, action, resource string
	context                   map[string]string
}

// parsePolicy reads a policy; nil for none. The error names what is not served.
func parsePolicy(text string) (*policy, error) {
	if text == "" {
		return nil, nil
	}
	p := &policy{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("reading its policy: %w", err)
	}
	for _, s := range p.Statement {
		if s.NotPrincipal != nil {
			return nil, fmt.Errorf("NotPrincipal is not served by the local AWS; remove it")
		}
		for operator := range s.Condition {
			if _, _, known := test(operator); !known {
				return nil, fmt.Errorf("the condition %s is not served by the local AWS; remove it", operator)
			}
		}
	}
	return p, nil
}

// allows reports whether a statement allows a request and none denies it.
// Sourced: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (p *policy) allows(r request) bool {
	if p == nil {
		return false
	}
	allowed := false
	for _, s := range p.Statement {
		switch {
		case !s.isAbout(r):
		case s.Effect == "Deny":
			return false
		case s.Effect == "Allow":
			allowed = true
		}
	}
	return allowed
}

func (s statement) isAbout(r request) bool {
	return s.Principal.has(r.service) && named(s.Action, s.NotAction, r.action, true) &&
		named(s.Resource, s.NotResource, r.resource, false) && s.holds(r.context)
}

// has reports whether a service is among the principals. Everybody is "*", also as the only
// AWS principal.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
func (p principals) has(service string) bool {
	return slices.Contains(p["*"], "*") || slices.Contains(p["AWS"], "*") || service != "" && slices.Contains(p["Service"], service)
}

// named reports whether a value is among some, or not among others.
func named(among, not list[string], value string, ignoreCase bool) bool {
	is := func(pattern string) bool { return wildcard(pattern, value, ignoreCase) }
	if not != nil {
		return !slices.ContainsFunc(not, is)
	}
	return slices.ContainsFunc(among, is)
}

// wildcard matches with * and ?.
func wildcard(pattern, value string, ignoreCase bool) bool {
	quoted := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	flags := "(?s)"
	if ignoreCase {
		flags = "(?is)"
	}
	matches, _ := regexp.MatchString(flags+"^"+quoted+"$", value)
	return matches
}

// holds reports whether all conditions do.
// Sourced: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (s statement) holds(context map[string]string) bool {
	for operator, keys := range s.Condition {
		matches, negated, _ := test(operator)
		for key, wanted := range keys {
			value, present := context[strings.ToLower(key)]
			switch {
			case operator == "Null":
				if slices.Contains(wanted, "true") == present {
					return false
				}
			case !present:
				if !negated && !strings.HasSuffix(operator, "IfExists") {
					return false
				}
			case slices.ContainsFunc(wanted, func(w string) bool { return matches(w, value) }) == negated:
				return false
			}
		}
	}
	return true
}

// test is how an operator compares, and whether it is one of those with Not.
func test(operator string) (matches func(wanted, value string) bool, negated, known bool) {
	base := strings.TrimSuffix(operator, "IfExists")
	if plain := strings.Replace(base, "Not", "", 1); plain != base {
		base, negated = plain, true
	}
	switch base {
	case "StringEquals":
		matches = func(wanted, value string) bool { return wanted == value }
	case "StringEqualsIgnoreCase", "Bool":
		matches = strings.EqualFold
	case "StringLike", "ArnLike", "ArnEquals":
		matches = func(wanted, value string) bool { return wildcard(wanted, value, false) }
	case "IpAddress":
		matches = inBlock
	case "NumericLessThan":
		matches = func(wanted, value string) bool { return value < wanted } // s3:TlsVersion, such as 1.2
	case "Null":
		matches = strings.EqualFold
	}
	return matches, negated, matches != nil
}

// inBlock reports whether an address is in a block, or is the address.
func inBlock(wanted, value string) bool {
	block, err := netip.ParsePrefix(wanted)
	if err != nil {
		return wanted == value
	}
	a, err := netip.ParseAddr(value)
	return err == nil && block.Contains(a)
}
