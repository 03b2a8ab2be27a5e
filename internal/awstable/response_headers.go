package awstable

// ResponseHeader is a header that a response headers policy adds. One that does not
// override gives way to the same header of the origin.
type ResponseHeader struct {
	Name, Value string
	Override    bool
}

// SecurityHeaders are the headers of SecurityHeadersPolicy.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
var SecurityHeaders = []ResponseHeader{
	{"Referrer-Policy", "strict-origin-when-cross-origin", false},
	{"Strict-Transport-Security", "max-age=31536000", false},
	{"X-Content-Type-Options", "nosniff", true},
	{"X-Frame-Options", "SAMEORIGIN", false},
	{"X-XSS-Protection", "1; mode=block", false},
}

// SecurityHeaderNames are the headers for which a response headers policy has settings of
// their own, in lower case: they cannot be custom headers.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
var SecurityHeaderNames = []string{
	"content-security-policy", "referrer-policy", "strict-transport-security", "x-content-type-options", "x-frame-options",
	"x-xss-protection",
}

// Values of a response headers policy.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
var (
	FrameOptions     = []string{"DENY", "SAMEORIGIN"}
	ReferrerPolicies = []string{
		"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
		"strict-origin-when-cross-origin", "unsafe-url",
	}
	// CorsMethods can be allowed one by one; CorsAllMethods stands for all of them.
	CorsMethods = []string{"GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
)

// CorsAllMethods stands for all of CorsMethods.
const CorsAllMethods = "ALL"

// FixedResponseHeaders are the headers that a response headers policy cannot remove, in
// lower case; FixedResponseHeaderPrefixes are how others begin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
var (
	FixedResponseHeaders = []string{
		"connection", "content-encoding", "content-length", "expect", "host", "keep-alive", "proxy-authenticate",
		"proxy-authorization", "proxy-connection", "trailer", "transfer-encoding", "upgrade", "via", "warning",
		"x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amzn-auth", "x-amzn-cf-billing",
		"x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count",
		"x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache", "x-forwarded-proto", "x-real-ip",
	}
	FixedResponseHeaderPrefixes = []string{"x-amz-cf-", "x-edge-"}
)

// Quotas of a response headers policy: headers that are added, headers that are removed,
// and characters of a header's name, of its value, and of all together.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// (of headers that are removed: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyRemoveHeadersConfig.html)
const (
	MaxResponseHeaders           = 10
	MaxRemovedResponseHeaders    = 10
	MaxResponseHeaderName        = 256
	MaxResponseHeaderValue       = 1783
	MaxResponseHeadersCharacters = 10240
)
