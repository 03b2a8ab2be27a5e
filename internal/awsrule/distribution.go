package awsrule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

const (
	// maxAliases is the quota of alternate domain names:
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
	maxAliases           = 100
	maxComment           = 128
	maxDefaultRootObject = 255
)

// Aliases checks the alternate domain names of a distribution and records each
// fault under path:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func Aliases(l *fault.List, path string, aliases, certificateNames []string) {
	if len(aliases) > maxAliases {
		l.Addf(path, "must be at most %d names, got %d", maxAliases, len(aliases))
	}
	checkEach(l, path, aliases, func(a string) error { return alias(a, certificateNames) })
}

func alias(name string, certificateNames []string) error {
	if err := dnsname.CheckPattern(name); err != nil {
		return err
	}
	switch {
	case dnsname.IsCloudFront(name):
		return fmt.Errorf("must be a name of your own, got %q, which CloudFront assigns", name)
	case !dnsname.AnyCovers(certificateNames, name):
		return fmt.Errorf("must be covered by the certificate, got %q, the certificate is for %s; AWS would answer InvalidViewerCertificate: "+
			"add the name to the certificate", name, strings.Join(certificateNames, ", "))
	}
	return nil
}

// ViewerPolicy refuses a security policy that the provider or AWS would not take,
// or that admits TLS below 1.2. An empty policy stands for "not asked for".
func ViewerPolicy(policy string, hasAliases bool) error {
	modern := slices.DeleteFunc(slices.Clone(awstable.ViewerPolicies), func(p string) bool { return !strings.HasPrefix(p, awstable.TLS12) })
	switch {
	case policy == "":
		return nil
	case !hasAliases:
		return fmt.Errorf("must not be set without aliases, got %q: with CloudFront's own certificate the minimum is TLSv1 and cannot be raised; "+
			"give the distribution a domain", policy)
	case !slices.Contains(modern, policy):
		return fmt.Errorf("must be one of %s (older policies admit TLS below 1.2, newer ones the AWS provider does not accept yet), got %q",
			strings.Join(modern, ", "), policy)
	}
	return nil
}

// DefaultRootObject refuses what CloudFront does not take; empty means none:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
func DefaultRootObject(object string) error {
	switch {
	case strings.HasPrefix(object, "/"):
		return fmt.Errorf("must not begin with /, got %q; use %q", object, strings.TrimLeft(object, "/"))
	case len(object) > maxDefaultRootObject:
		return fmt.Errorf("must be at most %d characters, got %d", maxDefaultRootObject, len(object))
	}
	return nil
}

// DistributionComment refuses a comment that is too long:
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
func DistributionComment(comment string) error {
	return unless(len(comment) <= maxComment, "must be at most %d characters, got %d", maxComment, len(comment))
}

// CertificateForCloudFront refuses a certificate outside us-east-1, the only
// region whose certificates CloudFront uses:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
func CertificateForCloudFront(forCloudFront bool) error {
	return unless(forCloudFront, "must be a certificate in us-east-1, the only region whose certificates CloudFront uses; "+
		"make the CertifiedDomain with ForCloudFront and a us-east-1 provider")
}
