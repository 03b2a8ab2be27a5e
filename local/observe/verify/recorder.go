package verify

import (
	"net/netip"
	"sync"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// Recorder collects the events of requests, without those of health checks. Its
// method Note is a wire.Sink. The zero value is ready to use.
type Recorder struct {
	mu     sync.Mutex
	events []wire.Event
}

// Note keeps an event.
func (r *Recorder) Note(e wire.Event) {
	if isHealthCheck(e) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// Take returns the events since the last call.
func (r *Recorder) Take() []wire.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.events
	r.events = nil
	return all
}

// isHealthCheck reports whether an event comes from a health check of a load
// balancer: its Host header is the target's address with the port. Nothing tells
// whether a handshake with a target belongs to a request.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func isHealthCheck(e wire.Event) bool {
	_, err := netip.ParseAddrPort(e.Host)
	return e.Hop == wire.HopTarget && (err == nil || e.Kind == wire.Handshake)
}
