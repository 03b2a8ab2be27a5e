package awsrule

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

const (
	// maxCommonName is what X.509 leaves for the common name, which ACM takes from
	// the first domain name.
	// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
	maxCommonName = 64

	// maxNames is the most that the quota of 10 names can be raised to.
	// https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
	maxNames = 100
)

// Key algorithms that ACM accepts in a request.
// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const (
	KeyRSA2048 = "RSA_2048"
	KeyP256    = "EC_prime256v1"
	KeyP384    = "EC_secp384r1"
)

var certificateARN = regexp.MustCompile(`^arn:aws[a-z-]*:acm:([a-z0-9-]+):[0-9]{12}:certificate/[0-9a-zA-Z-]+$`)

// DomainName says whether a certificate may have name as its first name, which
// becomes its common name and is shorter than the others may be.
func DomainName(name string) error {
	if err := certifiable(name); err != nil {
		return err
	}
	return unless(len(name) <= maxCommonName, "must have at most %d characters, since it becomes the certificate's common name, got %d (%q); "+
		"put a shorter name first and this one among the alternative names", maxCommonName, len(name), name)
}

// certifiable refuses what is no name, and the names that belong to AWS, for
// which nobody can get a certificate.
func certifiable(name string) error {
	if err := dnsname.CheckPattern(name); err != nil {
		return err
	}
	foreign := dnsname.IsLoadBalancer(name) || dnsname.IsCloudFront(name) || strings.HasSuffix(name, ".amazonaws.com")
	return unless(!foreign, "must be a domain of your own, got %q, which belongs to AWS; "+
		"give a name in your hosted zone and point it there", name)
}

// AlternativeNames records what keeps a certificate for domain from having these
// further names.
func AlternativeNames(l *fault.List, path, domain string, names []string) {
	if len(names)+1 > maxNames {
		l.Addf(path, "must be at most %d besides the domain name, got %d; use a wildcard or a second certificate",
			maxNames-1, len(names))
	}
	checkEach(l, path, names, func(n string) error {
		if n == domain {
			return fmt.Errorf("%q is on the certificate already; name it once", n)
		}
		return certifiable(n)
	})
}

// KeyAlgorithm says whether a certificate can have a key of this kind.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
func KeyAlgorithm(algorithm string, forCloudFront bool) error {
	if forCloudFront && algorithm == KeyP384 {
		return fmt.Errorf("must be %q or %q for CloudFront, got %q", KeyRSA2048, KeyP256, algorithm)
	}
	return OneOf(algorithm, KeyRSA2048, KeyP256, KeyP384)
}

// CertificateARN says whether a is the ARN of a certificate of ACM that a distribution
// or else a load balancer of the region can serve. A region of "" is not known yet.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func CertificateARN(a, region string, forCloudFront bool) error {
	m := certificateARN.FindStringSubmatch(a)
	switch {
	case m == nil:
		return fmt.Errorf("must be the ARN of an ACM certificate such as \"arn:aws:acm:us-east-1:123456789012:certificate/...\", got %q", a)
	case forCloudFront && m[1] != awstable.CloudFrontRegion:
		return fmt.Errorf("must be a certificate of %s, got one of %s (%q); CloudFront takes certificates from no other region, "+
			"request or import it there", awstable.CloudFrontRegion, m[1], a)
	case !forCloudFront && region != "" && m[1] != region:
		return fmt.Errorf("must be a certificate of %s, where its load balancer is, got one of %s (%q); "+
			"request or import it in %s, or set forCloudFront for a distribution's", region, m[1], a, region)
	}
	return nil
}
