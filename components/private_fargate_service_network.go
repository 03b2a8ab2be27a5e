package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
)

const httpsPort = awstable.HTTPSPort

// newSecurityGroup makes the tasks' group and its ways out; the way in belongs
// to the route.
func (c *PrivateFargateService) newSecurityGroup(ctx *pulumi.Context) (err error) {
	c.SecurityGroup, err = ec2.NewSecurityGroup(ctx, c.name+"-tasks", &ec2.SecurityGroupArgs{
		Description: pulumi.String("Fargate tasks"),
		VpcId:       c.vpcID(),
		Tags:        resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.SecurityGroupId = c.SecurityGroup.ID().ToStringOutput()
	egress := c.imageEgress()
	for _, e := range c.args.AdditionalEgress {
		egress = append(egress, e.rule())
	}
	for _, e := range egress {
		e.name, e.group, e.tags = c.name+"-egress-"+e.name, c.SecurityGroupId, c.args.Tags
		rule, err := e.out(ctx, c)
		if err != nil {
			return err
		}
		c.EgressRules = append(c.EgressRules, rule)
		c.needs = append(c.needs, rule)
	}
	c.EndpointIngressRule, err = c.Network.admitToEndpoints(ctx, c, c.name, c.SecurityGroupId, "HTTPS from Fargate tasks", c.args.Tags)
	if c.EndpointIngressRule != nil {
		c.needs = append(c.needs, c.EndpointIngressRule)
	}
	return err
}

// vpcID is the network's VPC. The target groups stand in the load balancers', and
// must stand in the same one: targets of another are refused, and viewers
// would get 503.
func (c *PrivateFargateService) vpcID() pulumi.StringOutput {
	ids := []any{c.Network.VpcId}
	for _, route := range c.routes() {
		if b := route.args.LoadBalancer; b != nil && b.Network() != c.Network {
			ids = append(ids, b.VpcId)
		}
	}
	if len(ids) == 1 {
		return c.Network.VpcId
	}
	return pulumi.All(ids...).ApplyT(func(ids []any) (string, error) {
		for _, id := range ids[1:] {
			if ids[0] != id {
				return "", c.fault("network", fmt.Errorf("must be of the load balancer's VPC %s, got %s; "+
					"the tasks could not be its targets and viewers would get 503", id, ids[0]))
			}
		}
		return ids[0].(string), nil
	}).(pulumi.StringOutput)
}

// imageEgress is the ways that a task needs to start, without their group: to its
// image, its secrets and its log, all of them over HTTPS. Names are resolved by the
// VPC's own resolver, which security groups do not filter:
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
func (c *PrivateFargateService) imageEgress() []tcpRule {
	if c.Network.PrivateEgress() != PrivateEgressEndpoints {
		return []tcpRule{{name: "internet", description: "HTTPS to the internet, by NAT", port: httpsPort, cidr: anywhere}}
	}
	// Image layers come from S3, through its gateway endpoint.
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
	return []tcpRule{
		{name: "endpoints", description: "HTTPS to VPC endpoints", port: httpsPort, peer: c.Network.EndpointSecurityGroupId},
		{name: "s3", description: "HTTPS to S3, for image layers", port: httpsPort, prefixList: c.Network.S3PrefixListId},
	}
}

func (e EgressArgs) rule() tcpRule {
	return tcpRule{
		name: "additional-" + e.Name, description: e.Name, port: e.Port,
		cidr: e.CidrBlock, peer: e.SecurityGroupId, prefixList: e.PrefixListId,
	}
}
