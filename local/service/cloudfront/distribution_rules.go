package cloudfront

import (
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// webACL is the ARN of a web ACL with the scope CLOUDFRONT, or none.
var webACL = regexp.MustCompile(`^$|^arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}$`)

// aliasForm is an alternate domain name: in lower case, a star as the whole first
// label at most.
var aliasForm = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// errorCodeRule refuses error codes that cannot have a custom response.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
// *sourced*
func errorCodeRule(response core.Object) *core.Refusal {
	codes := []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
	if response.Known("errorCode") && !slices.Contains(codes, response.Int("errorCode")) {
		return core.Invalid("InvalidErrorCode", "errorCode", "must be one of %v, got %d", codes, response.Int("errorCode"))
	}
	return nil
}

// errorPageRule requires that a page and its response code are given together.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
// *sourced*
func errorPageRule(response core.Object) *core.Refusal {
	if response.Has("responseCode") != response.Has("responsePagePath") {
		return core.Invalid("InvalidArgument", "responsePagePath", "must be given together with responseCode, or neither")
	}
	return nil
}

// geoRestrictionRule requires countries with whitelist and blacklist only.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
// *sourced*
func geoRestrictionRule(restriction core.Object) *core.Refusal {
	if restriction.Pending("restrictionType") || restriction.Pending("locations") {
		return nil
	}
	none, listed := restriction.Str("restrictionType") == "none", len(restriction.List("locations")) > 0
	if none == listed {
		return core.Invalid("InvalidGeoRestrictionParameter", "locations", "must be given with whitelist and blacklist, and not with none")
	}
	return nil
}
