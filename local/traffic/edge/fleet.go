package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http/httputil"
	"net/netip"
	"sync"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are what a fleet needs besides the network.
type Options struct {
	// Distributions are those of the account. Those that are Disabled are not
	// served.
	Distributions []Distribution
	// Resolve looks an origin's name up in public DNS. Required.
	Resolve func(ctx context.Context, name string) (netip.Addr, bool)
	// Certificates are those of Certificate Manager, by ARN. Required when a
	// distribution has a CertificateARN.
	Certificates map[string]*tls.Certificate
	// Default is CloudFront's own certificate, for cloudfront.net and
	// *.cloudfront.net. Required.
	Default *tls.Certificate
	// Roots are the authorities that CloudFront trusts for certificates of origins.
	// Required.
	Roots *x509.CertPool
	// Sink gets the events of handshakes and responses. Default: none.
	Sink wire.Sink
	// OriginFacing are the ids of the prefix lists that hold the addresses from
	// which CloudFront connects to origins.
	OriginFacing []string
}

// Fleet serves distributions until it is closed. Its methods may be called from
// several goroutines.
type Fleet struct {
	network       *wire.Network
	opts          Options
	distributions []*servedDistribution
	listeners     listeners
	proxy         *httputil.ReverseProxy
	source        wire.Source
	unknownName   *tls.Config // for an SNI that is no distribution's

	ctx    context.Context // ends with the fleet
	cancel context.CancelFunc
	mu     sync.Mutex
	closed bool
	work   sync.WaitGroup // goroutines of the fleet, and requests
}

// Serve serves distributions on the network: TCP ports 80 and 443 and UDP port
// 443 of all their addresses. The error names what is missing.
func Serve(n *wire.Network, opts Options) (*Fleet, error) {
	if opts.Resolve == nil || opts.Default == nil || opts.Roots == nil {
		return nil, errors.New("serving CloudFront: Resolve, Default and Roots are required")
	}
	f := &Fleet{network: n, opts: opts, source: wire.CloudFront(opts.OriginFacing...)}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.unknownName = viewerTLS("TLSv1", HTTP2, opts.Default)
	f.proxy = f.newProxy()
	for _, d := range opts.Distributions {
		if d.Disabled {
			continue
		}
		s, err := f.newServedDistribution(d.withDefaults())
		if err != nil {
			f.cancel()
			return nil, fmt.Errorf("distribution %q: %w", d.ID, err)
		}
		f.distributions = append(f.distributions, s)
	}
	if err := f.open(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close ends the fleet: requests on their way are cut. It returns when all are.
func (f *Fleet) Close() error {
	f.mu.Lock()
	again := f.closed
	f.closed = true
	f.mu.Unlock()
	if again {
		return nil
	}
	f.cancel()
	err := f.listeners.close()
	f.work.Wait()
	for _, s := range f.distributions {
		s.closeIdle()
	}
	return err
}

// enter counts a request, unless the fleet is closed; leave ends it.
func (f *Fleet) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.work.Add(1)
	return true
}

func (f *Fleet) leave() { f.work.Done() }
