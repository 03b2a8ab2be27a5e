package balancer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// How long a target has to accept a connection, and to agree on TLS, in seconds.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const (
	connectSeconds   = 10
	handshakeSeconds = 10
)

// responseHeaderLimit is how large the header of a target's response may be.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const responseHeaderLimit = 32 << 10

// errSlow is the error of a connection to a target that timed out.
var errSlow = errors.New("the target took too long")

// pools are the connections to the targets of a group: for listeners whose policy
// has TLS 1.3, and for the others.
type pools struct{ modern, older *http.Transport }

func (r *Running) newPools(g TargetGroup) pools {
	connect := r.network.Clock().Seconds(connectSeconds)
	modern := r.transport(g.Version, versions{tls.VersionTLS10, tls.VersionTLS13}, connect)
	older := r.transport(g.Version, versions{tls.VersionTLS10, tls.VersionTLS12}, connect)
	return pools{modern: modern, older: older}
}

// of is the pool for a listener.
func (p pools) of(l Listener) *http.Transport {
	if l.Secure && towardsTargets(l.Policy).latest == tls.VersionTLS13 {
		return p.modern
	}
	return p.older
}

func (p pools) close() {
	p.modern.CloseIdleConnections()
	p.older.CloseIdleConnections()
}

// newProbes is what health checks are made with: a connection for each. They speak
// the TLS versions that requests to the group are sent in.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// (the TLS versions are inferred)
func (r *Running) newProbes(g TargetGroup) *http.Transport {
	v := towardsTargets("")
	for _, l := range r.config.Listeners {
		if l.Secure && l.forwardsTo(g.ARN) {
			v.latest = max(v.latest, towardsTargets(l.Policy).latest)
		}
	}
	t := r.transport(g.Version, v, r.network.Clock().Seconds(g.Check.Timeout))
	t.DisableKeepAlives = true
	return t
}

// transport speaks HTTP/1.1 to targets of version HTTP1 and HTTP/2 to the others,
// without TLS from the first byte on.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func (r *Running) transport(version string, v versions, connect time.Duration) *http.Transport {
	speaks, offer := &http.Protocols{}, "http/1.1"
	if version == VersionHTTP1 {
		speaks.SetHTTP1(true)
	} else {
		speaks.SetHTTP2(true)
		speaks.SetUnencryptedHTTP2(true)
		offer = "h2"
	}
	d := dialler{r: r, versions: v, offer: offer, connect: connect}
	return &http.Transport{
		Protocols: speaks, DialContext: d.plain, DialTLSContext: d.secure,
		DisableCompression: true, MaxResponseHeaderBytes: responseHeaderLimit,
		MaxIdleConnsPerHost: 1000, IdleConnTimeout: r.idle(), ExpectContinueTimeout: r.network.Clock().Seconds(1),
	}
}

// dialler opens connections to targets.
type dialler struct {
	r *Running
	versions
	offer   string // in ALPN
	connect time.Duration
}

// plain opens a connection. It ends when the load balancer closes, not with the
// request that it was opened for: another one may use it.
func (d dialler) plain(_ context.Context, _, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(d.r.ctx, d.connect)
	defer cancel()
	c, err := d.r.network.Dial(ctx, d.r.source, to)
	if err != nil {
		return nil, markTimeout(err)
	}
	return c, nil
}

// secure opens a connection with TLS. The target's certificate is not looked at,
// and it is told no name. Both sides have to agree on the HTTP version.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// (that no name is sent, and ALPN for HTTP/1.1 is, is inferred)
func (d dialler) secure(ctx context.Context, network, address string) (net.Conn, error) {
	raw, err := d.plain(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := tls.Client(raw, &tls.Config{
		InsecureSkipVerify: true, MinVersion: d.least, MaxVersion: d.latest, CipherSuites: ciphers,
		NextProtos: []string{d.offer},
	})
	ctx, cancel := context.WithTimeout(d.r.ctx, d.r.network.Clock().Seconds(handshakeSeconds))
	defer cancel()
	err = c.HandshakeContext(ctx)
	if agreed := c.ConnectionState().NegotiatedProtocol; err == nil && d.offer == "h2" && agreed != "h2" {
		err = errors.New("the target does not speak HTTP/2")
	}
	if err != nil {
		return nil, errors.Join(markTimeout(err), raw.Close())
	}
	return c, nil
}

// markTimeout marks a timeout with errSlow.
func markTimeout(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", errSlow, err)
	}
	return err
}
