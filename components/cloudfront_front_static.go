package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/iampolicy"
)

// origins are the origin and, if there is some, the bucket with static content.
func (c *CloudFrontFront) origins() cloudfront.DistributionOriginArray {
	all := cloudfront.DistributionOriginArray{c.origin()}
	if static := c.args.StaticContent; static != nil {
		// The provider adds the empty s3OriginConfig that AWS wants beside an access control.
		all = append(all, cloudfront.DistributionOriginArgs{
			OriginId:              pulumi.String(originIDs[ServedByStaticContent]),
			DomainName:            static.BucketDomainName,
			OriginAccessControlId: static.OriginAccessControl.ID(),
		})
	}
	return all
}

// takeStaticContent makes the static content this front's own: the policy of its bucket
// names one distribution.
func (c *CloudFrontFront) takeStaticContent() error {
	static := c.args.StaticContent
	if static == nil || static.faulty {
		return nil
	}
	if static.front != "" {
		return fmt.Errorf("must be of this distribution alone, got StaticContent %q, which %q serves already: "+
			"the policy of its bucket names one distribution; make another StaticContent", static.name, static.front)
	}
	static.front = c.name
	return nil
}

// newBucketPolicy lets the distribution read the bucket. The owner of an adopted bucket
// attaches the policy.
func (c *CloudFrontFront) newBucketPolicy(ctx *pulumi.Context) (err error) {
	static := c.args.StaticContent
	if static == nil {
		return nil
	}
	c.BucketPolicyJson = pulumi.All(static.BucketArn, c.DistributionArn).ApplyT(func(arns []any) (string, error) {
		return iampolicy.StaticContent(arns[0].(string), arns[1].(string)).JSON()
	}).(pulumi.StringOutput)
	if static.Bucket == nil {
		return nil
	}
	c.BucketPolicy, err = newRaw(ctx, typeBucketPolicy, c.name, pulumi.Map{
		"bucket": static.BucketName, "policy": c.BucketPolicyJson,
	}, pulumi.Parent(c), pulumi.DependsOn(static.settings()))
	return err
}

// serving are the resources that answer what viewers ask for, of those that are registered.
func (c *CloudFrontFront) serving() []pulumi.Resource {
	var all []pulumi.Resource
	if c.args.Origin != nil {
		all = slices.Clone(c.args.Origin.origin().serving)
	}
	if c.BucketPolicy != nil {
		all = append(all, c.BucketPolicy)
	}
	return all
}
