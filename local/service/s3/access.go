package s3

import "github.com/portico-iac/portico/local/core"

// publicAccessBlockType is which public access a bucket blocks.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
func publicAccessBlockType() core.Type {
	return setting(core.Type{
		Token:  PublicAccessBlockToken,
		Inputs: []string{"blockPublicAcls", "blockPublicPolicy", "bucket", "ignorePublicAcls", "restrictPublicBuckets"},
		Defaults: core.Object{
			"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false,
		},
	})
}

// blocksPublicPolicy tells whether a bucket refuses public policies. Without a block of
// its own it does, as every new bucket.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
// *sourced*; that deleting a block brings the default back is a simplification: AWS
// then blocks nothing
func blocksPublicPolicy(t *core.Tx, bucket string) bool {
	block, ok := t.Get(PublicAccessBlockToken, bucket)
	return !ok || block.Bool("blockPublicPolicy")
}

// ownershipControlsType is who owns the objects that other accounts upload.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_OwnershipControlsRule.html
func ownershipControlsType() core.Type {
	return setting(core.Type{
		Token:  OwnershipControlsToken,
		Inputs: []string{"bucket", "rule.objectOwnership"},
		Rules: []core.Rule{core.InBlocks("rule",
			core.OneOf("MalformedXML", "objectOwnership", "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"))},
	})
}
