package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/controls"
	"github.com/portico-iac/portico/stacks"
)

// withFiles is a variant whose distribution serves files, but for /api.
func withFiles(variant string) map[string]string {
	return with(minimal(variant), "cloudFront.behaviors[0].pathPattern", "/api/*", "cloudFront.defaultBehavior.servedBy", "static-content")
}

// The bucket and the origin pass every control that is about them, but for the log of who
// reads the bucket.
func TestControlsOfStaticContent(t *testing.T) {
	wanted := map[string]bool{
		"S3.2": true, "S3.3": true, "S3.5": true, "S3.6": true, "S3.8": true, "S3.12": true, "S3.13": true, "S3.9": false,
		"CloudFront.1": true, "CloudFront.12": true, "CloudFront.13": true,
	}
	for _, variant := range []string{stacks.VariantCloudFrontALB, stacks.VariantCloudFrontEC2} {
		resources := resourcesOf(deploy(t, withFiles(variant)))
		seen := 0
		for _, c := range controls.All() {
			passes, about := wanted[c.ID]
			if !about {
				continue
			}
			seen++
			verdict := controls.Fail
			if passes {
				verdict = controls.Pass
			}
			assert.Equal(t, verdict, c.Check(resources).Verdict, "%s in %s: %v", c.ID, variant, c.Check(resources))
		}
		assert.Len(t, wanted, seen)
	}
}

// Static content is made as soon as a behavior asks for it, and told by the outputs.
func TestStaticContentOfAStack(t *testing.T) {
	g := deploy(t, withFiles(stacks.VariantCloudFrontALB))
	bucket := g.One(t, "aws:s3/bucketV2:BucketV2")
	assert.Equal(t, "static-content", g.ByURN(bucket.Parent).Name)
	assert.Equal(t, bucket.ID, g.Output("staticContentBucketName"))
	assert.Contains(t, g.Output("staticContentBucketPolicyJson"), bucket.Output("arn"))

	g = deploy(t, with(minimal(stacks.VariantCloudFrontEC2),
		"cloudFront.behaviors[0].pathPattern", "/news/*", "cloudFront.behaviors[0].failover.statuses[0]", "503",
		"staticContent.existingBucketName", "company-site"))
	assert.Empty(t, g.OfType("aws:s3/bucketV2:BucketV2"))
	assert.Equal(t, "company-site", g.Output("staticContentBucketName"))
}
