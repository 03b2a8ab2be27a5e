package s3

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// bucketType is a bucket. Its settings and objects are resources of their own.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/creating-bucket-overview.html
// *sourced* (outputs of what is not set are inferred)
func bucketType() core.Type {
	encryption := map[string]any{"sseAlgorithm": "AES256", "kmsMasterKeyId": ""}
	return core.Type{
		Token:    BucketToken,
		Name:     &core.Autoname{Property: "bucket", MaxLength: 63, LowerCase: true},
		Inputs:   []string{"bucket", "forceDestroy", "tags"},
		Defaults: core.Object{"forceDestroy": false},
		Fills: core.Object{
			"accelerationStatus": "", "acl": "", "bucketDomainName": "{bucket}.s3.amazonaws.com", "bucketPrefix": "",
			"bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com", "corsRules": core.List(),
			"lifecycleRules": core.List(), "loggings": core.List(), "objectLockEnabled": false, "policy": "",
			"region": "{region}", "replicationConfigurations": core.List(), "requestPayer": "BucketOwner",
			"serverSideEncryptionConfigurations": []any{map[string]any{"rules": []any{map[string]any{
				"applyServerSideEncryptionByDefaults": []any{encryption}, "bucketKeyEnabled": false,
			}}}},
			"versionings":   []any{map[string]any{"enabled": false, "mfaDelete": false}},
			"websiteDomain": "", "websiteEndpoint": "", "websites": core.List(),
		},
		ID:    "{bucket}",
		ARN:   "s3:{bucket}",
		InUse: "BucketNotEmpty",
		Rules: []core.Rule{
			// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
			core.Matching("InvalidBucketName", "bucket", bucketName, "labels of lower-case letters, digits and inner hyphens between single dots"),
			core.NotMatching("InvalidBucketName", "bucket", wrongBucketName,
				"have fewer than 3 or more than 63 characters, be an IP address, or have a reserved prefix or suffix"),
		},
		Create: createBucket,
		Delete: emptyBucket,
	}
}

// emptyBucket deletes the objects of a bucket that may be deleted with them, as the provider
// does.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
func emptyBucket(t *core.Tx, bucket string, state core.Object) error {
	if !state.Bool("forceDestroy") {
		return nil
	}
	for _, object := range t.Where(ObjectToken, "bucket", bucket) {
		t.Drop(ObjectToken, object.Str("id"))
		t.Drop(StoredToken, object.Str("id"))
	}
	return nil
}

// createBucket makes a bucket, whose name is unique in all Regions.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func createBucket(t *core.Tx, id string, _ core.Object) (core.Object, error) {
	if _, _, taken := t.ByARN(t.ARN("s3", id)); taken {
		return nil, core.Refuse("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
	}
	owner := sha256.Sum256([]byte(t.AccountID()))
	return core.Object{
		"grants": []any{map[string]any{
			"id": hex.EncodeToString(owner[:]), "permissions": core.List("FULL_CONTROL"), "type": "CanonicalUser", "uri": "",
		}},
		"hostedZoneId": websiteZones[t.Region()],
	}, nil
}

// websiteZones are the hosted zones of bucket websites, by Region.
// Source: https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints
var websiteZones = map[string]string{
	"ap-northeast-1": "Z2M4EHUR26P7ZW", "ap-northeast-3": "Z2YQB5RD63NC85", "ap-southeast-1": "Z3O0J2DXBE1FTB",
	"ap-southeast-2": "Z1WCIGYICN2BYD", "eu-central-1": "Z21DNDUVLTQW6Q", "eu-west-1": "Z1BKCTXD74EZPE",
	"us-east-1": "Z3AQBSTGFJSTF", "us-east-2": "Z2O1EMRO9K5GLX", "us-west-2": "Z3BJ6K6RIION7M",
}

// bucketName is labels of lower-case letters, digits and inner hyphens. That a hyphen
// beside a dot is refused is inferred.
var bucketName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// wrongBucketName is a name that is too short or too long, has the form of an IP address,
// or begins or ends as the names of access points and the like do.
var wrongBucketName = regexp.MustCompile(`^.{0,2}$|^.{64,}$|^(\d+\.){3}\d+$|` +
	`^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$`)

// getBucket describes a bucket of whatever Region.
func getBucket(t *core.Tx, in core.Object) (core.Object, error) {
	bucket, ok := BucketOf(t, bucketARN+in.Str("bucket"))
	if !ok {
		return nil, fmt.Errorf("reading S3 Bucket (%s): couldn't find resource", in.Str("bucket"))
	}
	out := core.Object{"id": bucket.Str("bucket")}
	for _, key := range []string{
		"arn", "bucket", "bucketDomainName", "bucketRegionalDomainName", "hostedZoneId", "region", "websiteDomain", "websiteEndpoint",
	} {
		out[key] = bucket[key]
	}
	return out, nil
}
