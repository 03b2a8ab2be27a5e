package account

import "net/http"

// Bucket is an S3 bucket.
type Bucket struct {
	Name   string `json:"bucket"`
	ARN    string `json:"arn"`
	Region string
}

// BucketPolicy is the policy of a bucket, as JSON.
type BucketPolicy struct{ Bucket, Policy string }

// PublicAccessBlock is a bucket's block of public access.
type PublicAccessBlock struct {
	Bucket                string
	RestrictPublicBuckets bool
}

// OriginAccessControl is how a distribution signs its requests to an origin.
type OriginAccessControl struct {
	ID              string `json:"id"`
	SigningBehavior string
}

// BucketObject is an object in a bucket. Headers are those that it was uploaded with.
type BucketObject struct {
	Bucket, Key string
	Body        []byte
	Headers     map[string]string
	ETag        string
	Algorithm   string // of its encryption
}

// Header returns the headers that go with the object.
func (o BucketObject) Header() http.Header {
	h := http.Header{}
	for name, value := range o.Headers {
		h.Set(name, value)
	}
	return h
}

// PolicyOf returns the policy of a bucket, "" if it has none.
func (r *Resources) PolicyOf(bucket string) string {
	p, _ := find(r.BucketPolicies, func(p BucketPolicy) bool { return p.Bucket == bucket })
	return p.Policy
}

// BlocksPublic reports whether a bucket refuses everybody but the account and services of
// AWS, whatever its policy says. A new bucket does.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (r *Resources) BlocksPublic(bucket string) bool {
	b, ok := find(r.PublicAccessBlocks, func(b PublicAccessBlock) bool { return b.Bucket == bucket })
	return !ok || b.RestrictPublicBuckets
}

// ObjectsIn returns the objects of a bucket.
func (r *Resources) ObjectsIn(bucket string) []BucketObject {
	return where(r.Objects, func(o BucketObject) bool { return o.Bucket == bucket })
}
