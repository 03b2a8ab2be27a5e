package cloudfront

import "slices"

// isRestricted says whether the distribution is not for the country of the sender. Whose
// country is not known is served.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html
func (x *exchange) isRestricted() bool {
	country, geo := x.from().Country, x.distribution.Restrictions.Geo
	if country == "" {
		return false
	}
	listed := slices.Contains(geo.Locations, country)
	return geo.Type == "whitelist" && !listed || geo.Type == "blacklist" && listed
}
