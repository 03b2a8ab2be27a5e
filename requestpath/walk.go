package requestpath

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Walk sends one request through the plan. It follows no redirects; Follow does.
func Walk(plan Plan, request Request) Trace {
	request = request.withDefaults()
	w := &walker{plan: &plan}
	a, f := w.send(request.call())
	if f != nil {
		a = f.answer()
	}
	return Trace{Request: request, Hops: w.trace(), Outcome: w.outcome(a)}
}

// walker is one walk in progress.
type walker struct {
	plan     *Plan
	hops     []*Hop
	warnings []Warning
}

// peer is who opens a connection, as networks and security groups see it.
type peer struct {
	address       netip.Addr
	lists, groups []string
	// inside says that private addresses are within reach.
	inside bool
	// guarded says that the egress rules of groups hold.
	guarded bool
	// edge and balancer are set when one of those is the peer.
	edge     *Distribution
	balancer *LoadBalancer
}

// call is a request on the wire between two hops.
type call struct {
	from                           peer
	scheme, dialled                string
	port                           int
	sni, host, method, path, query string
	headers                        []Header
	// version is what the request is; offers are the HTTP versions that the
	// connection may be of, the best first.
	version string
	offers  []string
	// priorKnowledge speaks HTTP/2 without TLS too.
	priorKnowledge bool
	tls            []string
	// checks are the names of which the certificate has to cover one; without
	// any, no certificate is looked at.
	checks []string
}

// cause is the reasoning behind an answer or a failure.
type cause struct {
	fact            Fact
	why, fix, field string
}

// answer is an HTTP response on its way back.
type answer struct {
	status   int
	reason   Reason
	by       HopKind
	byName   string
	xCache   string
	location string
	// delay is how many seconds it takes until it begins.
	delay int
	cause
}

// failure is a connection that did not come about, or broke.
type failure struct {
	reason Reason
	by     HopKind
	byName string
	// delay is how many seconds it takes until it is noticed.
	delay int
	// spoken are the TLS versions of a server that has none of the sender's.
	spoken []string
	cause
}

func (f *failure) answer() answer {
	return answer{reason: f.reason, by: f.by, byName: f.byName, cause: f.cause}
}

// final says that no hop turns the failure into an HTTP error: the plan itself
// is at fault.
func (f *failure) final() bool { return f.reason == RefusedByAWS || f.reason == NotDescribed }

func (w *walker) outcome(a answer) Outcome {
	return Outcome{
		Status: a.status, Reason: a.reason, By: a.by, ByName: a.byName, XCache: a.xCache, Location: a.location,
		Why: a.why, Fix: a.fix, Field: a.field, Fact: a.fact, Warnings: w.warnings,
	}
}

func (w *walker) warn(fact Fact, statuses []int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.ContainsFunc(w.warnings, func(o Warning) bool { return o.Text == text }) {
		w.warnings = append(w.warnings, Warning{Text: text, Statuses: statuses, Fact: fact})
	}
}

// arrive adds the hop at which the call arrives.
func (w *walker) arrive(kind HopKind, name string, c call) *Hop {
	h := &Hop{Kind: kind, Name: name, Dialled: c.dialled, Port: c.port, Host: c.host, Path: c.path}
	w.hops = append(w.hops, h)
	return h
}

func (w *walker) trace() []Hop {
	hops := make([]Hop, len(w.hops))
	for i, h := range w.hops {
		hops[i] = *h
	}
	return hops
}

// send dials and delivers the call.
func (w *walker) send(c call) (answer, *failure) {
	at, f := w.resolve(c)
	if f != nil {
		return answer{}, f
	}
	return w.deliver(c, at)
}

func (w *walker) deliver(c call, at place) (answer, *failure) {
	switch {
	case at.edge != nil:
		return w.atEdge(c, at.edge)
	case at.balancer != nil:
		return w.atBalancer(c, at.balancer)
	case at.server != nil && w.neverStarts(at.server) == nil:
		return w.atServer(c, HopOrigin, at)
	default:
		return answer{}, w.unanswered(c, at)
	}
}

// unanswered is a call to an address at which the plan has nothing, or a container that never
// starts.
func (w *walker) unanswered(c call, at place) *failure {
	w.arrive(HopOrigin, "", c).Decision = "nobody answers"
	return &failure{reason: Timeout, by: HopOrigin, cause: cause{
		fact: factNobodyThere, field: "records",
		why: fmt.Sprintf("nothing runs at address %s, to which %s leads", at.address, c.dialled),
		fix: fmt.Sprintf("let %s lead to the address of a server, or to the name of an edge or a balancer", c.dialled),
	}}
}

// undescribed is a reference of the plan to something that is not in it.
func undescribed(by HopKind, byName, field, what string) *failure {
	return &failure{reason: NotDescribed, by: by, byName: byName, cause: cause{
		fact: factNotDescribed, field: field,
		why: fmt.Sprintf("%s refers to %s, which is not in the plan", field, what),
		fix: fmt.Sprintf("describe %s, or let %s name something else", what, field),
	}}
}

// hostname is a Host header without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// fieldOf is the path of a field in the plan, parts of which are named as in
// edges[site].
func fieldOf(parts ...string) string { return strings.Join(parts, ".") }

func part(list string, name any) string { return fmt.Sprintf("%s[%v]", list, name) }
