package observe_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

// resolver answers every A question for known with 127.0.0.1.
func resolver(t *testing.T, known string) string {
	t.Helper()
	packets, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	server := &dns.Server{PacketConn: packets, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		answer := new(dns.Msg).SetReply(q)
		switch {
		case q.Question[0].Name != known:
			answer.Rcode = dns.RcodeNameError
		case q.Question[0].Qtype == dns.TypeA:
			answer.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: known, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.IPv4(127, 0, 0, 1),
			}}
		}
		_ = w.WriteMsg(answer)
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = packets.Close() })
	return packets.LocalAddr().String()
}

func TestNamesAreAskedOfTheResolver(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(ok))
	t.Cleanup(server.Close)
	via := &observe.Internet{Resolver: resolver(t, "www.example.org.")}
	port := server.Listener.Addr().(*net.TCPAddr).Port
	seen := send(t, via, requestpath.Request{Scheme: "http", Name: "www.example.org", Port: port})
	assert.Equal(t, 200, seen.Status, seen.Detail)
	for _, r := range []requestpath.Request{
		{Name: "gone.example.org"},
		{Name: "www.example.org", ConnectTo: "gone.example.org"},
		{Name: "www.example.org", From: requestpath.Source{Address: "2001:db8::1"}},
	} {
		seen := send(t, via, r)
		assert.Equal(t, requestpath.NameNotFound, seen.Reason)
		assert.NotContains(t, seen.Detail, "\n")
	}
	r := requestpath.Request{Scheme: "http", Name: "gone.example.org", ConnectTo: "127.0.0.1", Port: port}
	assert.Equal(t, 200, send(t, via, r).Status)
}
