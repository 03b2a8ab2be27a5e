// Package accesslog writes the lines of AWS's access logs: requests and connections of
// an Application Load Balancer, and requests to a CloudFront distribution (standard
// logging, w3c). The packages that carry traffic fill in what they know of a request;
// this package knows the fields, their order and how values are written.
//
// No field holds a header except User-Agent and Referer, so a line cannot hold the
// secret header of an origin. Cookies are not logged.
package accesslog

import (
	"crypto/tls"
	"fmt"
	"strings"
	"time"
)

// Logs that a line belongs to.
const (
	LoadBalancerRequests    = "access"     // of a load balancer
	LoadBalancerConnections = "connection" // of a load balancer
	DistributionRequests    = "cloudfront" // of a distribution
)

// Line is one line, without its end.
type Line struct {
	// Log is LoadBalancerRequests, LoadBalancerConnections or DistributionRequests.
	Log string
	// Name is the load balancer's name or the distribution's id.
	Name string
	Text string
}

// Sink gets the lines, from several goroutines at once. A nil Sink drops them.
type Sink func(Line)

// none stands for a value that there is not.
const none = "-"

func orNone(value string) string {
	if value == "" {
		return none
	}
	return value
}

// seconds writes a duration with millisecond precision.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// stamp writes a time as the logs of load balancers do.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// CipherName is a cipher suite as OpenSSL and AWS write it, for example
// "ECDHE-ECDSA-AES128-GCM-SHA256".
func CipherName(state *tls.ConnectionState) string {
	name := tls.CipherSuiteName(state.CipherSuite)
	if state.Version == tls.VersionTLS13 {
		return name
	}
	return strings.NewReplacer("TLS_", "", "WITH_", "", "AES_", "AES", "CBC_", "", "_", "-").Replace(name)
}
