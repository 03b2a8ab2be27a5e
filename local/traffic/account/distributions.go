package account

// Distribution is a CloudFront distribution.
type Distribution struct {
	ID                string `json:"id"`
	ARN               string `json:"arn"`
	DomainName        string `json:"domainName"`
	Enabled           bool   `json:"enabled"`
	Aliases           []string
	HTTPVersion       string `json:"httpVersion"`
	IsIPv6Enabled     bool   `json:"isIpv6Enabled"`
	DefaultRootObject string
	WebACLARN         string                 `json:"webAclId"`
	Default           CacheBehavior          `json:"defaultCacheBehavior"`
	Ordered           []OrderedCacheBehavior `json:"orderedCacheBehaviors"`
	Origins           []Origin
	OriginGroups      []OriginGroup
	ViewerCertificate struct {
		ARN     string `json:"acmCertificateArn"`
		Minimum string `json:"minimumProtocolVersion"`
	}
	Restrictions struct {
		Geo struct {
			Type      string `json:"restrictionType"`
			Locations []string
		} `json:"geoRestriction"`
	}
	CustomErrorResponses []CustomErrorResponse
}

// CustomErrorResponse is what a distribution does with one status of an origin.
type CustomErrorResponse struct {
	ErrorCode          int
	ErrorCachingMinTTL int `json:"errorCachingMinTtl"`
	// ResponsePagePath is the page in place of the error, ResponseCode the status that goes
	// with it. Default: the error itself.
	ResponsePagePath string
	ResponseCode     int
}

// OrderedCacheBehavior is a cache behavior for the paths that match a pattern.
type OrderedCacheBehavior struct {
	PathPattern string
	CacheBehavior
}

// CacheBehavior is how a distribution handles requests.
type CacheBehavior struct {
	TargetOriginID          string `json:"targetOriginId"`
	ViewerProtocolPolicy    string
	Compress                bool
	AllowedMethods          []string
	CachedMethods           []string
	CachePolicyID           string                 `json:"cachePolicyId"`
	OriginRequestPolicyID   string                 `json:"originRequestPolicyId"`
	ResponseHeadersPolicyID string                 `json:"responseHeadersPolicyId"`
	GRPCConfig              struct{ Enabled bool } `json:"grpcConfig"`
	FunctionAssociations    []FunctionAssociation
}

// FunctionAssociation is a function that a behavior runs.
type FunctionAssociation struct {
	EventType   string
	FunctionARN string `json:"functionArn"`
}

// Origin is a custom origin, one behind a VPC origin, or without either a bucket.
type Origin struct {
	OriginID           string `json:"originId"`
	DomainName         string
	OriginPath         string
	ConnectionAttempts int
	ConnectionTimeout  int
	CustomHeaders      []Header
	// OriginAccessControlID is how requests to a bucket are signed. Default: not at all.
	OriginAccessControlID string `json:"originAccessControlId"`
	S3OriginConfig        struct{ OriginAccessIdentity string }
	VPCOriginConfig       VPCOriginConfig `json:"vpcOriginConfig"`
	CustomOriginConfig    struct {
		HTTPPort               int `json:"httpPort"`
		HTTPSPort              int `json:"httpsPort"`
		OriginProtocolPolicy   string
		OriginSSLProtocols     []string `json:"originSslProtocols"`
		OriginReadTimeout      int
		OriginKeepaliveTimeout int
	}
}

// OriginGroup is a primary and a secondary origin.
type OriginGroup struct {
	OriginID         string `json:"originId"`
	FailoverCriteria struct{ StatusCodes []int }
	Members          []struct {
		OriginID string `json:"originId"`
	}
}

// Header is a header that is sent to an origin with every request.
type Header struct{ Name, Value string }

// Function is a CloudFront function.
type Function struct {
	Name string
	ARN  string `json:"arn"`
	Code string
}
