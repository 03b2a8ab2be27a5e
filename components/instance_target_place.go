package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// loadBalancerPlace is where the load balancer of an InstanceTarget stands, as far as
// that is known; what is not is empty.
type loadBalancerPlace struct {
	vpc    string
	zones  []string
	groups []string
}

// known says that all of what an instance's place is compared with is known.
func (p loadBalancerPlace) known() bool { return p.vpc != "" && len(p.zones) > 0 }

// placeNow is what is known of the load balancer before it is made: of a listener with a
// plain ARN everything, of an adopted network its plain ids, else the zones that were
// named.
func (c *InstanceTarget) placeNow(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (loadBalancerPlace, error) {
	if existing := c.args.Route.ExistingListener; existing != nil {
		arn, known := literal(existing.ListenerArn)
		if !known {
			return loadBalancerPlace{}, nil
		}
		place, err := lookUpPlace(ctx, arn, opts...)
		return place, c.fault("route.existingListener.listenerArn", err)
	}
	n := c.args.Route.LoadBalancer.Network()
	if !n.Adopted() {
		zones := n.zoneNames
		if len(zones) == 0 {
			zones = n.args.AvailabilityZones
		}
		return loadBalancerPlace{zones: zones}, nil
	}
	var place loadBalancerPlace
	place.vpc, _ = literal(n.args.Existing.VpcId)
	ids, known := literals(c.args.Route.LoadBalancer.adoptedSubnets())
	if !known {
		return place, nil
	}
	var err error
	place.zones, err = zonesOf(ctx, ids, opts...)
	return place, c.fault("route.loadBalancer", err)
}

func lookUpPlace(ctx *pulumi.Context, listener string, opts ...pulumi.InvokeOption) (place loadBalancerPlace, err error) {
	found, err := lb.LookupListener(ctx, &lb.LookupListenerArgs{Arn: &listener}, opts...)
	if err != nil {
		return place, lookupFailed(err, "listener %q", listener)
	}
	loadBalancer, err := lb.LookupLoadBalancer(ctx, &lb.LookupLoadBalancerArgs{Arn: &found.LoadBalancerArn}, opts...)
	if err != nil {
		return place, lookupFailed(err, "load balancer %q", found.LoadBalancerArn)
	}
	place.vpc, place.groups = loadBalancer.VpcId, loadBalancer.SecurityGroups
	place.zones, err = zonesOf(ctx, loadBalancer.Subnets, opts...)
	return place, err
}

// zonesOf are the zones of subnets, in order.
func zonesOf(ctx *pulumi.Context, subnets []string, opts ...pulumi.InvokeOption) ([]string, error) {
	zones := make([]string, len(subnets))
	for i, id := range subnets {
		found, err := lookUpSubnet(ctx, id, opts...)
		if err != nil {
			return nil, err
		}
		zones[i] = found.Zone
	}
	slices.Sort(zones)
	return zones, nil
}

// checkPlace refuses an instance that the load balancer cannot use where it stands, as
// far as that is known.
func (c *InstanceTarget) checkPlace(found adoptedInstance, place loadBalancerPlace) error {
	var err error
	if found.vpc != "" && place.vpc != "" {
		err = awsrule.InstanceVPC(found.vpc, place.vpc)
	}
	if err == nil && found.zone != "" && len(place.zones) > 0 {
		err = awsrule.InstanceZone(found.zone, place.zones)
	}
	return c.fault("instanceId", err)
}

// closedNow refuses an instance whose rules admit others than the load balancer, before
// that is made. Rules for addresses are never the load balancer's; those for a group are
// when the group is described as a SecuredALB's, and closedToOtherGroups tells those
// apart. A group that cannot be looked up is warned of.
func (c *InstanceTarget) closedNow(ctx *pulumi.Context, found adoptedInstance, place loadBalancerPlace, opts ...pulumi.InvokeOption) error {
	port := c.args.Route.Port
	if err := c.tolerate(ctx, found.id, awsrule.OpenToAddresses(found.rules, port)); err != nil {
		return err
	}
	maybeOurs := map[string]bool{}
	for _, group := range awsrule.GroupsAdmitted(found.rules, port) {
		if len(place.groups) > 0 {
			maybeOurs[group] = slices.Contains(place.groups, group)
			continue
		}
		g, err := ec2.LookupSecurityGroup(ctx, &ec2.LookupSecurityGroupArgs{Id: &group}, opts...)
		if err != nil {
			err = c.fault("instanceId", fmt.Errorf("admits security group %q on port %d, of which it is not known yet whether it is "+
				"the load balancer's: %w", group, port, lookupFailed(err, "the group")))
			if err := ctx.Log.Warn(err.Error(), nil); err != nil {
				return err
			}
		}
		maybeOurs[group] = err != nil || g.Description == loadBalancerGroup
	}
	err := awsrule.OpenToGroups(found.rules, port, func(group string) bool { return maybeOurs[group] })
	return c.tolerate(ctx, found.id, err)
}

// closedToOtherGroups refuses an instance that admits another group than the load
// balancer's, once that is known.
func (c *InstanceTarget) closedToOtherGroups(ctx *pulumi.Context, found adoptedInstance, loadBalancerGroup string) error {
	err := awsrule.OpenToGroups(found.rules, c.args.Route.Port, func(group string) bool { return group == loadBalancerGroup })
	return c.tolerate(ctx, found.id, err)
}

// tolerate refuses an instance that is open, or warns of it, once, if the args ask for
// that.
func (c *InstanceTarget) tolerate(ctx *pulumi.Context, id string, open error) error {
	finding := c.fault("instanceId", open)
	if finding == nil || c.args.OpenIngress != OpenIngressWarn {
		return finding
	}
	c.findings.first(bypassCause(id))
	if !c.findings.first("warning " + finding.Error()) {
		return nil
	}
	return ctx.Log.Warn(finding.Error(), nil)
}
