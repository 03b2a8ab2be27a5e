package verify_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// plan is a load balancer on port 80 with one server behind it.
func plan() requestpath.Plan {
	world := []requestpath.Access{{CIDR: "0.0.0.0/0"}}
	return requestpath.Plan{
		Records: []requestpath.Record{{Name: "www.example.com", Alias: "web-1.us-east-1.elb.amazonaws.com"}},
		LoadBalancers: []requestpath.LoadBalancer{{
			Name: "web", DNSName: "web-1.us-east-1.elb.amazonaws.com", SecurityGroups: []string{"open"},
			Listeners: []requestpath.Listener{{
				Port: 80, Protocol: requestpath.ProtocolHTTP,
				DefaultAction: requestpath.Action{Type: requestpath.ActionForward, TargetGroup: "app"},
			}},
		}},
		TargetGroups: []requestpath.TargetGroup{{
			Name: "app", Port: 80, Protocol: requestpath.ProtocolHTTP, Targets: []requestpath.Target{{Server: "one"}},
		}},
		Servers: []requestpath.Server{{
			Name: "one", Addresses: []string{"198.51.100.20"}, SecurityGroups: []string{"closed"},
			Listeners: []requestpath.ServerListener{{Port: 80}},
		}},
		SecurityGroups: []requestpath.SecurityGroup{
			{Name: "open", Ingress: world, Egress: world},
			{Name: "closed", Ingress: []requestpath.Access{{SecurityGroup: "open"}}},
		},
	}
}

// network leads the load balancer's name to front, and everything else nowhere or to
// behind.
type network struct {
	front, behind string
}

func (network) Lookup(_ context.Context, _ requestpath.Source, name string) ([]netip.Addr, error) {
	if name != "www.example.com" {
		return nil, observe.ErrNameNotFound
	}
	return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
}

func (n network) Dial(ctx context.Context, _ requestpath.Source, name string, at netip.AddrPort) (net.Conn, error) {
	if at.Port() == 443 {
		return nil, syscall.ECONNREFUSED
	}
	to := map[bool]string{true: n.front, false: n.behind}[name == "www.example.com"]
	if to == "" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", to)
}

func (network) DialPacket(context.Context, requestpath.Source, string, netip.AddrPort) (net.PacketConn, net.Addr, error) {
	return nil, nil, net.ErrClosed
}

func (network) Roots() *x509.CertPool { return nil }

func (network) Patience() observe.Patience {
	return observe.Patience{Connect: 100 * time.Millisecond, QUIC: time.Second, Answer: 10 * time.Second}
}

// answering is a server that tells the recorder that who answers.
func answering(t *testing.T, recorder *verify.Recorder, status int, hop, who string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder.Note(wire.Event{Hop: hop, Name: who, Kind: wire.Request, Host: r.Host, Status: status, Answered: true})
		recorder.Note(wire.Event{Hop: wire.HopLoadBalancer, Name: "web", Kind: wire.Request, Host: r.Host, Rule: "default", Status: status})
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func TestPredictionAndObservationAreCompared(t *testing.T) {
	around := "around the front to server one, 198.51.100.20 port 80"
	for _, c := range []struct {
		name     string
		status   int
		who      string
		open     bool // a way around
		change   func(*requestpath.Plan)
		verdicts []string
		says     string
	}{
		{"alike", 200, "one", false, nil, []string{verify.OK, verify.OK}, ""},
		{"another status", 502, "one", false, nil, []string{verify.Differs, verify.OK}, "status: expected 200, observed 502"},
		{"somebody else", 200, "two", false, nil, []string{verify.Differs, verify.OK}, "answered by: expected target one, observed target two"},
		{"a way around that is not predicted", 200, "one", true, nil, []string{verify.OK, verify.Differs}, "status: expected 0, observed 200"},
		{"predicted error", 500, "one", false, func(p *requestpath.Plan) { p.Servers[0].Listeners[0].Answer.Status = 500 },
			[]string{verify.Unanswered, verify.OK}, ""},
		{"predicted way around", 200, "one", true, func(p *requestpath.Plan) { p.Servers[0].SecurityGroups = []string{"open"} },
			[]string{verify.OK, verify.Unrejected}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			recorder := &verify.Recorder{}
			via := network{front: answering(t, recorder, c.status, wire.HopTarget, c.who)}
			if c.open {
				via.behind = answering(t, recorder, 200, wire.HopOrigin, "one")
			}
			p := plan()
			if c.change != nil {
				c.change(&p)
			}
			rows, err := verify.All(t.Context(), via, p, recorder)
			require.NoError(t, err)
			require.Len(t, rows, 3)
			assert.Equal(t, "http://www.example.com/", rows[0].Name)
			assert.Equal(t, verify.Unanswered, rows[1].Verdict, "nothing listens on port 443, as predicted")
			rows = append(rows[:1], rows[2])
			assert.Equal(t, around, rows[1].Name)
			assert.Equal(t, c.verdicts, []string{rows[0].Verdict, rows[1].Verdict}, "%+v", rows)
			var all []string
			for _, row := range rows {
				all = append(all, row.Differences...)
				if row.Verdict != verify.OK {
					assert.NotEmpty(t, row.Why)
				}
				if row.Verdict == verify.Unrejected {
					assert.Equal(t, "nothing in between rejects it: let the security groups of one admit on port 80 only what stands before it", row.Fix)
				}
			}
			if c.says == "" {
				assert.Empty(t, all)
			} else {
				assert.Contains(t, all, c.says)
			}
		})
	}
}

func TestRowsSayWhoAnswered(t *testing.T) {
	recorder := &verify.Recorder{}
	via := network{front: answering(t, recorder, 200, wire.HopTarget, "one")}
	rows, err := verify.All(t.Context(), via, plan(), recorder)
	require.NoError(t, err)
	assert.Equal(t, "200 by target one", rows[0].Expected)
	assert.Equal(t, rows[0].Expected, rows[0].Observed)
	assert.Equal(t, "connection-refused", rows[1].Observed)
	assert.Equal(t, "timeout", rows[2].Observed)
	rows, err = verify.All(t.Context(), via, plan(), &verify.Recorder{})
	require.NoError(t, err)
	assert.Equal(t, "200", rows[0].Observed, "no event says who answered")
	assert.Equal(t, []string{"answered by: expected target, observed "}, rows[0].Differences)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = verify.All(ctx, via, plan(), recorder)
	require.ErrorIs(t, err, context.Canceled)
}

// checked is a server that answers for one; before its answer is sent, another
// target reports two health checks, the first in plain HTTP on a TLS port.
func checked(t *testing.T, recorder *verify.Recorder, hop string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		recorder.Note(wire.Event{Hop: wire.HopTarget, Name: "other", Kind: wire.Request, Status: 400, Answered: true})
		recorder.Note(wire.Event{Hop: hop, Name: "one", Kind: wire.Request, Host: r.Host, Status: 200, Answered: true})
		recorder.Note(wire.Event{Hop: wire.HopTarget, Name: "other", Kind: wire.Handshake})
		recorder.Note(wire.Event{Hop: wire.HopTarget, Name: "other", Kind: wire.Request, Host: "10.0.0.9:80", Status: 200, Answered: true})
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// A health check that comes between request and answer is not the request's.
func TestHealthChecksAreNotTakenForTheRequest(t *testing.T) {
	recorder := &verify.Recorder{}
	via := network{front: checked(t, recorder, wire.HopTarget), behind: checked(t, recorder, wire.HopOrigin)}
	p := plan()
	p.Servers[0].SecurityGroups = []string{"open"}
	rows, err := verify.All(t.Context(), via, p, recorder)
	require.NoError(t, err)
	require.Len(t, rows, 3)
	assert.Equal(t, verify.OK, rows[0].Verdict, "%+v", rows[0])
	assert.Equal(t, "200 by target one", rows[0].Observed)
	assert.Equal(t, verify.Unrejected, rows[2].Verdict, "%+v", rows[2])
	assert.Equal(t, "200 by origin one", rows[2].Observed)
}

// Which of several targets a load balancer chooses is not predicted.
func TestEitherOfSeveralTargetsMayAnswer(t *testing.T) {
	p := plan()
	second := p.Servers[0]
	second.Name, second.Addresses = "two", []string{"198.51.100.21"}
	p.Servers = append(p.Servers, second)
	p.TargetGroups[0].Targets = append(p.TargetGroups[0].Targets, requestpath.Target{Server: "two"})
	for _, who := range []string{"one", "two"} {
		recorder := &verify.Recorder{}
		via := network{front: answering(t, recorder, 200, wire.HopTarget, who)}
		rows, err := verify.All(t.Context(), via, p, recorder)
		require.NoError(t, err)
		assert.Equal(t, verify.OK, rows[0].Verdict, "%+v", rows[0])
	}
}
