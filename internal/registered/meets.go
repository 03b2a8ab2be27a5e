package registered

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/requestpath"
)

// Meets are the notes about something that is left out and that the request
// meets: its outcome is then not to be relied on. A name that does not resolve is
// such a thing when no zone among the resources has it.
func (m *Model) Meets(trace requestpath.Trace) []Note {
	var met, ends []string
	for _, h := range trace.Hops {
		if h.Kind == requestpath.HopDNS {
			names := lookedUp(h)
			met, ends = append(met, names...), append(ends, names[len(names)-1])
		}
	}
	var out []Note
	explained := func(name string) bool {
		return slices.ContainsFunc(out, func(n Note) bool {
			return slices.ContainsFunc(n.Names, func(own string) bool { return clean(own) == name })
		})
	}
	for _, n := range m.Notes {
		if n.about(trace.Request.Path) && slices.ContainsFunc(n.Names, func(own string) bool { return slices.Contains(met, clean(own)) }) {
			out = append(out, n)
		}
	}
	for _, end := range ends {
		if !m.knows(end) && !explained(end) {
			out = append(out, Note{
				Resource: "DNS name " + end, Text: "no zone and nothing else among the resources has it, so what it leads to is not described",
				Names: []string{end},
			})
		}
	}
	return out
}

// lookedUp are the names and addresses of a look-up, in order.
func lookedUp(h requestpath.Hop) []string {
	names := []string{clean(h.Dialled)}
	for _, name := range strings.Split(h.Resolved, " -> ") {
		if name != "" {
			names = append(names, clean(name))
		}
	}
	return names
}

// knows says whether the resources decide what a name leads to.
func (m *Model) knows(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return slices.Contains(m.assigned, name) ||
		slices.ContainsFunc(m.zones, func(zone string) bool { return dnsname.Within(name, zone) })
}

func clean(name string) string { return strings.TrimPrefix(dnsname.Normalise(name), "dualstack.") }
