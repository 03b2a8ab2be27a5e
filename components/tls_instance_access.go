package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/firstboot"
	"github.com/portico-iac/portico/internal/iampolicy"
)

// sessionManagerPolicy is the ARN, behind its partition.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html
const sessionManagerPolicy = ":iam::aws:policy/AmazonSSMManagedInstanceCore"

// cloudFrontToInstance is the addresses that CloudFront connects from; the
// instance has no IPv6.
func cloudFrontToInstance() awsrule.Ingress { return awsrule.CloudFrontIngress(false)[0] }

// newSecurityGroup makes the group with its two rules and the way into the network's
// endpoints. DNS and the clock need none: both are served at link-local addresses,
// which security groups do not filter.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
func (c *TLSInstance) newSecurityGroup(ctx *pulumi.Context) (err error) {
	c.SecurityGroup, err = ec2.NewSecurityGroup(ctx, c.groupName(), &ec2.SecurityGroupArgs{
		Description: pulumi.String("TLS origin"),
		VpcId:       c.args.Network.VpcId,
		Tags:        resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.SecurityGroupId = c.SecurityGroup.ID().ToStringOutput()
	if !c.args.private() {
		c.IngressRule, err = tcpRule{
			name: c.name + "-in-" + cloudFrontToInstance().Key, description: "HTTPS from CloudFront", tags: c.args.Tags,
			group: c.SecurityGroupId, port: httpsPort, prefixList: pulumi.String(c.found.prefixList),
		}.in(ctx, c)
		if err != nil {
			return err
		}
	}
	c.EgressRule, err = tcpRule{
		name: c.ownName() + "-egress-internet", description: "HTTPS: packages, certificate, Systems Manager", tags: c.args.Tags,
		group: c.SecurityGroupId, port: httpsPort, cidr: anywhere,
	}.out(ctx, c)
	if err != nil {
		return err
	}
	c.EndpointIngressRule, err = c.args.Network.admitToEndpoints(ctx, c, c.ownName(), c.SecurityGroupId, "HTTPS from the TLS origin", c.args.Tags)
	return err
}

func (c *TLSInstance) newRole(ctx *pulumi.Context) (err error) {
	c.Role, err = newRole(ctx, c, c.name+"-instance", iampolicy.TrustService("ec2.amazonaws.com", nil), c.args.Tags)
	if err != nil {
		return err
	}
	region, err := regionOf(ctx, pulumi.Parent(c))
	if err != nil {
		return err
	}
	partition := iampolicy.Partition(region)
	c.SessionManagerPolicy, err = iam.NewRolePolicyAttachment(ctx, c.name+"-session-manager", &iam.RolePolicyAttachmentArgs{
		Role: c.Role.Name, PolicyArn: pulumi.String("arn:" + partition + sessionManagerPolicy),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.CertbotPolicy, err = iam.NewRolePolicy(ctx, c.name+"-certbot", &iam.RolePolicyArgs{
		Role: c.Role.Name,
		Policy: c.found.zone.ApplyT(func(id string) (string, error) {
			return iampolicy.Certbot(partition, id, c.args.certificateNames()).JSON()
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	if err := c.newMetricPolicy(ctx); err != nil {
		return err
	}
	c.InstanceProfile, err = iam.NewInstanceProfile(ctx, c.name+"-instance", &iam.InstanceProfileArgs{
		Role: c.Role.Name, Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	return err
}

// tlsInstanceSurroundings is what a TLSInstance uses and does not make: the id of
// CloudFront's prefix list, the hosted zone, and the image.
type tlsInstanceSurroundings struct {
	prefixList string
	zone       pulumi.StringOutput
	image      pulumi.StringInput
}

func (c *TLSInstance) lookUp(ctx *pulumi.Context) (err error) {
	c.found.prefixList, err = lookupPrefixList(ctx, c, cloudFrontToInstance().PrefixList, c.args.SecurityGroupRuleQuota)
	if err != nil {
		return c.fault("securityGroupRuleQuota", err)
	}
	c.found.zone, err = resolveZone(ctx, c, c.args.HostedZone, c.args.zoneNames()...)
	if err != nil {
		return err
	}
	c.found.image, err = c.lookUpImage(ctx)
	return err
}

// lookUpImage is the image given, found to be right, or else the newest of
// Amazon Linux 2023.
func (c *TLSInstance) lookUpImage(ctx *pulumi.Context) (pulumi.StringInput, error) {
	given := c.args.AmiId
	if given == nil {
		return c.newestImage(ctx)
	}
	if id, known := literal(given); known {
		return given, c.checkImage(ctx, id)
	}
	return given.ToStringOutput().ApplyT(func(id string) (string, error) {
		return id, c.checkImage(ctx, id)
	}).(pulumi.StringOutput), nil
}

func (c *TLSInstance) newestImage(ctx *pulumi.Context) (pulumi.StringInput, error) {
	parameter, err := firstboot.ImageParameter(c.args.InstanceType)
	if err != nil {
		return nil, err
	}
	image, err := ssm.LookupParameter(ctx, &ssm.LookupParameterArgs{Name: parameter}, pulumi.Parent(c))
	if err != nil {
		return nil, c.fault("", lookupFailed(err, "the image by parameter %q", parameter))
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
