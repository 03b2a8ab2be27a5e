package route53

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// recordRules are the rules of a record on its inputs alone.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
func recordRules() []core.Rule {
	return []core.Rule{
		core.OneOf(core.Unsupported, "type", "A", "AAAA", "CAA", "CNAME", "TXT"),
		nameRule,
		core.AtMost("InvalidChangeBatch", "name", 255),
		core.AtMostItems("InvalidInput", "aliases", 1),
		core.ExactlyOneOf("records", "aliases"),
		core.Needs("InvalidInput", "records", "ttl"),
		core.NotBoth("InvalidInput", "ttl", "aliases"),
		core.Within("InvalidInput", "ttl", 0, 2147483647),
		// All targets of aliases in the local AWS have the types A and AAAA.
		// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
		core.When("type", "CAA", core.Absent("InvalidChangeBatch", "aliases")),
		core.When("type", "CNAME", core.Absent("InvalidChangeBatch", "aliases")),
		core.When("type", "TXT", core.Absent("InvalidChangeBatch", "aliases")),
		core.AtMostItems("InvalidChangeBatch", "records", 400),
		core.When("type", "CNAME", core.AtMostItems("InvalidChangeBatch", "records", 1)),
		recordValuesRule,
	}
}

// recordValuesRule requires values of the form of their type, and no value twice.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
// *sourced* (the words of CAA and CNAME are inferred)
func recordValuesRule(in core.Object) *core.Refusal {
	values := in.Strs("records")
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			return core.Invalid("InvalidChangeBatch", "records", "must differ: Duplicate Resource Record: '%s'", shownValue(in, v))
		}
		if form, ok := recordForms[in.Str("type")]; ok && !form.holds(v) {
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
	"A":     {"ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)", func(v string) bool { return isAddress(v, 32) }},
	"AAAA":  {"AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)", func(v string) bool { return isAddress(v, 128) }},
	"CNAME": {"DomainLabelEmpty (Value is not a valid domain name)", isDomain},
	"TXT":   {"CharacterStringTooLong (Value is too long)", isText},
	"CAA":   {"CAARRDATAInvalid (Value is not a flag, a tag and a quoted value)", caaValue.MatchString},
}

var caaValue = regexp.MustCompile(`^\d{1,3} (issue|issuewild|iodef) "[^"]*"$`)

func isAddress(v string, bits int) bool {
	addr, err := netip.ParseAddr(v)
	return err == nil && addr.BitLen() == bits && !addr.Is4In6()
}

func isDomain(v string) bool {
	return v != "" && v != "." && len(relative(v)) <= 255 && recordName.MatchString(relative(v))
}

// longText is a run of characters too long for one string of a TXT record; two
// quotes end one string and begin the next.
var longText = regexp.MustCompile(`[^"]{256}`)

func isText(v string) bool { return !longText.MatchString(v) && len(v) <= 4000 }
