package awstable

// Timeouts that AWS uses when none is given, in seconds.
const (
	// IdleTimeoutSeconds is how long a load balancer keeps an idle connection, and
	// waits for a target.
	// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
	IdleTimeoutSeconds = 60
	// OriginReadTimeoutSeconds is how long CloudFront waits for an origin.
	// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
	OriginReadTimeoutSeconds = 30
	// OriginKeepaliveTimeoutSeconds is how long CloudFront keeps an idle connection to
	// an origin (same page).
	OriginKeepaliveTimeoutSeconds = 5
)
