package s3

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// encryptionType is the default encryption of a bucket.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
func encryptionType() core.Type {
	const byDefault = "rules.applyServerSideEncryptionByDefault"
	return setting(core.Type{
		Token:  EncryptionToken,
		Inputs: []string{"bucket", byDefault + ".kmsMasterKeyId", byDefault + ".sseAlgorithm", "rules.bucketKeyEnabled"},
		Rules: []core.Rule{
			core.AtMostItems("MalformedXML", "rules", 1), // inferred: the API has a list, of which a bucket has one
			core.InBlocks(byDefault,
				core.OneOf("MalformedXML", "sseAlgorithm", "AES256", "aws:kms", "aws:kms:dsse"),
				core.Matching("KMS.NotFoundException", "kmsMasterKeyId", kmsKey, "the id, the alias or the ARN of a KMS key"),
				// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html (the code is inferred)
				core.When("sseAlgorithm", "AES256", core.Absent("InvalidArgument", "kmsMasterKeyId"))),
		},
	})
}

// kmsKey is a key's id or alias, or the ARN of either. S3 does not check that the key
// exists before it encrypts with it.
var kmsKey = regexp.MustCompile(`^(arn:aws:kms:[a-z0-9-]+:\d{12}:)?((key/)?(mrk-)?[0-9a-f-]{32,36}|alias/[A-Za-z0-9/_-]{1,250})$`)
