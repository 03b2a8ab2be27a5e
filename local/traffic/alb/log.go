package alb

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// connection is a client's, with the id that both logs have of it.
type connection struct {
	*wire.Received
	id string
}

func newConnection(client *wire.Received) connection {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return connection{client, fmt.Sprintf("TID_%x", id)}
}

// progress is how far a request got on its way to the target.
type progress struct {
	created  time.Time
	trace    string                    // of X-Amzn-Trace-Id
	sent     atomic.Pointer[time.Time] // when the whole request was sent to the target
	answered time.Time                 // when the header of its response came
	status   int                       // of the target's response
}

// times are the three times of an entry.
func (g *progress) times(first time.Time) (request, target, response time.Duration) {
	request, target, response = accesslog.Unknown, accesslog.Unknown, accesslog.Unknown
	sent := g.sent.Load()
	if sent == nil && g.status != 0 {
		sent = &g.answered // the target did not wait for the whole request
	}
	if sent != nil {
		request = sent.Sub(g.created)
	}
	if g.status != 0 {
		target, response = max(0, g.answered.Sub(*sent)), max(0, first.Sub(g.answered))
	}
	return request, target, response
}

// id is the load balancer in a log, the end of its ARN: app/name/number.
func (r *Running) id() string {
	_, id, found := strings.Cut(r.registered.ARN, ":loadbalancer/")
	if !found {
		return r.registered.Name
	}
	return id
}

// addressOf is a simulated address and port.
func addressOf(a net.Addr) netip.AddrPort {
	at, _ := netip.ParseAddrPort(a.String()) // what is no address stays invalid
	return at
}

// log writes the entry of a request that has ended.
func (ex *exchange) log() {
	p, req, res := ex.port, ex.req, ex.response
	e := accesslog.Request{
		Type: typeOf(req, res.Status), Created: ex.way.created, At: time.Now(),
		LoadBalancer: p.loadBalancer.registered.Name, ID: p.loadBalancer.id(),
		Client: addressOf(ex.client.RemoteAddr()), Node: addressOf(ex.client.LocalAddr()).Addr(),
		Status: res.Status, TargetStatus: ex.way.status, Received: accesslog.Received(req), Sent: res.Sent(),
		Method: req.Method, URL: urlOf(req, p.Port), Version: req.Proto, UserAgent: req.UserAgent(),
		Trace: ex.way.trace, Rule: ex.priority(), Action: ex.action, RedirectURL: res.Header().Get("Location"),
		Connection: ex.client.id,
	}
	e.RequestTime, e.TargetTime, e.ResponseTime = ex.way.times(res.First)
	if !strings.HasSuffix(ex.action, actionRedirect) {
		e.RedirectURL = ""
	}
	// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
	if e.Status == 0 {
		e.Status = 460
	}
	if ex.group != nil {
		e.TargetGroupARN = ex.group.ARN
	}
	if ex.target != nil {
		e.Target = ex.target.at
	}
	if state := req.TLS; state != nil {
		e.TLS, e.Cipher, e.SNI = awstable.TLSName(state.Version), accesslog.CipherName(state), state.ServerName
		e.CertificateARN = p.loadBalancer.arnOf(p.certificates.forName(state.ServerName))
	}
	p.loadBalancer.opts.AccessLog(e.Line())
}

// typeOf is the type of a request that was answered with a status.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
func typeOf(req *http.Request, status int) string {
	secure := req.TLS != nil
	switch {
	case status == http.StatusSwitchingProtocols && secure:
		return "wss"
	case status == http.StatusSwitchingProtocols:
		return "ws"
	case secure && isGRPC(req):
		return "grpcs"
	case secure && req.ProtoMajor >= 2:
		return "h2"
	case secure:
		return "https"
	}
	return "http"
}

// urlOf is the URL in an entry, which always has the listener's port.
func urlOf(req *http.Request, port int) string {
	scheme := "http"
	if req.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(hostOf(req), strconv.Itoa(port)) + req.URL.RequestURI()
}

// priority is the rule in an entry: 0 is the default action, empty none.
func (ex *exchange) priority() string {
	if ex.rule == defaultRule {
		return "0"
	}
	return ex.rule
}

// arnOf is the ARN of a certificate.
func (r *Running) arnOf(c *tls.Certificate) string {
	for arn, known := range r.opts.Certificates {
		if known == c {
			return arn
		}
	}
	return ""
}

// handshake agrees on TLS with a client, and logs the connection. It returns nil when
// there is no agreement; the connection is closed then.
func (p *servedListener) handshake(client connection) *tls.Conn {
	began := time.Now()
	ctx, cancel := context.WithTimeout(p.loadBalancer.ctx, p.loadBalancer.idle())
	defer cancel()
	secure := tls.Server(client, p.tls)
	err := secure.HandshakeContext(ctx)
	state := secure.ConnectionState()
	e := accesslog.Connection{Status: accesslog.HandshakeFailed, TLS: awstable.TLSName(state.Version)}
	if err == nil {
		e.Status, e.Handshake = accesslog.HandshakeDone, time.Since(began)
		e.Cipher, e.KeyExchange = accesslog.CipherName(&state), state.CurveID.String()
	}
	p.logConnection(client, e)
	if err != nil {
		_ = client.Close() // the handshake has failed already
		return nil
	}
	return secure
}

// logConnection completes the entry of a connection, and writes it.
func (p *servedListener) logConnection(client connection, e accesslog.Connection) {
	sink := p.loadBalancer.opts.AccessLog
	if sink == nil {
		return
	}
	e.At, e.LoadBalancer, e.ID = time.Now(), p.loadBalancer.registered.Name, p.loadBalancer.id()
	e.Client, e.Node, e.Port = addressOf(client.RemoteAddr()), addressOf(client.LocalAddr()).Addr(), p.Port
	e.Connection = client.id
	sink(e.Line())
}
