package firstboot

import (
	"fmt"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/dns"
)

// ZonesOf returns the hosted zones of an account with their records, including the
// SOA and NS records that every zone has.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
func ZonesOf(account *core.Account) []Zone {
	var out []Zone
	for _, state := range account.All("aws:route53/zone:Zone") {
		z := Zone{ID: str(state["id"]), Name: absolute(str(state["name"]))}
		vpcs, _ := state["vpcs"].([]any)
		z.Private = len(vpcs) > 0
		servers := strs(state["nameServers"])
		z.Records = append(z.Records, Record{Name: z.Name, Type: "NS", TTL: 172800, Values: servers})
		if len(servers) > 0 {
			soa := fmt.Sprintf("%s. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400", servers[0])
			z.Records = append(z.Records, Record{Name: z.Name, Type: "SOA", TTL: 900, Values: []string{soa}})
		}
		for _, r := range account.All("aws:route53/record:Record") {
			if str(r["zoneId"]) == z.ID {
				z.Records = append(z.Records, recordOf(r))
			}
		}
		out = append(out, z)
	}
	return out
}

func recordOf(state map[string]any) Record {
	r := Record{Name: absolute(str(state["fqdn"])), Type: str(state["type"]), Values: strs(state["records"])}
	ttl, _ := state["ttl"].(float64)
	r.TTL = int64(ttl)
	if r.Type == "TXT" {
		for i, v := range r.Values {
			r.Values[i] = dns.Text(v)
		}
	}
	aliases, _ := state["aliases"].([]any)
	for _, a := range aliases {
		alias, _ := a.(map[string]any)
		evaluate, _ := alias["evaluateTargetHealth"].(bool)
		r.Alias = &Alias{ZoneID: str(alias["zoneId"]), Name: str(alias["name"]), EvaluateTargetHealth: evaluate}
	}
	return r
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func strs(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, item := range list {
		out = append(out, str(item))
	}
	return out
}
