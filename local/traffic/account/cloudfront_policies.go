package account

// CachePolicy is a cache policy of the account's own.
type CachePolicy struct {
	ID         string `json:"id"`
	MinTTL     int    `json:"minTtl"`
	DefaultTTL int    `json:"defaultTtl"`
	MaxTTL     int    `json:"maxTtl"`
	Key        struct {
		PolicyChoices
		Brotli bool `json:"enableAcceptEncodingBrotli"`
		Gzip   bool `json:"enableAcceptEncodingGzip"`
	} `json:"parametersInCacheKeyAndForwardedToOrigin"`
}

// OriginRequestPolicy is an origin request policy of the account's own.
type OriginRequestPolicy struct {
	ID string `json:"id"`
	PolicyChoices
}

// PolicyChoices are what of a request a policy takes. The behaviors are none, all,
// whitelist and allExcept; for headers allViewer in place of all, and
// allViewerAndWhitelistCloudFront.
type PolicyChoices struct {
	Cookies struct {
		Behavior string `json:"cookieBehavior"`
		Named    Named  `json:"cookies"`
	} `json:"cookiesConfig"`
	Headers struct {
		Behavior string `json:"headerBehavior"`
		Named    Named  `json:"headers"`
	} `json:"headersConfig"`
	Query struct {
		Behavior string `json:"queryStringBehavior"`
		Named    Named  `json:"queryStrings"`
	} `json:"queryStringsConfig"`
}

// Named are the names that a policy lists.
type Named struct{ Items []string }
