package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// subnetIDs are the subnets that the load balancer stands in. Private ones that were
// adopted for tasks are checked for a load balancer once they are known.
func (c *SecuredALB) subnetIDs(ctx *pulumi.Context) pulumi.StringArrayOutput {
	n := c.args.Network
	switch {
	case !c.args.Internal:
		return n.PublicSubnetIds
	case n.Adopted():
		return n.checkedSubnets(ctx, existingPrivate, n.args.Existing.PrivateSubnetIds, awsrule.LoadBalancerSubnets)
	}
	return n.PrivateSubnetIds
}

// adoptedSubnets are the subnets of an adopted network that the load balancer stands in,
// as they were given.
func (c *SecuredALB) adoptedSubnets() pulumi.StringArrayInput {
	if c.args.Internal {
		return c.args.Network.args.Existing.PrivateSubnetIds
	}
	return c.args.Network.args.Existing.PublicSubnetIds
}

// validateInternal refuses what an internal load balancer cannot be combined with.
func (a *SecuredALBArgs) validateInternal(l *fault.List) {
	if !a.Internal {
		return
	}
	if a.AccessFrom == AccessFromInternet || a.AccessFrom == AccessFromCloudFront {
		l.Addf("accessFrom", "must be %q when internal is true, got %q: only the VPC, and networks that are connected to it, reach private addresses; "+
			"name their ranges in allowedCidrs, set accessFrom to %q for CloudFront, or set internal to false", AccessFromCidrs, a.AccessFrom, AccessFromVpcOrigin)
	}
	if a.Network == nil || !a.Network.Adopted() || a.Network.faulty {
		return
	}
	ids := a.Network.args.Existing.PrivateSubnetIds
	if given, isLiteral := ids.(pulumi.StringArray); ids == nil || isLiteral && len(given) < awsrule.MinZones {
		l.Addf("internal", "must be false, got true: the load balancer needs private subnets in %d zones, and network has %d; "+
			"adopt them with the network's existing.privateSubnetIds", awsrule.MinZones, len(given))
	}
}

// checkSubnets refuses adopted private subnets, with ids that are plain strings, which
// suffice for tasks but not for a load balancer.
func (c *SecuredALB) checkSubnets(ctx *pulumi.Context) error {
	n := c.args.Network
	if !c.args.Internal || !n.Adopted() {
		return nil
	}
	vpc, ids, known := n.args.Existing.plain(c.adoptedSubnets())
	if !known {
		return nil
	}
	_, err := lookUpSubnets(ctx, vpc, ids, awsrule.LoadBalancerSubnets, pulumi.Parent(c))
	if err != nil {
		err = fmt.Errorf("%s: %w", existingPrivate, err)
	}
	return c.fault("network", err)
}
