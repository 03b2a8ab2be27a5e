package iampolicy

// distributions is the service that reads a bucket for viewers.
const distributions = "cloudfront.amazonaws.com"

// StaticContent lets one distribution read a bucket, and refuses what does not come by TLS.
// That it may list the bucket makes S3 answer 404 for an object that does not exist.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func StaticContent(bucketARN, distributionARN string) Document {
	allow := func(sid, action, resource string) Statement {
		return Statement{
			Sid: sid, Principal: map[string]string{"Service": distributions}, Action: []string{action}, Resource: []string{resource},
			Condition: Condition{"StringEquals": {"aws:SourceArn": {distributionARN}}},
		}
	}
	return Document{
		tlsOnly(bucketARN),
		allow("DistributionReads", "s3:GetObject", bucketARN+"/*"),
		allow("DistributionTellsWhatIsMissing", "s3:ListBucket", bucketARN),
	}
}

// tlsOnly refuses requests to a bucket that do not come by TLS.
func tlsOnly(bucketARN string) Statement {
	return Statement{
		Sid: "TLSOnly", Deny: true, Principal: map[string]string{"AWS": "*"},
		Action: []string{"s3:*"}, Resource: []string{bucketARN, bucketARN + "/*"},
		Condition: Condition{"Bool": {"aws:SecureTransport": {"false"}}},
	}
}
