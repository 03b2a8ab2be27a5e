package cloudfront

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/portico-iac/portico/local/traffic/account"
)

// page is what a viewer gets in place of an error.
type page struct {
	status int
	header http.Header
	body   []byte
	own    bool // CloudFront answers: it is the page, or an error of CloudFront's own in its place
}

// pageFor returns what the distribution puts in place of an error, if anything. Without the
// page the viewer gets what the origin says that should have it.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
// Inferred: that CloudFront's own errors are replaced like those of origins, whatever they
// are about; AWS says so of geographic restrictions and of web ACLs
func (x *exchange) pageFor(status int) (page, bool) {
	if x.distribution == nil || x.forPage || x.isGRPC() {
		return page{}, false
	}
	i := slices.IndexFunc(x.distribution.CustomErrorResponses, func(r account.CustomErrorResponse) bool {
		return r.ErrorCode == status && r.ResponsePagePath != ""
	})
	if i < 0 {
		return page{}, false
	}
	response := x.distribution.CustomErrorResponses[i]
	got := x.ask(response.ResponsePagePath)
	if got.status == http.StatusOK {
		got.own, got.status = true, cmp.Or(response.ResponseCode, status)
	}
	return got, true
}

// ask asks for a path of the distribution with GET, by its behavior and through the cache.
func (x *exchange) ask(path string) page {
	ctx, cancel := context.WithCancel(x.in.Context())
	defer cancel()
	in := x.in.Clone(ctx)
	in.Method, in.URL, in.RequestURI = http.MethodGet, &url.URL{Path: path}, path
	in.Body, in.ContentLength = http.NoBody, 0
	for _, name := range []string{"Content-Length", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range"} {
		in.Header.Del(name)
	}
	y := &exchange{fleet: x.fleet, distribution: x.distribution, id: x.id, in: in, cancel: cancel, forPage: true}
	y.choose(path)
	w := &recorder{header: http.Header{}}
	if !y.sendCached(w) {
		y.proxy().ServeHTTP(w, in)
	}
	w.header.Del("Age")
	return page{status: w.status, header: w.header, body: w.body.Bytes(), own: y.answered}
}

// recorder keeps a response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if status >= 200 {
		r.status = cmp.Or(r.status, status)
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	r.status = cmp.Or(r.status, http.StatusOK)
	return r.body.Write(p)
}

// putPage replaces an error of the origin. It reports whether CloudFront answers.
func (x *exchange) putPage(r *http.Response) bool {
	p, ok := x.pageFor(r.StatusCode)
	if !ok {
		return false
	}
	_ = r.Body.Close() // nobody wants it
	r.StatusCode, r.Status, r.Header, r.ContentLength = p.status, "", p.header, int64(len(p.body))
	r.Header.Set("Content-Length", strconv.Itoa(len(p.body)))
	r.Body = io.NopCloser(bytes.NewReader(p.body))
	if x.in.Method == http.MethodHead {
		r.Body = http.NoBody
	}
	return p.own
}

// sendPage sends what the distribution puts in place of an error of CloudFront's own.
func (x *exchange) sendPage(w http.ResponseWriter, status int) bool {
	p, ok := x.pageFor(status)
	if !ok {
		return false
	}
	h := w.Header()
	maps.Copy(h, p.header)
	h.Set("Content-Length", strconv.Itoa(len(p.body)))
	x.addHeaders(h, failed)
	x.emit(p.status, p.own)
	w.WriteHeader(p.status)
	if x.in.Method != http.MethodHead {
		_, _ = w.Write(p.body) // fails only if the viewer is gone
	}
	return true
}
