package components

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/firstboot"
)

// Which names stand on the certificate of a TLSInstance.
const (
	// CertificatePatternOriginDomain: the origin's own name, which CloudFront
	// accepts whether or not it forwards Host. Use it for a new origin.
	CertificatePatternOriginDomain = "originDomain"
	// CertificatePatternHostHeader: the viewers' names, which CloudFront accepts
	// only if it forwards Host. Use it for a server that is public already and
	// keeps its certificate.
	CertificatePatternHostHeader = "hostHeader"
)

// ACME directories.
const (
	// AcmeLetsEncrypt issues certificates that CloudFront trusts.
	AcmeLetsEncrypt = firstboot.LetsEncrypt
	// AcmeLetsEncryptStaging is for trials: it has no tight rate limits, but its
	// certificates are not trusted, and viewers get 502. It needs PathCheck
	// "warn".
	AcmeLetsEncryptStaging = firstboot.LetsEncryptStaging
)

// TLSInstanceArgs configures a TLSInstance.
type TLSInstanceArgs struct {
	// Network whose first public subnet the instance runs in, or whose first private one with
	// access "vpc-origin". Required.
	Network *Network `pulumi:"network"`

	// AccessFrom is how CloudFront reaches the instance: "cloudfront", at a public address, or
	// "vpc-origin", at its private address alone. With "vpc-origin" the instance has no public
	// address and no A record, needs no OriginSecret, and admits nobody before a CloudFrontFront
	// has it as Origin: then the security group CloudFront-VPCOrigins-Service-SG, which
	// CloudFront makes in the VPC with the first VPC origin, or CloudFront's prefix list if an
	// update does not find the group yet. Packages, the certificate and Systems Manager are
	// reached through NAT, which the private subnets of Network must have, and the VPC must have
	// an internet gateway. A change makes another instance, with another security group, to which
	// the distribution moves before the old ones go. Default: "cloudfront".
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
	AccessFrom string `pulumi:"accessFrom"`

	// OriginDomainName is the name that CloudFront connects to, for example
	// "origin.example.com". Its A record is created here; with access "vpc-origin" there is
	// none, and the name is only what the certificate is asked for. Otherwise it must not be
	// one of the viewers' names: CloudFront would connect to itself, and viewers would
	// get 403. Required.
	OriginDomainName string `pulumi:"originDomainName"`

	// HostedZone that holds OriginDomainName and every name on the certificate.
	// Required.
	HostedZone *HostedZoneArgs `pulumi:"hostedZone"`

	// CertificatePattern is which names are on the certificate: "originDomain"
	// (OriginDomainName) or "hostHeader" (ViewerNames). Default: "originDomain".
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
	CertificatePattern string `pulumi:"certificatePattern"`

	// ViewerNames are the names on the certificate with pattern "hostHeader", at
	// most 100; wildcards are allowed. Required with that pattern, otherwise not
	// allowed.
	ViewerNames []string `pulumi:"viewerNames"`

	// AcmeDirectoryUrl of the certificate authority, which CloudFront must trust.
	// Default: Let's Encrypt's.
	AcmeDirectoryUrl string `pulumi:"acmeDirectoryUrl"`

	// AcmeEmail is the contact address of the ACME account, for whatever the authority
	// has to say about it. Let's Encrypt sends no notices of certificates that expire:
	// see AlarmTopicArns. Default: none.
	// https://letsencrypt.org/2025/06/26/expiration-notification-service-has-ended/
	AcmeEmail string `pulumi:"acmeEmail"`

	// OriginSecret is the header by which the instance recognizes your distribution.
	// Requests without it get 403. A change of its HeaderName replaces the instance. Not allowed
	// with access "vpc-origin". Default: none; with access "cloudfront" every distribution of
	// every account is answered.
	OriginSecret *OriginSecret `pulumi:"originSecret"`

	// ReadyTimeoutSeconds is how long to wait until the instance has its certificate
	// and serves, once it has registered with Systems Manager, 60-172500. An attempt
	// that fails is reported earlier. Default: 900.
	ReadyTimeoutSeconds int `pulumi:"readyTimeoutSeconds"`

	// AlarmTopicArns are the SNS topics, at most 5, that are told when the certificate
	// has less than 14 days left or the instance reports nothing for a day, and when
	// that is over. They are in the stack's Region. Default: none; the alarm can be
	// seen in CloudWatch.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
	AlarmTopicArns pulumi.StringArrayInput `pulumi:"alarmTopicArns"`

	// InstanceType, whose processor architecture decides which image is used. A
	// type of the other architecture replaces the instance. Default: "t4g.small"
	// (Graviton).
	InstanceType string `pulumi:"instanceType"`

	// AmiId of an Amazon Linux 2023 image for InstanceType's architecture. A
	// change replaces the instance. Default: the newest at creation. A newer image
	// does not replace a running instance, but an instance that is replaced for
	// another reason starts with the newest.
	// https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
	AmiId pulumi.StringInput `pulumi:"amiId"`

	// RootVolumeGiB is the size of the root volume, 8-16384. Default: 16.
	RootVolumeGiB int `pulumi:"rootVolumeGiB"`

	// DetailedMonitoring sends the instance's metrics every minute instead of every five,
	// for a charge per metric. Only false turns it off again. Default: the setting is left
	// as it is in AWS; a new instance sends them every five minutes.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html
	DetailedMonitoring *bool `pulumi:"detailedMonitoring"`

	// TerminationProtection makes AWS refuse to terminate the instance: destroying it fails,
	// and so does a change that replaces it, until it is set to false and updated, before that
	// change is made. Only false turns it off again. Default: the setting is left as it is in AWS; a new instance
	// has none.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
	TerminationProtection *bool `pulumi:"terminationProtection"`

	// AppPort is the port of an application on the instance, on 127.0.0.1, that
	// nginx forwards requests to. Default: none; nginx serves its own page.
	AppPort int `pulumi:"appPort"`

	// SecurityGroupRuleQuota is the account's quota of inbound rules per security
	// group, 1-1000. CloudFront's prefix list counts as 55 rules. Default: 60,
	// AWS's own.
	// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
	SecurityGroupRuleQuota int `pulumi:"securityGroupRuleQuota"`

	// OverwriteExistingRecords takes over an existing A record of
	// OriginDomainName. The old value is not kept: destroying the stack deletes
	// the record. Not allowed with access "vpc-origin". Default: false; an existing record fails the update.
	OverwriteExistingRecords bool `pulumi:"overwriteExistingRecords"`

	// PathCheck is what to do about CloudFront's requests that would fail at the
	// instance: "refuse" or "warn". Default: "refuse".
	PathCheck string `pulumi:"pathCheck"`

	// Tags are put on everything that is made here and can have them, the root volume
	// too. The instance and its address have a Name besides. Their keys must not begin
	// with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

func (a TLSInstanceArgs) withDefaults() *TLSInstanceArgs {
	a.AccessFrom = cmp.Or(a.AccessFrom, AccessFromCloudFront)
	a.CertificatePattern = cmp.Or(a.CertificatePattern, CertificatePatternOriginDomain)
	a.AcmeDirectoryUrl = cmp.Or(a.AcmeDirectoryUrl, AcmeLetsEncrypt)
	a.PathCheck = cmp.Or(a.PathCheck, PathCheckRefuse)
	a.InstanceType = cmp.Or(a.InstanceType, "t4g.small")
	a.ReadyTimeoutSeconds = cmp.Or(a.ReadyTimeoutSeconds, 900)
	a.RootVolumeGiB = cmp.Or(a.RootVolumeGiB, 16)
	a.SecurityGroupRuleQuota = cmp.Or(a.SecurityGroupRuleQuota, awstable.SecurityGroupRuleQuota)
	return &a
}

func (a *TLSInstanceArgs) certificateNames() []string {
	if a.CertificatePattern == CertificatePatternHostHeader {
		return a.ViewerNames
	}
	return []string{a.OriginDomainName}
}

// zoneNames are the names that HostedZone has to hold.
func (a *TLSInstanceArgs) zoneNames() []string {
	return append([]string{a.OriginDomainName}, a.ViewerNames...)
}

// params are those of the first boot, with the ARN of the parameter that holds the
// secret, "" without one.
func (a *TLSInstanceArgs) params(secretParameter string) firstboot.Params {
	var header string
	if a.OriginSecret != nil {
		header = a.OriginSecret.HeaderName()
	}
	return firstboot.Params{
		SecretParameter: secretParameter, SecretHeader: header, OriginDomainName: a.OriginDomainName,
		CertificateNames: a.certificateNames(),
		AcmeDirectoryURL: a.AcmeDirectoryUrl,
		AcmeEmail:        a.AcmeEmail,
		AppPort:          a.AppPort,
	}
}

func (a *TLSInstanceArgs) validate(l *fault.List) {
	if a.Network == nil {
		l.Addf("network", "is required: the Network that the instance runs in")
	}
	a.validateVPCOrigin(l)
	l.Check("originDomainName", awsrule.OriginDomain(a.OriginDomainName))
	l.Check("pathCheck", checkPathCheck(a.PathCheck))
	a.HostedZone.check(l, "hostedZone", a.zoneNames()...)
	a.validateCertificate(l)
	l.Check("acmeDirectoryUrl", firstboot.AcmeDirectoryURL(a.AcmeDirectoryUrl))
	l.Check("acmeEmail", firstboot.AcmeEmail(a.AcmeEmail))
	l.Check("readyTimeoutSeconds", firstboot.ReadyTimeout(a.ReadyTimeoutSeconds))
	if topics, known := literals(a.AlarmTopicArns); known {
		awsrule.AlarmTopics(l, "alarmTopicArns", topics)
	}
	_, err := firstboot.ImageParameter(a.InstanceType)
	l.Check("instanceType", err)
	if a.AmiId != nil {
		checkID(l, "amiId", a.AmiId, "ami-")
	}
	l.Check("rootVolumeGiB", firstboot.RootVolume(a.RootVolumeGiB))
	l.Check("appPort", firstboot.AppPort(a.AppPort))
	l.Check("securityGroupRuleQuota", awsrule.SecurityGroupRuleQuota(a.SecurityGroupRuleQuota))
	checkTags(l, "tags", a.Tags, "TLSInstance")
}

func (a *TLSInstanceArgs) validateCertificate(l *fault.List) {
	l.Check("certificatePattern", awsrule.OneOf(a.CertificatePattern, CertificatePatternOriginDomain, CertificatePatternHostHeader))
	hostHeader := a.CertificatePattern == CertificatePatternHostHeader
	switch {
	case hostHeader && len(a.ViewerNames) == 0:
		l.Addf("viewerNames", "is required when certificatePattern is %q: the names on the certificate", CertificatePatternHostHeader)
	case !hostHeader && len(a.ViewerNames) > 0:
		l.Addf("viewerNames", "must be empty unless certificatePattern is %q, got %q", CertificatePatternHostHeader, a.ViewerNames)
	}
	for i, n := range a.ViewerNames {
		l.Check(fault.Index("viewerNames", i), dnsname.CheckPattern(n))
	}
	if err := firstboot.NameCount(len(a.ViewerNames)); err != nil {
		l.Check("viewerNames", err)
		return
	}
	_, err := a.params(firstboot.MaxParameterARN).UserData()
	l.Check("viewerNames", err)
}
