package dns

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"github.com/miekg/dns"
)

// Server answers DNS questions over UDP and TCP on one loopback port, as the
// internet sees the zones. Its answers are simulated addresses.
type Server struct {
	zones   atomic.Pointer[Zones]
	address string
	close   func() error
}

// attempts is how often a port that is free for both UDP and TCP is looked for.
const attempts = 20

// Serve starts a server at 127.0.0.1 on a port that the kernel chooses.
func (z *Zones) Serve() (*Server, error) {
	var err error
	for range attempts {
		var packets net.PacketConn
		if packets, err = net.ListenPacket("udp4", "127.0.0.1:0"); err != nil {
			break
		}
		var stream net.Listener
		if stream, err = net.Listen("tcp4", packets.LocalAddr().String()); err != nil {
			err = errors.Join(err, packets.Close())
			continue
		}
		return z.serve(packets, stream), nil
	}
	return nil, fmt.Errorf("starting the DNS server: %w", err)
}

func (z *Zones) serve(packets net.PacketConn, stream net.Listener) *Server {
	s := &Server{address: packets.LocalAddr().String()}
	s.zones.Store(z)
	var started sync.WaitGroup
	started.Add(2)
	udp := &dns.Server{PacketConn: packets, Handler: s, NotifyStartedFunc: started.Done}
	tcp := &dns.Server{Listener: stream, Handler: s, NotifyStartedFunc: started.Done}
	ended := make(chan error, 2)
	go func() { ended <- udp.ActivateAndServe() }()
	go func() { ended <- tcp.ActivateAndServe() }()
	started.Wait()
	s.close = sync.OnceValue(func() error {
		return errors.Join(udp.Shutdown(), tcp.Shutdown(), <-ended, <-ended)
	})
	return s
}

// Address is where the server listens, as 127.0.0.1:port.
func (s *Server) Address() string { return s.address }

// Use makes the server answer from other zones from now on.
func (s *Server) Use(z *Zones) { s.zones.Store(z) }

// Close stops the server and waits for the answers in progress. A second call does
// nothing.
func (s *Server) Close() error { return s.close() }

// ServeDNS answers a message.
func (s *Server) ServeDNS(w dns.ResponseWriter, question *dns.Msg) {
	m := new(dns.Msg).SetReply(question)
	m.Authoritative = true
	if len(question.Question) != 1 || question.Question[0].Qclass != dns.ClassINET {
		m.Rcode = dns.RcodeFormatError
	} else {
		q := question.Question[0]
		a := s.zones.Load().ask(q.Name, q.Qtype, false)
		m.Rcode, m.Answer, m.Ns = a.code, a.rrs, a.authority
		fit(w, question, m)
	}
	_ = w.WriteMsg(m) // fails only if the client is gone
}

// fit makes an answer short enough for UDP.
func fit(w dns.ResponseWriter, question, m *dns.Msg) {
	size := dns.MaxMsgSize
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		size = dns.MinMsgSize
	}
	if option := question.IsEdns0(); option != nil {
		m.SetEdns0(dns.DefaultMsgSize, false)
		size = max(size, int(option.UDPSize()))
	}
	m.Truncate(size)
}
