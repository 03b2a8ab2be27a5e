package cloudfront

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are what a fleet needs besides the network.
type Options struct {
	// Distributions are those of the account, Addresses the simulated addresses of the
	// names that CloudFront assigned to them.
	Distributions []account.Distribution
	Addresses     map[string][]netip.Addr
	// Lookup finds the addresses of a name, as [dns.Zones.Lookup] does. Required.
	Lookup func(name string, v6, inVPC bool) ([]netip.Addr, bool)
	// Certificates are those of Certificate Manager, by ARN.
	Certificates map[string]*tls.Certificate
	// Authority issues CloudFront's own certificate. Origins' certificates must be from
	// it, too. Required.
	Authority *pki.Authority
	// CachePolicies and OriginRequestPolicies are those of the account's own.
	CachePolicies         []account.CachePolicy
	OriginRequestPolicies []account.OriginRequestPolicy
	// AccessControls are how distributions sign their requests to buckets.
	AccessControls []account.OriginAccessControl
	// Functions are those that behaviors run.
	Functions []account.Function
	// WebACLs are those of the account, by ARN. Default: none, everything passes.
	WebACLs map[string]*waf.ACL
	// ResponseHeadersPolicies are those of the account's own.
	ResponseHeadersPolicies []account.ResponseHeadersPolicy
	// Sink gets the events of handshakes and responses. Default: none.
	Sink wire.Sink
	// AccessLog gets the lines of the access logs. Default: none.
	AccessLog accesslog.Sink
	// OriginFacing are the ids of the prefix lists that hold the addresses from
	// which CloudFront connects to origins.
	OriginFacing []string
	// VPCOrigins are those of the account, by id. Default: none.
	VPCOrigins map[string]*VPCOrigin
}

// Fleet serves distributions until it is closed. Its methods may be called from
// several goroutines.
type Fleet struct {
	network       *wire.Network
	opts          Options
	distributions []*distribution
	closers       []io.Closer // of listeners and servers
	source        wire.Source
	certificate   *tls.Certificate // CloudFront's own
	unknownName   *tls.Config      // for an SNI that is no distribution's
	cache         cache
	responses     map[string]responsePolicy

	ctx    context.Context // ends with the fleet
	cancel context.CancelFunc
	mu     sync.Mutex
	closed bool
	work   sync.WaitGroup // goroutines of the fleet, and requests
}

// Serve serves distributions on the network: TCP ports 80 and 443 and UDP port
// 443 of all their addresses. The error names what is missing, or a property that is
// not served.
func Serve(n *wire.Network, opts Options) (*Fleet, error) {
	if opts.Lookup == nil || opts.Authority == nil {
		return nil, errors.New("serving CloudFront: Lookup and Authority are required")
	}
	f := &Fleet{network: n, opts: opts, source: wire.CloudFront(opts.OriginFacing...), cache: cache{held: map[string]cached{}}}
	var err error
	if f.certificate, err = opts.Authority.Certificate(pki.Spec{Names: []string{"cloudfront.net", "*.cloudfront.net"}}); err != nil {
		return nil, err
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.unknownName = viewerTLS(awstable.TLS10, "http2", f.certificate)
	f.responses = responsePolicies(opts.ResponseHeadersPolicies)
	for _, registered := range opts.Distributions {
		d, err := f.newDistribution(registered)
		if err != nil {
			return nil, fmt.Errorf("distribution %q: %w", registered.ID, err)
		}
		if d.Enabled {
			f.distributions = append(f.distributions, d)
		}
	}
	if err := f.open(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close cuts all requests, and returns when they have ended.
func (f *Fleet) Close() error {
	f.mu.Lock()
	again := f.closed
	f.closed = true
	f.mu.Unlock()
	if again {
		return nil
	}
	f.cancel()
	var err error
	for _, c := range slices.Backward(f.closers) {
		if e := c.Close(); !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	f.work.Wait()
	for _, d := range f.distributions {
		for _, b := range d.behaviors {
			for _, o := range []*origin{b.primary, b.secondary} {
				if o != nil {
					o.closeIdle()
				}
			}
		}
	}
	return err
}

// enter adds a request to those that Close waits for, unless the fleet is closed.
func (f *Fleet) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.work.Add(1)
	return true
}

func (f *Fleet) seconds(n int) time.Duration { return f.network.Clock().Seconds(float64(n)) }

// secondsSince is how many simulated seconds have passed.
func (f *Fleet) secondsSince(t time.Time) int { return int(time.Since(t) / f.seconds(1)) }
