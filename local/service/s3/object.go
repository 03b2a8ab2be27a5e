package s3

import (
	"cmp"
	"crypto/md5" // what an ETag is
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// StoredToken is the type of the account's records of what is in objects, which is neither in
// their state nor in the asset that it came from, since that may change. A record has:
//
//	bucket, key
//	body     base64
//	headers  with which it is served, by name
var StoredToken = core.OwnRecord("aws:s3/stored:Stored", "bucket", "key", "body", "headers", "etag", "algorithm")

// objectType is an object of a bucket. The id has the bucket too: the provider's is the key
// alone, which objects of several buckets may share.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/s3/object.go
// *sourced* (the codes of the provider's own rules are inferred)
func objectType() core.Type {
	const conflict, invalid = "InvalidParameterCombination", "InvalidArgument"
	return core.Type{
		Token: ObjectToken,
		Name:  &core.Autoname{Property: "key", MaxLength: 1024, Exact: true},
		Inputs: []string{
			"bucket", "cacheControl", "content", "contentBase64", "contentDisposition", "contentEncoding", "contentLanguage",
			"contentType", "etag", "forceDestroy", "key", "metadata", "source", "sourceHash", "tags",
		},
		Defaults: core.Object{"forceDestroy": false},
		Keeps:    []string{"contentType", "etag"},
		Fills: core.Object{
			"acl": "", "bucketKeyEnabled": false, "checksumCrc32": "", "checksumCrc32c": "", "checksumCrc64nvme": "",
			"checksumSha1": "", "checksumSha256": "", "kmsKeyId": "", "storageClass": "STANDARD", "versionId": "",
		},
		ID:  "{bucket}/{key}",
		ARN: "s3:{bucket}/{key}",
		References: []core.Reference{{
			Input: "bucket", To: []string{BucketToken}, Code: "NoSuchBucket",
			Message: func(*core.Tx, string) string { return "The specified bucket does not exist" },
		}},
		FreeToDelete: "nothing refers to an object",
		Recomputes: map[string][]string{
			"content": {"etag"}, "contentBase64": {"etag"}, "source": {"etag"}, "sourceHash": {"etag"},
		},
		Reverts: []string{"etag"},
		Rules: []core.Rule{
			core.NotBoth(conflict, "content", "contentBase64"),
			core.NotBoth(conflict, "content", "source"),
			core.NotBoth(conflict, "contentBase64", "source"),
			base64Rule,
			keyLengthRule,
			// Source: https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucketobjectv2/
			core.NotMatching(core.Unsupported, "key", cleanedKey, "have slashes that the provider leaves out: ./ or / at the start, or //"),
			metadataRule,
			// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html (the code is inferred)
			core.AtMostItems("BadRequest", "tags", 10),
			core.NotMatching(invalid, "contentType", controls, "have control characters"),
			core.NotMatching(invalid, "cacheControl", controls, "have control characters"),
			core.NotMatching(invalid, "contentDisposition", controls, "have control characters"),
			core.NotMatching(invalid, "contentEncoding", controls, "have control characters"),
			core.NotMatching(invalid, "contentLanguage", controls, "have control characters"),
		},
		Create: func(t *core.Tx, id string, in core.Object) (core.Object, error) { return putObject(t, id, nil, in) },
		Update: putObject,
		Delete: func(t *core.Tx, id string, _ core.Object) error {
			t.Drop(StoredToken, id)
			return nil
		},
	}
}

var (
	cleanedKey = regexp.MustCompile(`^\.?/|//`)
	controls   = regexp.MustCompile(`[\x00-\x1f\x7f]`)
)

// base64Rule is the form of contentBase64. The value is not shown: it may be a secret.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/s3/object.go
func base64Rule(in core.Object) *core.Refusal {
	if _, err := base64.StdEncoding.DecodeString(in.Str("contentBase64")); err != nil {
		return &core.Refusal{Property: "contentBase64", Message: "contentBase64 must be base64"}
	}
	return nil
}

// keyLengthRule is how many bytes a key may have.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
func keyLengthRule(in core.Object) *core.Refusal {
	if n := len(in.Str("key")); n > 1024 {
		return core.Invalid("KeyTooLongError", "key", "must have at most 1024 bytes, got %d", n)
	}
	return nil
}

// metadataRule is what the names of metadata are, by the provider, and how large all of it.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
func metadataRule(in core.Object) *core.Refusal {
	size, metadata := 0, in.Block("metadata")
	for _, name := range metadata.Keys() {
		if name != strings.ToLower(name) {
			return core.Invalid("", "metadata", "must be lowercase only, got %q", name)
		}
		size += len(name) + len(metadata.Str(name))
	}
	if size > 2048 {
		return core.Invalid("MetadataTooLarge", "metadata", "must have at most 2048 bytes, got %d", size)
	}
	return nil
}

// putObject uploads an object. It keeps the type that it had, if none is given, and a new one
// has that of the SDK: no type follows from the name.
// Source: https://github.com/hashicorp/terraform-provider-aws/issues/40389
func putObject(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	body, err := bodyOf(in)
	if err != nil {
		return nil, err
	}
	kind := cmp.Or(in.Str("contentType"), old.Str("contentType"), "application/octet-stream")
	headers := core.Object{"Content-Type": kind}
	for name, property := range map[string]string{
		"Cache-Control": "cacheControl", "Content-Disposition": "contentDisposition",
		"Content-Encoding": "contentEncoding", "Content-Language": "contentLanguage",
	} {
		if value := in.Str(property); value != "" {
			headers[name] = value
		}
	}
	for name, value := range in.Block("metadata") {
		headers["X-Amz-Meta-"+name] = value
	}
	bucket, _ := t.Get(BucketToken, in.Str("bucket"))
	algorithm := Algorithm(t, bucket)
	t.Set(StoredToken, id, core.Object{
		"bucket": in["bucket"], "key": in["key"], "body": base64.StdEncoding.EncodeToString(body), "headers": map[string]any(headers),
		"etag": etag(body, algorithm), "algorithm": algorithm,
	})
	return core.Object{"contentType": kind, "etag": etag(body, algorithm), "serverSideEncryption": algorithm}, nil
}

// bodyOf is the content of an object; none is an empty object.
func bodyOf(in core.Object) ([]byte, error) {
	switch {
	case in.Has("source"):
		body, err := core.Content(in["source"])
		if err != nil {
			return nil, fmt.Errorf("opening S3 object source: %w", err)
		}
		return body, nil
	case in.Str("contentBase64") != "":
		return base64.StdEncoding.DecodeString(in.Str("contentBase64"))
	}
	return []byte(in.Str("content")), nil
}

// etag is the MD5 of an object, and something else of one that is encrypted with a KMS key.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
func etag(body []byte, algorithm string) string {
	if algorithm != "AES256" {
		sum := sha256.Sum256(body)
		return hex.EncodeToString(sum[:md5.Size])
	}
	sum := md5.Sum(body)
	return hex.EncodeToString(sum[:])
}
