package cloudfront_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
)

func TestCompression(t *testing.T) {
	long := strings.Repeat("hello, world. ", 100)
	for name, tc := range map[string]struct {
		policy   string
		compress bool
		accepts  string
		header   map[string]string
		body     string
		status   int
		want     bool
	}{
		"text":                        {optimized, true, "gzip, br", nil, long, 200, true},
		"an error":                    {optimized, true, "gzip", nil, long, 404, true},
		"another error":               {optimized, true, "gzip", nil, long, 500, false},
		"turned off":                  {optimized, false, "gzip", nil, long, 200, false},
		"nothing is cached":           {disabled, true, "gzip", nil, long, 200, false},
		"a viewer who takes none":     {optimized, true, "", nil, long, 200, false},
		"a viewer who takes Brotli":   {optimized, true, "br", nil, long, 200, false},
		"a picture":                   {optimized, true, "gzip", map[string]string{"Content-Type": "image/png"}, long, 200, false},
		"compressed by the origin":    {optimized, true, "gzip", map[string]string{"Content-Encoding": "deflate"}, long, 200, false},
		"short":                       {optimized, true, "gzip", nil, long[:999], 200, false},
		"of unknown length":           {optimized, true, "gzip", map[string]string{"Content-Length": ""}, long, 200, false},
		"exactly as long as it takes": {optimized, true, "gzip", nil, long[:1000], 200, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldAt(t, noTime, site(caching(tc.policy), func(d *account.Distribution) { d.Default.Compress = tc.compress }))
			w.origin(443, w.originTLS(), func(rw http.ResponseWriter, _ *http.Request) {
				h := rw.Header()
				h.Set("Content-Type", "text/html; charset=utf-8")
				h.Set("Content-Length", strconv.Itoa(len(tc.body)))
				h.Set("ETag", `"1"`)
				for name, value := range tc.header {
					if h.Set(name, value); value == "" {
						h.Del(name)
					}
				}
				rw.WriteHeader(tc.status)
				_ = http.NewResponseController(rw).Flush()
				_, _ = io.WriteString(rw, tc.body)
			})
			for range 2 { // from the origin, and from the cache
				r := w.request("GET", "https://"+viewerName+"/", nil)
				r.Header.Set("Accept-Encoding", tc.accepts)
				got := w.do(w.client(viewer{}), r)
				assert.Equal(t, tc.status, got.StatusCode)
				assert.Equal(t, tc.want, got.Header.Get("Content-Encoding") == "gzip")
				if !tc.want {
					assert.Equal(t, tc.body, got.body)
					assert.Equal(t, `"1"`, got.Header.Get("ETag"))
					continue
				}
				assert.Equal(t, `W/"1"`, got.Header.Get("ETag"))
				assert.Less(t, len(got.body), len(tc.body)/2)
				plain, err := gzip.NewReader(strings.NewReader(got.body))
				require.NoError(t, err)
				body, err := io.ReadAll(plain)
				require.NoError(t, err)
				assert.Equal(t, tc.body, string(body))
			}
		})
	}
}
