package dns

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/miekg/dns"
)

// Server answers DNS questions over UDP and TCP on one loopback port, as the
// internet sees the zones. Its answers are simulated addresses.
type Server struct {
	zones    atomic.Pointer[Zones]
	address  string
	udp, tcp *dns.Server
	ended    chan error
	close    func() error
}

// attempts is how often a port is looked for that is free for UDP and TCP.
const attempts = 20

// Serve starts a server at 127.0.0.1 and a port that the kernel chooses.
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
	s := &Server{address: packets.LocalAddr().String(), ended: make(chan error, 2)}
	s.zones.Store(z)
	started := make(chan struct{}, 2)
	up := func() { started <- struct{}{} }
	s.udp = &dns.Server{PacketConn: packets, Handler: s, NotifyStartedFunc: up}
	s.close = sync.OnceValue(func() error {
		return errors.Join(s.udp.Shutdown(), s.tcp.Shutdown(), <-s.ended, <-s.ended)
	})
	s.tcp = &dns.Server{Listener: stream, Handler: s, NotifyStartedFunc: up}
	for _, one := range []*dns.Server{s.udp, s.tcp} {
		go func() { s.ended <- one.ActivateAndServe() }()
	}
	<-started
	<-started
	return s
}

// Address is where the server listens, as 127.0.0.1:port.
func (s *Server) Address() string { return s.address }

// Use makes the server answer from other zones from now on.
func (s *Server) Use(z *Zones) { s.zones.Store(z) }

// Close stops the server and waits for what it is answering. A second call does
// nothing.
func (s *Server) Close() error { return s.close() }

// ServeDNS answers one message.
func (s *Server) ServeDNS(w dns.ResponseWriter, question *dns.Msg) {
	m := new(dns.Msg).SetReply(question)
	m.Authoritative = true
	if len(question.Question) != 1 || question.Question[0].Qclass != dns.ClassINET {
		m.Rcode = dns.RcodeFormatError
		_ = w.WriteMsg(m) // the client is gone
		return
	}
	q := question.Question[0]
	zones := s.zones.Load()
	a := zones.ask(q.Name, q.Qtype, false)
	m.Rcode, m.Answer = a.code, a.rrs
	if kind := last(a.rrs); !a.outside && (kind == nil || kind.Header().Rrtype != q.Qtype) {
		m.Ns = zones.authority(q.Name, a.zone)
	}
	fit(w, question, m)
	_ = w.WriteMsg(m) // the client is gone
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

// authority is the SOA record of a zone, or of AWS's own zone of a name.
func (z *Zones) authority(name string, in *zone) []dns.RR {
	if in != nil {
		z.mu.RLock()
		defer z.mu.RUnlock()
		return owned(in.name, in.sets[in.name]["SOA"].rrs)
	}
	labels := dns.SplitDomainName(name)
	parent := labels[max(0, len(labels)-2):]
	rr, err := dns.NewRR(fmt.Sprintf("%s 60 IN SOA %s", dns.Fqdn(strings.Join(parent, ".")), soaOf("ns-1.awsdns-00.com.")))
	if err != nil {
		return nil
	}
	return []dns.RR{rr}
}
