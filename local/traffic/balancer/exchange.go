package balancer

import (
	"context"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// rule is a rule with what it needs to act; the last one of a port is the default.
type rule struct {
	Rule
	name    string
	forward *shares
}

// newRules are the rules of a port in the order of their evaluation.
func (p *servedListener) newRules() []rule {
	var out []rule
	for _, r := range p.config.Rules {
		out = append(out, rule{r, strconv.Itoa(r.Priority), p.balancer.newShares(r.Action)})
	}
	return append(out, rule{Rule{Action: p.config.Default}, "default", p.balancer.newShares(p.config.Default)})
}

// exchange is one request and what was decided about it.
type exchange struct {
	port   *servedListener
	req    *http.Request // as it came
	out    *http.ResponseController
	client *wire.Received
	from   netip.Addr
	rule   string
	group  *group
	target *target
	once   sync.Once
}

type exchangeKey struct{}

func exchangeOf(req *http.Request) *exchange {
	ex, _ := req.Context().Value(exchangeKey{}).(*exchange)
	return ex
}

// serve answers a request or forwards it.
func (p *servedListener) serve(w http.ResponseWriter, req *http.Request) {
	if !p.balancer.enter() {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer p.balancer.work.Done()
	client, _ := req.Context().Value(clientConnKey{}).(*wire.Received)
	if client == nil || req.Method == "PRI" { // HTTP/2 where it is not spoken
		w.Header().Set("Connection", "close")
		answer(w, req, http.StatusBadRequest)
		return
	}
	ex := &exchange{port: p, req: req, out: http.NewResponseController(w), client: client, from: wire.SourceOf(client).Address}
	if time.Since(client.Since) > p.balancer.clientAlive() {
		w.Header().Set("Connection", "close")
	}
	if status := ex.refused(); status != 0 {
		ex.answer(w, status)
		return
	}
	if p.balancer.config.DropInvalid {
		dropInvalid(req.Header)
	}
	for _, r := range p.rules {
		if r.matches(req, ex.from) {
			ex.act(w, r)
			return
		}
	}
}

// Limits of a request's header.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const (
	lineLimit   = 16 << 10 // the request line, and each header by itself
	headerLimit = 64 << 10 // all of it
	hopLimit    = 30       // addresses in X-Forwarded-For
)

// refused is the status of a request that the listener itself refuses; 0 when it
// does not.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (ex *exchange) refused() int {
	req := ex.req
	switch {
	case ex.port.config.Secure && req.TLS == nil: // plain HTTP to the HTTPS port
		return http.StatusBadRequest
	case tooLong(req):
		return http.StatusBadRequest
	case req.Method == http.MethodTrace:
		return http.StatusMethodNotAllowed
	case req.Method == http.MethodConnect: // inferred
		return http.StatusBadRequest
	case forwarders(req.Header) > hopLimit:
		return 463
	}
	return 0
}

func tooLong(req *http.Request) bool {
	line := len(req.Method) + len(req.RequestURI) + len("  HTTP/1.1")
	total := line + len("Host: ") + len(req.Host)
	if line > lineLimit {
		return true
	}
	for name, values := range req.Header {
		for _, v := range values {
			size := len(name) + len(": ") + len(v)
			if size > lineLimit {
				return true
			}
			total += size
		}
	}
	return total > headerLimit
}

// forwarders are how many addresses X-Forwarded-For holds.
func forwarders(h http.Header) int {
	count := 0
	for _, v := range h.Values("X-Forwarded-For") {
		count += strings.Count(v, ",") + 1
	}
	return count
}

// validName is a header's name that is kept when invalid ones are dropped.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
var validName = regexp.MustCompile(`^[-A-Za-z0-9]+$`)

func dropInvalid(h http.Header) {
	for name := range h {
		if !validName.MatchString(name) {
			delete(h, name)
		}
	}
}

// act does what a rule says.
func (ex *exchange) act(w http.ResponseWriter, r rule) {
	ex.rule = r.name
	switch {
	case r.Action.Redirect != nil:
		w.Header().Set("Location", r.Action.Redirect.location(ex.port.config, ex.req))
		ex.answer(w, r.Action.Redirect.Status)
	case r.Action.Fixed != nil:
		ex.emit(r.Action.Fixed.Status, true)
		send(w, ex.req, *r.Action.Fixed)
	default:
		ex.forward(w, r.forward)
	}
}

// forward passes a request on to a target. Whether the group takes its version is
// checked before a target is chosen.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (ex *exchange) forward(w http.ResponseWriter, s *shares) {
	ex.group = s.next()
	if ex.group == nil {
		ex.answer(w, http.StatusServiceUnavailable)
		return
	}
	if !acceptsVersion(ex.group.config.Version, ex.req) {
		ex.answer(w, misdirected)
		return
	}
	ex.target = ex.group.choose(ex.req.Context())
	if ex.req.Context().Err() != nil {
		ex.emit(0, false) // the client is gone
		return
	}
	if ex.target == nil {
		ex.answer(w, http.StatusServiceUnavailable)
		return
	}
	w.Header()["Content-Type"] = nil // the target's, or none: it is not guessed
	ctx := context.WithValue(ex.req.Context(), exchangeKey{}, ex)
	ex.port.balancer.proxy.ServeHTTP(w, ex.req.WithContext(ctx))
}

// answer sends the load balancer's own page.
func (ex *exchange) answer(w http.ResponseWriter, status int) {
	ex.emit(status, true)
	if ex.req.TLS == nil && ex.port.config.Secure {
		w.Header().Set("Connection", "close")
	}
	answer(w, ex.req, status)
}

// emit emits the event of the request, once, before the client can have its answer.
func (ex *exchange) emit(status int, answered bool) {
	ex.once.Do(func() {
		e := wire.Event{
			Hop: wire.HopBalancer, Name: ex.port.balancer.config.Name, Kind: wire.Request,
			TLS: versionName(ex.req.TLS), Protocol: protocolName(ex.req),
			Host: ex.req.Host, Method: ex.req.Method, Path: ex.req.URL.EscapedPath(),
			Rule: ex.rule, Status: status, Answered: answered,
		}
		if ex.req.TLS != nil {
			e.SNI = ex.req.TLS.ServerName
		}
		ex.port.balancer.opts.Sink.Emit(e)
	})
}

// idle is how long a connection may carry nothing.
func (r *Running) idle() time.Duration { return r.network.Clock().Seconds(r.config.IdleSeconds) }

// clientAlive is how long a client may keep a connection.
func (r *Running) clientAlive() time.Duration {
	return r.network.Clock().Seconds(r.config.ClientSeconds)
}
