package components

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

// CloudFrontFrontArgs configures a CloudFrontFront.
type CloudFrontFrontArgs struct {
	// Origin is what CloudFront connects to: a *SecuredALB, after its routes are
	// made, or a *TLSInstance. With it the whole request path is checked, and
	// OriginDomainName, OriginSecret and OriginReady need not be given. Only
	// routes of a load balancer that are made before are checked; if there are
	// none, they are assumed to be made later or elsewhere. Default: none; only
	// the origin's name is known.
	Origin Origin `pulumi:"origin"`

	// ExistingVpcOriginId is a VPC origin that exists already, by its id: the distribution
	// reaches its origin through that. OriginDomainName is then not looked up, only asked for,
	// and whether the origin admits CloudFront is up to whoever made it, except for Origin.
	// With a load balancer as Origin, which must have access "vpc-origin", the VPC origin must
	// lead to that. Not allowed with a TLSInstance as Origin, which gets another ARN whenever it
	// is replaced. Default: none; one is made for an Origin with access "vpc-origin".
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
	ExistingVpcOriginId pulumi.StringInput `pulumi:"existingVpcOriginId"`

	// OriginDomainName is the name that CloudFront connects to. Except through a VPC origin it
	// must resolve publicly to the origin; it must be on the origin's certificate. It cannot be
	// a load balancer's AWS name (502), except with ForwardHostHeader and a certificate that
	// covers Aliases, nor, except through a VPC origin, one of Aliases (403). Required without
	// Origin. Default: the first name of Origin that is not a wildcard; through a VPC origin
	// to a load balancer the first such name of its Domain.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
	OriginDomainName string `pulumi:"originDomainName"`

	// OriginHttpsPort is the origin's HTTPS port: 443, 80 or 1024-65535. Default:
	// 443.
	OriginHttpsPort int `pulumi:"originHttpsPort"`

	// OriginReadTimeoutSeconds is how long CloudFront waits for the origin's
	// answer, 1-120; after that viewers get 504. At most the idle timeout of the
	// load balancer in Origin. Default: 30.
	OriginReadTimeoutSeconds int `pulumi:"originReadTimeoutSeconds"`

	// OriginKeepaliveTimeoutSeconds is how long CloudFront keeps an idle
	// connection to the origin, 1-120. Default: 5.
	OriginKeepaliveTimeoutSeconds int `pulumi:"originKeepaliveTimeoutSeconds"`

	// ForwardHostHeader forwards the viewer's Host header to the origin, whose
	// certificate should then cover the viewers' names. Otherwise the origin receives
	// its own name, of which an application must make no absolute URLs, no Domain of
	// cookies and no list of allowed hosts (see docs/stacks.md). Default: false: the
	// origin's certificate needs one name only, whatever names viewers use, and what
	// is asked for by the distribution's own name is answered as well.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
	ForwardHostHeader bool `pulumi:"forwardHostHeader"`

	// OriginSecret is the header by which the origin recognizes this distribution.
	// Default: that of Origin; without one, the origin cannot tell this
	// distribution from others.
	OriginSecret *OriginSecret `pulumi:"originSecret"`

	// Domain is the certificate that viewers see, made for CloudFront, and the
	// zone for the records. Default: none; viewers use the distribution's own name
	// under cloudfront.net.
	Domain *CertifiedDomain `pulumi:"domain"`

	// Aliases are the names of the distribution. Each must be on Domain's
	// certificate and on no other distribution of any account. Wildcards such as
	// *.example.com are allowed. Default: every name of Domain except wildcards.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
	Aliases []string `pulumi:"aliases"`

	// CreateAliasRecords creates A and AAAA records of Aliases. Default: true.
	CreateAliasRecords *bool `pulumi:"createAliasRecords"`

	// OverwriteExistingRecords takes over existing records of Aliases. The old
	// value is not kept: destroying the stack deletes the record. Default: false;
	// an existing record fails the update.
	OverwriteExistingRecords bool `pulumi:"overwriteExistingRecords"`

	// MinimumViewerTlsVersion is the security policy for viewers: "TLSv1.2_2018",
	// "TLSv1.2_2019" or "TLSv1.2_2021". Without aliases CloudFront accepts TLS
	// 1.0, and this cannot be set. Default: "TLSv1.2_2021" with aliases.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
	MinimumViewerTlsVersion string `pulumi:"minimumViewerTlsVersion"`

	// Behaviors say how CloudFront treats requests for certain paths, each by its
	// PathPattern. The first one whose pattern matches applies, in the order given. At most
	// 74. Default: none; DefaultBehavior applies to every path.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
	Behaviors []*BehaviorArgs `pulumi:"behaviors"`

	// DefaultBehavior says how CloudFront treats requests that no pattern of Behaviors
	// matches. It has no PathPattern. Default: the defaults of its fields.
	DefaultBehavior *BehaviorArgs `pulumi:"defaultBehavior"`

	// StaticContent is the bucket behind behaviors that are served by "static-content". One
	// serves one distribution. Default: none; the origin answers every request.
	StaticContent *StaticContent `pulumi:"staticContent"`

	// DefaultRootObject is the object that a request for / gets, for example
	// "index.html", at most 255 characters. Default: if DefaultBehavior is served by
	// "static-content" its SinglePage, or else "index.html"; otherwise none, the origin answers.
	DefaultRootObject string `pulumi:"defaultRootObject"`

	// Redirects are redirects that the distribution makes itself: between a name with www.
	// and the one without, and of trailing slashes. Default: none.
	Redirects *RedirectsArgs `pulumi:"redirects"`

	// ResponseHeaders are the headers that CloudFront adds to every response or takes off.
	// Default: AWS's security headers are added.
	ResponseHeaders *ResponseHeadersArgs `pulumi:"responseHeaders"`

	// ErrorPages are pages of StaticContent that viewers get in place of errors, of the
	// service's errors too. Default: none; errors stay as they are, and none is cached.
	ErrorPages []ErrorPageArgs `pulumi:"errorPages"`

	// GeoRestriction is from which countries requests are answered. Default: all.
	GeoRestriction *GeoRestrictionArgs `pulumi:"geoRestriction"`

	// WebAcl that is asked about every request, made for CloudFront. Default: none.
	WebAcl *WebAcl `pulumi:"webAcl"`

	// WebAclArn of an existing web ACL of scope CLOUDFRONT, in us-east-1, in place of
	// WebAcl. Default: none.
	WebAclArn pulumi.StringInput `pulumi:"webAclArn"`

	// LogBucket gets the distribution's standard logs (v2), below the prefix NAME, as text
	// with AWS's default fields. It must have "cloudfront" among its sources. Default: none;
	// nothing is logged.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
	LogBucket *LogBucket `pulumi:"logBucket"`

	// UsEast1Provider is a provider for us-east-1, where CloudFront's logs are delivered
	// from: the result of USEast1Provider. Only with LogBucket. Default: the provider that
	// Domain was made with, and without one the program's own, which fits in us-east-1.
	UsEast1Provider pulumi.ProviderResource `pulumi:"usEast1Provider"`

	// PriceClass is which edge locations are used: "PriceClass_All",
	// "PriceClass_200" or "PriceClass_100". Default: "PriceClass_All".
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
	PriceClass string `pulumi:"priceClass"`

	// Comment on the distribution, at most 128 characters. Default: the
	// component's name.
	Comment string `pulumi:"comment"`

	// WaitForDeployment makes an update wait until every edge location has the
	// change, which takes minutes. If it is false, do not drop the previous value
	// of the origin secret before that. Default: true.
	WaitForDeployment *bool `pulumi:"waitForDeployment"`

	// OriginReady are resources that must exist before requests are sent: the
	// rules that accept the origin secret's header, such as the Rule of a ServiceRoute.
	// Components are refused. Those of Origin need not be named: its routes' rules,
	// or the rule that admits CloudFront and the instance's readiness. Default: none
	// beside those.
	OriginReady []pulumi.Resource `pulumi:"originReady"`

	// RecordsAfter are resources that must exist before the records of Aliases lead
	// viewers here: what answers behind the origin. Components are refused. Of those
	// behind Origin, the ECS service of a PrivateFargateService, the attachment of an
	// InstanceTarget and the instance of a TLSInstance need not be named, if they are
	// registered before. Default: none beside those.
	RecordsAfter []pulumi.Resource `pulumi:"recordsAfter"`

	// PathCheck is what to do about requests that would fail: "refuse" or "warn".
	// Default: "refuse".
	PathCheck string `pulumi:"pathCheck"`

	// Tags are put on the distribution. Their keys must not begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

func (a CloudFrontFrontArgs) withDefaults(name string) *CloudFrontFrontArgs {
	a.OriginHttpsPort = cmp.Or(a.OriginHttpsPort, httpsPort)
	a.OriginReadTimeoutSeconds = cmp.Or(a.OriginReadTimeoutSeconds, awstable.OriginReadTimeoutSeconds)
	a.OriginKeepaliveTimeoutSeconds = cmp.Or(a.OriginKeepaliveTimeoutSeconds, awstable.OriginKeepaliveTimeoutSeconds)
	a.PathCheck = cmp.Or(a.PathCheck, PathCheckRefuse)
	a.PriceClass = cmp.Or(a.PriceClass, "PriceClass_All")
	a.Comment = cmp.Or(a.Comment, name)
	a.CreateAliasRecords = cmp.Or(a.CreateAliasRecords, pulumi.BoolRef(true))
	a.WaitForDeployment = cmp.Or(a.WaitForDeployment, pulumi.BoolRef(true))
	if isNil(a.UsEast1Provider) {
		a.UsEast1Provider = nil
	}
	if isNil(a.Origin) {
		a.Origin = nil
	} else {
		origin := a.Origin.origin()
		a.OriginDomainName = cmp.Or(a.OriginDomainName, origin.domainName)
		a.OriginSecret = cmp.Or(a.OriginSecret, origin.secret)
	}
	if a.Aliases == nil && a.Domain != nil {
		a.Aliases = a.Domain.HostNames()
	}
	a.ErrorPages = errorPagesWithDefaults(a.ErrorPages)
	a.ResponseHeaders = cmp.Or(a.ResponseHeaders, &ResponseHeadersArgs{}).withDefaults()
	a.Behaviors, a.DefaultBehavior = behaviorsWithDefaults(a.Behaviors, a.DefaultBehavior)
	if a.DefaultBehavior.ServedBy == ServedByStaticContent {
		a.DefaultRootObject = cmp.Or(a.DefaultRootObject, strings.TrimPrefix(a.DefaultBehavior.SinglePage, "/"), "index.html")
	}
	if len(a.Aliases) > 0 {
		a.MinimumViewerTlsVersion = cmp.Or(a.MinimumViewerTlsVersion, awstable.RecommendedViewerPolicy)
	}
	return &a
}

func (a *CloudFrontFrontArgs) validate(l *fault.List) {
	// CloudFront may connect to a load balancer by the name that AWS gave it if it asks
	// for the viewers' names, of which a certificate can cover one.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
	asksForAliases := a.ForwardHostHeader && len(a.Aliases) > 0
	if (!dnsname.IsLoadBalancer(a.OriginDomainName) || !asksForAliases) && (a.Origin == nil || !a.Origin.plan().faulty) {
		l.Check("originDomainName", awsrule.OriginDomain(a.OriginDomainName))
	}
	l.Check("origin", a.checkOrigin())
	a.validateVPCOrigin(l)
	l.Check("originDomainName", a.checkRecords())
	l.Check("pathCheck", checkPathCheck(a.PathCheck))
	l.Check("originHttpsPort", awsrule.OriginPort(a.OriginHttpsPort))
	l.Check("originReadTimeoutSeconds", a.checkReadTimeout())
	l.Check("originKeepaliveTimeoutSeconds", awsrule.OriginTimeout(a.OriginKeepaliveTimeoutSeconds))
	l.Check("minimumViewerTlsVersion", awsrule.ViewerPolicy(a.MinimumViewerTlsVersion, len(a.Aliases) > 0))
	a.validateBehaviors(l)
	a.ResponseHeaders.validate(l, "responseHeaders")
	a.GeoRestriction.validate(l, "geoRestriction")
	a.validateErrorPages(l)
	a.validateRedirects(l)
	l.Check("defaultRootObject", awsrule.DefaultRootObject(a.DefaultRootObject))
	l.Check("priceClass", awsrule.OneOf(a.PriceClass, "PriceClass_All", "PriceClass_200", "PriceClass_100"))
	l.Check("comment", awsrule.DistributionComment(a.Comment))
	checkTags(l, "tags", a.Tags, "")
	if a.UsEast1Provider != nil && a.LogBucket == nil {
		l.Addf("usEast1Provider", "must be given only with logBucket, whose deliveries it makes; leave it out")
	}
	l.Check("webAcl", a.WebAcl.forDistribution(a.WebAclArn))
	if arn, known := literal(a.WebAclArn); known {
		l.Check("webAclArn", awsrule.WebACL(arn))
	}
	for i, r := range a.OriginReady {
		l.Check(fault.Index("originReady", i), awaitable(r))
	}
	for i, r := range a.RecordsAfter {
		l.Check(fault.Index("recordsAfter", i), awaitable(r))
	}
	a.validateDomain(l)
}

// checkRecords refuses two A records of one name, the distribution's and the
// origin's, where the request path check only warns of the loop.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func (a *CloudFrontFrontArgs) checkRecords() error {
	if a.PathCheck != PathCheckWarn || a.Origin == nil || a.throughVPC() || !*a.CreateAliasRecords || !slices.Contains(a.Aliases, a.OriginDomainName) {
		return nil
	}
	return fmt.Errorf("must not be %q, which is one of aliases: AWS refuses a second A record of that name (InvalidChangeBatch); "+
		"use a name of its own, such as origin.%s", a.OriginDomainName, a.OriginDomainName)
}

// checkOrigin refuses a load balancer that CloudFront cannot reach.
func (a *CloudFrontFrontArgs) checkOrigin() error {
	if alb, is := a.Origin.(*SecuredALB); is {
		return alb.reachable()
	}
	return nil
}

// checkReadTimeout refuses to wait longer than the load balancer does: it would give
// up first.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-504-issues
func (a *CloudFrontFrontArgs) checkReadTimeout() error {
	if err := awsrule.OriginTimeout(a.OriginReadTimeoutSeconds); err != nil {
		return err
	}
	if alb, is := a.Origin.(*SecuredALB); is && a.OriginReadTimeoutSeconds > alb.args.IdleTimeoutSeconds {
		return fmt.Errorf("must be at most the load balancer's idle timeout of %d s, got %d: the load balancer would give up first "+
			"and viewers would get 504; raise its idleTimeoutSeconds too", alb.args.IdleTimeoutSeconds, a.OriginReadTimeoutSeconds)
	}
	return nil
}

func (a *CloudFrontFrontArgs) validateDomain(l *fault.List) {
	if a.Domain == nil {
		if len(a.Aliases) > 0 {
			l.Addf("domain", "is required with aliases: the certificate that covers them")
		}
		return
	}
	if a.Domain.faulty {
		return
	}
	l.Check("domain", awsrule.CertificateForCloudFront(a.Domain.ForCloudFront()))
	awsrule.Aliases(l, "aliases", a.Aliases, a.Domain.Names())
	if len(a.Aliases) == 0 {
		l.Addf("aliases", "must not be empty when domain is given: its certificate is served for aliases only; name one, or leave domain out")
	} else if *a.CreateAliasRecords && !a.Domain.HasZone() {
		l.Addf("createAliasRecords", "must be false, got true: domain was given no hosted zone to hold the records")
	}
}
