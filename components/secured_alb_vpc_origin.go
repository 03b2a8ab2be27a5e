package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// validateVPCOrigin refuses what a load balancer that only a VPC origin leads to has no use
// for.
func (a *SecuredALBArgs) validateVPCOrigin(l *fault.List) {
	if a.AccessFrom != AccessFromVpcOrigin {
		return
	}
	if len(a.AliasNames) > 0 {
		l.Addf("aliasNames", "must be empty when accessFrom is %q, got %q: CloudFront finds the load balancer without a record, "+
			"and the record would lead viewers to its private addresses (no answer); leave them out", AccessFromVpcOrigin, a.AliasNames)
	}
	if a.DualStack {
		l.Addf("dualStack", "must be false when accessFrom is %q, got true: CloudFront connects to VPC origins over IPv4; leave it out", AccessFromVpcOrigin)
	}
}

// checkGateway refuses an adopted VPC in which AWS makes no VPC origin.
func (c *SecuredALB) checkGateway(ctx *pulumi.Context) error {
	if c.args.AccessFrom != AccessFromVpcOrigin {
		return nil
	}
	return c.fault("network", c.args.Network.checkGateway(ctx, c))
}

// vpcOriginEnd is how a VPC origin leads to the load balancer; nil if CloudFront reaches it
// through the internet.
func (c *SecuredALB) vpcOriginEnd() *vpcOriginEnd {
	if c.args.AccessFrom != AccessFromVpcOrigin {
		return nil
	}
	return &vpcOriginEnd{
		name: c.name, arn: c.LoadBalancerArn, idLength: loadBalancerIDLength,
		after: []pulumi.Resource{c.HttpsListener}, admit: c.admitVPCOrigin,
	}
}

// admitVPCOrigin admits CloudFront, once its VPC origin exists, and returns the rules.
func (c *SecuredALB) admitVPCOrigin(ctx *pulumi.Context, vpcOriginID pulumi.StringInput) (rules []pulumi.Resource, err error) {
	if len(c.IngressRules) == 0 { // not admitted by another distribution
		list, err := lookupPrefixList(ctx, c, awstable.CloudFrontPrefixList, c.args.SecurityGroupRuleQuota)
		if err != nil {
			return nil, c.fault("securityGroupRuleQuota", err)
		}
		// The name is that of the rule with access "cloudfront": while both are for the prefix list,
		// a change of the access keeps the rule. AWS would refuse a second one like it.
		admitted, err := newVPCOriginRule(ctx, c, tcpRule{
			name: c.name + "-in-" + awsrule.CloudFrontIngress(false)[0].Key, group: c.SecurityGroup.ID(), port: awstable.HTTPSPort, tags: c.args.Tags,
		}, c.VpcId, vpcOriginID, list)
		if err != nil {
			return nil, err
		}
		c.IngressRules = append(c.IngressRules, admitted)
	}
	for _, r := range c.IngressRules {
		rules = append(rules, r)
	}
	return rules, nil
}
