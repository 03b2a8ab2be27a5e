package firstboot

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// problem is Route 53's reason to refuse a step; "": none.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func (z *zone) problem(records map[key]Record, s step) string {
	r := s.record
	if r.Name != z.Name && !strings.HasSuffix(r.Name, "."+z.Name) {
		return fmt.Sprintf("RRSet with DNS name %s is not permitted in zone %s", r.Name, z.Name)
	}
	if problem := valuesProblem(r); problem != "" {
		return problem
	}
	named := fmt.Sprintf("[name='%s', type='%s']", r.Name, r.Type)
	old, exists := records[r.key()]
	switch {
	case s.action == "DELETE" && !exists:
		return fmt.Sprintf("Tried to delete resource record set %s but it was not found", named)
	case s.action == "DELETE" && !sameValues(old, r):
		return fmt.Sprintf("Tried to delete resource record set %s but the values provided do not match the current values", named)
	case s.action == "CREATE" && exists:
		return fmt.Sprintf("Tried to create resource record set %s but it already exists", named)
	case s.action != "DELETE":
		return conflict(records, z, r)
	}
	return ""
}

// conflict refuses other records beside a CNAME record of the same name.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat
func conflict(records map[key]Record, z *zone, r Record) string {
	for k := range records {
		if k.name == r.Name && k.typ != r.Type && (k.typ == "CNAME" || r.Type == "CNAME") {
			return fmt.Sprintf("RRSet of type %s with DNS name %s is not permitted because a conflicting RRSet of type %s "+
				"with the same DNS name already exists in zone %s", r.Type, r.Name, k.typ, z.Name)
		}
	}
	return ""
}

func sameValues(a, b Record) bool {
	return a.Alias == nil && a.TTL == b.TTL &&
		slices.Equal(slices.Sorted(slices.Values(a.Values)), slices.Sorted(slices.Values(b.Values)))
}

// valuesProblem is Route 53's reason to refuse the values of a record; "": none.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
func valuesProblem(r Record) string {
	check, known := values[r.Type]
	if !known {
		return fmt.Sprintf("records of type %s cannot be changed here", r.Type)
	}
	if r.TTL < 0 || r.TTL > 2147483647 {
		return fmt.Sprintf("Invalid TTL: %d", r.TTL)
	}
	for i, v := range r.Values {
		if slices.Contains(r.Values[:i], v) {
			return fmt.Sprintf("Duplicate Resource Record: '%s'", v)
		}
		if problem := check(v); problem != "" {
			return fmt.Sprintf("Invalid Resource Record: 'FATAL problem: %s encountered with '%s''", problem, v)
		}
	}
	if r.Type == "CNAME" && len(r.Values) > 1 {
		return fmt.Sprintf("RRSet of type CNAME with DNS name %s has more than one value", r.Name)
	}
	return ""
}

// values has, by type, the check of a value, which returns Route 53's reason to
// refuse it, or "".
var values = map[string]func(string) string{
	"A":     address(netip.Addr.Is4, "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
	"AAAA":  address(netip.Addr.Is6, "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"),
	"CNAME": domain,
	"TXT":   text,
}

func address(family func(netip.Addr) bool, problem string) func(string) string {
	return func(v string) string {
		if a, err := netip.ParseAddr(v); err != nil || !family(a) {
			return problem
		}
		return ""
	}
}

var domainForm = regexp.MustCompile(`^([A-Za-z0-9_*]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?$`)

func domain(v string) string {
	if !domainForm.MatchString(v) || len(v) > 255 {
		return "DomainLabelEmpty (Value is not a valid domain name)"
	}
	return ""
}

// quoted is one string of a TXT record, in which a quote, a backslash and a
// character's code follow a backslash.
var (
	quoted     = regexp.MustCompile(`^"(?:[^"\\]|\\[0-7]{3}|\\["\\])*"`)
	characters = regexp.MustCompile(`[^\\]|\\[0-7]{3}|\\["\\]`)
)

// text is one string in quotes, or several one after the other.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
func text(v string) string {
	if len(v) > 4000 {
		return "CharacterStringTooLong (Value is too long)"
	}
	for rest := v; ; {
		one := quoted.FindString(rest)
		if one == "" {
			return "InvalidCharacterString (Value should be enclosed in quotation marks)"
		}
		if len(characters.FindAllString(one[1:len(one)-1], -1)) > 255 {
			return "CharacterStringTooLong (Value is too long)"
		}
		if rest = strings.TrimLeft(rest[len(one):], " \t"); rest == "" {
			return ""
		}
	}
}
