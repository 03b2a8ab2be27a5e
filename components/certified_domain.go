package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
)

// validationTTL is how long, in seconds, resolvers may remember a validation
// record.
const validationTTL = 300

// CertifiedDomain is a TLS certificate of ACM for one or more domain names, with
// the hosted zone that they live in.
//
// It requests the certificate, puts one validation record per domain into the
// zone and waits until the certificate is issued; ACM renews it as long as the
// records stay. Or it adopts a certificate and makes nothing. No private key
// leaves ACM.
type CertifiedDomain struct {
	pulumi.ResourceState

	// CertificateArn is the ARN of the certificate. Whatever uses it is made after
	// the certificate was issued.
	CertificateArn pulumi.StringOutput `pulumi:"certificateArn"`
	// ZoneId is the id of the hosted zone, "" when an adopted certificate was given
	// none.
	ZoneId pulumi.StringOutput `pulumi:"zoneId"`

	// What Register makes, for whatever the args do not offer; nil for an adopted
	// certificate.

	// Certificate is the one requested, which may not be issued yet: what serves it
	// uses CertificateArn.
	Certificate *acm.Certificate
	// Validation waits until the certificate is issued.
	Validation *acm.CertificateValidation
	// ValidationRecords prove the domains that they are keyed by, such as "example.com"
	// for "*.example.com" too. Those that SharesValidationWith has are among them.
	ValidationRecords map[string]*route53.Record

	planned
	args CertifiedDomainArgs
	// region is the provider's; "" when it does not matter, or is not known yet.
	region string
}

// DomainName is the certificate's first name.
func (d *CertifiedDomain) DomainName() string { return d.args.DomainName }

// Names are all names on the certificate, wildcards too.
func (d *CertifiedDomain) Names() []string { return d.args.names() }

// HostNames are the names on the certificate that are no wildcards.
func (d *CertifiedDomain) HostNames() []string {
	return slices.DeleteFunc(d.Names(), dnsname.IsWildcard)
}

// ForCloudFront says whether the certificate is one for a distribution.
func (d *CertifiedDomain) ForCloudFront() bool { return d.args.ForCloudFront }

// HasZone says whether the hosted zone is known, so that alias records can be
// made in it.
func (d *CertifiedDomain) HasZone() bool { return d.args.HostedZone != nil }

// Covers says whether the certificate stands for a host name, itself or by a
// wildcard.
func (d *CertifiedDomain) Covers(name string) bool { return dnsname.AnyCovers(d.Names(), name) }

// NewCertifiedDomain makes a CertifiedDomain. Wrong args register nothing.
func NewCertifiedDomain(
	ctx *pulumi.Context, name string, args *CertifiedDomainArgs, opts ...pulumi.ResourceOption,
) (*CertifiedDomain, error) {
	return construct(ctx, PlanCertifiedDomain, name, args, opts)
}

// PlanCertifiedDomain is the first half of NewCertifiedDomain.
func PlanCertifiedDomain(name string, args *CertifiedDomainArgs) (*CertifiedDomain, error) {
	d := &CertifiedDomain{planned: planned{component: "CertifiedDomain", name: name}}
	if args == nil {
		return d, d.withoutArgs("domainName and hostedZone")
	}
	d.args = args.withDefaults()
	return d, d.validate(d.args.validate)
}

// Register is the second half of NewCertifiedDomain.
func (d *CertifiedDomain) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	certificate := d.request
	if d.args.ExistingCertificateArn != nil {
		certificate = d.adopt
	}
	return d.register(ctx, TokenCertifiedDomain, d.args, d, opts, d.checkRegion, d.findZone, certificate)
}

// checkRegion refuses what is in the wrong region before anything is requested.
func (d *CertifiedDomain) checkRegion(ctx *pulumi.Context) (err error) {
	a := d.args
	if a.ForCloudFront && a.ExistingCertificateArn != nil {
		return nil // the ARN says it all, wherever the stack is
	}
	if d.region, err = regionOf(ctx, pulumi.Parent(d)); err != nil || d.region == "" {
		return d.fault("", err)
	}
	l := d.faults()
	if a.ForCloudFront && d.region != awstable.CloudFrontRegion {
		l.Addf("forCloudFront", "must be made in %s, where CloudFront takes its certificates from, got a provider in %q; "+
			"pass pulumi.Provider with the result of USEast1Provider", awstable.CloudFrontRegion, d.region)
	}
	if arn, ok := literal(a.ExistingCertificateArn); ok {
		l.Check("existingCertificateArn", awsrule.CertificateARN(arn, d.region, a.ForCloudFront))
	}
	return l.Err()
}

func (d *CertifiedDomain) findZone(ctx *pulumi.Context) (err error) {
	d.ZoneId = pulumi.String("").ToStringOutput()
	if d.HasZone() {
		d.ZoneId, err = resolveZone(ctx, d, d.args.HostedZone, d.Names()...)
	}
	return err
}

// adopt hands the ARN on, once it is known and found to be right.
func (d *CertifiedDomain) adopt(*pulumi.Context) error {
	d.CertificateArn = d.args.ExistingCertificateArn.ToStringOutput().ApplyT(func(arn string) (string, error) {
		return arn, d.fault("existingCertificateArn", awsrule.CertificateARN(arn, d.region, d.args.ForCloudFront))
	}).(pulumi.StringOutput)
	return nil
}

func (d *CertifiedDomain) request(ctx *pulumi.Context) (err error) {
	d.Certificate, err = acm.NewCertificate(ctx, d.name, &acm.CertificateArgs{
		DomainName: pulumi.String(d.args.DomainName),
		// All names, as ACM returns them: an empty list, which the provider can take
		// for "as before", never comes up, and what is read back is what was given.
		SubjectAlternativeNames: pulumi.ToStringArray(d.Names()),
		ValidationMethod:        pulumi.String("DNS"),
		KeyAlgorithm:            pulumi.String(d.args.KeyAlgorithm),
		Tags:                    resourceTags(d.args.Tags),
	}, pulumi.Parent(d))
	if err != nil {
		return err
	}
	d.ValidationRecords = map[string]*route53.Record{}
	var fqdns pulumi.StringArray
	for _, base := range dnsname.ValidationBases(d.Names()) {
		record, err := d.validationRecord(ctx, base)
		if err != nil {
			return err
		}
		d.ValidationRecords[base] = record
		fqdns = append(fqdns, record.Fqdn)
	}
	d.Validation, err = acm.NewCertificateValidation(ctx, d.name, &acm.CertificateValidationArgs{
		CertificateArn:        d.Certificate.Arn,
		ValidationRecordFqdns: fqdns,
	}, pulumi.Parent(d))
	if err != nil {
		return err
	}
	d.CertificateArn = d.Validation.CertificateArn
	return nil
}

// validationRecord is the record that proves base: the one of the certificate that
// shares its own, else a new one.
func (d *CertifiedDomain) validationRecord(ctx *pulumi.Context, base string) (*route53.Record, error) {
	if d.args.SharesValidationWith != nil {
		if record, shared := d.args.SharesValidationWith.ValidationRecords[base]; shared {
			return record, nil
		}
	}
	option := validationOption(d.Certificate, base)
	return route53.NewRecord(ctx, d.name+"-validation-"+base, &route53.RecordArgs{
		ZoneId:         d.ZoneId,
		Name:           option.ResourceRecordName().Elem(),
		Type:           option.ResourceRecordType().Elem(),
		Records:        pulumi.StringArray{option.ResourceRecordValue().Elem()},
		Ttl:            pulumi.Int(validationTTL),
		AllowOverwrite: pulumi.Bool(d.args.OverwriteExistingRecords),
	}, pulumi.Parent(d))
}

// validationOption is what ACM wants to see in DNS for base. It is found by
// domain: the options are a set, whose order means nothing.
func validationOption(certificate *acm.Certificate, base string) acm.CertificateDomainValidationOptionOutput {
	return certificate.DomainValidationOptions.ApplyT(
		func(options []acm.CertificateDomainValidationOption) (acm.CertificateDomainValidationOption, error) {
			for _, o := range options {
				if o.DomainName != nil && dnsname.Normalise(dnsname.Base(*o.DomainName)) == base {
					return o, nil
				}
			}
			return acm.CertificateDomainValidationOption{}, fmt.Errorf("ACM named no validation record for %q", base)
		}).(acm.CertificateDomainValidationOptionOutput)
}

// checkListenerCertificate refuses a domain of c that was made for CloudFront
// elsewhere than in us-east-1: listeners take certificates of their own region only.
// Others are made in the stack's region anyhow.
// https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
func checkListenerCertificate(ctx *pulumi.Context, c part, domain *CertifiedDomain) error {
	if domain == nil || !domain.ForCloudFront() {
		return nil
	}
	region, err := regionOf(ctx, pulumi.Parent(c))
	if err == nil && region != "" && region != awstable.CloudFrontRegion {
		err = fmt.Errorf("must be a certificate in %s, got one for CloudFront in %s; make a second CertifiedDomain without ForCloudFront",
			region, awstable.CloudFrontRegion)
	}
	return c.plan().fault("domain", err)
}
