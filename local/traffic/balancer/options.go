package balancer

import (
	"crypto/tls"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are what a load balancer needs besides its description.
type Options struct {
	// Certificates are the certificates by ARN, parsed. A listener's certificate that
	// is missing is an error.
	Certificates map[string]*tls.Certificate
	// Health is the health of targets by their id, whatever their health check
	// finds: Unhealthy or Draining. Default: the check decides.
	Health map[string]string
	// Sink gets the events. Default: none.
	Sink wire.Sink
}

// Values of Options.Health.
const (
	Unhealthy = "unhealthy"
	Draining  = "draining"
)
