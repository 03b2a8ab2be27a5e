package route53

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// absolute is a domain name as Route 53 stores it: in lower case, with a dot at
// the end.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
func absolute(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) + "." }

// relative is a domain name without the dot at the end, as the real provider
// shows it.
func relative(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// SameDNSName tells whether two texts are the same domain name.
func SameDNSName(a, b string) bool { return absolute(a) == absolute(b) }

// fullName is the full name of a record. The real provider appends the zone's name unless
// the name ends with it, even without a dot before it.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
// *inferred* from the provider's behaviour
func fullName(name, zone string) string {
	name, zone = relative(name), relative(zone)
	switch {
	case name == "":
		return zone
	case strings.HasSuffix(name, zone):
		return name
	}
	return name + "." + zone
}

// sameName tells whether two names differ at most in case or in the dot at the end, as
// the real provider compares them.
func sameName(was, is any) bool {
	a, aKnown := was.(string)
	b, bKnown := is.(string)
	return aKnown && bKnown && SameDNSName(a, b)
}

// Covers tells whether a name, which may have a wildcard in place of its first label,
// stands for a host.
func Covers(name, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return SameDNSName(name, host) || SameDNSName(name, "*."+parent)
}

// recordName is a domain name in labels of at most 63 characters. A star stands for the
// whole first label; an underscore counts as a letter.
var recordName = regexp.MustCompile(`(?i)^(\*\.|\*$)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.|$))*$`)

// nameRule refuses names that no record can have.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
// *sourced* (without the characters that need escapes)
var nameRule = core.Matching("InvalidChangeBatch", "name", recordName, "a domain name of at most 255 characters")
