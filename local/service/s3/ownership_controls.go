package s3

import "github.com/portico-iac/portico/local/core"

// ownershipControlsType is who owns the objects that other accounts upload.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_OwnershipControlsRule.html
// *sourced*
func ownershipControlsType() core.Type {
	return setting(core.Type{
		Token:  OwnershipControlsToken,
		Inputs: []string{"bucket", "rule.objectOwnership"},
		Rules: []core.Rule{core.InBlocks("rule",
			core.OneOf("MalformedXML", "objectOwnership", "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"))},
	})
}
