package accesslog

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Values of Viewed.Result.
const (
	ResultHit      = "Hit"
	ResultMiss     = "Miss"
	ResultError    = "Error"
	ResultRedirect = "Redirect"
	ResultFunction = "FunctionGeneratedResponse"
)

// Values of Viewed.Detail when the result is ResultError; ResultError is one too.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
const (
	ClientCommError         = "ClientCommError"
	FunctionExecutionError  = "FunctionExecutionError"
	FunctionValidationError = "FunctionValidationError"
	InvalidRequest          = "InvalidRequest"
	InvalidRequestBlocked   = "InvalidRequestBlocked"
	InvalidRequestMethod    = "InvalidRequestMethod"
	OriginCommError         = "OriginCommError"
	OriginConnectError      = "OriginConnectError"
	OriginDNSError          = "OriginDnsError"
	OriginError             = "OriginError"
	OriginHeaderTooBigError = "OriginHeaderTooBigError"
)

// Viewed is an entry of a distribution's access log.
type Viewed struct {
	At           time.Time
	Distribution string // its id
	DomainName   string // that CloudFront assigned
	Location     string // the edge location
	Client       netip.AddrPort
	Method, Host string
	Path, Query  string
	// Status is 0 when the viewer left before there was an answer.
	Status         int
	Received, Sent int64
	// Header is the request's, of which Referer, User-Agent and X-Forwarded-For are logged.
	Header http.Header
	// Result is one of the constants, Detail what kind of error.
	Result, Detail        string
	RequestID             string
	Protocol, HTTP        string
	TLS, Cipher           string
	Took, FirstByte       time.Duration
	ContentType, Length   string
	RangeStart, RangeStop string
}

// DistributionHead are the two lines at the start of a file.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
const DistributionHead = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status " +
	"cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes " +
	"time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status " +
	"fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end"

// Line writes the 33 fields of an entry.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
func (v Viewed) Line() Line {
	at := v.At.UTC()
	fields := []string{
		at.Format(time.DateOnly), at.Format(time.TimeOnly), v.Location, strconv.FormatInt(v.Sent, 10), v.Client.Addr().String(),
		v.Method, v.DomainName, v.Path, fmt.Sprintf("%03d", v.Status), v.Header.Get("Referer"), v.Header.Get("User-Agent"),
		v.Query, "", // cookies
		v.Result, v.RequestID, v.Host, v.Protocol, strconv.FormatInt(v.Received, 10),
		seconds(v.Took), strings.Join(v.Header.Values("X-Forwarded-For"), ","), v.TLS, v.Cipher, v.Result, v.HTTP, "", "", // field-level encryption
		strconv.Itoa(int(v.Client.Port())), seconds(v.FirstByte), v.Detail, v.ContentType, v.Length, v.RangeStart, v.RangeStop,
	}
	for i, value := range fields {
		fields[i] = orNone(encoded(value))
	}
	return Line{DistributionRequests, v.Distribution, strings.Join(fields, "\t")}
}

// encoded writes a value as CloudFront's logs do: what is not printable, spaces, and some
// other characters are percent-encoded.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
func encoded(value string) string {
	var out strings.Builder
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 127 || strings.IndexByte("<>\"#%{}|\\^~[]`'", c) >= 0 {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}
