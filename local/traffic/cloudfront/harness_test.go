package cloudfront_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

const (
	viewerName   = "www.example.com"
	originName   = "origin.example.com"
	assignedName = "d111111abcdef8.cloudfront.net"
	certificate  = "arn:aws:acm:us-east-1:123456789012:certificate/1"
	originFacing = "pl-origin-facing"
)

var (
	distributionAddress = netip.MustParseAddr("192.0.2.10")
	otherAddress        = netip.MustParseAddr("192.0.2.11")
	originAddress       = netip.MustParseAddr("198.51.100.20")
	quiet               = log.New(io.Discard, "", 0)
	all                 = []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
)

// authority is shared: its keys take time to make.
var authority = sync.OnceValues(pki.New)

// world is a network with distributions on it.
type world struct {
	testing.TB
	network   *wire.Network
	authority *pki.Authority
	fleet     *cloudfront.Fleet
	names     map[string]netip.Addr
	resolves  func(name string) // is told what is looked up, unless nil
	events    wiretest.Events
}

// second is how long a simulated second takes in the tests.
const second = 100 * time.Millisecond

// newWorld serves distributions. The origin's name leads to its address, at which
// nobody listens yet.
func newWorld(t testing.TB, distributions ...account.Distribution) *world {
	return newWorldAt(t, wire.Clock{Second: second}, distributions...)
}

func newWorldAt(t testing.TB, clock wire.Clock, distributions ...account.Distribution) *world {
	a, err := authority()
	require.NoError(t, err)
	groups := map[string]wire.Group{
		"cloudfront": {Ingress: []wire.Rule{{Protocol: "tcp", FromPort: 443, ToPort: 443, List: originFacing}}},
		"nobody":     {},
	}
	w := &world{TB: t, authority: a, network: wire.New(groups, clock), names: map[string]netip.Addr{
		originName: originAddress, viewerName: distributionAddress, assignedName: distributionAddress, "other.example.com": otherAddress,
	}}
	w.fleet, err = cloudfront.Serve(w.network, w.options(distributions...))
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, w.fleet.Close())
		require.NoError(t, w.network.Close())
	})
	return w
}

func (w *world) options(distributions ...account.Distribution) cloudfront.Options {
	addresses := map[string][]netip.Addr{}
	for _, d := range distributions {
		addresses[d.DomainName] = []netip.Addr{distributionAddress}
		if d.ID == "E2" {
			addresses[d.DomainName] = []netip.Addr{otherAddress}
		}
	}
	return cloudfront.Options{
		Distributions: distributions, Addresses: addresses,
		Lookup: func(name string, _, _ bool) ([]netip.Addr, bool) {
			if w.resolves != nil {
				w.resolves(name)
			}
			at, ok := w.names[name]
			return []netip.Addr{at}, ok
		},
		Certificates: map[string]*tls.Certificate{
			certificate: w.certificate(pki.Spec{Names: []string{viewerName, "*.example.com", "example.com"}}),
			"other":     w.certificate(pki.Spec{Names: []string{"other.example.com"}}),
		},
		Authority: w.authority, OriginFacing: []string{originFacing}, WebACLs: waf.All(guarding, wire.Clock{}),
		Sink: w.events.Note,
	}
}

func (w *world) certificate(s pki.Spec) *tls.Certificate {
	c, err := w.authority.Certificate(s)
	require.NoError(w, err)
	return c
}

// site is the distribution that most tests are about, with changes.
func site(changes ...func(*account.Distribution)) account.Distribution {
	d := account.Distribution{
		ID: "E1", DomainName: assignedName, Enabled: true, Aliases: []string{viewerName}, HTTPVersion: "http2and3",
		Default: account.CacheBehavior{
			TargetOriginID: "app", ViewerProtocolPolicy: "redirect-to-https", AllowedMethods: all, CachePolicyID: disabled,
		},
		Origins: []account.Origin{{OriginID: "app", DomainName: originName}},
	}
	d.ViewerCertificate.ARN, d.ViewerCertificate.Minimum = certificate, "TLSv1.2_2021"
	config := &d.Origins[0].CustomOriginConfig
	config.HTTPPort, config.HTTPSPort, config.OriginProtocolPolicy = 80, 443, "https-only"
	for _, c := range changes {
		c(&d)
	}
	return d
}

// other is a second distribution.
func other(d *account.Distribution) {
	d.ID, d.DomainName, d.Aliases = "E2", "d222222abcdef8.cloudfront.net", []string{"other.example.com"}
	d.ViewerCertificate.ARN = "other"
}

// place is where the origin is.
func place(groups ...string) wire.Place {
	return wire.Place{Name: "origin", Addresses: []netip.Addr{originAddress}, Groups: groups, Open: len(groups) == 0}
}

// originTLS is how a usual origin speaks TLS.
func (w *world) originTLS(names ...string) *tls.Config {
	if len(names) == 0 {
		names = []string{originName}
	}
	return &tls.Config{Certificates: []tls.Certificate{*w.certificate(pki.Spec{Names: names})}}
}

// origin serves HTTP at the origin's address, over TLS unless config is nil.
func (w *world) origin(port int, config *tls.Config, handler http.HandlerFunc, changes ...func(*http.Server)) {
	l, err := w.network.Listen(place(), port)
	require.NoError(w, err)
	s := &http.Server{Handler: handler, ErrorLog: quiet, TLSConfig: config}
	for _, c := range changes {
		c(s)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if config == nil {
			_ = s.Serve(l) // ends with the test
		} else {
			_ = s.ServeTLS(l, "", "")
		}
	}()
	w.Cleanup(func() {
		_ = s.Close()
		<-done
	})
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

// echo answers with the request's body.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = w.Write(body)
}

// viewer is a client. It goes to a distribution whatever the URL's name.
type viewer struct {
	from    wire.Source
	to      netip.Addr
	tls     *tls.Config
	version string // "HTTP/1.1", "HTTP/2" or "HTTP/3"
}

func (w *world) client(v viewer) *http.Client {
	if !v.to.IsValid() {
		v.to = distributionAddress
	}
	if v.from.Kind == "" {
		v.from = wire.Internet()
	}
	if v.tls == nil {
		v.tls = &tls.Config{}
	}
	v.tls.RootCAs = w.authority.Roots()
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if v.version == "HTTP/3" {
		h3 := &http3.Transport{TLSClientConfig: v.tls, Dial: func(ctx context.Context, _ string, t *tls.Config, q *quic.Config) (*quic.Conn, error) {
			packets, to, err := w.network.DialPacket(ctx, v.from, netip.AddrPortFrom(v.to, 443))
			if err != nil {
				return nil, err
			}
			w.Cleanup(func() { _ = packets.Close() })
			return quic.Dial(ctx, packets, to, t, q)
		}}
		w.Cleanup(func() { _ = h3.Close() })
		c.Transport = h3
		return c
	}
	t := &http.Transport{
		TLSClientConfig: v.tls, ForceAttemptHTTP2: v.version == "HTTP/2", MaxIdleConnsPerHost: 100,
		DialContext: func(ctx context.Context, _, at string) (net.Conn, error) {
			_, port, _ := strings.Cut(at, ":")
			n := map[string]uint16{"80": 80, "443": 443}[port]
			return w.network.Dial(ctx, v.from, netip.AddrPortFrom(v.to, n))
		},
	}
	w.Cleanup(t.CloseIdleConnections)
	c.Transport = t
	return c
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

// do sends a request and reads the whole answer.
func (w *world) do(c *http.Client, r *http.Request) answer {
	w.Helper()
	res, err := c.Do(r)
	require.NoError(w, err)
	defer func() { require.NoError(w, res.Body.Close()) }()
	body, err := io.ReadAll(res.Body)
	require.NoError(w, err)
	return answer{res, string(body)}
}

func (w *world) get(url string) answer {
	w.Helper()
	return w.do(w.client(viewer{}), w.request("GET", url, nil))
}

func (w *world) request(method, url string, body io.Reader) *http.Request {
	r, err := http.NewRequest(method, url, body)
	require.NoError(w, err)
	return r
}
