package cloudfront_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// asked is what the origin is asked when the viewer sends a request.
func asked(t *testing.T, path string, header http.Header, changes ...func(*account.Distribution)) *http.Request {
	t.Helper()
	w := newWorld(t, site(changes...))
	got := make(chan *http.Request, 1)
	w.origin(443, w.originTLS(originName), func(_ http.ResponseWriter, r *http.Request) { got <- r })
	r := w.request("GET", "https://"+viewerName+path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	require.Equal(t, 200, w.do(w.client(viewer{version: "HTTP/2"}), r).StatusCode)
	return <-got
}

func TestWhatIsForwarded(t *testing.T) {
	sent := http.Header{
		"X-Tenant": {"blue"}, "Cookie": {"a=b"}, "User-Agent": {"test"}, "Accept": {"text/html"}, "Accept-Encoding": {"zstd, gzip, br"},
		"Range": {"bytes=0-1"}, "If-None-Match": {`"x"`}, "X-Forwarded-For": {"198.51.100.1"}, "X-Forwarded-Proto": {"ftp"},
		"X-Real-Ip": {"1.2.3.4"}, "Via": {"1.1 proxy"}, "X-Edge-Foo": {"x"}, "Origin": {"https://a"}, "X-Http-Method-Override": {"PUT"},
		"Referer": {"https://b"}, "Te": {"trailers"}, "Authorization": {"secret"},
	}
	always := http.Header{
		"Range": {"bytes=0-1"}, "If-None-Match": {`"x"`}, "X-Forwarded-For": {"198.51.100.1, 203.0.113.10"},
		"Via": {"1.1 proxy, 2.0 e1.cloudfront.net (CloudFront)"}, "Origin": {"https://a"}, "User-Agent": {"Amazon CloudFront"},
	}
	viewers := http.Header{
		"X-Tenant": {"blue"}, "User-Agent": {"test"}, "Accept": {"text/html"}, "Accept-Encoding": {"zstd, gzip, br"},
		"Referer": {"https://b"}, "Authorization": {"secret"}, "X-Http-Method-Override": {"PUT"},
	}
	for name, tc := range map[string]struct {
		cache, request string // ids of policies
		host, query    string
		more           []http.Header
	}{
		"CachingDisabled":               {disabled, "", originName, "", nil},
		"CachingOptimized":              {optimized, "", originName, "", []http.Header{{"Accept-Encoding": {"br,gzip"}}}},
		"AllViewer":                     {disabled, allViewer, viewerName, "c=d&e;f", []http.Header{viewers, {"Cookie": {"a=b"}}}},
		"AllViewerExceptHostHeader":     {disabled, exceptHost, originName, "c=d&e;f", []http.Header{viewers, {"Cookie": {"a=b"}}}},
		"HostHeaderOnly":                {disabled, hostOnly, viewerName, "", nil},
		"UseOriginCacheControlHeaders":  {useOrigin, "", viewerName, "", []http.Header{{"Cookie": {"a=b"}, "Accept-Encoding": {"br,gzip"}, "X-Http-Method-Override": {"PUT"}}}},
		"... -QueryStrings":             {useOriginQuery, "", viewerName, "c=d&e;f", []http.Header{{"Cookie": {"a=b"}, "Accept-Encoding": {"br,gzip"}, "X-Http-Method-Override": {"PUT"}}}},
		"CachingOptimized, AllViewer":   {optimized, allViewer, viewerName, "c=d&e;f", []http.Header{viewers, {"Cookie": {"a=b"}, "Accept-Encoding": {"br,gzip"}}}},
		"UseOrigin..., HostHeaderOnly":  {useOrigin, hostOnly, viewerName, "", []http.Header{{"Cookie": {"a=b"}, "Accept-Encoding": {"br,gzip"}, "X-Http-Method-Override": {"PUT"}}}},
		"UseOrigin..., AllViewerExcept": {useOrigin, exceptHost, viewerName, "c=d&e;f", []http.Header{viewers, {"Cookie": {"a=b"}, "Accept-Encoding": {"br,gzip"}}}},
	} {
		got := asked(t, "/a%2Fb?c=d&e;f", sent, func(d *account.Distribution) {
			d.Default.CachePolicyID, d.Default.OriginRequestPolicyID = tc.cache, tc.request
		})
		want := always.Clone()
		for _, more := range tc.more {
			for k, v := range more {
				want[k] = v
			}
		}
		assert.Len(t, got.Header.Get("X-Amz-Cf-Id"), 56, name)
		got.Header.Del("X-Amz-Cf-Id")
		assert.Equal(t, want, got.Header, name)
		assert.Equal(t, tc.host, got.Host, name)
		assert.Equal(t, tc.query, got.URL.RawQuery, name)
		assert.Equal(t, "/a%2Fb", got.URL.EscapedPath(), name)
	}
}

func TestHeadersOfTheOriginReplaceTheViewers(t *testing.T) {
	headers := func(d *account.Distribution) {
		d.Default.OriginRequestPolicyID = exceptHost
		d.Origins[0].CustomHeaders = []account.Header{{Name: "X-Origin-Verify", Value: "secret"}, {Name: "x-more", Value: "1"}}
	}
	got := asked(t, "/", http.Header{"X-Origin-Verify": {"guess", "guess"}, "User-Agent": {""}}, headers)
	assert.Equal(t, []string{"secret"}, got.Header["X-Origin-Verify"])
	assert.Equal(t, []string{"1"}, got.Header["X-More"])
	assert.Empty(t, got.Header["User-Agent"])
}

func TestThePathThatIsAskedFor(t *testing.T) {
	root := func(d *account.Distribution) { d.DefaultRootObject = "index.html" }
	before := func(d *account.Distribution) { d.Origins[0].OriginPath = "/app" }
	for _, tc := range []struct {
		path, want string
		changes    []func(*account.Distribution)
	}{
		{"/", "/", nil},
		{"/", "/index.html", []func(*account.Distribution){root}},
		{"/?a=b", "/index.html", []func(*account.Distribution){root}},
		{"/a/", "/a/", []func(*account.Distribution){root}},
		{"/a%20b", "/app/a%20b", []func(*account.Distribution){before}},
		{"/a%2Fb", "/app/a%2Fb", []func(*account.Distribution){before}},
		{"//a", "//a", nil},
		{"/", "/app/index.html", []func(*account.Distribution){before, root}},
	} {
		got := asked(t, tc.path, nil, tc.changes...)
		assert.Equal(t, tc.want, got.URL.EscapedPath(), tc.path)
	}
}

func TestOrderedBehaviors(t *testing.T) {
	for _, tc := range []struct{ pattern, path, want string }{
		{"/api/*", "/api/x", "ordered"},
		{"api/*", "/api/x/y", "ordered"},
		{"/api/*", "/api", "default"},
		{"/api/*", "/API/x", "default"},
		{"*.jpg", "/a/b.jpg", "ordered"},
		{"*.jpg", "/a/b.jpg.txt", "default"},
		{"/?.jpg", "/a.jpg", "ordered"},
		{"/?.jpg", "/ab.jpg", "default"},
		{"/a*b*c", "/axbxbxc", "ordered"},
		{"/a*b*c", "/axbxb", "default"},
		{"/a*", "/a?b", "ordered"},
		{"/a.b", "/axb", "default"},
		{"/a.b", "/a.b", "ordered"},
		{"*", "/", "ordered"},
	} {
		got := asked(t, tc.path, nil, func(d *account.Distribution) {
			api := d.Origins[0]
			api.OriginID, api.CustomHeaders = "api", []account.Header{{Name: "X-Which", Value: "ordered"}}
			d.Origins = append(d.Origins, api)
			d.Origins[0].CustomHeaders = []account.Header{{Name: "X-Which", Value: "default"}}
			d.Ordered = []account.OrderedCacheBehavior{{PathPattern: tc.pattern, CacheBehavior: d.Default}}
			d.Ordered[0].TargetOriginID = "api"
		})
		assert.Equal(t, tc.want, got.Header.Get("X-Which"), "%+v", tc)
	}
}

func TestTheOriginsAnswerIsPassedOn(t *testing.T) {
	for _, status := range []int{200, 204, 206, 301, 302, 304, 307, 400, 403, 404, 418, 464, 500, 503} {
		w := newWorld(t, site(func(d *account.Distribution) { d.Default.ResponseHeadersPolicyID = securityPolicy }))
		w.origin(443, w.originTLS(), func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", "/next")
			rw.Header().Set("Server", "nginx")
			rw.Header().Set("Via", "1.1 inner")
			rw.Header().Set("X-Frame-Options", "DENY")
			rw.Header().Set("X-Content-Type-Options", "x")
			rw.WriteHeader(status)
		})
		got := w.get("https://" + viewerName + "/")
		assert.Equal(t, status, got.StatusCode)
		want := map[string]string{
			"X-Cache": "Miss from cloudfront", "Location": "/next", "Server": "nginx", "X-Amz-Cf-Pop": "NRT57-P1",
			"Via": "1.1 inner, 1.1 e1.cloudfront.net (CloudFront)", "Alt-Svc": `h3=":443"; ma=86400`,
			"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=31536000",
			"Referrer-Policy": "strict-origin-when-cross-origin", "X-Xss-Protection": "1; mode=block",
		}
		if status >= 400 {
			want["X-Cache"] = "Error from cloudfront"
		}
		for name, value := range want {
			assert.Equal(t, value, got.Header.Get(name), "%d %s", status, name)
		}
		last := w.events.Of(wire.Request)[0]
		assert.Equal(t, wire.Event{
			Hop: wire.HopDistribution, Name: "E1", Kind: wire.Request, SNI: viewerName, TLS: "TLSv1.3", Protocol: "HTTP/1.1",
			Host: viewerName, Method: "GET", Path: "/", Status: status,
		}, last)
	}
}

func TestBodiesAreStreamed(t *testing.T) {
	for _, version := range []string{"HTTP/1.1", "HTTP/2", "HTTP/3"} {
		w := newWorld(t, site())
		w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
			c := http.NewResponseController(rw)
			assert.NoError(t, c.EnableFullDuplex())
			lines := bufio.NewScanner(r.Body)
			for lines.Scan() {
				_, _ = io.WriteString(rw, "got "+lines.Text()+"\n")
				assert.NoError(t, c.Flush())
			}
		})
		body, send := io.Pipe()
		go func() { _, _ = io.WriteString(send, "one\n") }()
		res, err := w.client(viewer{version: version}).Do(w.request("POST", "https://"+viewerName+"/", body))
		require.NoError(t, err, version)
		answers := bufio.NewScanner(res.Body)
		require.True(t, answers.Scan(), version)
		assert.Equal(t, "got one", answers.Text())
		_, err = io.WriteString(send, "two\n") // only now
		require.NoError(t, err)
		require.True(t, answers.Scan(), version)
		assert.Equal(t, "got two", answers.Text())
		require.NoError(t, send.Close())
		assert.False(t, answers.Scan())
		require.NoError(t, res.Body.Close())
	}
}

func TestGRPC(t *testing.T) {
	for name, tc := range map[string]struct {
		enabled       bool
		method, kind  string
		version, want string
	}{
		"a call":           {true, "POST", "application/grpc", "HTTP/2", "HTTP/2.0"},
		"a call, proto":    {true, "POST", "application/grpc+proto; a=b", "HTTP/2", "HTTP/2.0"},
		"not enabled":      {false, "POST", "application/grpc", "HTTP/2", "HTTP/1.1"},
		"not a call":       {true, "POST", "application/grpc-web", "HTTP/2", "HTTP/1.1"},
		"another method":   {true, "PUT", "application/grpc", "HTTP/2", "HTTP/1.1"},
		"viewer's version": {true, "POST", "application/grpc", "HTTP/1.1", "HTTP/1.1"},
	} {
		w := newWorld(t, site(func(d *account.Distribution) { d.Default.GRPCConfig.Enabled = tc.enabled }))
		config := w.originTLS()
		config.NextProtos = []string{"h2", "http/1.1"}
		w.origin(443, config, func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Trailer", "Grpc-Status")
			rw.Header().Set("X-Proto", r.Proto)
			rw.Header().Set("X-Te", r.Header.Get("Te"))
			_, _ = io.Copy(rw, r.Body)
			rw.Header().Set("Grpc-Status", "7")
		})
		r := w.request(tc.method, "https://"+viewerName+"/service/method", strings.NewReader("message"))
		r.Header.Set("Content-Type", tc.kind)
		r.Header.Set("Te", "trailers")
		got := w.do(w.client(viewer{version: tc.version}), r)
		assert.Equal(t, tc.want, got.Header.Get("X-Proto"), name)
		assert.Equal(t, "message", got.body, name)
		if tc.want == "HTTP/2.0" {
			assert.Equal(t, "7", got.Trailer.Get("Grpc-Status"), name)
			assert.Equal(t, "trailers", got.Header.Get("X-Te"), name)
		}
	}
}

func TestGRPCNeedsAnOriginOfHTTP2(t *testing.T) {
	w := newWorld(t, site(func(d *account.Distribution) { d.Default.GRPCConfig.Enabled = true }))
	config := w.originTLS()
	w.origin(443, config, ok, func(s *http.Server) {
		s.Protocols = new(http.Protocols)
		s.Protocols.SetHTTP1(true)
	})
	r := w.request("POST", "https://"+viewerName+"/", strings.NewReader("message"))
	r.Header.Set("Content-Type", "application/grpc")
	assert.Equal(t, 502, w.do(w.client(viewer{version: "HTTP/2"}), r).StatusCode)
}

func TestWebSocketsPass(t *testing.T) {
	w := newWorld(t, site(func(d *account.Distribution) { d.Default.OriginRequestPolicyID = exceptHost }))
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "websocket", r.Header.Get("Upgrade"))
		assert.Equal(t, "key", r.Header.Get("Sec-WebSocket-Key"))
		c, buffer, err := http.NewResponseController(rw).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		defer func() { _ = c.Close() }()
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		line, err := buffer.ReadString('\n')
		if err == nil {
			_, _ = io.WriteString(c, "got "+line)
		}
	})
	raw, err := w.network.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(distributionAddress, 443))
	require.NoError(t, err)
	c := tls.Client(raw, &tls.Config{ServerName: viewerName, RootCAs: w.authority.Roots()})
	defer func() { _ = c.Close() }()
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+viewerName+"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: key\r\n\r\n")
	require.NoError(t, err)
	buffer := bufio.NewReader(c)
	res, err := http.ReadResponse(buffer, nil)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	assert.Equal(t, 101, res.StatusCode)
	_, err = io.WriteString(c, "hello\n")
	require.NoError(t, err)
	line, err := buffer.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "got hello\n", line)
}
