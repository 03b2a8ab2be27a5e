package cloud

import (
	"maps"
	"slices"
	"strings"
)

// checkAlias is that the target of an alias exists in the zone that it is said to
// be in: a load balancer, a distribution, or a record of the same zone.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
// *sourced*
func checkAlias(t *tx, zone object, fqdn, typ string, alias object) error {
	target := absolute(alias.str("name"))
	switch alias.str("zoneId") {
	case cloudFrontZone:
		return checkDistributionAlias(t, fqdn, typ, alias)
	case zone.str("id"):
		if _, ok := findRecord(t, zone.str("id"), relative(target), typ); !ok {
			return noSuchTarget(target, typ, alias)
		}
		return nil
	}
	region, ok := balancerRegion(alias.str("zoneId"))
	if !ok || !strings.HasSuffix(target, "."+region+".elb.amazonaws.com.") {
		return invalidChange("Tried to create an alias that targets %s, type %s in zone %s, but the alias target name "+
			"does not lie within the target zone", target, typ, alias.str("zoneId"))
	}
	name := strings.TrimPrefix(target, "dualstack.")
	exists := slices.ContainsFunc(t.in(region).all(loadBalancerToken), func(b object) bool {
		return sameDNSName(b.str("dnsName"), name)
	})
	if !exists {
		return noSuchTarget(target, typ, alias)
	}
	return nil
}

// noSuchTarget is the refusal of an alias whose target does not exist.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
// *inferred*
func noSuchTarget(target, typ string, alias object) error {
	return invalidChange("Tried to create an alias that targets %s, type %s in zone %s, but that target was not found",
		target, typ, alias.str("zoneId"))
}

// balancerRegion is the Region whose load balancers have their names in a zone.
func balancerRegion(zone string) (string, bool) {
	for _, region := range slices.Sorted(maps.Keys(balancerZones)) {
		if balancerZones[region] == zone {
			return region, true
		}
	}
	return "", false
}

// checkDistributionAlias is that a distribution exists and answers to the name of
// the record. CloudFront has no health that could be evaluated.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
// *sourced* (the words about the alias and health are inferred)
func checkDistributionAlias(t *tx, fqdn, typ string, alias object) error {
	if alias.boolean("evaluateTargetHealth") {
		return refuse("InvalidInput", "EvaluateTargetHealth cannot be true for an alias of a CloudFront distribution")
	}
	for _, d := range t.all(distributionToken) {
		if !sameDNSName(d.str("domainName"), alias.str("name")) {
			continue
		}
		if !answersTo(d, fqdn) {
			return invalidChange("Tried to create an alias that targets %s, type %s in zone %s, but the distribution does not "+
				"have %s among its alternate domain names", absolute(alias.str("name")), typ, cloudFrontZone, relative(fqdn))
		}
		return nil
	}
	return noSuchTarget(absolute(alias.str("name")), typ, alias)
}

// answersTo tells whether a distribution has a name, or its wildcard, among its
// aliases.
func answersTo(distribution object, host string) bool {
	_, parent, _ := strings.Cut(relative(host), ".")
	return slices.ContainsFunc(distribution.strs("aliases"), func(a string) bool {
		return relative(a) == relative(host) || relative(a) == "*."+parent
	})
}
