package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// routeListener is the listener that a route is attached to, and what the route needs
// to know of its load balancer.
type routeListener struct {
	arn             pulumi.StringInput
	vpcID           pulumi.StringInput
	subnetIDs       pulumi.StringArrayInput
	securityGroupID pulumi.StringOutput
	dnsName, zoneID pulumi.StringInput
	// loadBalancerSuffix names the load balancer in CloudWatch.
	loadBalancerSuffix pulumi.StringInput
	dualStack          bool
}

func (c *ServiceRoute) findListener(ctx *pulumi.Context) error {
	if err := checkListenerCertificate(ctx, c, c.args.Domain); err != nil {
		return err
	}
	if loadBalancer := c.args.LoadBalancer; loadBalancer != nil {
		c.listener = routeListener{
			arn:             loadBalancer.ListenerArn,
			vpcID:           loadBalancer.VpcId,
			subnetIDs:       loadBalancer.subnetIDs(ctx),
			securityGroupID: loadBalancer.SecurityGroupId,
			dnsName:         loadBalancer.DnsName,
			zoneID:          loadBalancer.CanonicalHostedZoneId,
			dualStack:       loadBalancer.args.DualStack,

			loadBalancerSuffix: loadBalancer.LoadBalancer.ArnSuffix,
		}
	} else {
		c.listener = c.adoptedListener(ctx)
	}
	return nil
}

// adoptedListener looks up everything by the listener's ARN. What is wrong with
// the listener surfaces in values that the route's resources need.
func (c *ServiceRoute) adoptedListener(ctx *pulumi.Context) routeListener {
	existing := c.args.ExistingListener
	found := lb.LookupListenerOutput(ctx, lb.LookupListenerOutputArgs{
		Arn: existing.ListenerArn.ToStringOutput().ToStringPtrOutput(),
	}, pulumi.Parent(c))
	loadBalancer := lb.LookupLoadBalancerOutput(ctx, lb.LookupLoadBalancerOutputArgs{
		Arn: found.LoadBalancerArn().ToStringPtrOutput(),
	}, pulumi.Parent(c))
	refused := func(err error) error { return c.fault("existingListener.listenerArn", err) }
	return routeListener{
		arn: found.ApplyT(func(l lb.LookupListenerResult) (string, error) {
			if err := awsrule.AdoptedListener(l.Protocol, l.Port); err != nil {
				return "", refused(err)
			}
			if err := c.checkPath(adoptedListener{arn: l.Arn, sslPolicy: l.SslPolicy}); err != nil {
				return "", err
			}
			return l.Arn, c.findings.log(ctx)
		}).(pulumi.StringOutput),
		vpcID:     loadBalancer.VpcId(),
		subnetIDs: loadBalancer.Subnets(),
		securityGroupID: loadBalancer.SecurityGroups().ApplyT(func(groups []string) (string, error) {
			group, err := awsrule.ListenerSecurityGroup(groups)
			return group, refused(err)
		}).(pulumi.StringOutput),
		dnsName:   loadBalancer.DnsName(),
		zoneID:    loadBalancer.ZoneId(),
		dualStack: existing.DualStack,

		loadBalancerSuffix: loadBalancer.ArnSuffix(),
	}
}
