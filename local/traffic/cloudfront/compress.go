package cloudfront

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// Lengths in bytes of what CloudFront compresses.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
const (
	leastCompressed = 1_000
	mostCompressed  = 10_000_000
)

// compress compresses a response of the origin with gzip, if the behavior says so and the
// viewer takes it. Where AWS uses Brotli, a viewer who takes that alone gets the response as
// it is.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
// Inferred: Vary
func (x *exchange) compress(r *http.Response) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case !x.behavior.Compress, x.in.Method != http.MethodGet, !x.caches(), !slices.Contains(x.accepted(x.behavior.key), "gzip"):
		return
	case !slices.Contains([]int{http.StatusOK, http.StatusForbidden, http.StatusNotFound}, r.StatusCode):
		return
	case r.ContentLength < leastCompressed, r.ContentLength > mostCompressed:
		return
	case r.Header.Get("Content-Encoding") != "", !slices.Contains(awstable.CompressedTypes, kind):
		return
	}
	r.Header.Del("Content-Length")
	r.Header.Set("Content-Encoding", "gzip")
	r.Header.Add("Vary", "Accept-Encoding")
	switch tag := r.Header.Get("ETag"); {
	case strings.HasPrefix(tag, `"`):
		r.Header.Set("ETag", "W/"+tag)
	case !strings.HasPrefix(tag, "W/"):
		r.Header.Del("ETag")
	}
	r.ContentLength = -1
	r.Body = newGzipped(r.Body)
}

// gzipped is a body that is compressed while it is read.
type gzipped struct {
	io.ReadCloser
	ready  bytes.Buffer // compressed, and not read yet
	writer *gzip.Writer
	end    error
}

func newGzipped(plain io.ReadCloser) *gzipped {
	g := &gzipped{ReadCloser: plain}
	g.writer = gzip.NewWriter(&g.ready)
	return g
}

// Read reads the next part of the compressed body. What of the plain one is missing makes
// it end with the same error.
func (g *gzipped) Read(p []byte) (int, error) {
	plain := make([]byte, 32<<10)
	for g.ready.Len() == 0 && g.end == nil {
		n, err := g.ReadCloser.Read(plain)
		_, _ = g.writer.Write(plain[:n]) // to memory, which never fails
		if g.end = err; errors.Is(err, io.EOF) {
			_ = g.writer.Close()
		}
	}
	if g.ready.Len() == 0 {
		return 0, g.end
	}
	return g.ready.Read(p)
}
