package route53

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// recordType is one resource record set with simple routing.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
func recordType() core.Type {
	return core.Type{
		Token:  RecordToken,
		Global: true,
		Inputs: []string{
			"aliases.evaluateTargetHealth", "aliases.name", "aliases.zoneId", "allowOverwrite", "name", "records", "ttl",
			"type", "zoneId",
		},
		Keeps:        []string{"allowOverwrite"},
		Fills:        core.Object{"allowOverwrite": false},
		References:   []core.Reference{{Input: "zoneId", To: []string{ZoneToken}, Code: "NoSuchHostedZone"}},
		FreeToDelete: "its aliases and the certificates that it validated stay as they are",
		Same:         map[string]func(was, is any) bool{"name": sameName},
		Rules:        recordRules(),
		NewID: func(t *core.Tx, in core.Object) (string, error) {
			return fmt.Sprintf("%s_%s_%s", in.Str("zoneId"), recordFqdn(t, in), in.Str("type")), nil
		},
		Create: createRecord,
		Update: updateRecord,
	}
}

// recordFqdn is the full name of a record in its zone.
func recordFqdn(t *core.Tx, in core.Object) string {
	zone, _ := t.Get(ZoneToken, in.Str("zoneId"))
	return fullName(in.Str("name"), zone.Str("name"))
}

// createRecord adds a record to its zone. With allowOverwrite it replaces an existing
// one for good.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
func createRecord(t *core.Tx, id string, in core.Object) (core.Object, error) {
	fqdn := recordFqdn(t, in)
	if old, exists := findRecord(t, in.Str("zoneId"), fqdn, in.Str("type")); exists {
		if !in.Bool("allowOverwrite") {
			return nil, alreadyExists(fqdn, in.Str("type"))
		}
		t.Drop(RecordToken, old.Str("id"))
	}
	return core.Object{"fqdn": fqdn}, checkRecord(t, id, fqdn, in)
}

// updateRecord changes a record, whose new type no other record of its name may have.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
// *sourced*, the wording inferred
func updateRecord(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	fqdn := old.Str("fqdn")
	if other, exists := findRecord(t, in.Str("zoneId"), fqdn, in.Str("type")); exists && other.Str("id") != id {
		return nil, alreadyExists(fqdn, in.Str("type"))
	}
	return nil, checkRecord(t, id, fqdn, in)
}

// alreadyExists is the refusal of a record whose name and type another record has.
func alreadyExists(fqdn, typ string) error {
	return invalidChange("Tried to create resource record set [name='%s', type='%s'] but it already exists", absolute(fqdn), typ)
}

// invalidChange is Route 53's refusal of a change, with the reason in brackets.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func invalidChange(format string, a ...any) error {
	return core.Refuse("InvalidChangeBatch", "[%s]", fmt.Sprintf(format, a...))
}

// recordsAt are the records of a zone with a name.
func recordsAt(t *core.Tx, zone, fqdn string) []core.Object {
	return slices.DeleteFunc(t.Where(RecordToken, "fqdn", relative(fqdn)), func(r core.Object) bool { return r.Str("zoneId") != zone })
}

// findRecord is the record of a zone with a name and a type.
func findRecord(t *core.Tx, zone, fqdn, typ string) (core.Object, bool) {
	for _, r := range recordsAt(t, zone, fqdn) {
		if r.Str("type") == typ {
			return r, true
		}
	}
	return nil, false
}

// HasRecord tells whether a public hosted zone of the account has a record whose value
// is a domain name.
func HasRecord(t *core.Tx, name, typ, value string) bool {
	return slices.ContainsFunc(t.Where(RecordToken, "fqdn", relative(name)), func(r core.Object) bool {
		zone, _ := t.Get(ZoneToken, r.Str("zoneId"))
		return !isPrivate(zone) && r.Str("type") == typ &&
			slices.ContainsFunc(r.Strs("records"), func(v string) bool { return SameDNSName(v, value) })
	})
}

// checkRecord checks a record against its zone and the targets of its aliases.
func checkRecord(t *core.Tx, id, fqdn string, in core.Object) error {
	zone, _ := t.Get(ZoneToken, in.Str("zoneId"))
	if err := cmp.Or(checkInsideZone(zone, fqdn), checkCNAME(t, id, zone, fqdn, in.Str("type"))); err != nil {
		return err
	}
	for _, alias := range in.Blocks("aliases") {
		if err := checkAlias(t, zone, fqdn, in.Str("type"), alias); err != nil {
			return err
		}
	}
	return nil
}

// checkInsideZone refuses a record outside its zone.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func checkInsideZone(zone core.Object, fqdn string) error {
	apex := absolute(zone.Str("name"))
	if name := absolute(fqdn); name != apex && !strings.HasSuffix(name, "."+apex) {
		return invalidChange("RRSet with DNS name %s is not permitted in zone %s", name, apex)
	}
	return nil
}

// checkCNAME refuses a CNAME at the apex of a zone, or beside another record.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
func checkCNAME(t *core.Tx, id string, zone core.Object, fqdn, typ string) error {
	if typ == "CNAME" && SameDNSName(fqdn, zone.Str("name")) {
		return invalidChange("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s",
			absolute(fqdn), absolute(zone.Str("name")))
	}
	for _, r := range recordsAt(t, zone.Str("id"), fqdn) {
		if r.Str("id") != id && (typ == "CNAME" || r.Str("type") == "CNAME") {
			return invalidChange("RRSet of type %s with DNS name %s is not permitted because a conflicting RRSet of the same "+
				"DNS name already exists in zone %s", typ, absolute(fqdn), absolute(zone.Str("name")))
		}
	}
	return nil
}
