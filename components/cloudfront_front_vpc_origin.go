package components

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// privateOrigin is how a VPC origin leads to Origin; nil if Origin is reached through the
// internet, or not given.
func (a *CloudFrontFrontArgs) privateOrigin() *vpcOriginEnd {
	if a.Origin == nil {
		return nil
	}
	return a.Origin.vpcOriginEnd()
}

// throughVPC says whether the origin is reached through a VPC origin.
func (a *CloudFrontFrontArgs) throughVPC() bool {
	return a.ExistingVpcOriginId != nil || a.privateOrigin() != nil
}

// vpcOriginName is the name of what the VPC origin leads to, in plans; "" without one.
func (a *CloudFrontFrontArgs) vpcOriginName() string {
	switch end := a.privateOrigin(); {
	case end != nil:
		return end.name
	case a.ExistingVpcOriginId != nil:
		return anyOriginName
	}
	return ""
}

func (a *CloudFrontFrontArgs) validateVPCOrigin(l *fault.List) {
	if a.Origin != nil && a.privateOrigin() == nil && a.ExistingVpcOriginId != nil {
		l.Addf("existingVpcOriginId", "must be left out with origin %q, which CloudFront reaches through the internet: a VPC origin leads to "+
			"a load balancer or an instance whose accessFrom is %q", a.Origin.plan().name, AccessFromVpcOrigin)
	}
	got := "an id that is not known yet"
	if id, known := literal(a.ExistingVpcOriginId); known {
		got = strconv.Quote(id)
		l.Check("existingVpcOriginId", awsrule.VPCOriginID(id))
	}
	if end := a.privateOrigin(); end != nil && end.replaced && a.ExistingVpcOriginId != nil {
		l.Addf("existingVpcOriginId", "must be left out with origin %q, got %s: a VPC origin leads to one instance, and this one is made by the "+
			"program, and has another id whenever it is replaced: viewers would get 504; leave it out, and a VPC origin to the instance is made",
			end.name, got)
	}
	if a.privateOrigin() != nil && a.OriginSecret != nil {
		l.Addf("originSecret", "must be left out with origin %q: only distributions of this account reach it through a VPC origin, and it asks for no secret",
			a.Origin.plan().name)
	}
	if a.throughVPC() && a.OriginHttpsPort != httpsPort {
		l.Addf("originHttpsPort", "must be %d with a VPC origin, got %d: the VPC origin says which port is connected to; leave it out", httpsPort, a.OriginHttpsPort)
	}
}

// newVPCOrigin makes the VPC origin of a private load balancer or instance, and has that
// admit it before the distribution sends anything.
func (c *CloudFrontFront) newVPCOrigin(ctx *pulumi.Context) (err error) {
	end := c.args.privateOrigin()
	switch {
	case c.args.ExistingVpcOriginId != nil:
		c.VpcOriginId = c.args.ExistingVpcOriginId.ToStringOutput().ApplyT(func(id string) (string, error) {
			return id, c.fault("existingVpcOriginId", awsrule.VPCOriginID(id))
		}).(pulumi.StringOutput)
	case end != nil:
		c.VpcOrigin, err = cloudfront.NewVpcOrigin(ctx, c.name+"-vpc-origin", &cloudfront.VpcOriginArgs{
			VpcOriginEndpointConfig: c.vpcOriginConfig(ctx, end),
			Tags:                    resourceTags(c.args.Tags),
			// A VPC origin that a distribution uses cannot be changed: another one is made, used,
			// and the old one deleted.
			// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateVpcOrigin.html
		}, pulumi.Parent(c), pulumi.ReplaceOnChanges([]string{"vpcOriginEndpointConfig"}), pulumi.DependsOn(end.after))
		if err != nil {
			return err
		}
		c.VpcOriginId = c.VpcOrigin.ID().ToStringOutput()
	}
	if end == nil {
		return nil
	}
	rules, err := end.admit(ctx, c.VpcOriginId)
	c.args.OriginReady = append(slices.Clone(c.args.OriginReady), rules...)
	return err
}

// vpcOriginConfig is how CloudFront reaches the origin. The name is of that load balancer or
// instance alone, so that a VPC origin to another one can exist beside it.
func (c *CloudFrontFront) vpcOriginConfig(ctx *pulumi.Context, end *vpcOriginEnd) cloudfront.VpcOriginVpcOriginEndpointConfigArgs {
	prefix := awsrule.PhysicalName(awstable.VPCOriginNameLength-end.idLength-len("-"), fixedName(ctx, c.name))
	name := end.arn.ApplyT(func(arn string) string {
		return prefix + "-" + arn[strings.LastIndex(arn, "/")+1:]
	}).(pulumi.StringOutput)
	protocols := []string{"TLSv1.2"}
	return cloudfront.VpcOriginVpcOriginEndpointConfigArgs{
		Name: name, Arn: end.arn,
		OriginProtocolPolicy: pulumi.String("https-only"),
		HttpPort:             pulumi.Int(awstable.HTTPPort), // required by the API, unused with https-only
		HttpsPort:            pulumi.Int(httpsPort),
		OriginSslProtocols: cloudfront.VpcOriginVpcOriginEndpointConfigOriginSslProtocolsArgs{
			Items: pulumi.ToStringArray(protocols), Quantity: pulumi.Int(len(protocols)),
		},
	}
}

// throughVPCOrigin is how the distribution uses the VPC origin.
func (c *CloudFrontFront) throughVPCOrigin() cloudfront.DistributionOriginVpcOriginConfigPtrInput {
	return cloudfront.DistributionOriginVpcOriginConfigArgs{
		VpcOriginId:            c.VpcOriginId,
		OriginReadTimeout:      pulumi.Int(c.args.OriginReadTimeoutSeconds),
		OriginKeepaliveTimeout: pulumi.Int(c.args.OriginKeepaliveTimeoutSeconds),
	}
}

// reachable refuses an internal load balancer that is for others than CloudFront.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
func (c *SecuredALB) reachable() error {
	if c.args.Internal && c.args.AccessFrom != AccessFromVpcOrigin {
		return fmt.Errorf("must be a load balancer that CloudFront reaches, got %q, which is internal and admits allowedCidrs alone: "+
			"viewers would get 504; set its accessFrom to %q, which makes a VPC origin to it, and leave out internal and allowedCidrs",
			c.name, AccessFromVpcOrigin)
	}
	return nil
}

var errNoRecords = errors.New("must be left out behind a load balancer that only a VPC origin leads to: its records would lead viewers " +
	"to private addresses (no answer); put the names on the CloudFrontFront's domain")
