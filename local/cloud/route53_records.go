package cloud

import (
	"fmt"
	"slices"
	"strings"
)

// createRecord adds a record to its zone. One that is there already is taken over
// only where that is asked for; it is gone for good then.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
// *sourced*
func createRecord(t *tx, in object) (string, object, error) {
	zone, err := t.mustExist(zoneToken, in.str("zoneId"), "NoSuchHostedZone")
	if err != nil {
		return "", nil, err
	}
	fqdn := recordFqdn(in.str("name"), zone.str("name"))
	if old, exists := findRecord(t, zone.str("id"), fqdn, in.str("type")); exists {
		if !in.boolean("allowOverwrite") {
			return "", nil, invalidChange("Tried to create resource record set [name='%s', type='%s'] but it already exists",
				absolute(fqdn), in.str("type"))
		}
		t.drop(recordToken, old.str("id"))
	}
	if err := checkRecord(t, "", zone, fqdn, in); err != nil {
		return "", nil, err
	}
	id := fmt.Sprintf("%s_%s_%s", zone.str("id"), fqdn, in.str("type"))
	return id, object{"fqdn": fqdn, "allowOverwrite": in.boolean("allowOverwrite")}, nil
}

// updateRecord changes a record in its zone. Its type may change too; no other
// record may be in the way.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
// *sourced*, the wording inferred
func updateRecord(t *tx, id string, old, in object) (object, error) {
	zone, err := t.mustExist(zoneToken, old.str("zoneId"), "NoSuchHostedZone")
	if err != nil {
		return nil, err
	}
	fqdn := old.str("fqdn")
	if other, exists := findRecord(t, zone.str("id"), fqdn, in.str("type")); exists && other.str("id") != id {
		return nil, invalidChange("Tried to create resource record set [name='%s', type='%s'] but it already exists",
			absolute(fqdn), in.str("type"))
	}
	return nil, checkRecord(t, id, zone, fqdn, in)
}

// invalidChange is Route 53's refusal of a change: its reasons stand in brackets.
func invalidChange(format string, a ...any) error {
	return refuse("InvalidChangeBatch", "[%s]", fmt.Sprintf(format, a...))
}

// findRecord is the record of a zone with a name and a type.
func findRecord(t *tx, zone, fqdn, typ string) (object, bool) {
	for _, r := range recordsOf(t, zone) {
		if sameDNSName(r.str("fqdn"), fqdn) && r.str("type") == typ {
			return r, true
		}
	}
	return nil, false
}

func recordsOf(t *tx, zone string) []object { return t.where(recordToken, "zoneId", zone) }

// hasRecord tells whether any public hosted zone of the account has a record with
// a value that is a domain name.
func hasRecord(t *tx, name, typ, value string) bool {
	return slices.ContainsFunc(t.where(recordToken, "type", typ), func(r object) bool {
		zone, _ := t.get(zoneToken, r.str("zoneId"))
		return !isPrivate(zone) && sameDNSName(r.str("fqdn"), name) &&
			slices.ContainsFunc(r.strs("records"), func(v string) bool { return sameDNSName(v, value) })
	})
}

// checkRecord is what Route 53 checks of a record against its zone and its target.
func checkRecord(t *tx, id string, zone object, fqdn string, in object) error {
	if err := checkInsideZone(zone, fqdn); err != nil {
		return err
	}
	if err := checkCNAME(t, id, zone, fqdn, in.str("type")); err != nil {
		return err
	}
	for _, alias := range in.objects("aliases") {
		if err := checkAlias(t, zone, fqdn, in.str("type"), alias); err != nil {
			return err
		}
	}
	return nil
}

// checkInsideZone is that a record lies in its zone.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
// *sourced*
func checkInsideZone(zone object, fqdn string) error {
	apex := absolute(zone.str("name"))
	if name := absolute(fqdn); name != apex && !strings.HasSuffix(name, "."+apex) {
		return invalidChange("RRSet with DNS name %s is not permitted in zone %s", name, apex)
	}
	return nil
}

// checkCNAME is that a CNAME is alone at its name, where nothing but a name below
// the apex can have one.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
// *sourced*
func checkCNAME(t *tx, id string, zone object, fqdn, typ string) error {
	if typ == "CNAME" && sameDNSName(fqdn, zone.str("name")) {
		return invalidChange("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s",
			absolute(fqdn), absolute(zone.str("name")))
	}
	for _, r := range recordsOf(t, zone.str("id")) {
		conflicts := typ == "CNAME" || r.str("type") == "CNAME"
		if conflicts && r.str("id") != id && sameDNSName(r.str("fqdn"), fqdn) {
			return invalidChange("RRSet of type %s with DNS name %s is not permitted because a conflicting RRSet of the same "+
				"DNS name already exists in zone %s", typ, absolute(fqdn), absolute(zone.str("name")))
		}
	}
	return nil
}
