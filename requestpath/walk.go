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
	return NewSession(plan).Walk(request)
}

// walker is one walk in progress.
type walker struct {
	plan *Plan
	// cache is what distributions keep, now the second of the session.
	cache    map[string]cached
	now      int
	hops     []*Hop
	warnings []Warning
}

// peer is who opens a connection, as networks and security groups see it.
type peer struct {
	address       netip.Addr
	lists, groups []string
	// country is "" where it is not known.
	country string
	// inside says that private addresses are within reach.
	inside bool
	// guarded says that the egress rules of groups hold.
	guarded bool
	// fetch and load balancer are set when a distribution or one of those is the peer.
	fetch        *fetch
	loadBalancer *LoadBalancer
}

// call is a request on the wire between two hops.
type call struct {
	from                           peer
	scheme, dialled                string
	port                           int
	sni, host, method, path, query string
	headers                        []Header
	// body is its size in bytes.
	body int
	// version is what the request is; offers are the HTTP versions that the
	// connection may be of, the best first.
	version string
	offers  []string
	// priorKnowledge speaks HTTP/2 without TLS too.
	priorKnowledge bool
	// signed says that a distribution signed it, for a bucket.
	signed bool
	tls    []string
	// checks are the names of which the certificate has to cover one; without
	// any, no certificate is looked at.
	checks []string
}

// cause is the reasoning behind an answer.
type cause struct {
	fact            Fact
	why, fix, field string
}

// answer is an HTTP response on its way back. Without a Status it is a connection
// that did not come about, or broke; Reason then says why.
type answer struct {
	Outcome
	// delay is how many seconds it takes until it begins, or is noticed.
	delay int
	// cacheControl is the header of the origin's answer.
	cacheControl string
	// spoken are the TLS versions of a server that has none of the sender's.
	spoken []string
}

// final says that no hop makes a status of it: the plan itself is at fault.
func (a *answer) final() bool { return a.Reason == RefusedByAWS || a.Reason == NotDescribed }

// answer is one that the hop produces.
func (h *Hop) answer(status int, c cause) *answer {
	return &answer{Outcome: Outcome{
		Status: status, By: h.Kind, ByName: h.Name, Why: c.why, Fix: c.fix, Field: c.field, Fact: c.fact,
	}}
}

// instead is the hop's answer in place of a connection that failed behind it.
func (h *Hop) instead(status int, failure *answer) *answer {
	a := *failure
	a.Status, a.Reason, a.By, a.ByName = status, "", h.Kind, h.Name
	return &a
}

// answers is an answer of the hop that is also its decision.
func (h *Hop) answers(status int, c cause) *answer {
	h.Decision = fmt.Sprintf("answers %d", status)
	return h.answer(status, c)
}

func (h *Hop) redirects(status int, location string, c cause) *answer {
	h.Decision = fmt.Sprintf("redirects with %d to %s", status, location)
	a := h.answer(status, c)
	a.Location = location
	return a
}

// fails is a connection to the hop that does not come about, or breaks.
func (h *Hop) fails(reason Reason, decision string, c cause) *answer {
	h.Decision = decision
	a := h.answer(0, c)
	a.Reason = reason
	return a
}

// refusedByAWS is a hop that cannot be deployed.
func (h *Hop) refusedByAWS(c *cause) *answer {
	return h.fails(RefusedByAWS, "does not exist: AWS refuses it", *c)
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

func (w *walker) send(c call) *answer {
	if c.from.throughVPC() {
		return w.intoVPC(c)
	}
	at, missing := w.resolve(c)
	switch {
	case missing != nil:
		return missing
	case at.distribution != nil:
		return w.atDistribution(c, at.distribution)
	case at.loadBalancer != nil:
		return w.atLoadBalancer(c, at.loadBalancer)
	case at.bucket != nil:
		return w.atBucket(c, at.bucket)
	case at.server != nil && w.neverStarts(at.server) == nil:
		return w.atServer(c, HopOrigin, at)
	}
	return w.arrive(HopOrigin, "", c).fails(Timeout, "nobody answers", cause{
		fact: factNobodyThere, field: "records",
		why: fmt.Sprintf("nothing runs at address %s, to which %s leads", at.address, c.dialled),
		fix: fmt.Sprintf("let %s lead to the address of a server, or to the name of a distribution or a load balancer", c.dialled),
	})
}

// undescribed is a reference of the plan to something that is not in it.
func (h *Hop) undescribed(field, what string) *answer {
	return h.fails(NotDescribed, h.Decision, cause{
		fact: factNotDescribed, field: field,
		why: fmt.Sprintf("%s refers to %s, which is not in the plan", field, what),
		fix: fmt.Sprintf("describe %s, or let %s name something else", what, field),
	})
}

// hostname is a Host header without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// fieldOf is the path of a field in the plan, as in distributions[site].aliases.
func fieldOf(parts ...string) string { return strings.Join(parts, ".") }

func part(list string, name any) string { return fmt.Sprintf("%s[%v]", list, name) }
