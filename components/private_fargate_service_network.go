package components

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
)

const httpsPort = awstable.HTTPSPort

// newSecurityGroup makes the tasks' group and its ways out; the way in belongs
// to the route. It returns the rules, without which no task could start.
func (c *PrivateFargateService) newSecurityGroup(ctx *pulumi.Context, name string) (opened []pulumi.Resource, err error) {
	c.SecurityGroup, err = ec2.NewSecurityGroup(ctx, name+"-tasks", &ec2.SecurityGroupArgs{
		Description: pulumi.String("Fargate tasks"),
		VpcId:       c.vpcID(name),
		Tags:        resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	c.SecurityGroupId = c.SecurityGroup.ID().ToStringOutput()
	egress := c.imageEgress()
	for _, e := range c.args.AdditionalEgress {
		egress = append(egress, e.rule())
	}
	for _, e := range egress {
		rule, err := e.open(ctx, name, c)
		if err != nil {
			return nil, err
		}
		c.EgressRules = append(c.EgressRules, rule)
		opened = append(opened, rule)
	}
	c.EndpointIngressRule, err = admitToEndpoints(ctx, c, name, c.Network, c.SecurityGroupId, "HTTPS from Fargate tasks", c.args.Tags)
	if c.EndpointIngressRule != nil {
		opened = append(opened, c.EndpointIngressRule)
	}
	return opened, err
}

// vpcID is the network's VPC. The target group stands in the load balancer's,
// and must stand in the same one: targets of another are refused, and viewers
// would get 503.
func (c *PrivateFargateService) vpcID(name string) pulumi.StringOutput {
	route := c.args.Route
	if route == nil || route.LoadBalancer == nil || route.LoadBalancer.Network() == c.Network {
		return c.Network.VpcId
	}
	return pulumi.All(c.Network.VpcId, route.LoadBalancer.VpcId).ApplyT(func(ids []any) (string, error) {
		if ids[0] != ids[1] {
			return "", fmt.Errorf("PrivateFargateService %q: network: must be of the load balancer's VPC %s, got %s; "+
				"the tasks could not be its targets and viewers would get 503", name, ids[1], ids[0])
		}
		return ids[0].(string), nil
	}).(pulumi.StringOutput)
}

// egressRule is one rule out of the tasks' group, with exactly one peer.
type egressRule struct {
	key         string
	description string
	port        int
	cidr        string
	group       pulumi.StringInput
	prefixList  pulumi.StringInput
}

// imageEgress is the ways that a task needs to start: to its image, its secrets
// and its log, all of them over HTTPS. Names are resolved by the VPC's own
// resolver, which security groups do not filter:
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
func (c *PrivateFargateService) imageEgress() []egressRule {
	if c.Network.PrivateEgress() != PrivateEgressEndpoints {
		return []egressRule{{key: "internet", description: "HTTPS to the internet, by NAT", port: httpsPort, cidr: anywhere}}
	}
	// Image layers come from S3, through its gateway endpoint.
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
	return []egressRule{
		{key: "endpoints", description: "HTTPS to VPC endpoints", port: httpsPort, group: c.Network.EndpointSecurityGroupId},
		{key: "s3", description: "HTTPS to S3, for image layers", port: httpsPort, prefixList: c.Network.S3PrefixListId},
	}
}

func (e EgressArgs) rule() egressRule {
	return egressRule{
		key: "additional-" + e.Name, description: e.Name, port: e.Port,
		cidr: e.CidrBlock, group: e.SecurityGroupId, prefixList: e.PrefixListId,
	}
}

func (e egressRule) open(ctx *pulumi.Context, name string, c *PrivateFargateService) (*vpc.SecurityGroupEgressRule, error) {
	args := &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: c.SecurityGroupId,
		Description:     pulumi.String(e.description),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(e.port),
		ToPort:          pulumi.Int(e.port),
		Tags:            resourceTags(c.args.Tags),
	}
	switch {
	case e.group != nil:
		args.ReferencedSecurityGroupId = e.group.ToStringOutput()
	case e.prefixList != nil:
		args.PrefixListId = e.prefixList.ToStringOutput()
	case netip.MustParsePrefix(e.cidr).Addr().Is6():
		args.CidrIpv6 = pulumi.String(e.cidr)
	default:
		args.CidrIpv4 = pulumi.String(e.cidr)
	}
	return vpc.NewSecurityGroupEgressRule(ctx, name+"-egress-"+e.key, args, pulumi.Parent(c))
}
