package cloudfront_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

func TestTheHostHeaderChoosesTheDistribution(t *testing.T) {
	wild := func(d *account.Distribution) {
		other(d)
		d.Aliases, d.ViewerCertificate.ARN = []string{"*.example.com"}, certificate
	}
	w := newWorld(t, site(wild), site(), site(func(d *account.Distribution) {
		d.ID, d.DomainName, d.Aliases, d.Enabled = "E3", "d3.cloudfront.net", []string{"off.example.org"}, false
	}))
	w.origin(443, w.originTLS(), ok)
	for host, want := range map[string]string{
		viewerName:               "E1",
		"WWW.Example.Com:443":    "E1",
		assignedName:             "E1",
		"app.example.com":        "E2",
		"a.b.example.com":        "E2",
		"example.com":            "",
		"off.example.org":        "",
		"d3.cloudfront.net":      "",
		"shop.example.org":       "",
		"xd111111.cloudfront.ne": "",
	} {
		r := w.request("GET", "https://"+viewerName+"/", nil)
		r.Host = host
		got := w.do(w.client(viewer{}), r)
		events := w.events.Of(wire.Request)
		last := events[len(events)-1]
		assert.Equal(t, want, last.Name, host)
		assert.Equal(t, viewerName, last.SNI)
		if want == "" {
			assert.Equal(t, 403, got.StatusCode, host)
			assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
			assert.True(t, last.Answered)
		} else {
			assert.Equal(t, 200, got.StatusCode, host)
			assert.False(t, last.Answered)
		}
	}
}

func TestSNIChoosesTheCertificate(t *testing.T) {
	w := newWorld(t, site(), site(other))
	for _, tc := range []struct{ sni, shown, name string }{
		{viewerName, viewerName, "E1"},
		{assignedName, "cloudfront.net", "E1"},
		{"other.example.com", "other.example.com", "E2"},
		{"shop.example.org", "cloudfront.net", ""},
		{"", "cloudfront.net", ""},
	} {
		c := w.handshake(&tls.Config{ServerName: tc.sni, InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
		assert.Equal(t, tc.shown, c.PeerCertificates[0].DNSNames[0], tc.sni)
		events := w.events.Of(wire.Handshake)
		assert.Equal(t, wire.Event{Hop: wire.HopDistribution, Kind: wire.Handshake, Name: tc.name, SNI: tc.sni, TLS: "TLSv1.2"}, events[len(events)-1])
	}
}

// handshake connects to the distribution's port 443.
func (w *world) handshake(config *tls.Config) tls.ConnectionState {
	w.Helper()
	raw, err := w.network.Dial(context.Background(), wire.Internet(), netip.AddrPortFrom(distributionAddress, 443))
	require.NoError(w, err)
	c := tls.Client(raw, config)
	defer func() { _ = c.Close() }()
	require.NoError(w, c.Handshake())
	return c.ConnectionState()
}

func TestTheSecurityPolicyOfADistribution(t *testing.T) {
	for _, tc := range []struct {
		policy   string
		name     string
		oldest   uint16
		wantHTTP string // with the oldest version
	}{
		{"", viewerName, tls.VersionTLS10, "http/1.1"},
		{"TLSv1.2_2021", assignedName, tls.VersionTLS10, "http/1.1"}, // CloudFront's certificate, whatever is asked for
		{"TLSv1", viewerName, tls.VersionTLS10, "http/1.1"},
		{"TLSv1_2016", viewerName, tls.VersionTLS10, "http/1.1"},
		{"TLSv1.1_2016", viewerName, tls.VersionTLS11, "http/1.1"},
		{"TLSv1.2_2018", viewerName, tls.VersionTLS12, "h2"},
		{"TLSv1.2_2019", viewerName, tls.VersionTLS12, "h2"},
		{"TLSv1.2_2021", viewerName, tls.VersionTLS12, "h2"},
		{"TLSv1.3_2025", viewerName, tls.VersionTLS13, "h2"},
	} {
		w := newWorld(t, site(func(d *account.Distribution) {
			d.ViewerCertificate.Minimum = tc.policy
		}))
		for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
			raw, err := w.network.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(distributionAddress, 443))
			require.NoError(t, err)
			c := tls.Client(raw, &tls.Config{ServerName: tc.name, InsecureSkipVerify: true, MinVersion: v, MaxVersion: v, NextProtos: []string{"h2", "http/1.1"}})
			err = c.Handshake()
			events := w.events.Of(wire.Handshake)
			assert.Equal(t, v >= tc.oldest, err == nil, "%s %x: %v", tc.policy, v, err)
			assert.Equal(t, v >= tc.oldest, events[len(events)-1].TLS != "", "%s %x", tc.policy, v)
			if v == tc.oldest {
				assert.Equal(t, tc.wantHTTP, c.ConnectionState().NegotiatedProtocol, tc.policy)
			}
			_ = c.Close()
		}
	}
}

func TestHTTPVersions(t *testing.T) {
	for version, want := range map[string]map[string]string{
		"http1.1":   {"HTTP/1.1": "HTTP/1.1", "HTTP/2": "HTTP/1.1", "HTTP/3": ""},
		"http2":     {"HTTP/1.1": "HTTP/1.1", "HTTP/2": "HTTP/2", "HTTP/3": ""},
		"http3":     {"HTTP/1.1": "HTTP/1.1", "HTTP/2": "HTTP/1.1", "HTTP/3": "HTTP/3"},
		"http2and3": {"HTTP/1.1": "HTTP/1.1", "HTTP/2": "HTTP/2", "HTTP/3": "HTTP/3"},
	} {
		w := newWorld(t, site(func(d *account.Distribution) { d.HTTPVersion = version }))
		w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "HTTP/1.1", r.Proto)
			assert.Zero(t, r.ContentLength)
			ok(rw, r)
		})
		for asked, spoken := range want {
			c := w.client(viewer{version: asked})
			r := w.request("GET", "https://"+viewerName+"/", nil)
			if spoken == "" {
				res, err := c.Do(r)
				if !assert.Error(t, err, "%s to %s", asked, version) {
					assert.NoError(t, res.Body.Close())
				}
				continue
			}
			got := w.do(c, r)
			assert.Equal(t, 200, got.StatusCode)
			assert.Equal(t, "hello", got.body)
			events := w.events.Of(wire.Request)
			assert.Equal(t, spoken, events[len(events)-1].Protocol, "%s to %s", asked, version)
			assert.Equal(t, spoken == "HTTP/3" || version == "http2and3" || version == "http3", got.Header.Get("Alt-Svc") != "", version)
		}
	}
}

func TestViewerProtocolPolicy(t *testing.T) {
	for _, tc := range []struct {
		policy, method string
		status         int
		cache          string
	}{
		{"redirect-to-https", "GET", 301, "Redirect from cloudfront"},
		{"redirect-to-https", "HEAD", 301, "Redirect from cloudfront"},
		{"redirect-to-https", "POST", 307, "Redirect from cloudfront"},
		{"redirect-to-https", "OPTIONS", 307, "Redirect from cloudfront"},
		{"redirect-to-https", "TRACE", 307, "Redirect from cloudfront"}, // before the allowed methods
		{"https-only", "GET", 403, "Error from cloudfront"},
		{"allow-all", "GET", 200, "Miss from cloudfront"},
		{"allow-all", "TRACE", 403, "Error from cloudfront"},
	} {
		w := newWorld(t, site(func(d *account.Distribution) { d.Default.ViewerProtocolPolicy = tc.policy }))
		w.origin(443, w.originTLS(), ok)
		got := w.do(w.client(viewer{}), w.request(tc.method, "http://"+viewerName+"/a%20b/?c=d&e", nil))
		assert.Equal(t, tc.status, got.StatusCode, "%s %s", tc.policy, tc.method)
		assert.Equal(t, tc.cache, got.Header.Get("X-Cache"))
		if tc.status < 400 && tc.status >= 300 {
			assert.Equal(t, "https://"+viewerName+"/a%20b/?c=d&e", got.Header.Get("Location"))
			assert.Equal(t, "CloudFront", got.Header.Get("Server"))
			assert.Empty(t, got.body)
		}
		last := w.events.Of(wire.Request)[0]
		assert.Equal(t, tc.status != 200, last.Answered)
		assert.Equal(t, tc.status, last.Status)
		assert.Equal(t, "/a%20b/", last.Path)
	}
}

func TestWhatTheDistributionRefuses(t *testing.T) {
	w := newWorld(t, site(func(d *account.Distribution) {
		d.Ordered = []account.OrderedCacheBehavior{{PathPattern: "/api/*", CacheBehavior: d.Default}}
		d.Default.AllowedMethods = []string{"GET", "HEAD"}
	}))
	w.origin(443, w.originTLS(), ok)
	long := strings.Repeat("x", 8192)
	for name, tc := range map[string]struct {
		method, path string
		body         string
		header       string
		want         int
	}{
		"GET":                      {"GET", "/", "", "", 200},
		"HEAD":                     {"HEAD", "/", "", "", 200},
		"POST":                     {"POST", "/", "x", "", 403},
		"OPTIONS":                  {"OPTIONS", "/", "", "", 403},
		"POST elsewhere":           {"POST", "/api/x", "x", "", 200},
		"GET with a body":          {"GET", "/", "x", "", 403},
		"GET with an open body":    {"GET", "/", "of unknown length", "", 403},
		"a long URL":               {"GET", "/" + long, "", "", 414},
		"a URL that is just right": {"GET", "/" + long[:8192-len("https:///")-len(viewerName)], "", "", 200},
		"a URL that is not":        {"GET", "/" + long[:8192-len("https:///")-len(viewerName)+1], "", "", 414},
		"long headers":             {"GET", "/", "", strings.Repeat("x", 32768), 494},
		"headers that are fine":    {"GET", "/", "", strings.Repeat("x", 32000), 200},
	} {
		for _, version := range []string{"HTTP/1.1", "HTTP/2", "HTTP/3"} {
			r := w.request(tc.method, "https://"+viewerName+tc.path, strings.NewReader(tc.body))
			if name == "GET with an open body" {
				r.ContentLength = -1
			}
			if tc.header != "" {
				r.Header.Set("X-Long", tc.header)
			}
			got := w.do(w.client(viewer{version: version}), r)
			assert.Equal(t, tc.want, got.StatusCode, "%s over %s", name, version)
			if tc.want != 200 {
				assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
				assert.Contains(t, got.body, "The request could not be satisfied")
			}
		}
	}
}

func TestPlainHTTPOnPort443(t *testing.T) {
	w := newWorld(t, site(func(d *account.Distribution) { d.Default.ResponseHeadersPolicyID = awstable.SecurityHeadersPolicy }))
	c, err := w.network.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(distributionAddress, 443))
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+viewerName+"\r\n\r\n")
	require.NoError(t, err)
	raw, err := io.ReadAll(c)
	require.NoError(t, err)
	assert.Contains(t, string(raw), "HTTP/1.1 400 Bad Request\r\n")
	assert.Contains(t, string(raw), "X-Cache: Error from cloudfront\r\n")
	assert.NotContains(t, string(raw), "X-Frame-Options", "no behavior has seen the request")
	last := w.events.Of(wire.Request)[0]
	assert.Equal(t, 400, last.Status)
	assert.True(t, last.Answered)
	assert.Equal(t, "E1", last.Name)
}

func TestADistributionBehindAnother(t *testing.T) {
	leadsTo := func(name string, changes ...func(*account.Distribution)) account.Distribution {
		return site(append([]func(*account.Distribution){func(d *account.Distribution) { d.Origins[0].DomainName = name }}, changes...)...)
	}
	for name, tc := range map[string]struct {
		first  account.Distribution
		status int
		by     string
	}{
		"its own alias":         {leadsTo(viewerName), 403, "E1"},
		"its own assigned name": {leadsTo(assignedName), 403, "E1"},
		"another's alias":       {leadsTo("other.example.com"), 403, "E2"},
		"another's, over HTTP":  {leadsTo("other.example.com", func(d *account.Distribution) { d.Origins[0].CustomOriginConfig.OriginProtocolPolicy = "http-only" }), 403, "E2"},
	} {
		w := newWorld(t, tc.first, site(other))
		c := w.client(viewer{tls: &tls.Config{InsecureSkipVerify: true}})
		got := w.do(c, w.request("GET", "https://"+viewerName+"/", nil))
		assert.Equal(t, tc.status, got.StatusCode, name)
		assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
		events := w.events.Of(wire.Request)
		require.Len(t, events, 2, name)
		assert.Equal(t, tc.by, events[0].Name)
		assert.True(t, events[0].Answered)
		assert.Equal(t, "E1", events[1].Name)
		assert.False(t, events[1].Answered)
	}
}

func TestAViewerThatSaysNothingIsCutWithTheFleet(t *testing.T) {
	w := newWorld(t, site(func(d *account.Distribution) { d.Default.ResponseHeadersPolicyID = awstable.SecurityHeadersPolicy }))
	c, err := w.network.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(distributionAddress, 443))
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, w.fleet.Close())
	require.NoError(t, w.fleet.Close())
	require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = c.Read(make([]byte, 1))
	assert.Error(t, err)
	assert.NotErrorIs(t, err, context.DeadlineExceeded)
}
