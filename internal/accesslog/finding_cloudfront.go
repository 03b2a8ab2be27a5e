package accesslog

import (
	"fmt"

	"github.com/portico-iac/portico/requestpath"
)

// cause is a cause with its fix.
type cause struct{ why, fix string }

// details are the kinds of errors that CloudFront made itself.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
var details = map[string]cause{
	"AbortedOrigin":                 {"CloudFront met a problem with the origin and gave up", "look at the origin's log at that time"},
	"ClientCommError":               {"the connection to the viewer broke before it had the whole response", "look at the viewer's network and timeout; nothing behind it failed"},
	"ClientGeoBlocked":              {"the distribution refuses the country of the viewer", "change the geographic restriction of the distribution, if the country is to be served"},
	"ClientHungUpRequest":           {"the viewer stopped while it was sending the request", "look at the viewer's network and timeout; nothing behind it failed"},
	"FunctionExecutionError":        {"the CloudFront function of the behavior failed: it threw an exception or took too long", "test the function with this request; CloudWatch Logs in us-east-1 has what it wrote"},
	"FunctionThrottledError":        {"the CloudFront function of the behavior took too long, too often", "let the function do less"},
	"FunctionValidationError":       {"the CloudFront function of the behavior returned what CloudFront does not take", "test the function with this request: it returns the request or an answer, without read-only headers"},
	"InvalidRequest":                {"the viewer's request is not valid", "correct what the viewer sends: a GET has no body, and plain HTTP does not go to the HTTPS port"},
	"InvalidRequestBlocked":         {"access to what was asked for is blocked, as by a web ACL of the distribution", "look at the web ACL's log for the request: the rule that blocks it is to be changed or set to count"},
	"InvalidRequestCertificate":     {"the distribution is not the one of the certificate of the TLS connection", "use one name for the TLS connection and the Host header"},
	"InvalidRequestHeader":          {"the request had a header that is not valid", "correct what the viewer sends"},
	"InvalidRequestMethod":          {"the behavior of the distribution does not allow the method of the request", "allow the method (allowedMethods), or use another one"},
	"OriginCommError":               {"the request timed out while CloudFront connected to the origin or read its response", "let the origin's security group admit CloudFront's prefix list on the port; if it does, make the origin answer sooner, or raise originReadTimeoutSeconds"},
	"OriginConnectError":            {"CloudFront could not connect to the origin: nothing listens, or TLS was not agreed on (the name, authority, chain or expiry of the certificate)", "give the origin a certificate of a public authority for its own name or for the forwarded Host, and let it listen on the port"},
	"OriginContentRangeLengthError": {"Content-Length of the origin's response does not fit its Content-Range", "correct the origin's response"},
	"OriginDnsError":                {"CloudFront could not resolve the origin's name", "make a public DNS record for the origin's name"},
	"OriginError":                   {"the origin's response was incorrect, or its connection ended before there was one", "look at the origin's log: it must answer with valid HTTP"},
	"OriginHeaderTooBigError":       {"a header of the origin's response is too big", "send smaller headers, such as cookies, from the origin"},
	"OriginInvalidResponseError":    {"the origin's response is not valid", "let the origin answer with valid HTTP"},
	"OriginReadError":               {"CloudFront could not read the origin's response", "look at the origin's log: it closed the connection"},
	"OriginWriteError":              {"CloudFront could not send the request to the origin", "look at the origin's log: it closed the connection"},
	"OriginZeroSizeObjectError":     {"the origin sent an empty response, which was an error", "let the origin answer with content"},
	"SlowReaderOriginError":         {"the viewer read slowly, which made the connection to the origin fail", "look at the viewer's network"},
}

// unmade are the details that say what the answer of a line is missing.
var unmade = map[string]string{
	"OriginCommError":       "the line does not say whether the origin did not accept the connection or did not answer",
	"OriginConnectError":    "the line does not say whether the connection was refused or TLS failed",
	"InvalidRequestBlocked": "the line does not say which rule blocked the request",
	"InvalidRequestHeader":  "the line does not say which header",
}

// results are the classes of responses that are no errors.
var results = map[string]cause{
	"Hit":                       {"CloudFront answered from its cache", ""},
	"RefreshHit":                {"CloudFront answered from its cache, after the origin said that it was up to date", ""},
	"FunctionGeneratedResponse": {"a CloudFront function answered in place of the cache and the origin", ""},
	"Redirect":                  {"the distribution redirects plain HTTP to HTTPS (viewer protocol policy)", ""},
	"LimitExceeded":             {"a quota of CloudFront was exceeded", "ask for a higher quota"},
	"CapacityExceeded":          {"CloudFront had no capacity for the request at that place", "try again"},
	"LambdaExecutionError":      {"the Lambda@Edge function of the distribution failed", "look at the function's log in the Region near the viewer"},
	"OriginShieldHit":           {"CloudFront answered from the cache of Origin Shield", ""},
	"MissGeneratedResponse":     {"a Lambda@Edge function answered in place of the origin", ""},
}

// atDistribution says who answered a viewer, as far as the line does.
func (l Line) atDistribution() finding {
	f := finding{by: requestpath.HopDistribution, source: cloudFrontPage}
	status, result, detail := l.status("sc-status"), l.get("x-edge-result-type"), l.get("x-edge-detailed-result-type")
	if c, ok := details[detail]; ok {
		f.why, f.fix = c.why, c.fix
		if text := unmade[detail]; text != "" {
			f.missing = []string{text}
		}
		return f
	}
	if c, ok := results[result]; ok {
		f.why, f.fix = c.why, c.fix
		return f
	}
	if l.get("x-edge-response-result-type") != "Error" && result == "Error" && detail != "Error" {
		f.why, f.fix = "the viewer left before it had the whole response", "look at the viewer's network and timeout; nothing behind it failed"
		return f
	}
	f.by = "" // CloudFront's own errors of this kind look like those of an origin
	f.why = fmt.Sprintf("the viewer got %d", status)
	switch {
	case status >= 400:
		f.missing = []string{"the line does not say which hop made the status: CloudFront, a load balancer, or what is behind it; the load balancer's line of that time does"}
		f.fix = "look for the request in the log of the load balancer or of the server behind the distribution"
	default:
		f.by = requestpath.HopOrigin
		f.why = fmt.Sprintf("the origin answered %d, and CloudFront passed that on", status)
	}
	return f
}
