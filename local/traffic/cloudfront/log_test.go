package cloudfront_test

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

// Positions of fields in an entry.
const (
	fieldStatus  = 8
	fieldResult  = 13
	fieldDetail  = 28
	fieldVersion = 23
)

// logging is newWorld with access logs, in place of its fleet.
func logging(t *testing.T, distributions ...account.Distribution) (*world, *wiretest.Lines) {
	w, lines := newWorld(t), &wiretest.Lines{}
	require.NoError(t, w.fleet.Close())
	opts := w.options(distributions...)
	opts.AccessLog = lines.Note
	var err error
	w.fleet, err = cloudfront.Serve(w.network, opts)
	require.NoError(t, err)
	return w, lines
}

func TestRequestsAreLogged(t *testing.T) {
	secret := site(func(d *account.Distribution) {
		d.Origins[0].CustomHeaders = []account.Header{{Name: "X-From", Value: "s3cret"}}
	})
	w, lines := logging(t, secret)
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "s3cret", r.Header.Get("X-From"))
		if r.URL.Path == "/missing" {
			rw.WriteHeader(http.StatusNotFound)
		}
		ok(rw, r)
	})
	n := 0
	next := func() []string {
		n++
		line := lines.Await(t, accesslog.DistributionRequests, n)[n-1]
		assert.NotContains(t, line, "s3cret")
		fields := strings.Split(line, "\t")
		require.Len(t, fields, 33)
		return fields
	}
	r := w.request("GET", "https://www.example.com/a b?c=d", nil)
	r.Header.Set("User-Agent", "pro be")
	r.Header.Set("Cookie", "id=s3cret")
	w.do(w.client(viewer{version: "HTTP/2"}), r)
	f := next()
	assert.Equal(t, []string{"NRT57-P1"}, f[2:3])
	assert.Equal(t, []string{"203.0.113.10", "GET", assignedName, "/a%2520b", "200", "-", "pro%20be", "c=d", "-", "Miss"}, f[4:14])
	assert.Equal(t, []string{"www.example.com", "https"}, f[15:17])
	assert.Equal(t, []string{"TLSv1.3"}, f[20:21])
	assert.Equal(t, []string{"Miss", "HTTP/2.0"}, f[22:24])
	assert.Equal(t, "Miss", f[fieldDetail])

	w.get("http://www.example.com/")
	f = next()
	assert.Equal(t, []string{"301", "Redirect", "Redirect"}, []string{f[fieldStatus], f[fieldResult], f[fieldDetail]})
	assert.Equal(t, []string{"-", "-"}, f[20:22], "no TLS")
	w.get("https://www.example.com/missing")
	f = next()
	assert.Equal(t, []string{"404", "Error", "Error"}, []string{f[fieldStatus], f[fieldResult], f[fieldDetail]})
	w.do(w.client(viewer{version: "HTTP/3"}), w.request("GET", "https://www.example.com/", nil))
	assert.Equal(t, "HTTP/3.0", next()[fieldVersion])
}

func TestErrorsAreLogged(t *testing.T) {
	for detail, c := range map[string]struct {
		change func(*account.Distribution)
		origin func(*world)
		method string
		status string
	}{
		accesslog.InvalidRequestMethod: {change: func(d *account.Distribution) { d.Default.AllowedMethods = []string{"GET"} }, method: "DELETE", status: "403"},
		accesslog.OriginDNSError:       {change: func(d *account.Distribution) { d.Origins[0].DomainName = "none.example.com" }, status: "502"},
		accesslog.OriginConnectError:   {origin: func(w *world) { w.origin(443, w.originTLS("wrong.example.com"), ok) }, status: "502"},
		accesslog.OriginCommError: {
			change: func(d *account.Distribution) { d.Origins[0].CustomOriginConfig.OriginReadTimeout = 1 },
			origin: func(w *world) {
				w.origin(443, w.originTLS(), func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			}, status: "504",
		},
		accesslog.OriginError: {origin: func(w *world) {
			w.origin(443, w.originTLS(), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}, status: "502"},
		accesslog.OriginHeaderTooBigError: {origin: func(w *world) {
			w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("X-Big", strings.Repeat("x", 40000))
				ok(rw, r)
			})
		}, status: "502"},
	} {
		t.Run(detail, func(t *testing.T) {
			change := func(*account.Distribution) {}
			if c.change != nil {
				change = c.change
			}
			w, lines := logging(t, site(change))
			if c.origin != nil {
				c.origin(w)
			}
			method := "GET"
			if c.method != "" {
				method = c.method
			}
			w.do(w.client(viewer{}), w.request(method, "https://www.example.com/", nil))
			f := strings.Split(lines.Await(t, accesslog.DistributionRequests, 1)[0], "\t")
			assert.Equal(t, []string{c.status, "Error", detail}, []string{f[fieldStatus], f[fieldResult], f[fieldDetail]})
		})
	}
}

// A request that no distribution has is in nobody's log, nor is one that is too long.
func TestWhatIsNotLogged(t *testing.T) {
	w, lines := logging(t, site())
	w.origin(443, w.originTLS(), ok)
	c := w.client(viewer{tls: &tls.Config{ServerName: viewerName}})
	w.do(c, w.request("GET", "https://unknown.example.net/", nil))
	r := w.request("GET", "https://www.example.com/", nil)
	r.Header.Set("X-Big", strings.Repeat("x", 21<<10))
	w.do(c, r)
	w.do(c, w.request("GET", "https://www.example.com/last", nil))
	assert.Contains(t, lines.Await(t, accesslog.DistributionRequests, 1)[0], "\t/last\t")
}
