package route53

import (
	"cmp"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/region"
)

// zoneType is a hosted zone with four name servers, public or private to some VPCs.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
// *sourced* (which name servers is inferred)
func zoneType() core.Type {
	servers := core.List("ns-1.awsdns-00.com", "ns-513.awsdns-00.net", "ns-1025.awsdns-00.org", "ns-1537.awsdns-00.co.uk")
	return core.Type{
		Token:    ZoneToken,
		Global:   true,
		Inputs:   []string{"comment", "forceDestroy", "name", "tags", "vpcs.vpcId", "vpcs.vpcRegion"},
		Defaults: core.Object{"comment": "Managed by Pulumi", "forceDestroy": false},
		Fills:    core.Object{"nameServers": servers, "primaryNameServer": servers[0], "zoneId": "{id}"},
		ID:       "Z{HEX20}",
		ARN:      "route53:hostedzone/{id}",
		References: []core.Reference{
			{Input: "vpcs.vpcId", To: []string{ec2.VpcToken}, Code: "InvalidVPCId", Loose: true, Exists: isVPC},
		},
		InUse: "HostedZoneNotEmpty",
		Same:  map[string]func(was, is any) bool{"name": sameName},
		Rules: []core.Rule{
			nameRule,
			core.AtMost("InvalidChangeBatch", "name", 255),
			core.AtMost("InvalidInput", "comment", 256),
		},
		Apply:  checkZoneNetworks,
		Delete: removeZone,
	}
}

// isVPC tells whether any Region has a VPC with an id.
func isVPC(t *core.Tx, id string) bool {
	for name := range region.Regions {
		if _, ok := t.In(name).Get(ec2.VpcToken, id); ok {
			return true
		}
	}
	return false
}

// checkZoneNetworks refuses VPCs that are not in the Region given, or have DNS support
// switched off.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
// *sourced* (code and words are inferred)
func checkZoneNetworks(t *core.Tx, _ string, zone core.Object) (core.Object, error) {
	for _, v := range zone.Blocks("vpcs") {
		in := cmp.Or(v.Str("vpcRegion"), t.Region())
		vpc, ok := t.In(in).Get(ec2.VpcToken, v.Str("vpcId"))
		if !ok {
			return nil, core.Refuse("InvalidVPCId", "The VPC %s in region %s that you provided is not authorized to make the association.",
				v.Str("vpcId"), in)
		}
		if !vpc.Bool("enableDnsSupport") {
			return nil, core.Refuse("InvalidVPCId", "The VPC %s has enableDnsSupport switched off", v.Str("vpcId"))
		}
	}
	return nil, nil
}

// isPrivate tells whether a zone is private.
func isPrivate(zone core.Object) bool { return len(zone.List("vpcs")) > 0 }

// removeZone deletes the records of a zone with forceDestroy. Otherwise they keep the
// zone from being deleted.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
// *sourced*; that the provider deletes the records with forceDestroy, sourced:
// https://www.pulumi.com/registry/packages/aws/api-docs/route53/zone/
func removeZone(t *core.Tx, id string, state core.Object) error {
	if state.Bool("forceDestroy") {
		for _, r := range recordsOf(t, id) {
			t.Drop(RecordToken, r.Str("id"))
		}
	}
	return nil
}

func recordsOf(t *core.Tx, zone string) []core.Object { return t.Where(RecordToken, "zoneId", zone) }
