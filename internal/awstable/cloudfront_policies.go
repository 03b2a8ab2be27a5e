package awstable

// Forwarding is what of a viewer's request a policy sends to the origin.
type Forwarding struct {
	Host           bool     // the viewer's Host header
	Headers        bool     // all of the viewer's other headers
	Names          []string // headers in place of all
	Cookies, Query bool     // all cookies, the whole query
	Compression    bool     // Accept-Encoding, reduced to gzip and br
	More           bool     // headers, or a part of the query, that are not listed here
}

// CachePolicies are what the managed cache policies put into the cache key, all of
// which CloudFront sends to the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
var CachePolicies = map[string]Forwarding{
	CachingDisabled:                          {},
	CachingOptimized:                         {Compression: true},
	CachingOptimizedForUncompressedObjects:   {},
	ElementalMediaPackage:                    {More: true},
	Amplify:                                  {Host: true, Query: true, More: true},
	UseOriginCacheControlHeaders:             {Host: true, Names: methodOverrides, Cookies: true, Compression: true},
	UseOriginCacheControlHeadersQueryStrings: {Host: true, Names: methodOverrides, Cookies: true, Compression: true, Query: true},
}

var methodOverrides = []string{"Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}

// OriginRequestPolicies are what the managed origin request policies send to the
// origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
var OriginRequestPolicies = map[string]Forwarding{
	AllViewer:                     {Host: true, Headers: true, Cookies: true, Query: true},
	AllViewerAndCloudFrontHeaders: {Host: true, Headers: true, Cookies: true, Query: true, More: true},
	AllViewerExceptHostHeader:     {Headers: true, Cookies: true, Query: true},
	HostHeaderOnly:                {Host: true},
	CORSCustomOrigin:              {More: true},
	CORSS3Origin:                  {More: true},
	ElementalMediaTailorPersonalizedManifests: {Query: true, More: true},
	UserAgentRefererHeaders:                   {More: true},
}

// How many policies of a kind an account can have, how many cookies, headers or query
// strings one can name, and the longest time to live.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
const (
	MostPoliciesPerAccount = 20
	MostNamesPerPolicy     = 10
	LongestTTLSeconds      = 100 * 365 * 86400
)
