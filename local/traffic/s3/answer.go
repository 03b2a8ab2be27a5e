package s3

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/sigv4"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// failure is an error of S3.
type failure struct {
	status        int
	code, message string
}

var (
	denied   = failure{http.StatusForbidden, "AccessDenied", "Access Denied"}
	noCORS   = failure{http.StatusForbidden, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket."}
	noKey    = failure{http.StatusNotFound, "NoSuchKey", "The specified key does not exist."}
	internal = failure{http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again."}
)

// call is a request to S3 on its way.
type call struct {
	*S3
	w      http.ResponseWriter
	r      *http.Request
	bucket *bucket
	caller sigv4.Caller // none of a request without signature
}

// bucketAt returns the bucket that a Host header names.
func (s *S3) bucketAt(host string) *bucket {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return s.buckets[strings.ToLower(strings.TrimSuffix(host, "."))]
}

// name is what events call the bucket that a host names; "" for a host that names none.
func (s *S3) name(host string) string {
	if b := s.bucketAt(host); b != nil {
		return b.Name
	}
	return ""
}

// ServeHTTP answers one request.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors-troubleshooting.html (OPTIONS; buckets
// have no CORS configuration here)
// Inferred: that a Host that names no bucket is AccessDenied, as with a signature, which
// holds for one host alone
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := call{S3: s, w: w, r: r, bucket: s.bucketAt(r.Host)}
	h := w.Header()
	h.Set("Server", "AmazonS3")
	h.Set("X-Amz-Request-Id", strings.ToUpper(rand.Text()[:16]))
	h.Set("X-Amz-Id-2", rand.Text()+rand.Text())
	switch f := c.identify(); {
	case f != nil:
		c.fail(*f)
	case r.Method == http.MethodOptions:
		c.fail(noCORS)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		c.fail(denied)
	case r.URL.Path == "/":
		c.list()
	default:
		c.get(strings.TrimPrefix(r.URL.Path, "/"))
	}
}

// identify finds out who asks and for which bucket.
func (c *call) identify() *failure {
	if c.r.Header.Get("Authorization") != "" {
		caller, err := sigv4.Verify(c.r)
		if err != nil {
			return &failure{http.StatusForbidden, "SignatureDoesNotMatch", err.Error()}
		}
		c.caller = caller
	}
	if c.bucket == nil {
		return &denied
	}
	return nil
}

// may reports whether the policy lets the caller do something. The conditions of the policy
// see what is known of the request.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (c *call) may(action, resource string) bool {
	if c.bucket.BlocksPublic && c.caller.Service == "" {
		return false
	}
	context := map[string]string{"aws:securetransport": strconv.FormatBool(c.r.TLS != nil)}
	if from, err := netip.ParseAddrPort(c.r.RemoteAddr); err == nil {
		context["aws:sourceip"] = from.Addr().String()
	}
	if c.r.TLS != nil {
		context["s3:tlsversion"] = strings.TrimPrefix(awstable.TLSName(c.r.TLS.Version), "TLSv")
	}
	if service := c.caller.Service; service != "" {
		context["aws:sourcearn"] = c.caller.SourceARN
		context["aws:principalservicename"], context["aws:principalisawsservice"] = service, "true"
		if parts := strings.Split(c.caller.SourceARN, ":"); len(parts) > 4 {
			context["aws:sourceaccount"] = parts[4]
		}
	}
	if prefix := c.r.URL.Query().Get("prefix"); action == "s3:ListBucket" && prefix != "" {
		context["s3:prefix"] = prefix
	}
	return c.bucket.policy.allows(request{c.caller.Service, action, resource, context})
}

// get answers with an object. Whoever may not list the bucket is not told that a key is
// missing.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (c *call) get(key string) {
	if !c.may("s3:GetObject", c.bucket.ARN+"/"+key) {
		c.fail(denied)
		return
	}
	o, found, err := c.bucket.find(key)
	switch {
	case err != nil:
		c.fail(internal)
	case !found && c.may("s3:ListBucket", c.bucket.ARN):
		c.fail(noKey)
	case !found:
		c.fail(denied)
	default:
		c.send(o)
	}
}

func (c *call) send(o object) {
	h := c.w.Header()
	h.Set("Content-Type", "binary/octet-stream")
	for name, values := range o.header {
		h[name] = values
	}
	h.Set("Etag", `"`+o.tag+`"`)
	h.Set("X-Amz-Server-Side-Encryption", o.algorithm)
	http.ServeContent(&emitting{ResponseWriter: c.w, c: c}, c.r, "", o.modified, bytes.NewReader(o.body))
}

// emitting emits the event of a response with its status.
type emitting struct {
	http.ResponseWriter
	c *call
}

// WriteHeader implements http.ResponseWriter.
func (e *emitting) WriteHeader(status int) {
	e.c.emit(status)
	e.ResponseWriter.WriteHeader(status)
}

// fail answers with an error.
func (c *call) fail(f failure) {
	c.write(f.status, struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
		RequestID     string `xml:"RequestId"`
		HostID        string `xml:"HostId"`
	}{Code: f.code, Message: f.message, RequestID: c.w.Header().Get("X-Amz-Request-Id"), HostID: c.w.Header().Get("X-Amz-Id-2")})
}

// write answers with XML.
func (c *call) write(status int, document any) {
	body, err := xml.Marshal(document)
	if err != nil {
		status, body = internal.status, nil
	}
	c.w.Header().Set("Content-Type", "application/xml")
	c.emit(status)
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = fmt.Fprintf(c.w, "%s%s", xml.Header, body) // fails only if the client is gone
	}
}

// emit emits the event of the answer, before the client has it.
func (c *call) emit(status int) {
	e := wire.Event{
		Hop: wire.HopBucket, Name: c.name(c.r.Host), Kind: wire.Request, Protocol: c.r.Proto, Host: c.r.Host,
		Method: c.r.Method, Path: c.r.URL.EscapedPath(), Status: status, Answered: true,
	}
	if c.r.TLS != nil {
		e.SNI, e.TLS = c.r.TLS.ServerName, awstable.TLSName(c.r.TLS.Version)
	}
	c.opts.Sink.Emit(e)
}
