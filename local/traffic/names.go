package traffic

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/traffic/dns"
)

type zoneState struct {
	ID, ZoneID, Name string
	NameServers      []string
	VPCs             []struct{ VPCID string }
}

type recordState struct {
	ZoneID, Name, FQDN, Type string
	TTL                      int
	Records                  []string
	Aliases                  []struct{ Name string }
}

func (r recordState) record() dns.Record {
	out := dns.Record{Name: r.FQDN, Type: r.Type, TTL: r.TTL, Values: r.Records}
	if len(r.Aliases) > 0 {
		out.Alias = r.Aliases[0].Name
	}
	return out
}

// zonesOf are the account's hosted zones with their records. A zone of a VPC is
// private.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
func zonesOf(account *cloud.Account) ([]dns.Zone, error) {
	zones, err := cloud.States[zoneState](account, zoneToken)
	if err != nil {
		return nil, err
	}
	records, err := cloud.States[recordState](account, recordToken)
	if err != nil {
		return nil, err
	}
	var out []dns.Zone
	for _, z := range zones {
		one := dns.Zone{ID: z.ID, Name: z.Name, Private: len(z.VPCs) > 0, NameServers: z.NameServers}
		for _, r := range records {
			if r.ZoneID == z.ID {
				one.Records = append(one.Records, r.record())
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// leadingTo are the DNS names of zones and of AWS that lead the internet, or else
// the VPC, to one of some addresses. Wildcards are left out: they are no names.
func (w *World) leadingTo(addresses []netip.Addr) []string {
	var out []string
	for _, name := range w.names {
		if strings.HasPrefix(name, "*.") || slices.Contains(out, name) {
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
