package verify

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// Outcome is the part of a request's outcome that predictions and observations share.
type Outcome struct {
	// Status is 0 if there is no answer; then Reason says why.
	Status int
	Reason requestpath.Reason
	// By is the kind of hop that produced the status, ByName the resource.
	By     requestpath.HopKind
	ByName string
	// OneOfSeveral says that the load balancer might have chosen another server:
	// ByName is then only one of them.
	OneOfSeveral     bool
	XCache, Location string
	// SNI is the name in the distribution's handshake with its origin.
	SNI string
	// Rule is the load balancer's rule that applied.
	Rule string
	// Protocol is the HTTP version that client and first hop agreed on.
	Protocol string
	// Adds are the headers that a distribution adds, Headers those that the client got.
	Adds    []requestpath.ResponseHeader
	Headers http.Header
}

// Predicted returns the outcome that the model predicts.
func Predicted(plan requestpath.Plan, trace requestpath.Trace) Outcome {
	o := trace.Outcome
	out := Outcome{Status: o.Status, Reason: o.Reason, By: o.By, ByName: o.ByName, XCache: o.XCache, Location: o.Location, Adds: o.Adds}
	if origin := trace.Origin(); origin != nil && origin.Kind != requestpath.HopDistribution {
		out.SNI = firstSNI(trace)
	}
	if b := trace.Hop(requestpath.HopLoadBalancer); b != nil {
		out.Rule = b.Rule
	}
	out.OneOfSeveral = o.By == requestpath.HopTarget && isOneOfSeveral(plan, o.ByName)
	for _, h := range trace.Hops {
		if h.Kind != requestpath.HopDNS {
			out.Protocol = h.Protocol
			break
		}
	}
	return out
}

func isOneOfSeveral(plan requestpath.Plan, server string) bool {
	return slices.ContainsFunc(plan.TargetGroups, func(g requestpath.TargetGroup) bool {
		usable := slices.DeleteFunc(slices.Clone(g.Targets), func(t requestpath.Target) bool {
			return t.Health == requestpath.Draining || t.Health == requestpath.Unused
		})
		return len(usable) > 1 && slices.ContainsFunc(usable, func(t requestpath.Target) bool { return t.Server == server })
	})
}

// firstSNI returns the SNI with the first of a distribution's origins that gets as far as
// that: a secondary origin, if nothing listens at the primary one.
func firstSNI(trace requestpath.Trace) string {
	for i := range trace.Hops {
		h := &trace.Hops[i]
		dialled := slices.Contains([]requestpath.HopKind{requestpath.HopLoadBalancer, requestpath.HopOrigin, wire.HopBucket}, h.Kind)
		if dialled && h.SNI != "" && readsClientHello(h) {
			return h.SNI
		}
	}
	return ""
}

// readsClientHello reports whether the hop reads the ClientHello, which one that
// expects plain HTTP does not.
func readsClientHello(h *requestpath.Hop) bool { return !strings.Contains(h.Decision, "in plain HTTP") }

// Exchange is one request as the client saw it, with what the hops report about it.
type Exchange struct {
	observe.Observation
	Events []wire.Event
}

// Observed returns the outcome of a request that was sent.
func Observed(x Exchange) Outcome {
	out := Outcome{Status: x.Status, Reason: x.Reason, XCache: x.XCache, Location: x.Location, SNI: originSNI(x.Events), Protocol: x.Protocol, Headers: x.Headers}
	for _, e := range x.Events {
		if e.Hop == wire.HopLoadBalancer && e.Kind == wire.Request && e.Rule != "" {
			out.Rule = e.Rule
		}
	}
	if e, ok := producer(x); ok && x.Status != 0 {
		out.By, out.ByName = requestpath.HopKind(e.Hop), e.Name
	}
	return out
}

// producer returns the event of the hop that produced the status. If a distribution asked
// several origins, it is the last one whose status the viewer has. A target's event about
// plain HTTP on a TLS port has no Host header and may come from a health check: it counts
// only if there is no other.
func producer(x Exchange) (wire.Event, bool) {
	at := func(hop string) func(wire.Event) bool {
		return func(e wire.Event) bool { return e.Hop == hop }
	}
	passedOn := func(e wire.Event) bool {
		return e.Status == x.Status && (e.Hop != wire.HopTarget || e.Host != "")
	}
	for _, matches := range []func(wire.Event) bool{
		at(wire.HopDistribution), passedOn, at(wire.HopLoadBalancer),
		func(e wire.Event) bool { return e.Hop == wire.HopTarget && e.Host != "" },
		at(wire.HopOrigin), at(wire.HopBucket), at(wire.HopTarget),
	} {
		for _, e := range slices.Backward(x.Events) {
			if e.Kind == wire.Request && e.Answered && matches(e) {
				return e, true
			}
		}
	}
	return wire.Event{}, false
}

// originSNI returns the name in a distribution's handshake with its origin, the one that it
// asked first.
func originSNI(events []wire.Event) string {
	atDistribution := slices.ContainsFunc(events, func(e wire.Event) bool { return e.Hop == wire.HopDistribution })
	for _, e := range events {
		if atDistribution && e.Kind == wire.Handshake && (e.Hop == wire.HopLoadBalancer || e.Hop == wire.HopOrigin || e.Hop == wire.HopBucket) {
			return e.SNI
		}
	}
	return ""
}

// Differences lists the differences of two outcomes, except for what cannot be observed:
// who dropped or cut a connection; the resource, where CloudFront answers for none; the
// rule, if the distribution gave up before the load balancer answered.
func Differences(predicted, observed Outcome) []string {
	var out []string
	differ := func(what string, want, got any) {
		if want != got {
			out = append(out, fmt.Sprintf("%s: expected %v, observed %v", what, want, got))
		}
	}
	differ("status", predicted.Status, observed.Status)
	differ("reason", predicted.Reason, observed.Reason)
	differ("X-Cache", predicted.XCache, observed.XCache)
	differ("Location", predicted.Location, observed.Location)
	differ("SNI to the origin", predicted.SNI, observed.SNI)
	if predicted.Status == 0 {
		return out
	}
	for _, h := range predicted.Adds {
		if got := observed.Headers.Get(h.Name); got == "" || h.Override && got != h.Value {
			differ(h.Name, h.Value, cmp.Or(got, "none"))
		}
	}
	name := predicted.ByName
	if observed.ByName == "" || predicted.OneOfSeveral && predicted.By == observed.By {
		name = observed.ByName
	}
	differ("answered by", strings.TrimSpace(string(predicted.By)+" "+name), strings.TrimSpace(string(observed.By)+" "+observed.ByName))
	if predicted.Protocol != "" {
		differ("HTTP version", predicted.Protocol, observed.Protocol)
	}
	if gaveUp := predicted.By == requestpath.HopDistribution && predicted.Status == 504; !gaveUp {
		differ("rule", predicted.Rule, observed.Rule)
	}
	return out
}
