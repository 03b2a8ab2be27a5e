package dnsname

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// maxCommonName is what X.509 leaves for the common name, which ACM takes from
	// the first domain name.
	// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
	maxCommonName = 64

	// maxCertificateNames is the most that the quota of 10 can be raised to.
	// https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
	maxCertificateNames = 100
)

// CheckCertificateDomain is CheckPattern for the first name of a certificate,
// which becomes its common name and is shorter than the others may be.
func CheckCertificateDomain(name string) error {
	if err := CheckPattern(name); err != nil {
		return err
	}
	if len(name) > maxCommonName {
		return fmt.Errorf("must have at most %d characters, since it becomes the certificate's common name, got %d (%q); "+
			"put a shorter name first and this one among the alternative names", maxCommonName, len(name), name)
	}
	return CheckCertifiable(name)
}

// CheckCertifiable refuses names that belong to AWS, for which nobody can get a
// certificate.
func CheckCertifiable(name string) error {
	if IsLoadBalancer(name) || IsCloudFront(name) || strings.HasSuffix(name, ".amazonaws.com") {
		return fmt.Errorf("must be a domain of your own, got %q, which belongs to AWS; "+
			"give a name in your hosted zone and point it there", name)
	}
	return nil
}

// CheckAlternativeNames says whether a certificate for domain may have these
// further names; the index is that of the faulty one, -1 when it is their number.
func CheckAlternativeNames(domain string, names []string) (int, error) {
	if len(names)+1 > maxCertificateNames {
		return -1, fmt.Errorf("must be at most %d besides the domain name, got %d; use a wildcard or a second certificate",
			maxCertificateNames-1, len(names))
	}
	for i, n := range names {
		if err := CheckPattern(n); err != nil {
			return i, err
		}
		if err := CheckCertifiable(n); err != nil {
			return i, err
		}
		if n == domain || slices.Contains(names[:i], n) {
			return i, fmt.Errorf("%q is on the certificate already; name it once", n)
		}
	}
	return -1, nil
}
