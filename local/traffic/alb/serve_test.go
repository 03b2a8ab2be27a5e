package alb

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

func TestWhatCannotBeServed(t *testing.T) {
	for want, change := range map[string]func(*plan){
		"no private address": func(p *plan) { p.Private = nil },
		"listener on port 443: certificate arn:other does not exist": func(p *plan) { p.secure().CertificateARN = "arn:other" },
		"something listens on port 80":                               func(p *plan) { p.secure().Port = 80 },
		`target group "group": target "i-0": there is no such instance in the account`: func(p *plan) {
			p.Account.TargetGroups[0].TargetType = "instance"
			p.Account.Attachments[0].TargetID = "i-0"
		},
	} {
		t.Run(want, func(t *testing.T) {
			s := newSite(t, 0)
			p := single(account.TargetGroup{}, at(targetAddress, 8080))
			p.Certificates = map[string]*tls.Certificate{siteARN: s.certificate(siteName)}
			change(&p)
			_, err := Serve(s.network, p.lb, p.Options)
			assert.ErrorContains(t, err, `load balancer "web": `)
			assert.ErrorContains(t, err, want)
		})
	}
}

func TestWhereItListens(t *testing.T) {
	s := newSite(t, 0)
	s.serve(web(saying("fine")))
	for at, source := range map[string]wire.Source{"198.51.100.1:80": wire.Internet(), "10.0.1.5:80": wire.Machine()} {
		c, err := s.network.Dial(t.Context(), source, netip.MustParseAddrPort(at))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	_, err := s.network.Dial(t.Context(), wire.Internet(), netip.MustParseAddrPort("198.51.100.1:8443"))
	assert.ErrorContains(t, err, "connection refused")
}

func TestSourceConditionsSeeThePeer(t *testing.T) {
	s := newSite(t, 0)
	var from account.Condition
	from.SourceIP.Values = []string{"203.0.113.0/24"}
	s.serve(web(saying("other"), ruled(1, from, saying("internet"))))
	assert.Equal(t, "internet", s.get("http://"+siteName).text)
	assert.Equal(t, "internet", s.get("https://"+siteName).text)
}

func TestCloseEndsEverything(t *testing.T) {
	s := newSite(t, 0)
	waiting := make(chan struct{}, 8)
	s.plainTarget(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			waiting <- struct{}{}
			<-r.Context().Done()
		}
	})
	before := runtime.NumGoroutine()
	gone := at(nobodysAddress, 8080)
	s.serve(single(account.TargetGroup{}, at(targetAddress, 8080), gone))
	var work sync.WaitGroup
	clients := []*http.Client{s.client(speaking("HTTP/1.1")), s.client(speaking("HTTP/2"))}
	for _, c := range clients {
		s.send(c, "GET", "https://"+siteName, "")
		work.Go(func() { _, _ = s.trySend(c, "GET", "https://"+siteName+"/wait", "") })
	}
	idle, err := s.network.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(publicAddress, 443))
	require.NoError(t, err)
	<-waiting
	<-waiting
	require.NoError(t, s.running.Close())
	require.NoError(t, s.running.Close())
	work.Wait()
	for _, c := range clients {
		c.CloseIdleConnections()
	}
	_ = idle.Close()
	_, err = s.trySend(s.client(speaking("HTTP/1.1")), "GET", "http://"+siteName, "")
	require.ErrorContains(t, err, "connection refused")
	assertGoroutines(t, before)
}

// assertGoroutines waits until no more goroutines are left than there were.
func assertGoroutines(t *testing.T, before int) {
	t.Helper()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for began := time.Now(); runtime.NumGoroutine() > before; <-poll.C {
		if time.Since(began) > 10*time.Second {
			buffer := make([]byte, 1<<20)
			t.Fatalf("%d goroutines are left over:\n%s", runtime.NumGoroutine()-before, buffer[:runtime.Stack(buffer, true)])
		}
	}
}

func TestManyRequestsAtOnce(t *testing.T) {
	s := newSite(t, 0)
	s.plainTarget(greets("fine"))
	s.target(netip.MustParseAddr("10.0.11.21"), 8080, speaking("HTTP/1.1"), nil, greets("fine"))
	s.serve(single(account.TargetGroup{}, at(targetAddress, 8080), at(netip.MustParseAddr("10.0.11.21"), 8080)))
	const viewers, each = 50, 100
	var work sync.WaitGroup
	began := time.Now()
	for range viewers {
		c := s.client(speaking("HTTP/1.1"))
		work.Go(func() {
			for range each {
				r, err := s.trySend(c, "GET", "https://"+siteName, "")
				if !assert.NoError(t, err) || !assert.Equal(t, "fine", r.text) {
					return
				}
			}
		})
	}
	work.Wait()
	took := time.Since(began)
	t.Logf("%d requests in %v: %.0f a second", viewers*each, took, viewers*each/took.Seconds())
	assert.Len(t, s.requests(), viewers*each)
}
