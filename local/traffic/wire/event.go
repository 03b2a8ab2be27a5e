package wire

// Hops of an [Event].
const (
	HopEdge     = "edge"
	HopBalancer = "balancer"
	HopTarget   = "target" // a server that a balancer dialled
	HopOrigin   = "origin" // a server that anything else dialled
)

// Kinds of an [Event].
const (
	Handshake = "handshake" // a ClientHello arrived
	Request   = "request"   // a request was answered
)

// Event is something that happened at a hop.
type Event struct {
	// Hop is HopEdge, HopBalancer, HopTarget or HopOrigin.
	Hop string
	// Name is the resource's: distribution id, balancer name, instance id, name of
	// an ECS service.
	Name string
	// Kind is Handshake or Request.
	Kind string
	// SNI is the name in the ClientHello; TLS the version agreed, as CloudFront
	// calls it ("TLSv1.2"); Protocol "HTTP/1.1", "HTTP/2" or "HTTP/3".
	SNI, TLS, Protocol string
	Host, Method, Path string
	// Rule is the balancer's: its priority or "default".
	Rule string
	// Status is what this hop sent back, 0 when it cut the connection.
	Status int
	// Answered says that this hop made the status itself; false when it passed one
	// on from behind.
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
