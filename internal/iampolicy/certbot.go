package iampolicy

import (
	"slices"

	"github.com/portico-iac/portico/internal/dnsname"
)

// Certbot is what certbot-dns-route53 needs to prove control of names, and no
// more: it may find the zone, write and remove the TXT record _acme-challenge
// of exactly these names in exactly this zone, and wait for the change.
// https://github.com/certbot/certbot/blob/main/certbot-dns-route53/src/certbot_dns_route53/__init__.py
//
// The three keys of the condition are present in every request of that action,
// since a change batch is never empty: ForAllValues, which is also true of an
// absent key, cannot be slipped by.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
func Certbot(partition, zoneID string, names []string) Document {
	confined := Allow([]string{"route53:ChangeResourceRecordSets"}, "arn:"+partition+":route53:::hostedzone/"+zoneID)
	confined.Condition = Condition{"ForAllValues:StringEquals": {
		"route53:ChangeResourceRecordSetsNormalizedRecordNames": ChallengeNames(names),
		"route53:ChangeResourceRecordSetsRecordTypes":           {"TXT"},
		"route53:ChangeResourceRecordSetsActions":               {"UPSERT", "DELETE"},
	}}
	return Document{
		// Neither action takes a narrower resource that is known beforehand: the
		// one lists all zones, the other names a change that does not exist yet.
		Allow([]string{"route53:ListHostedZones"}, "*"),
		Allow([]string{"route53:GetChange"}, "arn:"+partition+":route53:::change/*"),
		confined,
	}
}

// ChallengeNames is the records of the DNS-01 challenges of names, in Route
// 53's normalized form (lower case, no trailing dot), sorted.
// https://datatracker.ietf.org/doc/html/rfc8555#section-8.4
func ChallengeNames(names []string) []string {
	out := dnsname.ValidationBases(names)
	for i, base := range out {
		out[i] = "_acme-challenge." + base
	}
	slices.Sort(out)
	return out
}
