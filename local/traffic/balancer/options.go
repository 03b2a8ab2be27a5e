package balancer

import (
	"crypto/tls"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are what a load balancer needs besides its description.
type Options struct {
	// Certificates finds a certificate by its ARN. Required for HTTPS listeners; a
	// certificate that it does not find is an error.
	Certificates func(arn string) *tls.Certificate
	// Health says what a target's health is whatever its health check finds:
	// Unhealthy, Draining, or "" for what the check finds. It is asked once for
	// each target. Default: the check decides.
	Health func(targetID string, port int) string
	// Sink gets the events. Default: none.
	Sink wire.Sink
}

// What Options.Health may say.
const (
	Unhealthy = "unhealthy"
	Draining  = "draining"
)
