package route53

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// Types that a record can be an alias of. Their packages import this one.
const (
	loadBalancerToken = "aws:lb/loadBalancer:LoadBalancer"
	distributionToken = "aws:cloudfront/distribution:Distribution"
)

// checkAlias refuses an alias whose target is no load balancer, distribution or record
// in the zone given.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
func checkAlias(t *core.Tx, zone core.Object, fqdn, typ string, alias core.Object) error {
	switch alias.Str("zoneId") {
	case awstable.CloudFrontHostedZone:
		return checkDistributionAlias(t, fqdn, typ, alias)
	case zone.Str("id"):
		if _, ok := findRecord(t, zone.Str("id"), alias.Str("name"), typ); !ok {
			return refuseAlias(typ, alias, "that target was not found")
		}
		return nil
	}
	return checkLoadBalancerAlias(t, typ, alias)
}

// checkLoadBalancerAlias refuses an alias of a load balancer that does not exist, or whose
// name is in another zone.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
func checkLoadBalancerAlias(t *core.Tx, typ string, alias core.Object) error {
	name := strings.TrimPrefix(absolute(alias.Str("name")), "dualstack.")
	beforeSuffix, isLoadBalancer := strings.CutSuffix(name, ".elb.amazonaws.com.")
	region := beforeSuffix[strings.LastIndex(beforeSuffix, ".")+1:]
	loadBalancers := t.In(region).All(loadBalancerToken)
	i := slices.IndexFunc(loadBalancers, func(b core.Object) bool { return SameDNSName(b.Str("dnsName"), name) })
	if !isLoadBalancer || i >= 0 && loadBalancers[i].Str("zoneId") != alias.Str("zoneId") {
		return refuseAlias(typ, alias, "the alias target name does not lie within the target zone")
	}
	if i < 0 {
		return refuseAlias(typ, alias, "that target was not found")
	}
	return nil
}

// refuseAlias is the refusal of an alias because of its target.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
// *inferred*
func refuseAlias(typ string, alias core.Object, why string) error {
	return invalidChange("Tried to create an alias that targets %s, type %s in zone %s, but %s",
		absolute(alias.Str("name")), typ, alias.Str("zoneId"), why)
}

// checkDistributionAlias refuses an alias of a distribution that does not exist or does
// not have the record's name among its aliases. CloudFront has no health to evaluate.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
// *sourced* (the words about the alias and health are inferred)
func checkDistributionAlias(t *core.Tx, fqdn, typ string, alias core.Object) error {
	if alias.Bool("evaluateTargetHealth") {
		return core.Refuse("InvalidInput", "EvaluateTargetHealth cannot be true for an alias of a CloudFront distribution")
	}
	found := t.Where(distributionToken, "domainName", relative(alias.Str("name")))
	if len(found) == 0 {
		return refuseAlias(typ, alias, "that target was not found")
	}
	if !slices.ContainsFunc(found[0].Strs("aliases"), func(name string) bool { return Covers(name, fqdn) }) {
		return refuseAlias(typ, alias, "the distribution does not have "+relative(fqdn)+" among its alternate domain names")
	}
	return nil
}
