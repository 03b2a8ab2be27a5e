package cloud

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
)

// zoneKind is a hosted zone: a public one, or a private one that the VPCs named
// look names up in.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
// *sourced*
func zoneKind() kind {
	return kind{
		token:    zoneToken,
		inputs:   route53.ZoneArgs{}.ElementType(),
		state:    reflect.TypeOf(route53.Zone{}),
		global:   true,
		required: []string{"name"},
		changes: map[string]change{
			"comment":      updates,
			"forceDestroy": updates,
			"name":         replaces,
			"tags":         updates,
			"vpcs":         updatesSetOnly,
		},
		defaults:  object{"comment": "Managed by Pulumi", "forceDestroy": false},
		overrides: sameRecordName,
		rules:     []rule{recordNameRule, atMost("InvalidInput", "comment", 256)},
		create:    createZone,
		update: func(t *tx, _ string, _, in object) (object, error) {
			return nil, checkZoneNetworks(t, in)
		},
		remove: removeZone,
	}
}

// createZone makes a hosted zone with four name servers.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
// *sourced* (which servers is inferred)
func createZone(t *tx, in object) (string, object, error) {
	if err := checkZoneNetworks(t, in); err != nil {
		return "", nil, err
	}
	id := "Z" + strings.ToUpper(t.hex(20))
	servers := list("ns-1.awsdns-00.com", "ns-513.awsdns-00.net", "ns-1025.awsdns-00.org", "ns-1537.awsdns-00.co.uk")
	return id, object{
		"arn":               t.arn("route53", "hostedzone/"+id),
		"nameServers":       servers,
		"primaryNameServer": servers[0],
		"zoneId":            id,
	}, nil
}

// checkZoneNetworks is that the VPCs of a private zone exist, with DNS switched on.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
// *sourced* (code and words are inferred)
func checkZoneNetworks(t *tx, in object) error {
	for _, v := range in.objects("vpcs") {
		region := t.region
		if v.has("vpcRegion") {
			region = v.str("vpcRegion")
		}
		vpc, ok := t.in(region).get(vpcToken, v.str("vpcId"))
		if !ok {
			return refuse("InvalidVPCId", "The VPC %s in region %s that you provided is not authorized to make the association.",
				v.str("vpcId"), region)
		}
		if !vpc.boolean("enableDnsSupport") {
			return refuse("InvalidVPCId", "The VPC %s has enableDnsSupport switched off", v.str("vpcId"))
		}
	}
	return nil
}

// isPrivate tells whether a zone answers inside its VPCs only.
func isPrivate(zone object) bool { return len(zone.list("vpcs")) > 0 }

// removeZone refuses to delete a zone that still has records, unless told to
// delete them too.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
// *sourced*
func removeZone(t *tx, id string, state object) error {
	records := recordsOf(t, id)
	if len(records) > 0 && !state.boolean("forceDestroy") {
		return refuse("HostedZoneNotEmpty",
			"The specified hosted zone contains non-required resource record sets and so cannot be deleted.")
	}
	for _, r := range records {
		t.drop(recordToken, r.str("id"))
	}
	return nil
}

// lookUpZone finds a hosted zone by its id or its name; by name among the public
// ones unless told otherwise.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/getzone/
// *sourced* (the words are the real provider's)
func lookUpZone(t *tx, in object) (object, error) {
	if in.has("name") == in.has("zoneId") {
		return nil, errors.New("exactly one of name, zone_id must be specified")
	}
	var found []object
	for _, z := range t.all(zoneToken) {
		byID := in.has("zoneId") && z.str("id") == in.str("zoneId")
		byName := in.has("name") && sameDNSName(z.str("name"), in.str("name")) && isPrivate(z) == in.boolean("privateZone")
		if byID || byName {
			found = append(found, z)
		}
	}
	switch len(found) {
	case 0:
		return nil, errors.New("no matching Route 53 Hosted Zone found")
	case 1:
		return lookedUpZone(t, found[0]), nil
	}
	return nil, errors.New("multiple Route 53 Hosted Zones matched; use additional constraints to reduce matches to a single Route 53 Hosted Zone")
}

// lookedUpZone is a zone as the look-up has it. Its records count in with the two
// that every zone has, NS and SOA.
func lookedUpZone(t *tx, z object) object {
	return object{
		"arn":                    z.str("arn"),
		"callerReference":        "",
		"comment":                z.str("comment"),
		"id":                     z.str("id"),
		"name":                   relative(z.str("name")),
		"nameServers":            z["nameServers"],
		"primaryNameServer":      z["primaryNameServer"],
		"privateZone":            isPrivate(z),
		"resourceRecordSetCount": float64(len(recordsOf(t, z.str("id"))) + 2),
		"tags":                   z["tagsAll"],
		"zoneId":                 z.str("id"),
	}
}

// lookUpRecords lists the records of a zone, those alone whose names match where
// an expression is given.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/getrecords/
// *sourced*
func lookUpRecords(t *tx, in object) (object, error) {
	if _, err := t.mustExist(zoneToken, in.str("zoneId"), "NoSuchHostedZone"); err != nil {
		return nil, err
	}
	form, err := regexp.Compile(in.str("nameRegex"))
	if err != nil {
		return nil, fmt.Errorf("name_regex: %w", err)
	}
	sets := []any{}
	for _, r := range recordsOf(t, in.str("zoneId")) {
		if name := absolute(r.str("fqdn")); form.MatchString(name) {
			sets = append(sets, lookedUpRecord(name, r))
		}
	}
	return object{"id": in.str("zoneId"), "resourceRecordSets": sets}, nil
}

func lookedUpRecord(name string, r object) map[string]any {
	set := map[string]any{"name": name, "type": r.str("type"), "ttl": float64(r.integer("ttl"))}
	var values []any
	for _, v := range r.strs("records") {
		values = append(values, map[string]any{"value": v})
	}
	set["resourceRecords"] = values
	for _, a := range r.objects("aliases") {
		set["aliasTarget"] = map[string]any{
			"dnsName":              absolute(a.str("name")),
			"evaluateTargetHealth": a.boolean("evaluateTargetHealth"),
			"hostedZoneId":         a.str("zoneId"),
		}
	}
	return set
}
