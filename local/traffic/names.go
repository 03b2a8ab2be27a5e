package traffic

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/dns"
)

// zonesOf returns the account's hosted zones with their records. A zone with a VPC is
// private.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
func zonesOf(r *account.Resources) []dns.Zone {
	var out []dns.Zone
	for _, z := range r.Zones {
		zone := dns.Zone{ID: z.ID, Name: z.Name, Private: len(z.VPCs) > 0, NameServers: z.NameServers}
		for _, record := range r.Records {
			if record.ZoneID == z.ID {
				zone.Records = append(zone.Records, recordOf(record))
			}
		}
		out = append(out, zone)
	}
	return out
}

func recordOf(r account.Record) dns.Record {
	out := dns.Record{Name: r.FQDN, Type: r.Type, TTL: r.TTL, Values: r.Records}
	if len(r.Aliases) > 0 {
		out.Alias = r.Aliases[0].Name
	}
	return out
}

// namesFor returns the DNS names in zones or assigned by AWS that resolve to one of some
// addresses, on the internet or in the VPC. It leaves out wildcards.
func (w *World) namesFor(addresses []netip.Addr) []string {
	var out []string
	for _, name := range w.names {
		if strings.HasPrefix(name, "*.") {
			continue
		}
		for _, view := range []struct{ v6, inVPC bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
			found, _ := w.zones.Lookup(name, view.v6, view.inVPC)
			if slices.ContainsFunc(found, func(a netip.Addr) bool { return slices.Contains(addresses, a) }) {
				out = append(out, name)
				break
			}
		}
	}
	return out
}
