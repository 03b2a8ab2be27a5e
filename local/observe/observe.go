// Package observe is an HTTP client that sends one request over the local data path
// ([World]) or the real internet ([Internet]). It reports the status and the headers that
// show who answered, or the reason why there is no answer.
package observe

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portico-iac/portico/requestpath"
)

// Network carries requests.
type Network interface {
	// Lookup resolves a name for the sender: A records for one with an IPv4 address,
	// AAAA for one with IPv6. The error is ErrNameNotFound if there are none.
	Lookup(ctx context.Context, from requestpath.Source, name string) ([]netip.Addr, error)
	// Dial opens a TCP connection for the name, which was looked up as to.
	Dial(ctx context.Context, from requestpath.Source, name string, to netip.AddrPort) (net.Conn, error)
	// DialPacket opens a UDP socket for QUIC.
	DialPacket(ctx context.Context, from requestpath.Source, name string, to netip.AddrPort) (net.PacketConn, net.Addr, error)
	// Roots returns the authorities that the client trusts; nil: the system's.
	Roots() *x509.CertPool
	Patience() Patience
}

// ErrNameNotFound says that a name has no address.
var ErrNameNotFound = errors.New("name not found")

// Patience is how long a client waits before it reports a timeout.
type Patience struct {
	// Connect is for the TCP connections to all addresses of a name.
	Connect time.Duration
	// QUIC is for the QUIC handshake, after which the client falls back to TCP.
	QUIC time.Duration
	// Answer is for the time from the connection to the end of the answer.
	Answer time.Duration
}

func (p Patience) or(defaults Patience) Patience {
	return Patience{cmp.Or(p.Connect, defaults.Connect), cmp.Or(p.QUIC, defaults.QUIC), cmp.Or(p.Answer, defaults.Answer)}
}

// Observation is what a client sees of one request.
type Observation struct {
	Request requestpath.Request `json:"request"`
	// Status is 0 if there is no answer. Reason then says why, and Detail is the error.
	Status int                `json:"status"`
	Reason requestpath.Reason `json:"reason,omitempty"`
	Detail string             `json:"detail,omitempty"`
	// Address is the last address that the client connected or tried to connect to.
	Address netip.AddrPort `json:"address,omitzero"`
	// TLS and Protocol are the versions of TLS and HTTP that were agreed on.
	TLS      string `json:"tls,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	// Certificate has the names on the server's certificate, valid until Expires.
	Certificate []string  `json:"certificate,omitempty"`
	Expires     time.Time `json:"expires,omitzero"`
	// The headers of these names.
	XCache   string      `json:"xCache,omitempty"`
	Location string      `json:"location,omitempty"`
	Via      string      `json:"via,omitempty"`
	Server   string      `json:"server,omitempty"`
	AltSvc   string      `json:"altSvc,omitempty"`
	Headers  http.Header `json:"-"`
	// Took is the time from the DNS look-up to the end of the answer.
	Took time.Duration `json:"-"`
}

// Answered says that there is an HTTP answer.
func (o Observation) Answered() bool { return o.Status != 0 }

// String is the status, or the reason why there is none.
func (o Observation) String() string {
	switch {
	case o.Status == 0:
		return string(o.Reason)
	case o.Reason != "":
		return fmt.Sprintf("%d %s", o.Status, o.Reason)
	}
	return strconv.Itoa(o.Status)
}

// Send sends one request and follows no redirects. A failure on the way is an
// observation; an error means that the request cannot be sent at all, or that ctx
// ended.
func Send(ctx context.Context, via Network, request requestpath.Request) (Observation, error) {
	started := time.Now()
	c := &client{via: via, seen: Observation{Request: request}, request: withDefaults(request)}
	if err := c.prepare(); err != nil {
		return Observation{}, fmt.Errorf("sending %s: %w", c.request.URL(), err)
	}
	if err := c.send(ctx); err != nil {
		if ctx.Err() != nil {
			return Observation{}, ctx.Err()
		}
		c.seen.Reason, c.seen.Detail = reasonOf(err), err.Error()
	}
	c.seen.Took = time.Since(started)
	return c.seen, nil
}

type client struct {
	via     Network
	request requestpath.Request
	http    *http.Request
	seen    Observation
}

// withDefaults fills in the defaults that requestpath documents.
func withDefaults(r requestpath.Request) requestpath.Request {
	r.Scheme = cmp.Or(r.Scheme, requestpath.SchemeHTTPS)
	r.ConnectTo = cmp.Or(r.ConnectTo, r.Name)
	if r.Port == 0 {
		r.Port = map[string]int{requestpath.SchemeHTTP: 80}[r.Scheme]
	}
	r.Port = cmp.Or(r.Port, 443)
	r.Host = cmp.Or(r.Host, r.Name)
	r.Method = cmp.Or(r.Method, http.MethodGet)
	r.Path = cmp.Or(r.Path, "/")
	r.Version = cmp.Or(r.Version, requestpath.HTTP2)
	r.TLS = cmp.Or(r.TLS, requestpath.TLS13)
	r.From.Kind = cmp.Or(r.From.Kind, requestpath.FromInternet)
	address := map[string]string{
		requestpath.FromCloudFront: requestpath.CloudFrontAddress, requestpath.FromVPC: requestpath.VPCAddress,
	}[r.From.Kind]
	r.From.Address = cmp.Or(r.From.Address, address, requestpath.InternetAddress)
	return r
}

// prepare creates the HTTP request.
func (c *client) prepare() error {
	r := c.request
	switch {
	case r.Scheme != requestpath.SchemeHTTP && r.Scheme != requestpath.SchemeHTTPS:
		return fmt.Errorf("scheme: must be http or https, got %q", r.Scheme)
	case r.TLS == requestpath.SSL3:
		return errors.New("tls: must be TLSv1 or newer: this client does not speak SSLv3")
	}
	if r.BodyBytes < 0 || r.BodyBytes > 0 && r.Version == requestpath.GRPC {
		return fmt.Errorf("bodyBytes: must be 0 or more, and 0 for a gRPC call, which has a body of its own, got %d", r.BodyBytes)
	}
	if _, err := netip.ParseAddr(r.From.Address); err != nil {
		return fmt.Errorf("from.address: must be an address, got %q", r.From.Address)
	}
	target, err := url.Parse(r.URL())
	if err != nil {
		return err
	}
	c.http = &http.Request{
		Method: r.Method, URL: target, Host: bracketed(r.Host), Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	c.setHeaders()
	if r.BodyBytes > 0 {
		c.http.Body, c.http.ContentLength = io.NopCloser(strings.NewReader(strings.Repeat("x", r.BodyBytes))), int64(r.BodyBytes)
	}
	if r.Version == requestpath.GRPC {
		callGRPC(c.http)
	}
	return nil
}

// setHeaders adds the request's headers, and a User-Agent if it names none. net/http sends
// no empty one.
func (c *client) setHeaders() {
	h := c.http.Header
	for _, given := range c.request.Headers {
		h.Add(given.Name, given.Value)
	}
	if len(h.Values("User-Agent")) == 0 {
		h.Set("User-Agent", requestpath.UserAgent)
	}
}

// bracketed adds the brackets of an IPv6 address.
func bracketed(host string) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return "[" + host + "]"
	}
	return host
}

// send returns an error if there is no answer.
func (c *client) send(ctx context.Context) error {
	addresses, err := c.resolve(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(c.offers(), requestpath.HTTP3) && c.speaksTLS13() && c.overQUIC(ctx, addresses) {
		return nil
	}
	conn, err := c.connect(ctx, addresses)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(ctx, c.via.Patience().Answer)
	defer cancel()
	if c.request.Scheme == requestpath.SchemeHTTPS {
		secured, err := c.handshake(ctx, conn)
		if err != nil {
			return handshakeError{err}
		}
		conn = secured
	}
	if err := c.agree(conn); err != nil {
		return err
	}
	return c.overTCP(ctx, conn)
}

func (c *client) resolve(ctx context.Context) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(c.request.ConnectTo); err == nil {
		return []netip.Addr{a}, nil
	}
	addresses, err := c.via.Lookup(ctx, c.request.From, strings.TrimSuffix(c.request.ConnectTo, "."))
	if err == nil && len(addresses) == 0 {
		err = ErrNameNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("looking up %s: %w", c.request.ConnectTo, err)
	}
	return addresses, nil
}

// connect tries one address after the other, with an equal share of the time each.
func (c *client) connect(ctx context.Context, addresses []netip.Addr) (net.Conn, error) {
	share := c.via.Patience().Connect / time.Duration(len(addresses))
	var first error
	for _, a := range addresses {
		c.seen.Address = netip.AddrPortFrom(a, uint16(c.request.Port))
		conn, err := c.dial(ctx, share)
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func (c *client) dial(ctx context.Context, patience time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.via.Dial(ctx, c.request.From, c.request.ConnectTo, c.seen.Address)
}
