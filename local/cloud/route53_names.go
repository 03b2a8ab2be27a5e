package cloud

import (
	"regexp"
	"strings"
)

// absolute is a domain name as Route 53 keeps it: in lower case, with a dot at
// the end.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
// *sourced*
func absolute(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) + "." }

// relative is a domain name without the dot at the end, as the real provider
// shows it.
func relative(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

func sameDNSName(a, b string) bool { return absolute(a) == absolute(b) }

// recordFqdn is the full name of a record. The real provider takes a name that
// does not end with the zone's for one below it; it does not look for a dot.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
// *inferred* from the provider's behaviour
func recordFqdn(name, zone string) string {
	name, zone = relative(name), relative(zone)
	switch {
	case name == "":
		return zone
	case strings.HasSuffix(name, zone):
		return name
	}
	return name + "." + zone
}

// sameRecordName takes names that differ in case or in the dot at the end for
// one, as the real provider does.
func sameRecordName(old, in object) map[string]change {
	if in.known("name") && sameDNSName(old.str("name"), in.str("name")) {
		return map[string]change{"name": 0}
	}
	return nil
}

// recordName is a name of at most 255 characters, in labels of at most 63. A star
// stands for the whole first label; an underscore is as good as a letter.
var recordName = regexp.MustCompile(`^(\*\.|\*$)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.|$))*$`)

// recordNameRule is the form of the names of records.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
// *sourced* (without the characters that need escapes)
func recordNameRule(in object) *refusal {
	if name := relative(in.str("name")); !recordName.MatchString(name) || len(name) > 255 {
		return invalidf("InvalidChangeBatch", "name", "must be a domain name of at most 255 characters, got %q", in.str("name"))
	}
	return nil
}
