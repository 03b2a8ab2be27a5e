package route53

import (
	"fmt"
	"net/netip"
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// aliasOrRecordsRule requires either values with a time to live, or one alias.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
// *sourced*
func aliasOrRecordsRule(in core.Object) *core.Refusal {
	alias := len(in.List("aliases"))
	if in.Has("aliases") && in.List("aliases") == nil {
		return nil // it is not known how many there are
	}
	switch {
	case alias > 1:
		return core.Invalid("InvalidInput", "aliases", "must be one alias, got %d", alias)
	case alias == 1 && (in.Has("records") || in.Has("ttl")):
		return core.Invalid("InvalidInput", "aliases", "cannot be given together with records or ttl")
	case alias == 0 && !in.Has("records"):
		return core.Invalid("InvalidInput", "records", "or aliases must be given")
	case alias == 0 && !in.Has("ttl"):
		return core.Invalid("InvalidInput", "ttl", "must be given with records")
	}
	return nil
}

// aliasTypeRule refuses aliases of other types than A and AAAA, which all targets in the
// local AWS have.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
// *sourced*
func aliasTypeRule(in core.Object) *core.Refusal {
	if typ := in.Str("type"); len(in.List("aliases")) > 0 && typ != "" && typ != "A" && typ != "AAAA" {
		return core.Invalid("InvalidChangeBatch", "type", "must be A or AAAA for an alias, got %q", typ)
	}
	return nil
}

// recordCountRule limits the number of values, one for a CNAME, and refuses duplicates.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
// *sourced*
func recordCountRule(in core.Object) *core.Refusal {
	most := 400
	if in.Str("type") == "CNAME" {
		most = 1
	}
	values := in.List("records")
	if in.Known("records") && (len(values) == 0 || len(values) > most) {
		return core.Invalid("InvalidChangeBatch", "records", "must be 1-%d values, got %d", most, len(values))
	}
	seen := map[string]bool{}
	for _, v := range in.Strs("records") {
		if seen[v] {
			return core.Invalid("InvalidChangeBatch", "records", "must differ: Duplicate Resource Record: '%s'", shownValue(in, v))
		}
		seen[v] = true
	}
	return nil
}

// recordValuesRule is the form of the values of each type of record.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
// *sourced* (the words of CAA and CNAME are inferred)
func recordValuesRule(in core.Object) *core.Refusal {
	form, ok := recordForms[in.Str("type")]
	if !ok {
		return nil
	}
	for _, v := range in.Strs("records") {
		if !form.holds(v) {
			return core.Invalid("InvalidChangeBatch", "records",
				"are not valid: [Invalid Resource Record: 'FATAL problem: %s encountered with '%s']", form.problem, shownValue(in, v))
		}
	}
	return nil
}

// shownValue is a record's value in a message. A TXT record's value is left out: it may
// be a secret that proves who owns a domain.
func shownValue(in core.Object, v string) string {
	if in.Str("type") == "TXT" {
		return fmt.Sprintf("a text of %d characters", len(v))
	}
	return v
}

// recordForms are the forms of values by type, and what Route 53 calls the
// problem.
var recordForms = map[string]struct {
	problem string
	holds   func(string) bool
}{
	"A":     {"ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)", isIPv4},
	"AAAA":  {"AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)", isIPv6},
	"CNAME": {"DomainLabelEmpty (Value is not a valid domain name)", isDomain},
	"TXT":   {"CharacterStringTooLong (Value is too long)", isText},
	"CAA":   {"CAARRDATAInvalid (Value is not a flag, a tag and a quoted value)", caaValue.MatchString},
}

var caaValue = regexp.MustCompile(`^\d{1,3} (issue|issuewild|iodef) "[^"]*"$`)

func isIPv4(v string) bool {
	addr, err := netip.ParseAddr(v)
	return err == nil && addr.Is4()
}

func isIPv6(v string) bool {
	addr, err := netip.ParseAddr(v)
	return err == nil && addr.Is6() && !addr.Is4In6()
}

func isDomain(v string) bool {
	return v != "" && v != "." && len(relative(v)) <= 255 && recordName.MatchString(relative(v))
}

// longText is a run of characters too long for one string of a TXT record; two
// quotes end one string and begin the next.
var longText = regexp.MustCompile(`[^"]{256}`)

func isText(v string) bool { return !longText.MatchString(v) && len(v) <= 4000 }
