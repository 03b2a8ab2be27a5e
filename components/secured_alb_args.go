package components

import (
	"cmp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of SecuredALBArgs.AccessFrom, and the last two of TLSInstanceArgs.AccessFrom.
const (
	// AccessFromInternet admits everyone on 443, and on 80, which redirects to
	// HTTPS.
	AccessFromInternet = awsrule.AccessInternet
	// AccessFromCidrs admits AllowedCidrs on 443, and on 80, which redirects to
	// HTTPS.
	AccessFromCidrs = awsrule.AccessCIDRs
	// AccessFromCloudFront admits CloudFront's origin-facing addresses on 443, and
	// of their requests only those with the origin secret, which an instance may go without.
	// Nothing listens on 80.
	AccessFromCloudFront = awsrule.AccessCloudFront
	// AccessFromVpcOrigin admits CloudFront through a VPC origin, which the CloudFrontFront
	// before the load balancer or the instance makes. That has private addresses: nothing of it
	// can be reached from the internet, and no origin secret and no record is needed.
	AccessFromVpcOrigin = awsrule.AccessVPCOrigin
)

// SecuredALBArgs configures a SecuredALB.
type SecuredALBArgs struct {
	// Network whose public subnets the load balancer uses, or whose private ones with
	// Internal. AWS requires at least
	// two subnets in different zones, each a /27 or larger with 8 free addresses.
	// Required.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
	Network *Network `pulumi:"network"`

	// Domain is the certificate of the HTTPS listener, in the load balancer's
	// Region, and the zone for its records. Required.
	Domain *CertifiedDomain `pulumi:"domain"`

	// AccessFrom is who may connect: "internet", "cidrs", "cloudfront" or "vpc-origin"; with
	// Internal "cidrs" or "vpc-origin". With "vpc-origin" the load balancer is internal, has
	// no records, and admits nobody before a CloudFrontFront has it as Origin: then the
	// security group CloudFront-VPCOrigins-Service-SG, which CloudFront makes in the VPC with
	// the first VPC origin, or CloudFront's prefix list if an update does not find the group
	// yet. CloudFront sends no gRPC through a VPC origin, and the VPC must have an internet
	// gateway. Default: "cidrs" with AllowedCidrs or Internal, otherwise "internet".
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
	AccessFrom string `pulumi:"accessFrom"`

	// AllowedCidrs are the address ranges for access "cidrs", in canonical form
	// ("203.0.113.7/32", "10.0.0.0/8"). IPv6 ranges require DualStack. Each range
	// needs two rules of the security group. Required with access "cidrs",
	// otherwise not allowed.
	AllowedCidrs []string `pulumi:"allowedCidrs"`

	// Internal gives the load balancer private addresses only, in the network's private
	// subnets: the VPC, and networks that are connected to it, reach it, the internet and
	// CloudFront do not, except through a VPC origin. AccessFrom must be "cidrs" or "vpc-origin", and an adopted Network must have
	// private subnets in two zones, each a /27 or larger. AliasNames get records in the
	// public zone, which lead to the private addresses. A change replaces the load
	// balancer: the old one is deleted first, and nothing answers until the new one does.
	// Default: false, internet-facing; true with access "vpc-origin".
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#load-balancer-scheme
	Internal bool `pulumi:"internal"`

	// OriginSecret is the header by which the load balancer recognizes your
	// distribution. Required with access "cloudfront", otherwise not allowed.
	OriginSecret *OriginSecret `pulumi:"originSecret"`

	// AliasNames are the names that get alias records to the load balancer. Each
	// must be on Domain's certificate. Default: every name of Domain except
	// wildcards; none with access "vpc-origin", where they are not allowed.
	AliasNames []string `pulumi:"aliasNames"`

	// CreateAliasRecords creates the records of AliasNames as soon as the load
	// balancer serves. false leaves them to CreateRecords, which waits for
	// the targets too. Default: true.
	CreateAliasRecords *bool `pulumi:"createAliasRecords"`

	// OverwriteExistingRecords takes over existing records of AliasNames, for
	// example those of the server that the load balancer replaces. Only A records,
	// and with DualStack AAAA records, can be taken over: delete a CNAME, and an
	// AAAA record of another server, first. The old value is not kept: destroying
	// the stack deletes the record. Default: false; an existing record fails the
	// update.
	OverwriteExistingRecords bool `pulumi:"overwriteExistingRecords"`

	// DualStack gives the load balancer IPv6 addresses, AAAA records and IPv6
	// rules in addition to IPv4. It requires an adopted Network in which the load
	// balancer's subnets have IPv6 ranges. Default: false, IPv4 only.
	DualStack bool `pulumi:"dualStack"`

	// IdleTimeoutSeconds is how long a connection without data is kept, 1-4000.
	// Targets must keep connections alive for longer, or viewers get 502. Default:
	// 60.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
	IdleTimeoutSeconds int `pulumi:"idleTimeoutSeconds"`

	// DeletionProtection makes AWS refuse to delete the load balancer until it
	// is set to false. Default: false.
	DeletionProtection bool `pulumi:"deletionProtection"`

	// DesyncMitigationMode is which requests that are not as HTTP wants them pass:
	// "monitor", "defensive" (those that are known to be harmless) or "strictest" (none;
	// viewers get 400). Default: not set, which AWS takes for "defensive".
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode
	DesyncMitigationMode string `pulumi:"desyncMitigationMode"`

	// SslPolicy is the security policy of the HTTPS listener. Behind CloudFront a
	// policy with TLS 1.3 only causes a warning, because AWS's pages disagree whether
	// CloudFront speaks it to origins (viewers would get 502). A policy whose TLS
	// versions are not known is refused; for one that is newer than this library set
	// PathCheck to "warn". Default:
	// ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 (TLS 1.2 and 1.3, forward
	// secrecy, post-quantum key exchange), which AWS recommends; AWS's own default
	// still accepts TLS 1.0.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
	SslPolicy string `pulumi:"sslPolicy"`

	// SecurityGroupRuleQuota is the account's quota of rules per security group
	// and direction, 1-1000. Inbound, CloudFront's prefix list counts as 55 rules;
	// outbound, each route counts as one. Default: 60, AWS's own.
	// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
	SecurityGroupRuleQuota int `pulumi:"securityGroupRuleQuota"`

	// WebAcl that is asked about every request, in the load balancer's Region. Behind
	// CloudFront it must not have rules about senders' addresses. Default: none.
	WebAcl *WebAcl `pulumi:"webAcl"`

	// WebAclArn of an existing web ACL of scope REGIONAL, in the load balancer's Region, in
	// place of WebAcl. Default: none.
	WebAclArn pulumi.StringInput `pulumi:"webAclArn"`

	// PathCheck is what to do about requests that would fail at the load balancer:
	// "refuse" or "warn". Default: "refuse".
	PathCheck string `pulumi:"pathCheck"`

	// LogBucket gets the access and the connection logs, below the prefixes NAME/access and
	// NAME/connections. It must have "alb" among its sources and be in the load balancer's
	// Region. Default: none; nothing is logged.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
	LogBucket *LogBucket `pulumi:"logBucket"`

	// Tags are put on everything that is made here and can have them. Their keys must
	// not begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

func (a SecuredALBArgs) withDefaults() *SecuredALBArgs {
	a.Internal = a.Internal || a.AccessFrom == AccessFromVpcOrigin
	if len(a.AllowedCidrs) > 0 || a.Internal {
		a.AccessFrom = cmp.Or(a.AccessFrom, AccessFromCidrs)
	}
	a.AccessFrom = cmp.Or(a.AccessFrom, AccessFromInternet)
	a.SslPolicy = cmp.Or(a.SslPolicy, awstable.RecommendedLoadBalancerPolicy)
	a.SecurityGroupRuleQuota = cmp.Or(a.SecurityGroupRuleQuota, awstable.SecurityGroupRuleQuota)
	a.PathCheck = cmp.Or(a.PathCheck, PathCheckRefuse)
	a.CreateAliasRecords = cmp.Or(a.CreateAliasRecords, pulumi.BoolRef(true))
	a.IdleTimeoutSeconds = cmp.Or(a.IdleTimeoutSeconds, awstable.IdleTimeoutSeconds)
	if a.AliasNames == nil && a.Domain != nil && a.AccessFrom != AccessFromVpcOrigin {
		a.AliasNames = a.Domain.HostNames()
	}
	return &a
}

func (a *SecuredALBArgs) validate(l *fault.List) {
	l.Check("accessFrom", awsrule.OneOf(a.AccessFrom, AccessFromInternet, AccessFromCidrs, AccessFromCloudFront, AccessFromVpcOrigin))
	awsrule.AllowedCIDRs(l, "allowedCidrs", a.AccessFrom, a.AllowedCidrs, a.DualStack)
	l.Check("allowedCidrs", awsrule.IngressFits(a.ingress(), a.SecurityGroupRuleQuota))
	if a.DesyncMitigationMode != "" {
		l.Check("desyncMitigationMode", awsrule.OneOf(a.DesyncMitigationMode, awstable.DesyncModes...))
	}
	l.Check("sslPolicy", awsrule.SSLPolicy(a.SslPolicy))
	l.Check("pathCheck", checkPathCheck(a.PathCheck))
	l.Check("idleTimeoutSeconds", awsrule.IdleTimeout(a.IdleTimeoutSeconds))
	l.Check("securityGroupRuleQuota", awsrule.SecurityGroupRuleQuota(a.SecurityGroupRuleQuota))
	checkTags(l, "tags", a.Tags, "")
	l.Check("webAcl", a.WebAcl.forLoadBalancer(a.WebAclArn, a.AccessFrom))
	if arn, known := literal(a.WebAclArn); known {
		l.Check("webAclArn", awsrule.RegionalWebACL(arn, ""))
	}
	switch {
	case a.Network == nil:
		l.Addf("network", "is required: the Network whose subnets the load balancer stands in")
	case a.DualStack && !a.Network.Adopted():
		l.Addf("dualStack", "must be false, got true: a Network made here has no IPv6; adopt subnets with IPv6 ranges with the network's existing")
	}
	behindCloudFront := a.AccessFrom == AccessFromCloudFront
	switch {
	case a.AccessFrom == AccessFromVpcOrigin && a.OriginSecret != nil:
		l.Addf("originSecret", "must be empty when accessFrom is %q: only distributions of this account reach the load balancer; leave it out", AccessFromVpcOrigin)
	case behindCloudFront && a.OriginSecret == nil:
		l.Addf("originSecret", "is required when accessFrom is %q: without it anybody's distribution would be let in", AccessFromCloudFront)
	case !behindCloudFront && a.OriginSecret != nil:
		l.Addf("originSecret", "must be empty unless accessFrom is %q, which is %q: only CloudFront adds the header", AccessFromCloudFront, a.AccessFrom)
	}
	a.validateInternal(l)
	a.validateVPCOrigin(l)
	a.validateDomain(l)
}

func (a *SecuredALBArgs) validateDomain(l *fault.List) {
	if a.Domain == nil {
		l.Addf("domain", "is required: the CertifiedDomain of the HTTPS listener")
		return
	}
	if a.Domain.faulty {
		return
	}
	if *a.CreateAliasRecords && len(a.AliasNames) > 0 && !a.Domain.HasZone() {
		l.Addf("createAliasRecords", "must be false, got true: domain was given no hosted zone to hold the records")
	}
	for i, n := range a.AliasNames {
		at := fault.Index("aliasNames", i)
		l.Check(at, dnsname.CheckPattern(n))
		if !a.Domain.Covers(n) {
			l.Addf(at, "must be on the certificate of domain, got %q; viewers would see a certificate error: add the name to the CertifiedDomain", n)
		}
		if slices.Contains(a.AliasNames[:i], n) {
			l.Addf(at, "is a duplicate of %q: remove it", n)
		}
	}
}

// behindCloudFront says whether the load balancer answers distributions alone.
func (a *SecuredALBArgs) behindCloudFront() bool {
	return a.AccessFrom == AccessFromCloudFront || a.AccessFrom == AccessFromVpcOrigin
}

func (a *SecuredALBArgs) ingress() []awsrule.Ingress {
	return awsrule.LoadBalancerIngress(a.AccessFrom, a.AllowedCidrs, a.DualStack)
}
