package balancer

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/wire"
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

	mu     sync.Mutex
	events []wire.Event
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
func (s *site) record(e wire.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

// requests are the requests that were told of.
func (s *site) requests() []wire.Event { return s.told(wire.Request) }

func (s *site) told(kind string) []wire.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []wire.Event
	for _, e := range s.events {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// forwarding is an action that forwards to the group of [single].
func forwarding() Action { return Action{Forward: []Share{{TargetGroup: groupARN, Weight: 1}}} }

// saying is an action that answers with a text.
func saying(text string) Action {
	return Action{Fixed: &Fixed{Status: 200, ContentType: "text/plain", Body: text}}
}

// web is a load balancer with an HTTP listener on 80 and an HTTPS one on 443, both
// of which do the same.
func web(action Action, rules ...Rule) Balancer {
	return Balancer{
		Name: "web", Public: []netip.Addr{publicAddress}, Private: []netip.Addr{privateAddress}, Groups: []string{"alb"},
		HTTP2: true, ForwardedFor: "append", IdleSeconds: 60, ClientSeconds: 3600,
		Listeners: []Listener{
			{Port: 80, Default: action, Rules: rules},
			{Port: 443, Secure: true, Policy: anyPolicy, Certificates: []string{siteARN}, Default: action, Rules: rules},
		},
		TargetGroups: map[string]TargetGroup{},
	}
}

// single is web with one target group.
func single(g TargetGroup) Balancer {
	b := web(forwarding())
	g.Name, g.ARN = "group", groupARN
	if g.Version == "" {
		g.Version = VersionHTTP1
	}
	if g.Check == (Check{}) {
		g.Check = Check{Path: "/health", Matcher: "200-499", Interval: 30, Timeout: 5, Healthy: 3, Unhealthy: 3, Secure: g.Secure}
		if g.Version == VersionGRPC {
			g.Check.Matcher = "0-99"
		}
	}
	b.TargetGroups[groupARN] = g
	return b
}

func at(address netip.Addr, port int) Target {
	return Target{ID: address.String(), Address: address, Port: port}
}

// serve serves a load balancer.
func (s *site) serve(b Balancer, change ...func(*Options)) {
	s.t.Helper()
	opts := Options{Sink: s.record, Certificates: map[string]*tls.Certificate{siteARN: s.certificate(siteName)}}
	for _, c := range change {
		c(&opts)
	}
	running, err := Serve(s.network, b, opts)
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

var discard = log.New(io.Discard, "", 0)

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
			_, _, known := g.inService()
			changed := g.changed
			g.mu.Unlock()
			if known {
				break
			}
			<-changed
		}
	}
}
