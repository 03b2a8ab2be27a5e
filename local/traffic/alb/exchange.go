package alb

import (
	"maps"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// exchange is one request and what was decided about it.
type exchange struct {
	port   *servedListener
	req    *http.Request // as it came
	out    *http.ResponseController
	client connection
	from   netip.Addr
	rule   string
	action string // what was done, as the access log has it
	group  *group
	target *target
	once   sync.Once

	way      progress
	response *accesslog.Response // nil when nothing is logged
}

// serve answers a request or forwards it.
func (p *servedListener) serve(w http.ResponseWriter, req *http.Request) {
	if !p.loadBalancer.enter() {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer p.loadBalancer.work.Done()
	client, _ := req.Context().Value(clientConnKey{}).(connection)
	ex := &exchange{port: p, req: req, out: http.NewResponseController(w), client: client, from: wire.SourceOf(client).Address}
	ex.way.created, ex.way.trace = time.Now(), trace(req.Header.Get("X-Amzn-Trace-Id"))
	if p.loadBalancer.opts.AccessLog != nil {
		ex.response = &accesslog.Response{ResponseWriter: w}
		w = ex.response
		defer ex.log()
	}
	if req.Method == "PRI" { // HTTP/2 where it is not spoken
		w.Header().Set("Connection", "close")
		send(w, req, http.StatusBadRequest, "text/html", page(http.StatusBadRequest))
		return
	}
	if time.Since(client.Since) > p.loadBalancer.seconds(p.loadBalancer.registered.ClientKeepAlive) {
		w.Header().Set("Connection", "close")
	}
	if status := ex.refused(); status != 0 {
		ex.answer(w, status)
		return
	}
	if p.loadBalancer.opts.WebACL != nil {
		ex.action = "waf"
	}
	if block := p.loadBalancer.opts.WebACL.Ask(req, wire.SourceOf(client)); block != nil {
		ex.block(w, block)
		return
	}
	if p.loadBalancer.registered.DropInvalidHeaderFields {
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
	case ex.port.tls != nil && req.TLS == nil: // plain HTTP to the HTTPS port
		return http.StatusBadRequest
	case tooLong(req):
		return http.StatusBadRequest
	case req.Method == http.MethodTrace:
		return http.StatusMethodNotAllowed
	case req.Method == http.MethodConnect: // inferred
		return http.StatusBadRequest
	case strings.Count(strings.Join(req.Header.Values("X-Forwarded-For"), ","), ",") >= hopLimit:
		return 463
	}
	return 0
}

func tooLong(req *http.Request) bool {
	longest := len(req.Method) + len(req.RequestURI) + len("  HTTP/1.1")
	total := longest + len("Host: ") + len(req.Host)
	for name, values := range req.Header {
		for _, v := range values {
			size := len(name) + len(": ") + len(v)
			longest, total = max(longest, size), total+size
		}
	}
	return longest > lineLimit || total > headerLimit
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

// block answers a request that the web ACL blocks, which is asked before the rules.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html (the order)
func (ex *exchange) block(w http.ResponseWriter, block *waf.Block) {
	maps.Copy(w.Header(), block.Header)
	if block.ContentType == "" {
		ex.answer(w, block.Status)
		return
	}
	ex.emit(block.Status, true)
	send(w, ex.req, block.Status, block.ContentType, block.Body)
}

// actionRedirect is the type of an action that redirects.
const actionRedirect = "redirect"

// act does what a rule says.
func (ex *exchange) act(w http.ResponseWriter, r rule) {
	ex.rule, ex.action = r.name(), strings.TrimPrefix(ex.action+","+r.Actions[0].Type, ",")
	switch a := r.Actions[0]; a.Type {
	case actionRedirect:
		w.Header().Set("Location", location(a.Redirect, ex.port.Listener, ex.req))
		ex.answer(w, statusOf(a.Redirect.StatusCode))
	case "fixed-response":
		fixed := a.FixedResponse
		status := statusOf(fixed.StatusCode)
		ex.emit(status, true)
		send(w, ex.req, status, fixed.ContentType, fixed.MessageBody)
	default:
		ex.forward(w, r.forward)
	}
}

// statusOf reads the code of an action, "404" or "HTTP_301".
func statusOf(code string) int {
	status, _ := strconv.Atoi(strings.TrimPrefix(code, "HTTP_"))
	return status
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
	if !acceptsVersion(ex.group.ProtocolVersion, ex.req) {
		ex.answer(w, 464)
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
	proxy := httputil.ReverseProxy{
		Rewrite: ex.rewrite, Transport: ex, ErrorHandler: ex.failed, ErrorLog: discard,
		ModifyResponse: func(res *http.Response) error {
			ex.way.status = res.StatusCode
			ex.emit(res.StatusCode, false)
			return nil
		},
	}
	proxy.ServeHTTP(w, ex.req)
}

// answer sends the load balancer's own page.
func (ex *exchange) answer(w http.ResponseWriter, status int) {
	ex.emit(status, true)
	if ex.req.TLS == nil && ex.port.tls != nil {
		w.Header().Set("Connection", "close")
	}
	send(w, ex.req, status, "text/html", page(status))
}

// emit emits the event of the request, once, before the client can have its answer.
func (ex *exchange) emit(status int, answered bool) {
	ex.once.Do(func() {
		e := wire.Event{
			Hop: wire.HopLoadBalancer, Name: ex.port.loadBalancer.registered.Name, Kind: wire.Request,
			Protocol: protocolName(ex.req), Host: ex.req.Host, Method: ex.req.Method, Path: ex.req.URL.EscapedPath(),
			Rule: ex.rule, Status: status, Answered: answered,
		}
		if state := ex.req.TLS; state != nil {
			e.SNI, e.TLS = state.ServerName, awstable.TLSName(state.Version)
		}
		ex.port.loadBalancer.opts.Sink.Emit(e)
	})
}
