package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/firstboot"
)

// lookUpImage is the image given, found to be right, or else the newest of
// Amazon Linux 2023.
func (c *TLSInstance) lookUpImage(ctx *pulumi.Context, name string) (pulumi.StringInput, error) {
	given := c.args.AmiId
	if given == nil {
		return c.newestImage(ctx, name)
	}
	if id, known := literal(given); known {
		return given, c.checkImage(ctx, id)
	}
	return given.ToStringOutput().ApplyT(func(id string) (string, error) {
		return id, c.checkImage(ctx, id)
	}).(pulumi.StringOutput), nil
}

func (c *TLSInstance) newestImage(ctx *pulumi.Context, name string) (pulumi.StringInput, error) {
	parameter, err := firstboot.ImageParameter(c.args.InstanceType)
	if err != nil {
		return nil, err
	}
	image, err := ssm.LookupParameter(ctx, &ssm.LookupParameterArgs{Name: parameter}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("TLSInstance %q: %w", name, lookupFailed(err, "the image by parameter %q", parameter))
	}
	return pulumi.String(image.InsecureValue), nil
}

// checkImage refuses an image that could not start. AWS says so only when the
// instance that it replaces is gone. Amazon's images are deprecated, and hidden
// unless asked for, 90 days after their release; they start all the same.
// https://docs.aws.amazon.com/linux/al2023/ug/naming-and-versioning.html
func (c *TLSInstance) checkImage(ctx *pulumi.Context, id string) error {
	image, err := ec2.LookupAmi(ctx, &ec2.LookupAmiArgs{
		Filters:           []ec2.GetAmiFilter{{Name: "image-id", Values: []string{id}}},
		IncludeDeprecated: pulumi.BoolRef(true),
	}, pulumi.Parent(c))
	if err != nil {
		return c.fault("amiId", fmt.Errorf("must be an image of the region that the account may use, got %q; "+
			"leave it out to keep the image of an instance that runs: %w", id, err))
	}
	return c.fault("amiId", firstboot.ImageRuns(id, image.Architecture, c.args.InstanceType))
}
