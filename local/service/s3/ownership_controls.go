package s3

import "github.com/portico-iac/portico/local/core"

// ownershipControlsType is who owns the objects that others put into a bucket.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_OwnershipControlsRule.html
// *sourced*
func ownershipControlsType() core.Type {
	k := setting(OwnershipControlsToken)
	k.Inputs = []string{"bucket", "rule.objectOwnership"}
	k.Rules = []core.Rule{core.InBlocks("rule",
		core.OneOf("MalformedXML", "objectOwnership", "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"))}
	k.Examples = []core.Object{{"rule": map[string]any{"objectOwnership": "BucketOwnerPreferred"}}}
	return k
}
