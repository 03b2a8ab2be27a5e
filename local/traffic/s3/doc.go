// Package s3 is S3's REST endpoint on the simulated network: the buckets of one Region at
// BUCKET.s3.REGION.amazonaws.com and BUCKET.s3.amazonaws.com, over HTTP and HTTPS. It is
// written from AWS's documentation alone. The evaluation of bucket policies is its own, so
// that it can disagree with the one that predicts.
//
// Objects are those of the account and files that whoever serves has put there. Only
// reading is served: every other method is 403, whatever the policy says, and so is a
// request that names no bucket in its Host header. Buckets have no versions, no websites
// and no access control lists, and encryption makes no difference.
package s3
