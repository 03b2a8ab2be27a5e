package agreement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// Fate is what becomes of a request, as far as a prediction and an observation can
// be compared.
type Fate struct {
	// Status is the HTTP status, 0 when there is none; then Reason says why.
	Status int
	Reason requestpath.Reason
	// By is the kind of hop that produced the status, ByName the resource.
	By     requestpath.HopKind
	ByName string
	// OneOfSeveral says that the balancer might have asked another server as well:
	// ByName is then no more than one of them.
	OneOfSeveral bool
	// XCache and Location are headers of the answer.
	XCache, Location string
	// SNI is the name in the edge's handshake with its origin.
	SNI string
	// Rule is the balancer's rule that decided.
	Rule string
	// Protocol is the HTTP version that viewer and first hop agreed on.
	Protocol string
}

// Predicted is the fate that the model has for a request that walks through p.
func Predicted(p requestpath.Plan, w requestpath.Way) Fate {
	o := w.Outcome
	f := Fate{Status: o.Status, Reason: o.Reason, By: o.By, ByName: o.ByName, XCache: o.XCache, Location: o.Location}
	if origin := w.Origin(); origin != nil && origin.Kind != requestpath.HopEdge && read(origin) {
		f.SNI = origin.SNI
	}
	if b := w.Hop(requestpath.HopBalancer); b != nil {
		f.Rule = b.Rule
	}
	f.OneOfSeveral = o.By == requestpath.HopTarget && several(p, o.ByName)
	for _, h := range w.Hops {
		if h.Kind != requestpath.HopDNS {
			f.Protocol = h.Protocol
			break
		}
	}
	return f
}

// several says whether the balancer has a choice beside the server.
func several(p requestpath.Plan, server string) bool {
	return slices.ContainsFunc(p.TargetGroups, func(g requestpath.TargetGroup) bool {
		usable := slices.DeleteFunc(slices.Clone(g.Targets), func(t requestpath.Target) bool {
			return t.Health == requestpath.Draining || t.Health == requestpath.Unused
		})
		return len(usable) > 1 && slices.ContainsFunc(usable, func(t requestpath.Target) bool { return t.Server == server })
	})
}

// read says that the hop read the ClientHello, which plain HTTP does not.
func read(h *requestpath.Hop) bool { return !strings.Contains(h.Decision, "in plain HTTP") }

// Observed is the fate that a request met.
func Observed(c Carried) Fate {
	f := Fate{Status: c.Status, Reason: c.Reason, XCache: c.XCache, Location: c.Location, SNI: originSNI(c.Events), Protocol: c.Protocol}
	for _, e := range c.Events {
		if e.Hop == wire.HopBalancer && e.Kind == wire.Request && e.Rule != "" {
			f.Rule = e.Rule
		}
	}
	if e, ok := producer(c.Events); ok && c.Status != 0 {
		f.By, f.ByName = requestpath.HopKind(e.Hop), e.Name
	}
	return f
}

// producer is the event of the hop that made the status: the first hop on the way
// from the viewer that says so. What a server says of plain HTTP on a TLS port may
// be about a health check: that counts when there is nothing else.
func producer(events []wire.Event) (wire.Event, bool) {
	for _, hop := range []string{wire.HopEdge, wire.HopBalancer, wire.HopTarget, wire.HopOrigin} {
		for _, named := range []bool{true, false} {
			for _, e := range events {
				if e.Hop == hop && e.Kind == wire.Request && e.Answered && (e.Host != "") == named {
					return e, true
				}
			}
		}
	}
	return wire.Event{}, false
}

// originSNI is the name in the handshake of an edge with its origin.
func originSNI(events []wire.Event) string {
	atEdge := slices.ContainsFunc(events, func(e wire.Event) bool { return e.Hop == wire.HopEdge })
	for _, e := range events {
		if atEdge && e.Kind == wire.Handshake && (e.Hop == wire.HopBalancer || e.Hop == wire.HopOrigin) {
			return e.SNI
		}
	}
	return ""
}

// Differences are what two fates differ in, one line each. What cannot be observed
// is left out: who dropped or cut a connection; the resource, where CloudFront
// answers for none; the rule, and whether HTTP was agreed on, when whoever asked
// has given up before the balancer answered.
func Differences(predicted, observed Fate) []string {
	var out []string
	differ := func(what string, a, b any) {
		if a != b {
			out = append(out, fmt.Sprintf("%s: predicted %v, observed %v", what, a, b))
		}
	}
	differ("status", predicted.Status, observed.Status)
	differ("reason", predicted.Reason, observed.Reason)
	differ("x-cache", predicted.XCache, observed.XCache)
	differ("location", predicted.Location, observed.Location)
	differ("sni", predicted.SNI, observed.SNI)
	if predicted.Status != 0 {
		differ("by", predicted.By, observed.By)
		if observed.ByName != "" && !predicted.OneOfSeveral {
			differ("name", predicted.ByName, observed.ByName)
		}
		if predicted.Protocol != "" {
			differ("protocol", predicted.Protocol, observed.Protocol)
		}
		if gaveUp := predicted.By == requestpath.HopEdge && predicted.Status == 504; !gaveUp {
			differ("rule", predicted.Rule, observed.Rule)
		}
	}
	return out
}
