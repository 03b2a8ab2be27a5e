package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
)

// checkListenerCertificate refuses a certificate that was made for CloudFront on
// a listener elsewhere than in us-east-1: listeners take certificates of their
// own region only. Others are made in the stack's region anyhow.
// https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
func checkListenerCertificate(ctx *pulumi.Context, parent pulumi.Resource, domain *CertifiedDomain) error {
	if domain == nil || !domain.ForCloudFront() {
		return nil
	}
	region, err := regionOf(ctx, parent)
	if err == nil && region != "" && region != awstable.CloudFrontRegion {
		return fmt.Errorf("must be a certificate in %s, got one for CloudFront in %s; make a second CertifiedDomain without ForCloudFront",
			region, awstable.CloudFrontRegion)
	}
	return err
}

// regionOf is the region that the provider of parent works in, "" when that is not
// known yet.
func regionOf(ctx *pulumi.Context, parent pulumi.Resource) (string, error) {
	found, err := aws.GetRegion(ctx, nil, pulumi.Parent(parent))
	if err != nil {
		return "", lookupFailed(err, "the region")
	}
	return found.Name, nil
}
