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
func cloudFrontToInstance() awsrule.Ingress { return awsrule.CloudFrontIngress(false)[0] }

func (c *TLSInstance) lookUpPrefixList(ctx *pulumi.Context) (string, error) {
	id, err := lookupPrefixList(ctx, c, cloudFrontToInstance().PrefixList, c.args.SecurityGroupRuleQuota)
	return id, c.fault("securityGroupRuleQuota", err)
}

// newSecurityGroup makes the group with its two rules and returns the ways out,
// into the network's endpoints among them. DNS and the clock need none: both are
// served at link-local addresses, which security groups do not filter.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
func (c *TLSInstance) newSecurityGroup(ctx *pulumi.Context, name, prefixList string) (opened []pulumi.Resource, err error) {
	c.SecurityGroup, err = ec2.NewSecurityGroup(ctx, name+"-instance", &ec2.SecurityGroupArgs{
		Description: pulumi.String("TLS origin"),
		VpcId:       c.args.Network.VpcId,
		Tags:        resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	c.SecurityGroupId = c.SecurityGroup.ID().ToStringOutput()
	c.IngressRule, err = tcpRule{
		name: name + "-in-" + cloudFrontToInstance().Key, description: "HTTPS from CloudFront", tags: c.args.Tags,
		group: c.SecurityGroupId, port: httpsPort, prefixList: pulumi.String(prefixList),
	}.in(ctx, c)
	if err != nil {
		return nil, err
	}
	c.EgressRule, err = tcpRule{
		name: name + "-egress-internet", description: "HTTPS: packages, certificate, Systems Manager", tags: c.args.Tags,
		group: c.SecurityGroupId, port: httpsPort, cidr: anywhere,
	}.out(ctx, c)
	if err != nil {
		return nil, err
	}
	opened = []pulumi.Resource{c.EgressRule}
	c.EndpointIngressRule, err = admitToEndpoints(ctx, c, name, c.args.Network, c.SecurityGroupId, "HTTPS from the TLS origin", c.args.Tags)
	if c.EndpointIngressRule != nil {
		opened = append(opened, c.EndpointIngressRule)
	}
	return opened, err
}

// newRole makes the instance's role with its policies and its profile.
func (c *TLSInstance) newRole(ctx *pulumi.Context, name string, zone pulumi.StringOutput) (err error) {
	c.Role, err = newRole(ctx, c, name+"-instance", iampolicy.TrustService("ec2.amazonaws.com", nil), c.args.Tags)
	if err != nil {
		return err
	}
	c.SessionManagerPolicy, err = iam.NewRolePolicyAttachment(ctx, name+"-session-manager", &iam.RolePolicyAttachmentArgs{
		Role: c.Role.Name, PolicyArn: pulumi.String(sessionManagerPolicy),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.CertbotPolicy, err = iam.NewRolePolicy(ctx, name+"-certbot", &iam.RolePolicyArgs{
		Role: c.Role.Name,
		Policy: zone.ApplyT(func(id string) (string, error) {
			return iampolicy.Certbot(id, c.args.certificateNames()).JSON()
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.InstanceProfile, err = iam.NewInstanceProfile(ctx, name+"-instance", &iam.InstanceProfileArgs{
		Role: c.Role.Name, Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	return err
}
