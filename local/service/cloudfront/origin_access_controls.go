package cloudfront

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// accessControlType is how a distribution signs its requests to an origin. That it is
// refused for the origins of another type than its own is a rule of the distribution.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateOriginAccessControl.html
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
// *sourced* (the longest description is inferred)
func accessControlType() core.Type {
	const invalid = "InvalidArgument"
	return core.Type{
		Token:  OriginAccessControlToken,
		Global: true,
		Name:   &core.Autoname{Property: "name", MaxLength: 64},
		Inputs: []string{"description", "name", "originAccessControlOriginType", "signingBehavior", "signingProtocol"},
		Defaults: core.Object{
			"description": "Managed by Pulumi",
		},
		ID:         "E{HEX13}",
		ARN:        "cloudfront:origin-access-control/{id}",
		InUse:      "OriginAccessControlInUse",
		Recomputes: map[string][]string{core.AnyInput: {"etag"}},
		Unique: []core.Unique{{
			Inputs: []string{"name"}, Code: "OriginAccessControlAlreadyExists",
			Message: "An origin access control with the same name already exists: {name}",
		}},
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
		Quotas: []core.Quota{{Most: 100, Code: "TooManyOriginAccessControls", Message: "You have exceeded the maximum number of origin access controls"}},
		Rules: []core.Rule{
			core.OneOf(invalid, "originAccessControlOriginType", "s3", "mediastore", "mediapackagev2", "lambda"),
			core.OneOf(invalid, "signingBehavior", "always", "never", "no-override"),
			core.OneOf(invalid, "signingProtocol", "sigv4"),
			core.AtMost(invalid, "name", 64),
			core.AtMost(invalid, "description", 256),
		},
		Apply: func(t *core.Tx, _ string, _ core.Object) (core.Object, error) {
			return core.Object{"etag": "E" + strings.ToUpper(t.Hex(13))}, nil
		},
	}
}

// checkAccessControls refuses an access control at an origin that is not of its type: only
// those of buckets have rules here.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
// *inferred* (the code and the words)
func checkAccessControls(t *core.Tx, in core.Object) error {
	for _, origin := range in.Blocks("origins") {
		control, ok := t.Get(OriginAccessControlToken, origin.Str("originAccessControlId"))
		if ok && (control.Str("originAccessControlOriginType") != "s3" || origin.Has("customOriginConfig") || origin.Has("vpcOriginConfig")) {
			return core.Refuse("InvalidOriginAccessControl", "The origin access control %s is of type %s, which the origin %s is not.",
				control.Str("name"), control.Str("originAccessControlOriginType"), origin.Str("originId"))
		}
	}
	return nil
}
