package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/iampolicy"
)

// sessionManagerPolicy is AWS's own for instances that Systems Manager looks
// after.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html
const sessionManagerPolicy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"

// cloudFrontToInstance is the addresses that CloudFront connects from; the
// instance has no IPv6.
func cloudFrontToInstance() awsrule.PrefixList { return awsrule.CloudFrontPrefixLists(false)[0] }

// newSecurityGroup makes the group with its two rules and the way into the network's
// endpoints. DNS and the clock need none: both are served at link-local addresses,
// which security groups do not filter.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
func (c *TLSInstance) newSecurityGroup(ctx *pulumi.Context) (err error) {
	c.SecurityGroup, err = ec2.NewSecurityGroup(ctx, c.name+"-instance", &ec2.SecurityGroupArgs{
		Description: pulumi.String("TLS origin"),
		VpcId:       c.args.Network.VpcId,
		Tags:        resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.SecurityGroupId = c.SecurityGroup.ID().ToStringOutput()
	c.IngressRule, err = tcpRule{
		name: c.name + "-in-" + cloudFrontToInstance().Key, description: "HTTPS from CloudFront", tags: c.args.Tags,
		group: c.SecurityGroupId, port: httpsPort, prefixList: pulumi.String(c.found.prefixList),
	}.in(ctx, c)
	if err != nil {
		return err
	}
	c.EgressRule, err = tcpRule{
		name: c.name + "-egress-internet", description: "HTTPS: packages, certificate, Systems Manager", tags: c.args.Tags,
		group: c.SecurityGroupId, port: httpsPort, cidr: anywhere,
	}.out(ctx, c)
	if err != nil {
		return err
	}
	c.EndpointIngressRule, err = c.args.Network.admitToEndpoints(ctx, c, c.SecurityGroupId, "HTTPS from the TLS origin", c.args.Tags)
	return err
}

// newRole makes the instance's role with its policies and its profile.
func (c *TLSInstance) newRole(ctx *pulumi.Context) (err error) {
	c.Role, err = newRole(ctx, c, c.name+"-instance", iampolicy.TrustService("ec2.amazonaws.com", nil), c.args.Tags)
	if err != nil {
		return err
	}
	c.SessionManagerPolicy, err = iam.NewRolePolicyAttachment(ctx, c.name+"-session-manager", &iam.RolePolicyAttachmentArgs{
		Role: c.Role.Name, PolicyArn: pulumi.String(sessionManagerPolicy),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.CertbotPolicy, err = iam.NewRolePolicy(ctx, c.name+"-certbot", &iam.RolePolicyArgs{
		Role: c.Role.Name,
		Policy: c.found.zone.ApplyT(func(id string) (string, error) {
			return iampolicy.Certbot(id, c.args.certificateNames()).JSON()
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.InstanceProfile, err = iam.NewInstanceProfile(ctx, c.name+"-instance", &iam.InstanceProfileArgs{
		Role: c.Role.Name, Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	return err
}
