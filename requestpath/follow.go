package requestpath

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// MaxRedirects is how many redirects Follow follows at most, as browsers do.
const MaxRedirects = 20

// Chain is a request with the redirects that it leads to.
type Chain struct {
	// Traces are the requests in order, one at least.
	Traces []Trace `json:"traces"`
	// Outcome is the last trace's, or tells of the loop.
	Outcome Outcome `json:"outcome"`
}

// Follow walks a request and follows redirects until one ends in an answer. A
// redirect to what was asked for before is a loop, and so are more than MaxRedirects.
func Follow(plan Plan, request Request) Chain { return NewSession(plan).Follow(request) }

// Follow walks a request and follows redirects as the function of that name does.
func (s *Session) Follow(request Request) Chain {
	var chain Chain
	seen := map[string]bool{}
	for {
		trace := s.Walk(request)
		chain.Traces = append(chain.Traces, trace)
		chain.Outcome = trace.Outcome
		seen[identity(trace.Request)] = true
		next, ok := trace.next()
		if !ok {
			chain.blameLeak(s.plan)
			return chain
		}
		if seen[identity(next)] {
			chain.Outcome = trace.loop(s.plan, "leads back to where the viewer was sent before")
			return chain
		}
		if len(chain.Traces) > MaxRedirects {
			chain.Outcome = trace.loop(s.plan, fmt.Sprintf("is one more than the %d that are followed", MaxRedirects))
			return chain
		}
		request = next
	}
}

// identity tells requests apart as far as the plan can.
func identity(r Request) string {
	r = r.withDefaults()
	return r.Method + " " + r.URL() + " " + r.Host
}

// next is the request that a redirect asks for, if the answer is one.
// Sourced: https://www.rfc-editor.org/rfc/rfc9110#section-15.4
func (w Trace) next() (Request, bool) {
	o := w.Outcome
	if o.Status < 300 || o.Status > 399 || o.Location == "" {
		return Request{}, false
	}
	from, err := url.Parse(w.Request.URL())
	if err != nil {
		return Request{}, false
	}
	to, err := from.Parse(o.Location)
	if err != nil || to.Hostname() == "" || to.Scheme != SchemeHTTP && to.Scheme != SchemeHTTPS {
		return Request{}, false
	}
	r := w.Request
	port, _ := strconv.Atoi(to.Port())
	if to.Hostname() != r.Name {
		r.ConnectTo = ""
	}
	r.Scheme, r.Name, r.Port, r.Path, r.Query = to.Scheme, to.Hostname(), port, to.EscapedPath(), to.RawQuery
	r.Host = ""
	if o.Status < 307 && r.Method != "HEAD" {
		r.Method, r.BodyBytes = "GET", 0
	}
	return r.withDefaults(), true
}

// blameLeak names the cause of a failure at a name to which viewers should never have
// been sent.
func (c *Chain) blameLeak(plan *Plan) {
	o := &c.Outcome
	for _, before := range c.Traces[:len(c.Traces)-1] {
		i := slices.IndexFunc(before.Outcome.Warnings, func(w Warning) bool { return w.Fact == factRedirectLeak })
		if i < 0 || o.OK() {
			continue
		}
		leak := before.Outcome.Warnings[i]
		o.Fact, o.Warnings = factRedirectLeak, append(slices.Clone(o.Warnings), leak)
		o.Why = fmt.Sprintf("%s; there %s", leak.Text, o.Why)
		o.Fix = "forward the Host header to the origin, whose certificate then has to cover the viewers' names, or redirect to a path without scheme and name"
		if f, ok := before.fetch(plan); ok {
			o.Field = f.behaviorField("forwardsHost")
		}
		before.blamePlainOrigin(plan, o)
		return
	}
}

// loop is the outcome of redirects that do not end.
func (w Trace) loop(plan *Plan, how string) Outcome {
	o := w.Outcome
	o.Reason, o.Fact = RedirectLoop, factRedirectLoop
	o.Why = fmt.Sprintf("the redirect to %s %s", o.Location, how)
	o.Field = "request"
	o.Fix = "let the hop that redirects see the request as the viewer sent it, or redirect to another URL"
	w.blamePlainOrigin(plan, &o)
	return o
}

// blamePlainOrigin names the cause of a redirect to HTTPS that would not be there if the
// origin was asked over HTTPS.
func (w Trace) blamePlainOrigin(plan *Plan, o *Outcome) {
	f, ok := w.fetch(plan)
	if origin := w.Origin(); ok && origin != nil && origin.TLS == "" && strings.HasPrefix(w.Outcome.Location, SchemeHTTPS+"://") {
		o.Why += ": the distribution asks its origin over plain HTTP, and the origin asks for HTTPS"
		o.Field = f.originField("protocolPolicy")
		o.Fix = "set the origin protocol policy to https-only"
	}
}

// fetch is what the distribution of the trace asks.
func (w Trace) fetch(plan *Plan) (fetch, bool) {
	h := w.Hop(HopDistribution)
	if h == nil {
		return fetch{}, false
	}
	e := find(plan.Distributions, func(e *Distribution) bool { return e.Name == h.Name })
	if e == nil {
		return fetch{}, false
	}
	return e.fetch(e.Behavior(h.Path))
}
