package traffic

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

func TestAViewerGetsThroughAllHops(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	w := s.serve(nil)
	got := ask(t, viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil)), "https://www.example.com/asked")
	assert.Equal(t, 200, got.status)
	assert.Equal(t, "HTTP/2.0", got.proto)
	assert.Equal(t, "Miss from cloudfront", got.header.Get("X-Cache"))
	assert.Contains(t, got.body, "web answers 200 on port 8080")
	var hops []string
	for _, e := range s.requests() {
		hops = append(hops, e.Hop)
		assert.Equal(t, 200, e.Status)
		assert.Equal(t, e.Hop == wire.HopTarget, e.Answered)
	}
	assert.ElementsMatch(t, []string{wire.HopDistribution, wire.HopLoadBalancer, wire.HopTarget}, hops)
}

func TestTheWaysIn(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	w := s.serve(nil)
	at := func(kind, address string) wire.Source {
		a, _ := netip.ParseAddr(address)
		return w.Source(kind, a, nil)
	}
	for _, c := range []struct {
		name, url string
		from      wire.Source
		status    int // 0: it is dropped
	}{
		{"over IPv6", "https://www.example.com/asked", at(wire.KindInternet, "2001:db8::99"), 200},
		{"without TLS", "http://www.example.com/asked", at(wire.KindInternet, ""), 301},
		{"around CloudFront", "https://alb.example.com/asked", at(wire.KindInternet, ""), 0},
		{"through somebody's CloudFront", "https://alb.example.com/asked", at(wire.KindCloudFront, ""), 200},
		{"from the VPC", "https://alb.example.com/asked", at(wire.KindVPC, ""), 0},
		{"a port that no rule opens", "http://alb.example.com/asked", at(wire.KindCloudFront, ""), 0},
		{"an instance that was there before", "http://legacy.example.com/asked", at(wire.KindInternet, ""), 200},
	} {
		if c.status == 0 {
			dropped(t, viewer(t, w, c.from), c.url)
			continue
		}
		got := ask(t, viewer(t, w, c.from), c.url)
		assert.Equal(t, c.status, got.status, c.name)
	}
}

func TestAnHTTP2TargetGroupBehindCloudFrontIs464(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP2", props{"cidrIpv4": "203.0.113.0/24"})
	w := s.serve(nil)
	internet := viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil))
	got := ask(t, internet, "https://www.example.com/asked")
	assert.Equal(t, 464, got.status)
	assert.Equal(t, "Error from cloudfront", got.header.Get("X-Cache"))
	i := slices.IndexFunc(s.requests(), func(e wire.Event) bool { return e.Answered })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, wire.HopLoadBalancer, s.requests()[i].Hop)

	got = ask(t, internet, "https://alb.example.com/asked")
	assert.Equal(t, 200, got.status, "without CloudFront it is HTTP/2 all the way")
}

func TestAnInstanceIsAnOriginWithItsFirstBootsCertificate(t *testing.T) {
	for url, status := range map[string]int{
		"https://acme-v02.api.letsencrypt.org/directory": 200, "https://acme-staging-v02.api.letsencrypt.org/directory": 502,
	} {
		s := newSite(t)
		web := s.group("web")
		s.rule(ingressToken, web, 443, props{"cidrIpv4": "0.0.0.0/0"})
		_, instance := s.create(instanceToken, "web", props{
			"ami": s.image(), "instanceType": "t3.small", "subnetId": publicSubnets[0],
			"vpcSecurityGroupIds": []any{web}, "associatePublicIpAddress": true,
			"userData": "#!/bin/bash\nexport PORTICO_CERTIFICATE_NAMES='origin.example.com'\nexport PORTICO_ACME_URL='" + url + "'\n",
		})
		s.create(recordToken, "origin", props{"zoneId": seedZone, "name": "origin.example.com", "type": "A", "ttl": 60,
			"records": []any{instance["publicIp"]}})
		s.distribution("origin.example.com")
		w := s.serve(nil)
		got := ask(t, viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil)), "https://www.example.com/asked")
		assert.Equal(t, status, got.status, url)
	}
}

func TestServersAnswerWhatTheyAreTold(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	w := s.serve(map[string]server.Server{
		"web":        {Listeners: []server.Listener{{Port: 8080, Answer: server.Answer{Status: 418}}}},
		"legacy-web": {Listeners: []server.Listener{{Port: 80, Answer: server.Answer{Status: 410}}}},
	})
	internet := viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil))
	for url, want := range map[string]int{"https://www.example.com/asked": 418, "http://legacy.example.com/": 410} {
		got := ask(t, internet, url)
		assert.Equal(t, want, got.status)
	}
}

func TestNamesOfNobodyAreRefused(t *testing.T) {
	account, err := core.Seed()
	require.NoError(t, err)
	_, err = Serve(account, Options{Servers: map[string]server.Server{"i-gone": {}}})
	require.ErrorContains(t, err, "servers[i-gone]: the account has no instance")
	_, err = Serve(account, Options{Servers: map[string]server.Server{legacy: {Listeners: []server.Listener{{Port: 80, Protocol: "TCP"}}}}})
	require.ErrorContains(t, err, `server `+legacy+`, port 80: unknown protocol "TCP"`)
}

func TestAPublicAddressNeedsARouteBack(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1", props{"cidrIpv4": "203.0.113.0/24"})
	account := s.driver.Account()
	require.NoError(t, s.driver.Change(func(tx *core.Tx) {
		for _, r := range tx.All(routeToken) {
			if r.Str("gatewayId") != "" {
				tx.Drop(routeToken, r.Str("id"))
			}
		}
	}))
	w := s.serve(nil)
	for _, name := range []string{"http://legacy.example.com/", "https://alb.example.com/"} {
		dropped(t, viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil)), name)
	}
	name := text(account.Get(instanceToken, "i-05eed00b300000001"), "publicDns")
	found, ok := w.Resolve(name, false, false)
	require.True(t, ok, "the name of an address is there without a route, %q", name)
	assert.Equal(t, text(account.Get(instanceToken, "i-05eed00b300000001"), "publicIp"), found[0].String())
}

func TestDNSAnswersWithWhatWorks(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	w := s.serve(nil)
	for _, name := range []string{"www.example.com", "alb.example.com", "legacy.example.com"} {
		m := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA)
		got, _, err := new(dns.Client).Exchange(m, w.DNSAddress())
		require.NoError(t, err)
		want, ok := w.Resolve(name, false, false)
		require.True(t, ok)
		require.Len(t, got.Answer, len(want), name)
		for i, rr := range got.Answer {
			assert.Equal(t, want[i].String(), rr.(*dns.A).A.String())
		}
	}
}

func TestEntriesAreWhereCurlGetsIn(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	w := s.serve(nil)
	find := func(kind string, port int, udp bool) Entry {
		i := slices.IndexFunc(w.Entries(), func(e Entry) bool {
			return e.Kind == kind && int(e.Address.Port()) == port && e.UDP == udp
		})
		require.GreaterOrEqual(t, i, 0, "%s %d", kind, port)
		return w.Entries()[i]
	}
	distribution := find(EntryDistribution, 443, false)
	require.Len(t, distribution.Names, 2)
	assert.True(t, strings.HasSuffix(distribution.Names[0], ".cloudfront.net"))
	assert.Equal(t, "www.example.com", distribution.Names[1])
	assert.True(t, distribution.Loopback.Addr().IsLoopback())
	find(EntryDistribution, 443, true)
	assert.Contains(t, find(EntryLoadBalancer, 443, false).Names, "alb.example.com")
	assert.Equal(t, "web", find(EntryServer, 8080, false).Name)

	dialer := tls.Dialer{Config: &tls.Config{ServerName: "www.example.com", RootCAs: w.Authority().Roots()}}
	conn, err := dialer.DialContext(t.Context(), "tcp", distribution.Loopback.String())
	require.NoError(t, err)
	_, err = io.WriteString(conn, "GET /asked HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(answer, []byte("HTTP/1.1 200 OK\r\n")), "%s", answer)
	require.NoError(t, conn.Close())
}

func TestTheAuthorityIsKept(t *testing.T) {
	account, err := core.Seed()
	require.NoError(t, err)
	dir := t.TempDir()
	var roots [][]byte
	for range 2 {
		w, err := Serve(account, Options{Dir: dir})
		require.NoError(t, err)
		roots = append(roots, w.Authority().RootPEM())
		require.NoError(t, w.Close())
	}
	assert.Equal(t, roots[0], roots[1])
	kept, err := pki.Load(dir)
	require.NoError(t, err)
	assert.Equal(t, roots[0], kept.RootPEM())
}

func TestCloseLeavesNothing(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	once := func() {
		w, err := Serve(s.driver.Account(), Options{Clock: wire.Clock{Second: 100 * time.Millisecond}})
		require.NoError(t, err)
		c := viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil))
		got := ask(t, c, "https://www.example.com/asked")
		require.Equal(t, http.StatusOK, got.status)
		entry := w.Entries()[slices.IndexFunc(w.Entries(), func(e Entry) bool { return e.Kind == EntryLoadBalancer })]
		hanging, err := net.Dial("tcp", entry.Loopback.String())
		require.NoError(t, err)
		closed := make(chan error, 2)
		for range cap(closed) {
			go func() { closed <- w.Close() }()
		}
		for range cap(closed) {
			require.NoError(t, <-closed)
		}
		require.NoError(t, hanging.Close())
		c.CloseIdleConnections()
	}
	once() // what Go and others keep for good is there from now on
	goroutines, descriptors := runtime.NumGoroutine(), openFiles(t)
	for range 3 {
		once()
	}
	settles(t, goroutines, descriptors)
}

// settles waits until there are no more goroutines and descriptors than before.
func settles(t *testing.T, goroutines, descriptors int) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > goroutines || openFiles(t) > descriptors {
		require.True(t, time.Now().Before(deadline), "%d goroutines and %d descriptors are left",
			runtime.NumGoroutine()-goroutines, openFiles(t)-descriptors)
		runtime.Gosched()
	}
}

// openFiles is how many descriptors the process has.
func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(files)
}
