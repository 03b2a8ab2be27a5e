package components

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

// CertifiedDomainArgs configures a CertifiedDomain.
type CertifiedDomainArgs struct {
	// DomainName is the first name on the certificate, in lower case, without a
	// trailing dot, at most 64 characters. "*.example.com" covers one more label.
	// Required.
	DomainName string `pulumi:"domainName"`
	// SubjectAlternativeNames are further names on the certificate, at most 99; a
	// new account has a quota of 9. A change issues a new certificate before the
	// old one is deleted. Default: none.
	// https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
	SubjectAlternativeNames []string `pulumi:"subjectAlternativeNames"`
	// HostedZone holds all the names. The records that validate the certificate
	// are created in it. Required, except with ExistingCertificateArn, where it is
	// used only for alias records.
	HostedZone *HostedZoneArgs `pulumi:"hostedZone"`
	// ExistingCertificateArn adopts an issued certificate that is renewed
	// elsewhere. DomainName and SubjectAlternativeNames must then list the names
	// on it, because they cannot be looked up by ARN. Default: a certificate is
	// requested.
	ExistingCertificateArn pulumi.StringInput `pulumi:"existingCertificateArn"`
	// ForCloudFront makes a certificate for a distribution, which must be in
	// us-east-1. In a stack of another Region, pass pulumi.Provider with the
	// result of USEast1Provider to NewCertifiedDomain. Default: false, a
	// certificate for a load balancer in the stack's Region.
	ForCloudFront bool `pulumi:"forCloudFront"`
	// SharesValidationWith is a certificate of the same account whose validation
	// records this one uses too, for the names on both. ACM requires the same
	// record for a name on every certificate and in every Region, and a record can
	// have only one owner. Default: none.
	// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
	SharesValidationWith *CertifiedDomain `pulumi:"sharesValidationWith"`
	// KeyAlgorithm of the certificate: "RSA_2048", "EC_prime256v1" or, except for
	// CloudFront, "EC_secp384r1". A change replaces the certificate. Default:
	// "RSA_2048".
	KeyAlgorithm string `pulumi:"keyAlgorithm"`
	// OverwriteExistingRecords takes over validation records that already exist in
	// the zone, for example those of another stack's certificate. Destroying this
	// stack deletes them, and the other certificate is not renewed until they are
	// recreated. Default: false; an existing record fails the update.
	OverwriteExistingRecords bool `pulumi:"overwriteExistingRecords"`
	// Tags are put on the certificate. Their keys must not begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

func (a CertifiedDomainArgs) withDefaults() CertifiedDomainArgs {
	a.SubjectAlternativeNames = slices.Clone(a.SubjectAlternativeNames)
	if a.KeyAlgorithm == "" && a.ExistingCertificateArn == nil {
		a.KeyAlgorithm = awsrule.KeyRSA2048
	}
	return a
}

func (a CertifiedDomainArgs) names() []string {
	return append([]string{a.DomainName}, a.SubjectAlternativeNames...)
}

func (a CertifiedDomainArgs) validate(l *fault.List) {
	l.Check("domainName", awsrule.DomainName(a.DomainName))
	awsrule.AlternativeNames(l, "subjectAlternativeNames", a.DomainName, a.SubjectAlternativeNames)
	if a.HostedZone != nil || a.ExistingCertificateArn == nil {
		sound := slices.DeleteFunc(a.names(), func(n string) bool { return dnsname.CheckPattern(n) != nil })
		a.HostedZone.check(l, "hostedZone", sound...)
	}
	if a.ExistingCertificateArn != nil {
		if arn, ok := literal(a.ExistingCertificateArn); ok {
			l.Check("existingCertificateArn", awsrule.CertificateARN(arn, "", a.ForCloudFront))
		}
		refuseBeside(l, "existingCertificateArn, which requests nothing", a,
			"domainName", "subjectAlternativeNames", "hostedZone", "existingCertificateArn", "forCloudFront")
		return
	}
	l.Check("keyAlgorithm", awsrule.KeyAlgorithm(a.KeyAlgorithm, a.ForCloudFront))
	checkTags(l, "tags", a.Tags, "")
	if a.SharesValidationWith != nil && a.SharesValidationWith.args.ExistingCertificateArn != nil {
		l.Addf("sharesValidationWith", "must be a certificate that this program requests, got an adopted one; leave it out")
	}
}
