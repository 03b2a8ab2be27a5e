package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// compresses says whether CloudFront compresses answers. All cache policies but
// CachingDisabled take the encodings of viewers into their key, which that takes.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
func (a *BehaviorArgs) compresses() bool {
	if a.Compress != nil {
		return *a.Compress
	}
	return a.Caching.Policy != CachingDisabled
}

// checkCompress refuses compression where nothing is cached.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
func (a *BehaviorArgs) checkCompress() error {
	if a.compresses() && a.Caching.Policy == CachingDisabled {
		return fmt.Errorf("must be false with caching %q, got true: CloudFront compresses only what it caches; "+
			"let the service compress its answers, or cache them", CachingDisabled)
	}
	return nil
}

// compress is nil where nothing is compressed, which is AWS's default.
func (a *BehaviorArgs) compress() pulumi.BoolPtrInput {
	if !a.compresses() {
		return nil
	}
	return pulumi.Bool(true)
}
