package awstable

// The ports of HTTP and HTTPS.
// Sourced: https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml
const (
	HTTPPort  = 80
	HTTPSPort = 443
)
