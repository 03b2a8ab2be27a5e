package awstable

// CloudFrontRegion is where CloudFront takes certificates and web ACLs from.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
const CloudFrontRegion = "us-east-1"

// Ids of the cache policies that AWS manages, which are the same in every account.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
const (
	CachingDisabled                          = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	CachingOptimized                         = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	CachingOptimizedForUncompressedObjects   = "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"
	ElementalMediaPackage                    = "08627262-05a9-4f76-9ded-b50ca2e3a84f"
	Amplify                                  = "2e54312d-136d-493c-8eb9-b001f22f67d2"
	UseOriginCacheControlHeaders             = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"
	UseOriginCacheControlHeadersQueryStrings = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
)

// Ids of the origin request policies that AWS manages.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
const (
	AllViewer                                 = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	AllViewerAndCloudFrontHeaders             = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
	AllViewerExceptHostHeader                 = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
	HostHeaderOnly                            = "bf0718e1-ba1e-49d1-88b1-f726733018ae"
	CORSCustomOrigin                          = "59781a5b-3903-41f3-afcb-af62929ccde1"
	CORSS3Origin                              = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"
	ElementalMediaTailorPersonalizedManifests = "775133bc-15f2-49f9-abea-afb2e0bf67d2"
	UserAgentRefererHeaders                   = "acba4595-bd28-49b8-b9fe-13317c0390fa"
)

// CachedErrors are the statuses of an origin that CloudFront caches in any case;
// CachedErrorsIfAsked are those that it caches if the origin asks for it with max-age or
// s-maxage. With the policy CachingDisabled it caches neither.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
var (
	CachedErrors        = []int{404, 414, 500, 501, 502, 503, 504}
	CachedErrorsIfAsked = []int{400, 403, 405, 412, 415}
)

// ErrorPageStatuses are the statuses for which a distribution can have a page of its own.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
var ErrorPageStatuses = []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}

// DefaultErrorCachingSeconds is how long CloudFront caches an error for which nothing
// else is said.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
const DefaultErrorCachingSeconds = 10

// SecurityHeadersPolicy is the id of that managed response headers policy.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
const SecurityHeadersPolicy = "67f7725c-6f97-4210-82d7-5512b31e9d03"

// CloudFrontHostedZone is the hosted zone id of the names that CloudFront assigns,
// for alias records.
// Sourced: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
const CloudFrontHostedZone = "Z2FDTNDATAQYW2"

// Headers that a distribution cannot add to the requests to its origin, in lower
// case, and how further ones begin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
var (
	ReservedOriginHeaders = []string{
		"cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since",
		"if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate",
		"proxy-authorization", "proxy-connection", "range", "request-range", "te", "trailer", "transfer-encoding",
		"upgrade", "via", "x-real-ip",
	}
	ReservedOriginHeaderPrefixes = []string{"x-amz-", "x-edge-"}
)

// LoadBalancerHeaderPrefixes are how headers begin that a load balancer writes itself, in
// lower case.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
var LoadBalancerHeaderPrefixes = []string{"x-forwarded-", "x-amzn-"}

// BehaviorQuota is how many cache behaviors AWS allows in one distribution, unless the
// quota was raised. That the default one counts is inferred.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const BehaviorQuota = 75

// OriginGroupQuota is how many origin groups a distribution can have.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const OriginGroupQuota = 10

// FailoverStatuses are the statuses of a primary origin for which CloudFront can ask the
// secondary one.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
var FailoverStatuses = []int{400, 403, 404, 416, 429, 500, 502, 503, 504}

// ReadMethods are the fewest methods that a behavior can allow, and those whose answers it
// caches in any case.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachedMethods.html
var ReadMethods = []string{"GET", "HEAD"}

// FailoverMethods are the methods that a behavior with an origin group can allow.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
var FailoverMethods = []string{"GET", "HEAD", "OPTIONS"}

// MaxPathPattern is how many characters the path pattern of a behavior can have.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
const MaxPathPattern = 255

// DistributionMethods are the methods that a distribution can allow.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html
var DistributionMethods = []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
