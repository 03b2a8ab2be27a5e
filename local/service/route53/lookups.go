package route53

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// lookUpZone finds a hosted zone by its id, or by its name and tags: among the public
// zones, with privateZone among the private ones, with vpcId among those that the VPC
// sees.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/getzone/
// *sourced* (the words are the real provider's)
func lookUpZone(t *core.Tx, in core.Object) (core.Object, error) {
	if in.Has("name") == in.Has("zoneId") {
		return nil, errors.New("exactly one of name, zone_id must be specified")
	}
	private := in.Has("vpcId")
	if in.Has("privateZone") {
		private = in.Bool("privateZone")
	}
	if in.Has("vpcId") && !private {
		return nil, errors.New("`vpc_id` can only be set for private zones")
	}
	found := slices.DeleteFunc(t.All(ZoneToken), func(z core.Object) bool {
		if in.Has("zoneId") {
			return z.Str("id") != in.Str("zoneId")
		}
		return !SameDNSName(z.Str("name"), in.Str("name")) || isPrivate(z) != private ||
			in.Has("vpcId") && !slices.Contains(z.StrsAt("vpcs.vpcId"), in.Str("vpcId")) || !core.HasTags(z, in.Block("tags"))
	})
	if len(found) == 0 {
		return nil, errors.New("no matching Route 53 Hosted Zone found")
	}
	if len(found) > 1 {
		return nil, errors.New("multiple Route 53 Hosted Zones matched; use additional constraints to reduce matches to a single Route 53 Hosted Zone")
	}
	z := found[0]
	return core.Object{
		"arn":                    z.Str("arn"),
		"callerReference":        "",
		"comment":                z.Str("comment"),
		"id":                     z.Str("id"),
		"name":                   relative(z.Str("name")),
		"nameServers":            z["nameServers"],
		"primaryNameServer":      z["primaryNameServer"],
		"privateZone":            isPrivate(z),
		"resourceRecordSetCount": float64(len(recordsOf(t, z.Str("id"))) + 2), // its own are NS and SOA
		"tags":                   z["tagsAll"],
		"zoneId":                 z.Str("id"),
	}, nil
}

// lookUpRecords lists the records of a zone whose names match nameRegex, if given.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/route53/getrecords/
func lookUpRecords(t *core.Tx, in core.Object) (core.Object, error) {
	if _, err := t.MustExist(ZoneToken, in.Str("zoneId"), "NoSuchHostedZone"); err != nil {
		return nil, err
	}
	form, err := regexp.Compile(in.Str("nameRegex"))
	if err != nil {
		return nil, fmt.Errorf("name_regex: %w", err)
	}
	sets := []any{}
	for _, r := range recordsOf(t, in.Str("zoneId")) {
		if name := absolute(r.Str("fqdn")); form.MatchString(name) {
			sets = append(sets, lookedUpRecord(name, r))
		}
	}
	return core.Object{"id": in.Str("zoneId"), "resourceRecordSets": sets}, nil
}

func lookedUpRecord(name string, r core.Object) map[string]any {
	set := map[string]any{"name": name, "type": r.Str("type"), "ttl": float64(r.Int("ttl"))}
	var values []any
	for _, v := range r.Strs("records") {
		values = append(values, map[string]any{"value": v})
	}
	set["resourceRecords"] = values
	for _, a := range r.Blocks("aliases") {
		set["aliasTarget"] = map[string]any{
			"dnsName":              absolute(a.Str("name")),
			"evaluateTargetHealth": a.Bool("evaluateTargetHealth"),
			"hostedZoneId":         a.Str("zoneId"),
		}
	}
	return set
}
