package alb

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// fast is a second short enough for timeouts to be waited for.
const fast = 10 * time.Millisecond

func TestWhichTargetsGetRequests(t *testing.T) {
	one, two := at(netip.MustParseAddr("10.0.11.21"), 8080), at(netip.MustParseAddr("10.0.11.22"), 8080)
	gone := at(nobodysAddress, 8080)
	shut := at(one.Addr(), 9090)
	elsewhere := at(netip.MustParseAddr("10.0.12.22"), 8080) // in another zone
	says := func(health string) map[string]string { return map[string]string{one.Addr().String(): health} }
	for name, tc := range map[string]struct {
		targets []netip.AddrPort
		health  map[string]string
		want    []string
	}{
		"in turn":                        {[]netip.AddrPort{one, two}, nil, []string{"one", "two", "one", "two"}},
		"none":                           {nil, nil, []string{"503", "503"}},
		"an unused one":                  {[]netip.AddrPort{elsewhere, one}, nil, []string{"one", "one"}},
		"all unused":                     {[]netip.AddrPort{elsewhere}, nil, []string{"503"}},
		"one being deregistered":         {[]netip.AddrPort{one, two}, says(server.Draining), []string{"two", "two"}},
		"all being deregistered":         {[]netip.AddrPort{one}, says(server.Draining), []string{"503"}},
		"an unhealthy one":               {[]netip.AddrPort{one, two}, says(server.Unhealthy), []string{"two", "two"}},
		"all unhealthy":                  {[]netip.AddrPort{one}, says(server.Unhealthy), []string{"one", "one"}},
		"one where nobody is":            {[]netip.AddrPort{gone, one}, nil, []string{"one", "one"}},
		"one where nothing listens":      {[]netip.AddrPort{shut, one}, nil, []string{"one", "one"}},
		"nothing listens anywhere":       {[]netip.AddrPort{shut}, nil, []string{"502"}},
		"nobody is anywhere":             {[]netip.AddrPort{gone}, nil, []string{"504"}},
		"unhealthy ones: all in turn":    {[]netip.AddrPort{one, shut}, says(server.Unhealthy), []string{"one", "502", "one"}},
		"unused and unhealthy: the rest": {[]netip.AddrPort{elsewhere, one}, says(server.Unhealthy), []string{"one"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, fast)
			s.target(one.Addr(), 8080, speaking("HTTP/1.1"), nil, greets("one"))
			s.target(two.Addr(), 8080, speaking("HTTP/1.1"), nil, greets("two"))
			p := single(account.TargetGroup{}, tc.targets...)
			p.Health = tc.health
			s.serve(p)
			s.settled()
			c := s.client(speaking("HTTP/1.1"))
			for i, want := range tc.want {
				r := s.send(c, "GET", "http://"+siteName, "")
				if r.StatusCode != 200 {
					r.text = fmt.Sprint(r.StatusCode)
				}
				assert.Equal(t, want, r.text)
				e := s.requests()[i]
				assert.Equal(t, r.StatusCode, e.Status)
				assert.Equal(t, r.StatusCode != 200, e.Answered)
				assert.Equal(t, "default", e.Rule)
			}
		})
	}
}

func TestHealthDependsOnTheMatcher(t *testing.T) {
	s := newSite(t, fast)
	fails, works := at(netip.MustParseAddr("10.0.11.21"), 8080), at(netip.MustParseAddr("10.0.11.22"), 8080)
	var asked atomic.Value
	status := func(code int) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			asked.Store(r.Method + " " + r.Host + r.URL.String() + " " + r.UserAgent())
			w.WriteHeader(code)
		}
	}
	s.checked(fails.Addr(), 9999, status(500))
	s.checked(works.Addr(), 9999, status(204))
	s.target(fails.Addr(), 8080, speaking("HTTP/1.1"), nil, greets("fails"))
	s.target(works.Addr(), 8080, speaking("HTTP/1.1"), nil, greets("works"))
	s.serve(single(account.TargetGroup{HealthCheck: account.HealthCheck{
		Protocol: "HTTP", Path: "/up?x=y", Matcher: "200-203,204", Port: "9999", Interval: 30, Timeout: 5, HealthyThreshold: 3, UnhealthyThreshold: 2,
	}}, fails, works))
	s.settled()
	for range 4 {
		assert.Equal(t, "works", s.get("http://"+siteName).text)
	}
	assert.Contains(t, asked.Load(), ":9999/up?x=y ELB-HealthChecker/2.0")
}

// checked is a server that answers health checks.
func (s *site) checked(address netip.Addr, port int, serve http.HandlerFunc) {
	s.t.Helper()
	l, err := s.network.Listen(wire.Place{Name: "task", Addresses: []netip.Addr{address}, Groups: []string{"task"}}, port)
	require.NoError(s.t, err)
	running := &http.Server{Handler: serve}
	done := make(chan error, 1)
	go func() { done <- running.Serve(l) }()
	s.t.Cleanup(func() {
		require.NoError(s.t, running.Close())
		require.ErrorIs(s.t, <-done, http.ErrServerClosed)
	})
}

func TestHealthChanges(t *testing.T) {
	g := &group{changed: make(chan struct{})}
	g.HealthCheck.HealthyThreshold, g.HealthCheck.UnhealthyThreshold = 3, 2
	g.targets = []*target{{}}
	for i, step := range []struct{ passed, healthy bool }{
		{false, false}, {true, true}, // a new target needs one check that passes
		{false, true}, {true, true}, {false, true}, {false, false}, // then two failures in a row
		{true, false}, {true, false}, {false, false}, {true, false}, {true, false}, {true, true}, // and three passes
	} {
		g.recordCheck(g.targets[0], step.passed)
		assert.Equal(t, step.healthy, g.targets[0].healthy, "step %d", i)
	}
	dead := &target{}
	for range 2 {
		g.recordCheck(dead, false)
	}
	g.recordCheck(dead, true)
	assert.False(t, dead.healthy, "what was found unhealthy needs as many passes as any other")
}

func TestMatchers(t *testing.T) {
	for code, want := range map[int]bool{199: false, 200: true, 201: false, 301: true, 350: true, 399: true, 400: false} {
		assert.Equal(t, want, isHealthy("200,301-399", code), code)
	}
}

func TestHowTargetsFail(t *testing.T) {
	cut := func(_ http.ResponseWriter, r *http.Request) { _ = wire.Reset(connOf(r)) }
	malformed := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(connOf(r), "nonsense\r\n\r\n")
		_ = connOf(r).Close()
	}
	slow := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	big := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Big", strings.Repeat("a", 33<<10)) }
	for name, tc := range map[string]struct {
		serve http.HandlerFunc
		want  int
	}{
		"cut":              {cut, 502},
		"malformed":        {malformed, 502},
		"slow":             {slow, 504},
		"headers of 33K":   {big, 502},
		"an error its own": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 500},
		"a redirect":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(302) }, 302},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, fast)
			s.plainTarget(tc.serve)
			b := single(account.TargetGroup{}, at(targetAddress, 8080))
			b.lb.IdleTimeout = 20
			s.serve(b)
			r := s.get("https://" + siteName)
			assert.Equal(t, tc.want, r.StatusCode)
			assert.Equal(t, []bool{tc.want > 500}, []bool{s.requests()[0].Answered})
			if tc.want > 500 {
				assert.Equal(t, "awselb/2.0", r.Header.Get("Server"))
			} else {
				assert.Empty(t, r.Header.Get("Server"), "the target's headers are left alone")
				assert.Empty(t, r.Header.Get("Content-Type"))
			}
		})
	}
}

func TestTLSTowardsTargets(t *testing.T) {
	only := func(version uint16) func(*tls.Config) {
		return func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version }
	}
	bad := func(spec pki.Spec) func(*tls.Config) {
		return func(c *tls.Config) {
			certificate, err := authority(t).Certificate(spec)
			require.NoError(t, err)
			c.Certificates = []tls.Certificate{*certificate}
		}
	}
	const older = "ELBSecurityPolicy-2016-08"
	for name, tc := range map[string]struct {
		change func(*tls.Config)
		speaks *http.Protocols
		policy string
		want   int
	}{
		"expired":                             {bad(pkiExpired("x.example.com")), nil, anyPolicy, 200},
		"self-signed":                         {bad(pki.Spec{Names: []string{"localhost"}, Trust: "self-signed"}), nil, anyPolicy, 200},
		"TLS 1.3 alone, policy with TLS 1.3":  {only(tls.VersionTLS13), nil, anyPolicy, 200},
		"TLS 1.3 alone, policy without":       {only(tls.VersionTLS13), nil, older, 502},
		"TLS 1.0 alone":                       {only(tls.VersionTLS10), nil, anyPolicy, 200},
		"TLS 1.0 alone, policy without 1.3":   {only(tls.VersionTLS10), nil, older, 200},
		"HTTP/2 alone to a group of HTTP1":    {func(*tls.Config) {}, speaking("HTTP/2"), anyPolicy, 502},
		"HTTP/1.1 and HTTP/2, group of HTTP1": {func(*tls.Config) {}, speaking("HTTP/1.1", "HTTP/2"), anyPolicy, 200},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 0)
			config := s.shows("x.example.com")
			var name atomic.Value
			config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				name.Store(hello.ServerName)
				return nil, nil
			}
			tc.change(config)
			speaks := tc.speaks
			if speaks == nil {
				speaks = speaking("HTTP/1.1")
			}
			s.target(targetAddress, 8443, speaks, config, greets("fine"))
			b := single(account.TargetGroup{Protocol: "HTTPS"}, at(targetAddress, 8443))
			b.secure().SSLPolicy = tc.policy
			s.serve(b)
			assert.Equal(t, tc.want, s.get("https://"+siteName).StatusCode)
			assert.Equal(t, "", name.Load(), "no SNI is sent")
		})
	}
}

func TestTargetsThatSpeakSomethingElse(t *testing.T) {
	for name, tc := range map[string]struct {
		group  account.TargetGroup
		secure bool
		speaks *http.Protocols
		want   int
	}{
		"HTTPS to plain HTTP":               {account.TargetGroup{Protocol: "HTTPS"}, false, speaking("HTTP/1.1"), 502},
		"HTTP to TLS, which answers itself": {account.TargetGroup{}, true, speaking("HTTP/1.1"), 400},
		"HTTP2 to HTTP/1.1 over TLS":        {account.TargetGroup{Protocol: "HTTPS", ProtocolVersion: "HTTP2"}, true, speaking("HTTP/1.1"), 502},
		"HTTP2 to HTTP/1.1":                 {account.TargetGroup{ProtocolVersion: "HTTP2"}, false, speaking("HTTP/1.1"), 502},
		"HTTP1 to HTTP/2":                   {account.TargetGroup{}, false, speaking("h2c"), 502},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 0)
			var config *tls.Config
			if tc.secure {
				config = s.shows("x.example.com")
			}
			s.target(targetAddress, 8080, tc.speaks, config, greets("fine"))
			s.serve(single(tc.group, at(targetAddress, 8080)))
			c := s.client(speaking("HTTP/2"))
			assert.Equal(t, tc.want, s.send(c, "GET", "https://"+siteName, "").StatusCode)
		})
	}
}

func TestHealthChecksSpeakTheTLSOfRequests(t *testing.T) {
	for policy, want := range map[string]bool{anyPolicy: true, "ELBSecurityPolicy-2016-08": false} {
		s := newSite(t, 0)
		config := s.shows("x.example.com")
		config.MinVersion = tls.VersionTLS13
		s.target(targetAddress, 8443, speaking("HTTP/1.1"), config, greets("fine"))
		b := single(account.TargetGroup{Protocol: "HTTPS"}, at(targetAddress, 8443))
		b.secure().SSLPolicy = policy
		s.serve(b)
		s.settled()
		assert.Equal(t, want, s.running.groups[groupARN].targets[0].healthy, policy)
	}
}

func TestSecurityGroupsOnTheWayToTargets(t *testing.T) {
	for name, change := range map[string]func(*plan){
		"nothing may leave the load balancer": func(p *plan) { p.lb.SecurityGroups = []string{"in"} },
		"the target admits another":           func(p *plan) { p.lb.SecurityGroups = []string{"in", "out"} },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, fast)
			all := wire.Rule{Protocol: "-1", CIDR: netip.MustParsePrefix("0.0.0.0/0")}
			s.network = wire.New(map[string]wire.Group{
				"in": {Ingress: []wire.Rule{all}}, "out": {Egress: []wire.Rule{all}},
				"task": {Ingress: []wire.Rule{{Protocol: "-1", Group: "alb"}}},
			}, wire.Clock{Second: fast})
			s.plainTarget(greets("fine"))
			b := single(account.TargetGroup{}, at(targetAddress, 8080))
			change(&b)
			s.serve(b)
			assert.Equal(t, 504, s.get("http://"+siteName).StatusCode)
		})
	}
}

func TestAViewerThatStopsSendingIsTold(t *testing.T) {
	s := newSite(t, fast)
	s.plainTarget(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	b := single(account.TargetGroup{}, at(targetAddress, 8080))
	b.lb.IdleTimeout = 10
	s.serve(b)
	reader, writer := io.Pipe()
	defer func() { _ = writer.Close() }()
	req, err := http.NewRequest("POST", "http://"+siteName, reader)
	require.NoError(t, err)
	req.ContentLength = 10
	res, err := s.client(speaking("HTTP/1.1")).Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, 408, res.StatusCode)
}

func TestAViewerThatLeavesIsToldOf(t *testing.T) {
	s := newSite(t, 0)
	came, left := make(chan struct{}), make(chan struct{})
	s.plainTarget(func(_ http.ResponseWriter, r *http.Request) {
		close(came)
		<-r.Context().Done()
		close(left)
	})
	s.serve(single(account.TargetGroup{}, at(targetAddress, 8080)))
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+siteName, nil)
	require.NoError(t, err)
	go func() {
		<-came
		cancel()
	}()
	res, err := s.client(speaking("HTTP/1.1")).Do(req)
	if err == nil {
		err = errors.Join(errors.New("it was answered"), res.Body.Close())
	}
	require.ErrorIs(t, err, context.Canceled)
	<-left
	require.NoError(t, s.running.Close())
	require.Len(t, s.requests(), 1)
	assert.Zero(t, s.requests()[0].Status)
	assert.False(t, s.requests()[0].Answered)
}

func TestAViewerThatDoesNotReadIsCutOff(t *testing.T) {
	s := newSite(t, 20*time.Millisecond)
	s.plainTarget(func(w http.ResponseWriter, _ *http.Request) {
		for _, err := w.Write(nil); err == nil; {
			_, err = w.Write(make([]byte, 1<<20))
		}
	})
	b := single(account.TargetGroup{}, at(targetAddress, 8080))
	b.lb.IdleTimeout = 10
	s.serve(b)
	c, err := s.network.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(publicAddress, 80))
	require.NoError(t, err)
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+siteName+"\r\n\r\n")
	require.NoError(t, err)
	require.NoError(t, c.SetWriteDeadline(time.Now().Add(10*time.Second)))
	for err == nil { // whatever it sends, until the other side is gone
		_, err = c.Write(make([]byte, 1<<10))
	}
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
	require.NoError(t, c.Close())
}

func TestAMalformedBodyIsTheViewersFault(t *testing.T) {
	s := newSite(t, 0)
	s.plainTarget(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	s.serve(single(account.TargetGroup{}, at(targetAddress, 8080)))
	const head = "POST / HTTP/1.1\r\nHost: " + siteName + "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, body := range []string{"no length\r\n", "3\r\nlonger\r\n", "-1\r\n\r\n"} {
		assert.Contains(t, s.raw(head+body), "HTTP/1.1 400 Bad Request\r\n", "%q", body)
	}
	assert.Contains(t, s.raw(head+"3\r\nabc\r\n0\r\n\r\n"), "HTTP/1.1 200 OK\r\n")
}
