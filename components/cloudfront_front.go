package components

import (
	"cmp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

// originID names the distribution's origin that is no bucket within it.
const originID = "origin"

// CloudFrontFront is a CloudFront distribution in front of one HTTPS origin that
// is yours: a load balancer or an instance. Nothing is cached unless Caching of a behavior
// says so, errors of the origin included: by default CloudFront would give them to every viewer for 10 seconds, and
// only one of AWS's pages says that the cache policy CachingDisabled prevents that, so
// the distribution has a time of 0 for each of them.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
//
// It creates the distribution (HTTP/2 and 3, IPv6, all methods), for each alias an A and
// an AAAA record, and what Behaviors, Redirects and ResponseHeaders ask for: policies and
// functions.
// With StaticContent, behaviors that are served by it are answered from its bucket, and
// cached; the policy of the bucket comes with it.
//
// Before a load balancer or an instance with access "vpc-origin" it makes the VPC origin too,
// through which it reaches that without the internet, and has that admit it.
//
// Security posture: viewers are redirected to HTTPS and need TLS 1.2; AWS's security headers
// are added to every response; the origin
// is reached over HTTPS with TLS 1.2 only, and its certificate is verified by
// CloudFront. The origin secret travels in a header whose value stays secret in
// the state. The distribution depends on OriginReady, so that the rules which
// accept a new secret are in force before it is sent. The records come last, after
// the service or the instance behind Origin too: a name that leads to an old server
// goes on to do so until the new one answers.
//
// Requests are walked through the model of package requestpath beforehand, with
// Origin all the way from the viewer to the target. Refused are an origin that
// leads back to the distribution (403), a certificate of the origin's that does
// not cover the name that CloudFront asks for or is not trusted (502), a secret
// that the origin does not accept (403), hosts of routes that CloudFront never
// sends (403), targets that do not speak HTTP/1.1 (464), a port or a group that
// drops CloudFront (504), and an origin that answers others too.
type CloudFrontFront struct {
	pulumi.ResourceState

	DistributionId  pulumi.StringOutput `pulumi:"distributionId"`
	DistributionArn pulumi.StringOutput `pulumi:"distributionArn"`
	// DomainName is the distribution's own name under cloudfront.net.
	DomainName pulumi.StringOutput `pulumi:"domainName"`
	// CanonicalHostedZoneId is the zone of DomainName, for alias records.
	CanonicalHostedZoneId pulumi.StringOutput `pulumi:"canonicalHostedZoneId"`
	// Url is where viewers go: https:// and the first alias that is no wildcard, or where
	// Redirects lead from it, or else DomainName.
	Url pulumi.StringOutput `pulumi:"url"`
	// BucketPolicyJson is the policy with which the bucket of StaticContent lets this
	// distribution alone read. The owner of an adopted bucket attaches it.
	BucketPolicyJson pulumi.StringOutput `pulumi:"bucketPolicyJson"`

	// VpcOriginId is the VPC origin through which the origin is reached; unset without one.
	VpcOriginId pulumi.StringOutput `pulumi:"vpcOriginId"`

	// What Register makes, for whatever the args do not offer.

	Distribution *cloudfront.Distribution
	// VpcOrigin leads to an Origin with access "vpc-origin"; nil for others, and with
	// ExistingVpcOriginId.
	VpcOrigin *cloudfront.VpcOrigin
	// AliasRecords are those of Aliases.
	AliasRecords []*route53.Record
	// CachePolicies are those of behaviors that AWS manages none for, Functions those of the
	// redirects, of behaviors with a single page and of those with code.
	CachePolicies []*cloudfront.CachePolicy
	Functions     []*cloudfront.Function
	// ResponseHeadersPolicy is nil where AWS's own does.
	ResponseHeadersPolicy *cloudfront.ResponseHeadersPolicy
	// LogDelivery joins LogSource, the distribution, and LogDestination, the bucket. All are
	// nil without LogBucket.
	LogDelivery    *cloudwatch.LogDelivery
	LogSource      *cloudwatch.LogDeliverySource
	LogDestination *cloudwatch.LogDeliveryDestination
	// BucketPolicy lets the distribution read StaticContent; nil without, and for a bucket
	// that is adopted.
	BucketPolicy *RawResource

	planned
	args *CloudFrontFrontArgs

	cachePolicyOf map[*BehaviorArgs]*cloudfront.CachePolicy
	functionsOf   map[*BehaviorArgs]cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArray
}

// NewCloudFrontFront makes a CloudFrontFront. Wrong args register nothing.
func NewCloudFrontFront(
	ctx *pulumi.Context, name string, args *CloudFrontFrontArgs, opts ...pulumi.ResourceOption,
) (*CloudFrontFront, error) {
	return construct(ctx, PlanCloudFrontFront, name, args, opts)
}

// PlanCloudFrontFront is the first half of NewCloudFrontFront.
func PlanCloudFrontFront(name string, args *CloudFrontFrontArgs) (*CloudFrontFront, error) {
	c := &CloudFrontFront{
		planned: planned{component: "CloudFrontFront", name: name, findings: &findings{}},
		args:    cmp.Or(args, &CloudFrontFrontArgs{}).withDefaults(name),
	}
	if args == nil {
		return c, c.withoutArgs("originDomainName")
	}
	if c.args.Origin != nil {
		c.findings = c.args.Origin.plan().findings
	}
	return c, c.check(c.args, func(l *fault.List) {
		c.args.validate(l)
		checkLogBucket(l, c.args.LogBucket, name, LogSourceCloudFront)
		l.Check("staticContent", c.takeStaticContent())
	}, func() error {
		c.warnOfErrorPages()
		return c.checkPath()
	})
}

// Register is the second half of NewCloudFrontFront.
func (c *CloudFrontFront) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	if c.args.Origin != nil {
		c.args.OriginReady = slices.Concat(c.args.Origin.origin().ready, c.args.OriginReady)
	}
	return c.register(ctx, TokenCloudFrontFront, c.args, c, opts, c.checkLogProvider, c.newVPCOrigin, c.newCachePolicies, c.newFunctions,
		c.newResponseHeadersPolicy, c.newDistribution, c.newBucketPolicy, c.newLogDelivery, c.newRecords)
}

func (c *CloudFrontFront) newDistribution(ctx *pulumi.Context) (err error) {
	var aliases pulumi.StringArrayInput
	certificate := cloudfront.DistributionViewerCertificateArgs{CloudfrontDefaultCertificate: pulumi.Bool(true)}
	if len(c.args.Aliases) > 0 {
		aliases = pulumi.ToStringArray(c.args.Aliases)
		certificate = cloudfront.DistributionViewerCertificateArgs{
			AcmCertificateArn:      c.args.Domain.CertificateArn,
			SslSupportMethod:       pulumi.String("sni-only"),
			MinimumProtocolVersion: pulumi.String(c.args.MinimumViewerTlsVersion),
		}
	}
	c.Distribution, err = cloudfront.NewDistribution(ctx, c.name, &cloudfront.DistributionArgs{
		Enabled:               pulumi.Bool(true),
		Comment:               pulumi.String(c.args.Comment),
		Aliases:               aliases,
		HttpVersion:           pulumi.String("http2and3"),
		IsIpv6Enabled:         pulumi.Bool(true),
		PriceClass:            pulumi.String(c.args.PriceClass),
		DefaultRootObject:     ifGiven(c.args.DefaultRootObject),
		WebAclId:              c.webACL(),
		WaitForDeployment:     pulumi.Bool(*c.args.WaitForDeployment),
		Origins:               c.origins(),
		OriginGroups:          c.groups(),
		DefaultCacheBehavior:  c.defaultBehavior(c.behavior(c.args.DefaultBehavior)),
		OrderedCacheBehaviors: c.behaviors(),
		CustomErrorResponses:  c.args.customErrorResponses(),
		ViewerCertificate:     certificate,
		Restrictions: cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: c.args.GeoRestriction.restriction(),
		},
		Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c), pulumi.DependsOn(c.args.OriginReady))
	if err != nil {
		return err
	}
	c.DistributionId = c.Distribution.ID().ToStringOutput()
	c.DistributionArn = c.Distribution.Arn
	c.DomainName = c.Distribution.DomainName
	c.CanonicalHostedZoneId = c.Distribution.HostedZoneId
	host := c.DomainName
	isHost := func(alias string) bool { return !dnsname.IsWildcard(alias) }
	if i := slices.IndexFunc(c.args.Aliases, isHost); i >= 0 {
		alias := c.args.Aliases[i]
		host = pulumi.String(cmp.Or(c.args.redirectRules().Names[alias], alias)).ToStringOutput()
	}
	c.Url = pulumi.Sprintf("https://%s", host)
	return nil
}

func (c *CloudFrontFront) origin() cloudfront.DistributionOriginArgs {
	origin := cloudfront.DistributionOriginArgs{
		OriginId:   pulumi.String(originID),
		DomainName: pulumi.String(c.args.OriginDomainName),
		CustomOriginConfig: cloudfront.DistributionOriginCustomOriginConfigArgs{
			OriginProtocolPolicy:   pulumi.String("https-only"),
			OriginSslProtocols:     pulumi.ToStringArray([]string{"TLSv1.2"}),
			HttpPort:               pulumi.Int(80), // required by the API, unused with https-only
			HttpsPort:              pulumi.Int(c.args.OriginHttpsPort),
			OriginReadTimeout:      pulumi.Int(c.args.OriginReadTimeoutSeconds),
			OriginKeepaliveTimeout: pulumi.Int(c.args.OriginKeepaliveTimeoutSeconds),
		},
	}
	if c.args.throughVPC() {
		origin.CustomOriginConfig, origin.VpcOriginConfig = nil, c.throughVPCOrigin()
	}
	if secret := c.args.OriginSecret; secret != nil {
		origin.CustomHeaders = cloudfront.DistributionOriginCustomHeaderArray{cloudfront.DistributionOriginCustomHeaderArgs{
			Name:  pulumi.String(secret.HeaderName()),
			Value: secret.Value,
		}}
	}
	return origin
}

// webACL is the ARN of the web ACL, once it is known to be one for CloudFront.
func (c *CloudFrontFront) webACL() pulumi.StringPtrInput {
	if c.args.WebAcl != nil {
		return c.args.WebAcl.WebAclArn.ToStringPtrOutput()
	}
	if c.args.WebAclArn == nil {
		return nil
	}
	return c.args.WebAclArn.ToStringOutput().ApplyT(func(arn string) (string, error) {
		return arn, c.fault("webAclArn", awsrule.WebACL(arn))
	}).(pulumi.StringOutput).ToStringPtrOutput()
}

func (c *CloudFrontFront) newRecords(ctx *pulumi.Context) (err error) {
	if len(c.args.Aliases) == 0 || !*c.args.CreateAliasRecords {
		return nil
	}
	c.AliasRecords, err = newAliasRecords(ctx, c, c.name, aliasRecords{
		zoneID:       c.args.Domain.ZoneId,
		names:        c.args.Aliases,
		targetName:   c.DomainName,
		targetZoneID: c.CanonicalHostedZoneId,
		ipv6:         true,
		overwrite:    c.args.OverwriteExistingRecords,
		after:        slices.Concat(c.serving(), c.args.RecordsAfter),
	})
	return err
}
