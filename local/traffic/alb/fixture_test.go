package alb

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

const (
	siteName  = "www.example.com"
	siteARN   = "arn:site"
	groupARN  = "arn:group"
	anyPolicy = "ELBSecurityPolicy-TLS13-1-0-2021-06"
)

var (
	publicAddress  = netip.MustParseAddr("198.51.100.1")
	privateAddress = netip.MustParseAddr("10.0.1.5")
	targetAddress  = netip.MustParseAddr("10.0.11.20")
	nobodysAddress = netip.MustParseAddr("10.0.11.99")
)

// site is a network with a load balancer on it, once it is served.
type site struct {
	t       *testing.T
	network *wire.Network
	ca      *pki.Authority
	running *Running

	events wiretest.Events
}

// newSite is a network whose load balancer everybody may reach, and whose targets
// admit the load balancer. A second takes as long as given.
func newSite(t *testing.T, second time.Duration) *site {
	t.Helper()
	all := wire.Rule{Protocol: "-1", CIDR: netip.MustParsePrefix("0.0.0.0/0")}
	s := &site{t: t, ca: authority(t)}
	s.network = wire.New(map[string]wire.Group{
		"alb":    {Ingress: []wire.Rule{all}, Egress: []wire.Rule{all}},
		"task":   {Ingress: []wire.Rule{{Protocol: "-1", Group: "alb"}}},
		"closed": {},
	}, wire.Clock{Second: second})
	t.Cleanup(func() {
		if s.running != nil {
			require.NoError(t, s.running.Close())
		}
		require.NoError(t, s.network.Close())
	})
	return s
}

// authority is made once: keys take time.
var authority = func() func(t *testing.T) *pki.Authority {
	made := sync.OnceValues(pki.New)
	return func(t *testing.T) *pki.Authority {
		t.Helper()
		ca, err := made()
		require.NoError(t, err)
		return ca
	}
}()

func (s *site) certificate(names ...string) *tls.Certificate {
	s.t.Helper()
	c, err := s.ca.Certificate(pki.Spec{Names: names})
	require.NoError(s.t, err)
	return c
}

// record is the sink of events.
// requests are the requests that were told of.
func (s *site) requests() []wire.Event { return s.events.Of(wire.Request) }

// plan is what Serve is given.
type plan struct {
	lb account.LoadBalancer
	Options
}

// forwarding is an action that forwards to the group of [single].
func forwarding() account.Action { return account.Action{Type: "forward", TargetGroupARN: groupARN} }

// fixed is an action that answers the same to everybody.
func fixed(status, contentType, text string) account.Action {
	a := account.Action{Type: "fixed-response"}
	a.FixedResponse.StatusCode, a.FixedResponse.ContentType, a.FixedResponse.MessageBody = status, contentType, text
	return a
}

// saying is an action that answers with a text.
func saying(text string) account.Action { return fixed("200", "text/plain", text) }

// ruled is a rule with one condition.
func ruled(priority int, c account.Condition, a account.Action) account.ListenerRule {
	return account.ListenerRule{Priority: priority, Conditions: []account.Condition{c}, Actions: []account.Action{a}}
}

// web is a load balancer with an HTTP listener on 80 and an HTTPS one on 443, both
// of which do the same. It is in the zone of the targets, and not in another one.
func web(action account.Action, rules ...account.ListenerRule) plan {
	actions := []account.Action{action}
	all := &account.Resources{
		Subnets: []account.Subnet{
			{ID: "own", AvailabilityZone: "a", CIDRBlock: "10.0.11.0/24"},
			{ID: "other", AvailabilityZone: "b", CIDRBlock: "10.0.12.0/24"},
		},
		Listeners: []account.Listener{
			{ARN: "https", LoadBalancerARN: "web", Port: 443, Protocol: "HTTPS", SSLPolicy: anyPolicy, CertificateARN: siteARN, DefaultActions: actions},
			{ARN: "http", LoadBalancerARN: "web", Port: 80, Protocol: "HTTP", DefaultActions: actions},
		},
	}
	for _, rule := range rules {
		for _, l := range all.Listeners {
			rule.ListenerARN = l.ARN
			all.ListenerRules = append(all.ListenerRules, rule)
		}
	}
	return plan{
		lb: account.LoadBalancer{
			ARN: "web", Name: "web", SecurityGroups: []string{"alb"}, Subnets: []string{"own"}, EnableHTTP2: true,
			XffHeaderProcessingMode: "append", IdleTimeout: 60, ClientKeepAlive: 3600,
		},
		Options: Options{Account: all, Public: []netip.Addr{publicAddress}, Private: []netip.Addr{privateAddress}},
	}
}

// secure is the HTTPS listener of [web].
func (p plan) secure() *account.Listener { return &p.Account.Listeners[0] }

// single is web with one target group that has some targets.
func single(g account.TargetGroup, targets ...netip.AddrPort) plan {
	p := web(forwarding())
	g.Name, g.ARN = "group", groupARN
	g.Protocol, g.ProtocolVersion = cmp.Or(g.Protocol, "HTTP"), cmp.Or(g.ProtocolVersion, versionHTTP1)
	if g.HealthCheck == (account.HealthCheck{}) {
		g.HealthCheck = account.HealthCheck{Protocol: g.Protocol, Port: "traffic-port", Path: "/health", Matcher: "200-499",
			Interval: 30, Timeout: 5, HealthyThreshold: 3, UnhealthyThreshold: 3}
		if g.ProtocolVersion == versionGRPC {
			g.HealthCheck.Matcher = "0-99"
		}
	}
	p.Account.TargetGroups = []account.TargetGroup{g}
	for _, t := range targets {
		p.Account.Attachments = append(p.Account.Attachments,
			account.Attachment{TargetGroupARN: groupARN, TargetID: t.Addr().String(), Port: int(t.Port())})
	}
	return p
}

func at(address netip.Addr, port uint16) netip.AddrPort { return netip.AddrPortFrom(address, port) }

// serve serves a load balancer, with one certificate if none is given.
func (s *site) serve(p plan) {
	s.t.Helper()
	p.Sink = s.events.Note
	if p.Certificates == nil {
		p.Certificates = map[string]*tls.Certificate{siteARN: s.certificate(siteName)}
	}
	running, err := Serve(s.network, p.lb, p.Options)
	require.NoError(s.t, err)
	s.running = running
}

// speaking are the versions that a server or a client speaks.
func speaking(versions ...string) *http.Protocols {
	out := &http.Protocols{}
	for _, v := range versions {
		switch v {
		case "HTTP/1.1":
			out.SetHTTP1(true)
		case "HTTP/2":
			out.SetHTTP2(true)
		case "h2c":
			out.SetUnencryptedHTTP2(true)
		}
	}
	return out
}

// target starts a server that a load balancer may reach. Health checks are
// answered with 200.
func (s *site) target(address netip.Addr, port int, speaks *http.Protocols, config *tls.Config, serve http.HandlerFunc) {
	s.t.Helper()
	place := wire.Place{Name: "task", Addresses: []netip.Addr{address}, Groups: []string{"task"}}
	l, err := s.network.Listen(place, port)
	require.NoError(s.t, err)
	server := &http.Server{Protocols: speaks, TLSConfig: config, ErrorLog: discard, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			if r.UserAgent() != "ELB-HealthChecker/2.0" {
				serve(w, r)
			}
		}), ConnContext: func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}}
	done := make(chan error, 1)
	go func() {
		if config == nil {
			done <- server.Serve(l)
		} else {
			done <- server.ServeTLS(l, "", "")
		}
	}()
	s.t.Cleanup(func() {
		require.NoError(s.t, server.Close())
		require.ErrorIs(s.t, <-done, http.ErrServerClosed)
	})
}

type connKey struct{}

// plainTarget is a server of HTTP/1.1 at the usual address.
func (s *site) plainTarget(serve http.HandlerFunc) {
	s.t.Helper()
	s.target(targetAddress, 8080, speaking("HTTP/1.1"), nil, serve)
}

// greets answers with a text.
func greets(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// client sends requests to the load balancer's public address.
func (s *site) client(speaks *http.Protocols, change ...func(*tls.Config)) *http.Client {
	config := &tls.Config{RootCAs: s.ca.Roots(), MinVersion: tls.VersionTLS10}
	for _, c := range change {
		c(config)
	}
	transport := &http.Transport{
		Protocols: speaks, TLSClientConfig: config, DisableCompression: true,
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			to, err := netip.ParseAddrPort(publicAddress.String() + ":" + port)
			if err != nil {
				return nil, err
			}
			return s.network.Dial(ctx, wire.Internet(), to)
		},
	}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// reply is an answer as a viewer has it.
type reply struct {
	*http.Response
	text string
}

// send sends a request.
func (s *site) send(c *http.Client, method, url, body string, headers ...string) reply {
	s.t.Helper()
	r, err := s.trySend(c, method, url, body, headers...)
	require.NoError(s.t, err)
	return r
}

func (s *site) trySend(c *http.Client, method, url, body string, headers ...string) (reply, error) {
	s.t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(s.t, err)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			req.Host = value
		}
		req.Header.Add(name, value)
	}
	res, err := c.Do(req)
	if err != nil {
		return reply{}, err
	}
	text, err := io.ReadAll(res.Body)
	return reply{res, string(text)}, errors.Join(err, res.Body.Close())
}

// get asks over HTTP/1.1.
func (s *site) get(url string, headers ...string) reply {
	s.t.Helper()
	return s.send(s.client(speaking("HTTP/1.1")), "GET", url, "", headers...)
}

// raw sends bytes to port 80 and returns all that comes back.
func (s *site) raw(text string) string {
	s.t.Helper()
	c, err := s.network.Dial(s.t.Context(), wire.Internet(), netip.AddrPortFrom(publicAddress, 80))
	require.NoError(s.t, err)
	_, err = io.WriteString(c, text)
	require.NoError(s.t, err)
	var out bytes.Buffer
	_, err = io.Copy(&out, c)
	require.NoError(s.t, err)
	require.NoError(s.t, c.Close())
	return out.String()
}

// pkiExpired is a certificate whose time is over.
func pkiExpired(names ...string) pki.Spec { return pki.Spec{Names: names, Expired: true} }

// shows is how a target speaks TLS with a certificate for a name.
func (s *site) shows(name string) *tls.Config {
	s.t.Helper()
	return &tls.Config{Certificates: []tls.Certificate{*s.certificate(name)}, MinVersion: tls.VersionTLS10}
}

func connOf(r *http.Request) net.Conn {
	c, _ := r.Context().Value(connKey{}).(net.Conn)
	return c
}

// settled waits until the first checks of all targets are over.
func (s *site) settled() {
	s.t.Helper()
	for _, g := range s.running.groups {
		for {
			g.mu.Lock()
			pending := slices.ContainsFunc(g.targets, func(t *target) bool { return !t.checked })
			changed := g.changed
			g.mu.Unlock()
			if !pending {
				break
			}
			<-changed
		}
	}
}
