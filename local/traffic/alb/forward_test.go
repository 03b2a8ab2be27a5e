package alb

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// arrived is what a target got, which it sends back.
type arrived struct {
	Host, URI string
	Header    http.Header
}

// mirror is a site whose target sends back what it got.
func mirror(t *testing.T, change func(*plan)) *site {
	t.Helper()
	s := newSite(t, 0)
	s.plainTarget(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := json.Marshal(arrived{r.Host, r.RequestURI, r.Header})
		_, _ = w.Write(raw)
	})
	b := single(account.TargetGroup{}, at(targetAddress, 8080))
	other := b.Account.Listeners[1]
	other.Port = 8080
	b.Account.Listeners = append(b.Account.Listeners, other)
	change(&b)
	s.serve(b)
	return s
}

func (s *site) mirrored(url string, headers ...string) arrived {
	s.t.Helper()
	r := s.get(url, headers...)
	var out arrived
	require.NoError(s.t, json.Unmarshal([]byte(r.text), &out))
	return out
}

func TestWhatTargetsGet(t *testing.T) {
	s := mirror(t, func(*plan) {})
	got := s.mirrored("https://"+siteName+"/a%20b?x=y;z&%zz", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: ftp",
		"Forwarded: for=192.0.2.1", "X-Forwarded-Host: other.example.com", "X_Under: score", "User-Agent: test")
	assert.Equal(t, siteName, got.Host)
	assert.Equal(t, "/a%20b?x=y;z&%zz", got.URI, "the path and the query are passed on as they are")
	h := got.Header
	assert.Equal(t, "192.0.2.1, 203.0.113.10", h.Get("X-Forwarded-For"))
	assert.Equal(t, []string{"https"}, h.Values("X-Forwarded-Proto"))
	assert.Equal(t, "443", h.Get("X-Forwarded-Port"))
	assert.Equal(t, "for=192.0.2.1", h.Get("Forwarded"))
	assert.Equal(t, "other.example.com", h.Get("X-Forwarded-Host"))
	assert.Equal(t, "score", h.Get("X_Under"))
	assert.Equal(t, "test", h.Get("User-Agent"))
	assert.Regexp(t, `^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$`, h.Get("X-Amzn-Trace-Id"))
	assert.Empty(t, h.Get("X-Amzn-Tls-Version"))

	got = s.mirrored("http://"+siteName, "X-Amzn-Trace-Id: Root=1-1-1")
	assert.Equal(t, "203.0.113.10", got.Header.Get("X-Forwarded-For"))
	assert.Equal(t, "http", got.Header.Get("X-Forwarded-Proto"))
	assert.Equal(t, "80", got.Header.Get("X-Forwarded-Port"))
	assert.Regexp(t, regexp.MustCompile(`^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-1-1$`), got.Header.Get("X-Amzn-Trace-Id"))
	got = s.mirrored("http://"+siteName, "X-Amzn-Trace-Id: Self=1-2-2;Root=1-1-1;CalledFrom=app")
	assert.Regexp(t, `^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-1-1;CalledFrom=app$`, got.Header.Get("X-Amzn-Trace-Id"))
}

func TestAttributesOfHeaders(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*plan)
		header string
		want   string
	}{
		"preserve":       {func(p *plan) { p.lb.XffHeaderProcessingMode = "preserve" }, "X-Forwarded-For", `^192\.0\.2\.1$`},
		"remove":         {func(p *plan) { p.lb.XffHeaderProcessingMode = "remove" }, "X-Forwarded-For", `^$`},
		"client port":    {func(p *plan) { p.lb.EnableXffClientPort = true }, "X-Forwarded-For", `^192\.0\.2\.1, 203\.0\.113\.10:\d+$`},
		"drop invalid":   {func(p *plan) { p.lb.DropInvalidHeaderFields = true }, "X_Under", `^$`},
		"TLS headers":    {func(p *plan) { p.lb.EnableTLSVersionAndCipherSuiteHeaders = true }, "X-Amzn-Tls-Version", `^TLSv1\.3$`},
		"cipher headers": {func(p *plan) { p.lb.EnableTLSVersionAndCipherSuiteHeaders = true }, "X-Amzn-Tls-Cipher-Suite", `^TLS_AES_\d+_GCM_SHA\d+$|CHACHA`},
	} {
		t.Run(name, func(t *testing.T) {
			got := mirror(t, tc.change).mirrored("https://"+siteName, "X-Forwarded-For: 192.0.2.1", "X_Under: score")
			assert.Regexp(t, tc.want, got.Header.Get(tc.header))
		})
	}
	state := &tls.ConnectionState{Version: tls.VersionTLS12, CipherSuite: tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	assert.Equal(t, "ECDHE-ECDSA-AES128-GCM-SHA256", accesslog.CipherName(state))
	state.CipherSuite = tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
	assert.Equal(t, "ECDHE-RSA-AES256-SHA", accesslog.CipherName(state))
}

func TestTheHostHeader(t *testing.T) {
	for _, tc := range []struct {
		host string
		port int
		want string
	}{
		{"example.com", 80, "example.com"},
		{"example.com:80", 80, "example.com"},
		{"example.com:8080", 443, "example.com"},
		{"example.com", 8080, "example.com:8080"},
		{"example.com:9090", 8080, "example.com:9090"},
		{"[2001:db8::1]", 8080, "[2001:db8::1]:8080"},
		{"[2001:db8::1]:443", 443, "[2001:db8::1]"},
	} {
		req := httptest.NewRequest("GET", "/", nil)
		req.Host = tc.host
		assert.Equal(t, tc.want, hostFor(req, tc.port), "%+v", tc)
	}
	s := mirror(t, func(*plan) {})
	assert.Equal(t, "www.example.com:8080", s.mirrored("http://"+siteName+":8080").Host)
	assert.Equal(t, "www.example.com:8080", s.mirrored("http://"+siteName+":8080", "Host: "+siteName).Host)
	s = mirror(t, func(p *plan) { p.lb.PreserveHostHeader = true })
	assert.Equal(t, "www.example.com", s.mirrored("http://"+siteName+":8080", "Host: "+siteName).Host)
	assert.Equal(t, "www.example.com:80", s.mirrored("http://"+siteName, "Host: "+siteName+":80").Host)
}

func TestConnectionsToTargetsAreKept(t *testing.T) {
	s := newSite(t, 0)
	var peers atomic.Value
	s.plainTarget(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, fmt.Sprint(peers.Swap(r.RemoteAddr) == r.RemoteAddr))
		if r.URL.Path == "/last" {
			w.Header().Set("Connection", "close")
		}
	})
	s.serve(single(account.TargetGroup{}, at(targetAddress, 8080)))
	c := s.client(speaking("HTTP/1.1"))
	assert.Equal(t, "false", s.send(c, "GET", "http://"+siteName, "").text)
	assert.Equal(t, "true", s.send(c, "POST", "http://"+siteName, "body").text)
	assert.True(t, strings.HasPrefix(peers.Load().(string), privateAddress.String()+":"), "the load balancer comes from its private address")
}

func TestARequestOnAStaleConnectionIsSentAgain(t *testing.T) {
	s := newSite(t, 0)
	var count atomic.Int32
	s.plainTarget(func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) == 2 {
			_ = connOf(r).Close() // as a target whose keep-alive is over does
			return
		}
		_, _ = io.WriteString(w, "fine")
	})
	s.serve(single(account.TargetGroup{}, at(targetAddress, 8080)))
	assert.Equal(t, "fine", s.get("http://"+siteName).text)
	assert.Equal(t, "fine", s.get("http://"+siteName).text)
	assert.EqualValues(t, 3, count.Load())
}

func TestUpgradesArePassedOn(t *testing.T) {
	s := newSite(t, 0)
	s.plainTarget(func(w http.ResponseWriter, _ *http.Request) {
		c, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := buffer.ReadString('\n')
		_, _ = io.WriteString(c, "echo "+line)
		_ = c.Close()
	})
	s.serve(single(account.TargetGroup{}, at(targetAddress, 8080)))
	c, err := s.network.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(publicAddress, 80))
	require.NoError(t, err)
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+siteName+"\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	require.NoError(t, err)
	in := bufio.NewReader(c)
	line, err := in.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 101 Switching Protocols\r\n", line)
	_, err = io.WriteString(c, "hello\n")
	require.NoError(t, err)
	rest, err := io.ReadAll(in)
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(string(rest), "\r\n\r\necho hello\n"))
	require.NoError(t, c.Close())
	assert.Equal(t, 101, s.requests()[0].Status)
}
