package wire

// Hops of an [Event].
const (
	HopDistribution = "distribution"
	HopLoadBalancer = "load balancer"
	HopTarget       = "target" // a server that a load balancer dialled
	HopOrigin       = "origin" // a server that anything else dialled
	HopBucket       = "bucket" // S3
)

// Kinds of an [Event].
const (
	Handshake = "handshake" // a ClientHello arrived
	Request   = "request"   // a request was answered
)

// Event is something that happened at a hop.
type Event struct {
	// Hop is one of the constants above.
	Hop string
	// Name is the distribution's id, the load balancer's name, the instance's id, the ECS
	// service's name or the bucket's.
	Name string
	// Kind is Handshake or Request.
	Kind string
	// SNI is the name in the ClientHello; TLS the version agreed, as CloudFront
	// calls it ("TLSv1.2"); Protocol "HTTP/1.1", "HTTP/2" or "HTTP/3".
	SNI, TLS, Protocol string
	Host, Method, Path string
	// Rule is the load balancer's: its priority or "default".
	Rule string
	// Status is that of the response, 0 when the connection was cut.
	Status int
	// Answered says that this hop answered by itself; false when it passed on an
	// answer.
	Answered bool
}

// Sink gets events, from several goroutines at once. A nil Sink drops them.
type Sink func(Event)

// Emit hands an event to the sink.
func (s Sink) Emit(e Event) {
	if s != nil {
		s(e)
	}
}
