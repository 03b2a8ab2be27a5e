package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

// maxDeliveryName is the longest name of a delivery source or destination, and
// randomSuffix what Pulumi adds to a logical name.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
const (
	maxDeliveryName = 60
	randomSuffix    = len("-1234567")
)

// logProvider is the provider for us-east-1 that was given, or else the one of the
// certificate; nil for the stack's own.
func (c *CloudFrontFront) logProvider() pulumi.ProviderResource {
	if c.args.UsEast1Provider == nil && c.args.Domain != nil {
		return c.args.Domain.provider
	}
	return c.args.UsEast1Provider
}

// checkLogProvider refuses a delivery of logs anywhere else than CloudFront wants it.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
func (c *CloudFrontFront) checkLogProvider(ctx *pulumi.Context) error {
	if c.args.LogBucket == nil {
		return nil
	}
	opts := []pulumi.InvokeOption{pulumi.Parent(c)}
	if provider := c.logProvider(); provider != nil {
		opts = []pulumi.InvokeOption{pulumi.Provider(provider)}
	}
	region, err := outsideUSEast1(ctx, opts...)
	if err == nil && region != "" {
		err = fmt.Errorf("must be a provider for %s, where CloudFront's logs are delivered from, got one for %q; "+
			"give the result of USEast1Provider", awstable.CloudFrontRegion, region)
	}
	return c.fault("usEast1Provider", err)
}

// newLogDelivery delivers the distribution's standard logs (v2) in the form of the
// former version, with its fields.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
func (c *CloudFrontFront) newLogDelivery(ctx *pulumi.Context) (err error) {
	if c.args.LogBucket == nil {
		return nil
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(c)}
	if provider := c.logProvider(); provider != nil {
		opts = append(opts, pulumi.Provider(provider))
	}
	name := awsrule.PhysicalName(maxDeliveryName-randomSuffix, c.name)
	tags := resourceTags(c.args.Tags)
	c.LogSource, err = cloudwatch.NewLogDeliverySource(ctx, name, &cloudwatch.LogDeliverySourceArgs{
		LogType:     pulumi.String("ACCESS_LOGS"),
		ResourceArn: c.DistributionArn,
		Tags:        tags,
	}, opts...)
	if err != nil {
		return err
	}
	c.LogDestination, err = cloudwatch.NewLogDeliveryDestination(ctx, name, &cloudwatch.LogDeliveryDestinationArgs{
		OutputFormat: pulumi.String("w3c"),
		DeliveryDestinationConfiguration: cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs{
			DestinationResourceArn: pulumi.Sprintf("%s/%s", c.args.LogBucket.BucketArn, c.name),
		},
		Tags: tags,
	}, opts...)
	if err != nil {
		return err
	}
	c.LogDelivery, err = cloudwatch.NewLogDelivery(ctx, name, &cloudwatch.LogDeliveryArgs{
		DeliverySourceName:     c.LogSource.Name,
		DeliveryDestinationArn: c.LogDestination.Arn,
		Tags:                   tags,
	}, opts...)
	return err
}
