package cloudfront

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// cache holds responses of origins for the viewers who ask next. A fleet is one edge
// location, so it has one.
type cache struct {
	mu   sync.Mutex
	held map[string]cached
}

// cached is an origin's response, or CloudFront's own error in place of one that did not
// come. CloudFront makes a new page of that for every viewer.
type cached struct {
	status int
	header http.Header
	body   []byte
	why    string // CloudFront's own error, without header and body
	result string // X-Cache for the viewers who ask next

	since, until time.Time
}

func (c *cache) get(key string) (cached, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.held[key]
	return found, ok && time.Now().Before(found.until)
}

func (c *cache) put(key string, e cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.held, func(_ string, old cached) bool { return !time.Now().Before(old.until) })
	c.held[key] = e
}

// cacheKey tells requests apart as the cache policy does. Whatever else a viewer sends
// is not looked at.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html
// Inferred: the method, which that page does not name
func (x *exchange) cacheKey() string {
	key := x.behavior.key
	parts := []string{
		x.distribution.ID, x.behavior.PathPattern, x.in.Method, x.in.URL.EscapedPath(), "?" + key.query.queryOf(x.in.URL.RawQuery),
		"Cookie:" + key.cookies.cookiesOf(x.in.Header), "Accept-Encoding:" + strings.Join(x.accepted(key), ","),
	}
	if key.headers.take("Host") {
		parts = append(parts, strings.ToLower(x.in.Host))
	}
	for _, name := range slices.Sorted(maps.Keys(x.in.Header)) {
		if key.headers.take(name) {
			parts = append(parts, name+":"+strings.Join(x.in.Header.Values(name), ","))
		}
	}
	return strings.Join(parts, "\n")
}

// caches reports whether responses to this request can be cached at all. With the policy
// CachingDisabled they are not.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
func (x *exchange) caches() bool {
	m := x.in.Method
	return x.behavior.times.Max > 0 && x.in.Header.Get("Upgrade") == "" &&
		(m == http.MethodGet || m == http.MethodHead || m == http.MethodOptions && slices.Contains(x.behavior.CachedMethods, m))
}

// keep caches a response for some simulated seconds.
func (x *exchange) keep(e cached, seconds int) {
	if seconds > 0 {
		e.since = time.Now()
		e.until = e.since.Add(x.fleet.seconds(seconds))
		x.fleet.cache.put(x.cacheKey(), e)
	}
}

// keepResponse caches a response of the origin when its body has been read to the end, and
// before the viewer has it.
func (x *exchange) keepResponse(r *http.Response, result string, seconds int) {
	if seconds == 0 {
		return
	}
	e := cached{status: r.StatusCode, header: storedHeader(r.Header), result: result}
	if x.in.Method == http.MethodHead || r.ContentLength == 0 {
		x.keep(e, seconds)
		return
	}
	r.Body = &recordedBody{ReadCloser: r.Body, length: r.ContentLength, end: func(body []byte) {
		e.body = body
		x.keep(e, seconds)
	}}
}

// largestCached is the length of a body in bytes up to which it is cached, a limit of the
// local AWS.
const largestCached = 64 << 20

// recordedBody hands over a body that was read to its end, which is at its length, if
// that is known.
type recordedBody struct {
	io.ReadCloser
	length int64 // negative: unknown
	read   bytes.Buffer
	end    func([]byte)
}

// Read reads the next part of the body.
func (b *recordedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.read.Len()+n > largestCached {
		b.read, b.end = bytes.Buffer{}, func([]byte) {}
	}
	b.read.Write(p[:n])
	if complete := int64(b.read.Len()) == b.length; n > 0 && complete || err == io.EOF && b.length < 0 {
		b.end(b.read.Bytes())
	}
	return n, err
}

// sendCached answers with a cached response, if there is one. X-Cache of an error is the
// same as for the viewer before.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
// Inferred: the value of X-Cache of an error, from that of every error
func (x *exchange) sendCached(w http.ResponseWriter) bool {
	if !x.caches() {
		return false
	}
	e, ok := x.fleet.cache.get(x.cacheKey())
	if !ok {
		return false
	}
	h := w.Header()
	if e.why != "" {
		h.Set("Age", x.ageOf(e))
		x.sendError(w, e.status, e.why)
		return true
	}
	maps.Copy(h, e.header.Clone())
	h.Set("Age", x.ageOf(e))
	status, err := x.afterFunction(e.status, h)
	if err != nil {
		clear(h)
		x.sendFunctionError(w, err)
		return true
	}
	e.status = status
	x.addHeaders(h, e.result)
	if e.result == hit && x.in.Method == http.MethodGet && e.status == http.StatusOK {
		x.sendPart(w, e)
		return true
	}
	x.emit(e.status, true)
	w.WriteHeader(e.status)
	_, _ = w.Write(e.body) // fails only if the viewer is gone
	return true
}

// ageOf is how old a cached response is in seconds, with what it had when it came.
func (x *exchange) ageOf(e cached) string {
	before, _ := strconv.Atoi(e.header.Get("Age"))
	return strconv.Itoa(before + x.fleet.secondsSince(e.since))
}

// sendPart answers from a cached object as the viewer's conditions and Range ask.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RangeGETs.html
func (x *exchange) sendPart(w http.ResponseWriter, e cached) {
	modified, _ := http.ParseTime(e.header.Get("Last-Modified"))
	w.Header().Del("Content-Length")
	http.ServeContent(emitting{w, x}, x.in, "", modified, bytes.NewReader(e.body))
}

// emitting emits the event of a response with its status.
type emitting struct {
	http.ResponseWriter
	x *exchange
}

// WriteHeader implements http.ResponseWriter.
func (e emitting) WriteHeader(status int) {
	e.x.emit(status, true)
	e.ResponseWriter.WriteHeader(status)
}
