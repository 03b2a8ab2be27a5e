package cloudfront

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// FunctionToken is the type of CloudFront Functions.
const FunctionToken = "aws:cloudfront/function:Function"

// functionType is a function that a distribution runs on requests or answers of viewers.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// *sourced*, the wording of refusals and the status inferred
func functionType() core.Type {
	return core.Type{
		Token:      FunctionToken,
		Global:     true,
		Name:       &core.Autoname{Property: "name", MaxLength: 64},
		Inputs:     []string{"code", "comment", "name", "publish", "runtime"},
		Defaults:   core.Object{"publish": true},
		ID:         "{name}",
		ARN:        "cloudfront:function/{name}",
		Unique:     []core.Unique{{Inputs: []string{"name"}, Code: "FunctionAlreadyExists", Message: "A function with the same name already exists in this AWS account: {name}"}},
		Quotas:     []core.Quota{{Most: awstable.MostFunctionsPerAccount, Code: "TooManyFunctions", Message: "You have reached the maximum number of CloudFront functions for this AWS account"}},
		InUse:      "FunctionInUse",
		Recomputes: map[string][]string{core.AnyInput: {"etag", "liveStageEtag", "status"}},
		Rules: []core.Rule{
			core.Matching("InvalidArgument", "name", regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`), "1-64 letters, digits, hyphens and underscores"),
			core.OneOf("InvalidArgument", "runtime", awstable.FunctionRuntimes...),
			core.AtMost("InvalidArgument", "comment", 128),
			sizeRule,
		},
		Apply: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			etag := "E" + strings.ToUpper(t.Hex(13))
			out := core.Object{"etag": etag, "status": "UNPUBLISHED"}
			if in.Bool("publish") {
				return out.With(core.Object{"liveStageEtag": etag, "status": "UNASSOCIATED"}), nil
			}
			old, _ := t.Get(FunctionToken, id)
			return out.With(core.Object{"liveStageEtag": old.Str("liveStageEtag")}), nil
		},
	}
}

// sizeRule refuses too much code, and none.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func sizeRule(in core.Object) *core.Refusal {
	size := len(in.Str("code"))
	switch {
	case !in.Known("code"):
		return nil
	case size == 0:
		return core.Invalid("InvalidArgument", "code", "must not be empty")
	case size > awstable.MostFunctionBytes:
		return core.Invalid("FunctionSizeLimitExceeded", "code", "must have at most %d bytes, got %d", awstable.MostFunctionBytes, size)
	}
	return nil
}

// associationRules are the rules of the functions of a behavior.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_FunctionAssociation.html
func associationRules() []core.Rule {
	return []core.Rule{
		core.Distinct("InvalidFunctionAssociation", "functionAssociations.eventType"),
		core.InBlocks("functionAssociations",
			core.OneOf("InvalidFunctionAssociation", "eventType", "viewer-request", "viewer-response"),
			core.Matching("InvalidFunctionAssociation", "functionArn", functionARN, "the ARN of a CloudFront function (arn:aws:cloudfront::...:function/...)")),
	}
}

var functionARN = regexp.MustCompile(`^arn:aws:cloudfront::\d{12}:function/[a-zA-Z0-9_-]{1,64}$`)

// checkFunctions refuses functions that no version of is published.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/associate-function.html
func checkFunctions(t *core.Tx, in core.Object) error {
	for _, found := range behaviorsOf(in) {
		for _, association := range found.Block.Blocks("functionAssociations") {
			arn := association.Str("functionArn")
			for _, function := range t.Where(FunctionToken, "arn", arn) {
				if function.Str("liveStageEtag") == "" {
					return core.Refuse("InvalidFunctionAssociation", "%s: the function %s is not published to the stage LIVE",
						core.Join(found.Path, "functionAssociations"), arn)
				}
			}
		}
	}
	return nil
}
