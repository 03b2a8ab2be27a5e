package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/requestpath"
)

// GeoRestrictionArgs is from which countries a distribution answers requests. All others
// get 403 from CloudFront, for every path, before a web ACL sees them. CloudFront finds the
// country by the viewer's address, which is right in about 99.8 % of cases, and answers
// viewers of whom it finds none.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html
type GeoRestrictionArgs struct {
	// Allow are the only countries that are answered, by ISO 3166 code such as "DE". Monitoring
	// from elsewhere gets 403 too. Default: all.
	Allow []string `pulumi:"allow"`

	// Deny are the countries that are not answered, by ISO 3166 code. Refused beside Allow.
	// Default: none.
	Deny []string `pulumi:"deny"`
}

func (a *GeoRestrictionArgs) validate(l *fault.List, path string) {
	switch {
	case a == nil:
		return
	case len(a.Allow) == 0 && len(a.Deny) == 0:
		l.Addf(path, "must have allow or deny: the countries that are answered, or those that are not; leave it out to answer all")
	case len(a.Allow) > 0 && len(a.Deny) > 0:
		l.Addf(path+".deny", "must be left out with allow: what is not allowed is not answered in any case")
	}
	awsrule.RestrictedCountries(l, path+".allow", a.Allow)
	awsrule.RestrictedCountries(l, path+".deny", a.Deny)
}

func (a *GeoRestrictionArgs) restriction() cloudfront.DistributionRestrictionsGeoRestrictionArgs {
	switch {
	case a == nil:
		return cloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String("none")}
	case len(a.Allow) > 0:
		return cloudfront.DistributionRestrictionsGeoRestrictionArgs{
			RestrictionType: pulumi.String("whitelist"), Locations: pulumi.ToStringArray(a.Allow),
		}
	}
	return cloudfront.DistributionRestrictionsGeoRestrictionArgs{
		RestrictionType: pulumi.String("blacklist"), Locations: pulumi.ToStringArray(a.Deny),
	}
}

func (a *GeoRestrictionArgs) planned() requestpath.GeoRestriction {
	if a == nil {
		return requestpath.GeoRestriction{}
	}
	return requestpath.GeoRestriction{Allow: a.Allow, Deny: a.Deny}
}
