// Package dnsname holds the rules for DNS names: what is one, which certificate
// covers which, and which hosted zone holds which.
package dnsname

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	maxName  = 253
	maxLabel = 63
	wildcard = "*."
)

var (
	label     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	allDigits = regexp.MustCompile(`^[0-9]+$`)
	elbName   = regexp.MustCompile(`\.elb(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$`)
)

// Check says whether name is the fully qualified name of a host: at least two
// labels of lower-case letters, digits and hyphens (RFC 1123), no wildcard, no
// trailing dot.
func Check(name string) error {
	if IsWildcard(name) {
		return fmt.Errorf("must be the name of one host, got the wildcard %q", name)
	}
	return check(name)
}

// CheckPattern is Check for what may stand on a certificate: a host name, or a
// wildcard that takes the place of the leftmost label.
// https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html#concept-wildcard
func CheckPattern(name string) error {
	if strings.Contains(Base(name), "*") {
		return fmt.Errorf("must have its wildcard in place of the whole leftmost label, as in \"*.example.com\", got %q", name)
	}
	return check(name)
}

func check(name string) error {
	base := Base(name)
	labels := strings.Split(base, ".")
	_, notAnAddress := netip.ParseAddr(base)
	switch {
	case name == "":
		return fmt.Errorf("must be a domain name such as \"app.example.com\", got none")
	case strings.Contains(name, "://") || strings.Contains(name, "/"):
		return fmt.Errorf("must be a bare domain name such as \"app.example.com\", without scheme or path, got %q", name)
	case notAnAddress == nil:
		return fmt.Errorf("must be a domain name, got the address %q; give a name that resolves to it", name)
	case strings.HasSuffix(name, "."):
		return fmt.Errorf("must have no trailing dot, got %q; use %q", name, strings.TrimRight(name, "."))
	case strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }):
		// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html#domain-name-format-idns
		return fmt.Errorf("must be in Punycode, got the internationalized name %q; use its form with xn--, as in \"xn--mnchen-3ya.example\" for \"münchen.example\"", name)
	case name != strings.ToLower(name):
		return fmt.Errorf("must be in lower case, got %q; use %q", name, strings.ToLower(name))
	case len(name) > maxName:
		return fmt.Errorf("must have at most %d characters, got %d", maxName, len(name))
	case len(labels) < 2:
		return fmt.Errorf("must be fully qualified, got %q; use for example %q", name, name+".example.com")
	case allDigits.MatchString(labels[len(labels)-1]):
		return fmt.Errorf("must not end in a number, got %q", name)
	}
	for _, l := range labels {
		if len(l) > maxLabel {
			return fmt.Errorf("must have at most %d characters between its dots, got %d in %q", maxLabel, len(l), name)
		}
		if !label.MatchString(l) {
			return fmt.Errorf("must be letters, digits and hyphens between single dots, no hyphen beside a dot, got %q", name)
		}
	}
	return nil
}

// IsWildcard says whether name begins with a wildcard label.
func IsWildcard(name string) bool { return strings.HasPrefix(name, wildcard) }

// Base is name without its wildcard label.
func Base(name string) string { return strings.TrimPrefix(name, wildcard) }

// Normalise brings a name that AWS returned into the form that Check asks for:
// Route 53 ends zone names with a dot and writes a wildcard as \052.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
func Normalise(name string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Replace(name, `\052`, "*", 1), "."))
}

// Within says whether name lies in the hosted zone of the given name: at its
// apex or anywhere below it.
func Within(name, zone string) bool {
	name, zone = Normalise(Base(name)), Normalise(zone)
	return name == zone || strings.HasSuffix(name, "."+zone)
}

// CheckWithin is Within as an error that names both.
func CheckWithin(name, zone string) error {
	if Within(name, zone) {
		return nil
	}
	return fmt.Errorf("%q does not lie in hosted zone %q; give the zone of that domain", name, Normalise(zone))
}

// Covers says whether the certificate name stands for host. A wildcard stands
// for exactly one label, and not for the bare domain.
// https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html#concept-wildcard
func Covers(certificateName, host string) bool {
	certificateName, host = Normalise(certificateName), Normalise(host)
	if certificateName == host {
		return true
	}
	if !IsWildcard(certificateName) || IsWildcard(host) {
		return false
	}
	first, rest, _ := strings.Cut(host, ".")
	return first != "" && rest == Base(certificateName)
}

// AnyCovers says whether one of a certificate's names stands for host.
func AnyCovers(certificateNames []string, host string) bool {
	return slices.ContainsFunc(certificateNames, func(n string) bool { return Covers(n, host) })
}

// ValidationBases are the domains that a certificate for names has to prove, in
// the order of names: a domain and its wildcard share one validation record.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func ValidationBases(names []string) []string {
	var bases []string
	for _, n := range names {
		if base := Normalise(Base(n)); !slices.Contains(bases, base) {
			bases = append(bases, base)
		}
	}
	return bases
}

// IsLoadBalancer says whether name is one that Elastic Load Balancing made: no
// public certificate can cover it.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
func IsLoadBalancer(name string) bool { return elbName.MatchString(Normalise(name)) }

// IsCloudFront says whether name is one that CloudFront assigned to a
// distribution.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func IsCloudFront(name string) bool { return strings.HasSuffix(Normalise(name), ".cloudfront.net") }
