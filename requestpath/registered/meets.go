package registered

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/requestpath"
)

// Meets are the notes about something that is left out and that the request
// meets: its outcome is then not to be relied on.
func (m *Model) Meets(way requestpath.Way) []Note {
	met := namesOn(way)
	var out []Note
	for _, n := range m.Notes {
		if n.about(way.Request.Path) && slices.ContainsFunc(n.Names, func(name string) bool { return slices.Contains(met, clean(name)) }) {
			out = append(out, n)
		}
	}
	return out
}

// namesOn are all names and addresses that are looked up on a way.
func namesOn(way requestpath.Way) []string {
	var names []string
	for _, h := range way.Hops {
		if h.Kind == requestpath.HopDNS {
			for _, name := range append(strings.Split(h.Resolved, " -> "), h.Dialled) {
				names = append(names, clean(name))
			}
		}
	}
	return names
}

func clean(name string) string { return strings.TrimPrefix(dnsname.Normalise(name), "dualstack.") }
