// Package server is the web server that stands in for a container or an instance of
// the local AWS.
package server

import (
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/pki"
)

// What a [Listener] speaks.
const (
	HTTP  = "HTTP"
	HTTPS = "HTTPS"

	HTTP11 = "HTTP/1.1"
	HTTP2  = "HTTP/2"
	GRPC   = "gRPC"

	TLS10 = awstable.TLS10
	TLS11 = awstable.TLS11
	TLS12 = awstable.TLS12
	TLS13 = awstable.TLS13
)

// Failures of an [Answer].
const (
	FailureReset     = "reset"
	FailureMalformed = "malformed"
)

// Values of a [Server]'s Health.
const (
	Unhealthy = "unhealthy"
	Draining  = "draining"
)

// Server describes what a container or an instance answers.
type Server struct {
	Listeners []Listener `json:"listeners"`
	// Health is Unhealthy (the server answers, but fails its health check) or Draining
	// (it is being deregistered). Default: healthy.
	Health string `json:"health,omitempty"`
}

// Listener is one port on which a server answers.
type Listener struct {
	Port int `json:"port"`
	// Protocol is HTTP or HTTPS. Default: HTTP.
	Protocol string `json:"protocol,omitempty"`
	// Certificates are chosen by SNI, a name before a wildcard, the first when none
	// matches. Default: a self-signed one for "localhost".
	Certificates []pki.Spec `json:"certificates,omitempty"`
	// TLS are the versions spoken, TLS10 to TLS13. Default: TLS12 and TLS13.
	TLS []string `json:"tls,omitempty"`
	// Versions are the HTTP versions spoken: HTTP11, HTTP2, and GRPC when the
	// application answers gRPC calls. Default: HTTP11.
	Versions []string `json:"versions,omitempty"`
	// KeepaliveSeconds is how long an idle connection is kept. Default: forever.
	KeepaliveSeconds int `json:"keepaliveSeconds,omitempty"`
	// RequiredHeader is what requests must have; others get 403. Default: none.
	RequiredHeader *RequiredHeader `json:"requiredHeader,omitempty"`
	Answer         Answer          `json:"answer,omitzero"`
}

// RequiredHeader is a header and its values that are accepted.
type RequiredHeader struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Answer is the application's answer to every request.
type Answer struct {
	// Status is 200-599. Default: 200.
	Status int `json:"status,omitempty"`
	// Location goes with a redirect. The keywords #{protocol}, #{host}, #{port},
	// #{path} and #{query} stand for the request's own.
	Location string `json:"location,omitempty"`
	// RedirectPath is the one path that is redirected to Location. Every other one is
	// answered with 200. Default: all are redirected.
	RedirectPath string `json:"redirectPath,omitempty"`
	// CacheControl is the header of that name. Default: none.
	CacheControl string `json:"cacheControl,omitempty"`
	// DelaySeconds pass before the answer begins. Default: 0.
	DelaySeconds int `json:"delaySeconds,omitempty"`
	// Failure is FailureReset (the connection is cut) or FailureMalformed (the answer
	// is not HTTP). Default: none.
	Failure string `json:"failure,omitempty"`
}
