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

	"github.com/portico-iac/portico/internal/awstable"
)

// uncachedOnRequest are the statuses of awstable.CachedErrors that an origin can keep out of the
// cache with no-store, no-cache or private.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
var uncachedOnRequest = []int{404, 414, 501}

// longestTTL is the maximum TTL in seconds of all cache policies that are served here.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
const longestTTL = 31536000

// errorCache holds errors of origins for the viewers who ask next. A fleet is one edge
// location, so it has one.
type errorCache struct {
	mu   sync.Mutex
	held map[string]cachedError
}

// cachedError is an origin's response, or CloudFront's own error in place of one that
// did not come. CloudFront makes a new page of that for every viewer.
type cachedError struct {
	status int
	header http.Header
	body   []byte
	why    string // CloudFront's own error, without header and body

	since, until time.Time
}

func (c *errorCache) get(key string) (cachedError, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.held[key]
	return found, ok && time.Now().Before(found.until)
}

func (c *errorCache) put(key string, e cachedError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.held, func(_ string, old cachedError) bool { return !time.Now().Before(old.until) })
	c.held[key] = e
}

// cacheKey tells requests apart as the cache policy does. Whatever else a viewer sends
// is not looked at.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html
// Inferred: the method, which that page does not name
func (x *exchange) cacheKey() string {
	key := x.behavior.key
	parts := []string{x.distribution.ID, x.in.Method, x.in.URL.EscapedPath()}
	if key.Query {
		parts = append(parts, "?"+x.in.URL.RawQuery)
	}
	if key.Host {
		parts = append(parts, strings.ToLower(x.in.Host))
	}
	for _, name := range key.Names {
		parts = append(parts, name+":"+strings.Join(x.in.Header.Values(name), ","))
	}
	if key.Cookies {
		parts = append(parts, "Cookie:"+strings.Join(x.in.Header.Values("Cookie"), "; "))
	}
	if key.Compression {
		parts = append(parts, x.acceptEncoding())
	}
	return strings.Join(parts, "\n")
}

// cachesErrors reports whether errors of this request can be cached at all. With the
// policy CachingDisabled they are not.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
func (x *exchange) cachesErrors() bool {
	if x.behavior.CachePolicyID == awstable.CachingDisabled {
		return false
	}
	m := x.in.Method
	return m == http.MethodGet || m == http.MethodHead || m == http.MethodOptions && slices.Contains(x.behavior.CachedMethods, m)
}

// errorSeconds returns for how many seconds an error of the origin is cached: the time
// that the distribution has for its status, or a longer one for which the origin asks.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
func (x *exchange) errorSeconds(status int, h http.Header) int {
	directives := cacheControl(h)
	asked, asks := directives.seconds("s-maxage", "max-age")
	switch {
	case !x.cachesErrors():
		return 0
	case slices.Contains(uncachedOnRequest, status) && directives.any("no-store", "no-cache", "private"):
		return 0
	case slices.Contains(awstable.CachedErrors, status):
		if !asks {
			asked = secondsUntil(h.Get("Expires"))
		}
	case !slices.Contains(awstable.CachedErrorsIfAsked, status) || !asks:
		return 0
	}
	return max(min(asked, longestTTL), x.distribution.errorSeconds(status))
}

// errorSeconds returns the distribution's error caching minimum TTL for a status. For an
// entry without one, the provider sends 0.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesErrorPages.html
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cloudfront/distribution.go
func (d *distribution) errorSeconds(status int) int {
	for _, r := range d.CustomErrorResponses {
		if r.ErrorCode == status {
			return r.ErrorCachingMinTTL
		}
	}
	return awstable.DefaultErrorCachingSeconds
}

// directives are those of Cache-Control, by name.
type directives map[string]string

func cacheControl(h http.Header) directives {
	out := directives{}
	for part := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		out[strings.ToLower(name)] = strings.Trim(value, `"`)
	}
	return out
}

func (d directives) any(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := d[name]; return ok })
}

// seconds returns the value of the first directive that has a valid one.
func (d directives) seconds(names ...string) (int, bool) {
	for _, name := range names {
		if n, err := strconv.Atoi(d[name]); err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// secondsUntil returns the seconds until the date of an Expires header; 0 if it is past
// or no date.
func secondsUntil(expires string) int {
	at, err := http.ParseTime(expires)
	if err != nil {
		return 0
	}
	return max(0, int(time.Until(at).Seconds()))
}

// keep caches an error for some simulated seconds.
func (x *exchange) keep(e cachedError, seconds int) {
	if seconds > 0 {
		e.since = time.Now()
		e.until = e.since.Add(x.fleet.seconds(seconds))
		x.fleet.errors.put(x.cacheKey(), e)
	}
}

// keepResponse caches an error of the origin when its body has been read to the end, and
// before the viewer has it.
func (x *exchange) keepResponse(r *http.Response) {
	seconds := x.errorSeconds(r.StatusCode, r.Header)
	if seconds == 0 {
		return
	}
	e := cachedError{status: r.StatusCode, header: r.Header.Clone()}
	if x.in.Method == http.MethodHead || r.ContentLength == 0 {
		x.keep(e, seconds)
		return
	}
	r.Body = &recordedBody{ReadCloser: r.Body, length: r.ContentLength, end: func(body []byte) {
		e.body = body
		x.keep(e, seconds)
	}}
}

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
	b.read.Write(p[:n])
	if complete := int64(b.read.Len()) == b.length; n > 0 && complete || err == io.EOF && b.length < 0 {
		b.end(b.read.Bytes())
	}
	return n, err
}

// sendCached answers with a cached error, if there is one. X-Cache is the same as for
// the viewer before.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
// Inferred: the value of X-Cache, from that of every error
func (x *exchange) sendCached(w http.ResponseWriter) bool {
	if !x.cachesErrors() {
		return false
	}
	e, ok := x.fleet.errors.get(x.cacheKey())
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Age", strconv.Itoa(x.fleet.secondsSince(e.since)))
	if e.why != "" {
		x.sendError(w, e.status, e.why)
		return true
	}
	maps.Copy(h, e.header.Clone())
	x.addHeaders(h, failed)
	x.emit(e.status, true)
	w.WriteHeader(e.status)
	_, _ = w.Write(e.body) // fails only if the viewer is gone
	return true
}
