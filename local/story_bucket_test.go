package local_test

import (
	"io/fs"
	"path/filepath"
	"testing/fstest"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/requestpath"
)

// sourceS3 is a bucket behind CloudFront, and what of a private bucket's settings people
// forget.
func sourceS3() []story {
	files := map[string]fs.FS{"site": fstest.MapFS{"index.html": {Data: []byte("<p>hello")}, "404.html": {Data: []byte("<p>gone")}}}
	page, missing := requestpath.Request{Path: "/index.html"}, requestpath.Request{Path: "/none.html"}
	reads := frontedBucket{signs: true, actions: []string{"s3:GetObject"}}
	empty := map[string]fs.FS{"site": fstest.MapFS{}}
	lists := frontedBucket{signs: true, actions: []string{"s3:GetObject", "s3:ListBucket"}}
	return []story{
		{
			name: "S3: the Host header is forwarded", wrong: frontedBucket{signs: true, forwards: true, actions: reads.actions}.program, mended: reads.program,
			request: page, objects: files, status: 403, by: requestpath.HopBucket, fact: "bucket-host", why: "does not name bucket",
		}, {
			name: "S3: no origin access control", wrong: frontedBucket{actions: reads.actions, uploads: true}.program,
			mended:  frontedBucket{actions: reads.actions, uploads: true, signs: true}.program,
			request: page, objects: empty, status: 403, by: requestpath.HopBucket, fact: "bucket-signature", why: "does not sign",
		}, {
			name: "S3: the bucket's policy does not know the distribution", wrong: frontedBucket{signs: true}.program, mended: reads.program,
			request: page, objects: files, status: 403, by: requestpath.HopBucket, fact: "bucket-policy", why: "does not let distribution",
		}, {
			name: "S3: a missing page looks forbidden", wrong: reads.program, mended: lists.program,
			request: missing, objects: files, status: 403, by: requestpath.HopBucket, fact: "bucket-key", why: "does not tell senders that may not list",
			mendedStatus: 404,
		},
	}
}

// frontedBucket is what differs between the programs of one system: CloudFront before a
// private bucket.
type frontedBucket struct {
	// signs gives the origin an origin access control.
	signs bool
	// forwards passes the viewer's Host on.
	forwards bool
	// uploads makes the page itself, from a file.
	uploads bool
	// actions are those that the bucket's policy lets the distribution do. None: it has no
	// policy.
	actions []string
}

func (s frontedBucket) program(ctx *pulumi.Context) error {
	bucket, err := newRaw(ctx, "aws:s3/bucketV2:BucketV2", "site", pulumi.Map{})
	if err != nil {
		return err
	}
	_, err = newRaw(ctx, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "site", pulumi.Map{
		"bucket": bucket.ID(), "blockPublicAcls": pulumi.Bool(true), "blockPublicPolicy": pulumi.Bool(true),
		"ignorePublicAcls": pulumi.Bool(true), "restrictPublicBuckets": pulumi.Bool(true),
	})
	if err != nil {
		return err
	}
	if s.uploads {
		page, err := filepath.Abs("../docs/pictures/cloudfront-alb.svg")
		if err != nil {
			return err
		}
		_, err = newRaw(ctx, "aws:s3/bucketObjectv2:BucketObjectv2", "index.html", pulumi.Map{
			"bucket": bucket.ID(), "source": pulumi.NewFileAsset(page), "contentType": pulumi.String("image/svg+xml"),
		})
		if err != nil {
			return err
		}
	}
	origin := cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String("origin"), DomainName: pulumi.Sprintf("%s.s3.ap-northeast-1.amazonaws.com", bucket.ID()),
	}
	if s.signs {
		control, err := cloudfront.NewOriginAccessControl(ctx, "site", &cloudfront.OriginAccessControlArgs{
			OriginAccessControlOriginType: pulumi.String("s3"), SigningBehavior: pulumi.String("always"), SigningProtocol: pulumi.String("sigv4"),
		})
		if err != nil {
			return err
		}
		origin.OriginAccessControlId = control.ID()
	}
	policy := exceptHost
	if s.forwards {
		policy = allViewer
	}
	front, err := newDistribution(ctx, origin, policy, true)
	if err != nil || len(s.actions) == 0 {
		return err
	}
	document := pulumi.JSONMarshal(pulumi.Map{"Version": pulumi.String("2012-10-17"), "Statement": pulumi.Array{pulumi.Map{
		"Effect": pulumi.String("Allow"), "Principal": pulumi.Map{"Service": pulumi.String("cloudfront.amazonaws.com")},
		"Action": pulumi.ToStringArray(s.actions), "Resource": pulumi.Array{bucket.Arn, pulumi.Sprintf("%s/*", bucket.Arn)},
		"Condition": pulumi.Map{"StringEquals": pulumi.Map{"AWS:SourceArn": front.Arn}},
	}}})
	_, err = newRaw(ctx, "aws:s3/bucketPolicy:BucketPolicy", "site", pulumi.Map{"bucket": bucket.ID(), "policy": document})
	return err
}
