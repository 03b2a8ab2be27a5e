package components

import (
	"cmp"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

// newListeners makes the HTTPS listener and for viewers the HTTP listener that
// sends them there.
func (c *SecuredALB) newListeners(ctx *pulumi.Context) (err error) {
	c.HttpsListener, err = lb.NewListener(ctx, c.name+"-https", &lb.ListenerArgs{
		LoadBalancerArn: c.LoadBalancer.Arn,
		Port:            pulumi.Int(awstable.HTTPSPort),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(c.args.SslPolicy),
		CertificateArn:  c.args.Domain.CertificateArn,
		DefaultActions:  c.unmatched(),
		Tags:            resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.ListenerArn = c.HttpsListener.Arn
	if c.args.behindCloudFront() {
		return nil
	}
	c.HttpListener, err = lb.NewListener(ctx, c.name+"-http", &lb.ListenerArgs{
		LoadBalancerArn: c.LoadBalancer.Arn,
		Port:            pulumi.Int(awstable.HTTPPort),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			// Host, path and query stay as they are, by default:
			// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
			Redirect: lb.ListenerDefaultActionRedirectArgs{
				Protocol:   pulumi.String("HTTPS"),
				Port:       pulumi.String(strconv.Itoa(awstable.HTTPSPort)),
				StatusCode: pulumi.String("HTTP_301"),
			},
		}},
		Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	return err
}

// unmatched answers requests that no route takes. Behind CloudFront that is
// above all a request without the origin secret, which is forbidden.
func (c *SecuredALB) unmatched() lb.ListenerDefaultActionArray {
	status, body := c.args.unmatchedStatus(), "Not found"
	if status == 403 {
		body = "Forbidden"
	}
	return lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
		Type: pulumi.String("fixed-response"),
		FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
			ContentType: pulumi.String("text/plain"),
			MessageBody: pulumi.String(body),
			StatusCode:  pulumi.String(strconv.Itoa(status)),
		},
	}}
}

// prefixLists looks up the lists that the inbound rules name, by name.
func (c *SecuredALB) prefixLists(ctx *pulumi.Context) (map[string]string, error) {
	l := c.faults()
	ids := map[string]string{}
	for _, rule := range c.args.ingress() {
		if rule.PrefixList == "" {
			continue
		}
		id, err := lookupPrefixList(ctx, c, rule.PrefixList, c.args.SecurityGroupRuleQuota)
		l.Check("securityGroupRuleQuota", err)
		ids[rule.PrefixList] = id
	}
	return ids, l.Err()
}

// loadBalancerGroup describes the security group of a SecuredALB.
const loadBalancerGroup = "Load balancer"

// newSecurityGroup makes the load balancer's group without any outbound rule:
// the provider removes the one that AWS puts into a new group.
func (c *SecuredALB) newSecurityGroup(ctx *pulumi.Context) error {
	lists, err := c.prefixLists(ctx)
	if err != nil {
		return err
	}
	c.SecurityGroup, err = ec2.NewSecurityGroup(ctx, c.securityGroup(), &ec2.SecurityGroupArgs{
		Description: pulumi.String(loadBalancerGroup),
		VpcId:       c.args.Network.VpcId,
		Tags:        resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.SecurityGroupId = c.SecurityGroup.ID().ToStringOutput()
	c.VpcId = c.args.Network.VpcId
	for _, rule := range c.args.ingress() {
		admitted, err := tcpRule{
			name: c.name + "-in-" + rule.Key, description: ingressDescription(rule), tags: c.args.Tags,
			group: c.SecurityGroup.ID(), port: rule.Port,
			cidr: cmp.Or(rule.CIDRv4, rule.CIDRv6), prefixList: ifGiven(lists[rule.PrefixList]),
		}.in(ctx, c)
		if err != nil {
			return err
		}
		c.IngressRules = append(c.IngressRules, admitted)
	}
	return nil
}

func ingressDescription(rule awsrule.Ingress) string {
	switch {
	case rule.PrefixList != "":
		return "HTTPS from CloudFront"
	case rule.Port == awstable.HTTPPort:
		return "HTTP, redirected to HTTPS"
	default:
		return "HTTPS"
	}
}

// ifGiven is value, or nothing at all when it is empty.
func ifGiven(value string) pulumi.StringPtrInput {
	if value == "" {
		return nil
	}
	return pulumi.String(value)
}
