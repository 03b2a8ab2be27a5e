package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// LookUp asks AWS whether the zone of the network's first public subnet, or the first private
// one with access "vpc-origin", has instances of the type. Register does so when it was not
// done before; a program that makes the network as well calls LookUp after the network's own
// and before it registers either, so that a refusal leaves nothing behind. While the zone is
// not known, nothing is asked.
func (c *TLSInstance) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) error {
	zone, subnet := c.zone()
	if zone == "" {
		return nil
	}
	if err := c.checkSubnet(); err != nil {
		return c.refuse(err)
	}
	found, err := ec2.GetInstanceTypeOfferings(ctx, &ec2.GetInstanceTypeOfferingsArgs{
		LocationType: pulumi.StringRef("availability-zone"),
		Filters:      []ec2.GetInstanceTypeOfferingsFilter{{Name: "instance-type", Values: []string{c.args.InstanceType}}},
	}, opts...)
	if err != nil {
		err = lookupFailed(err, "the zones that have %q", c.args.InstanceType)
	} else {
		err = awsrule.TypeOffered(c.args.InstanceType, zone, subnet, slices.Sorted(slices.Values(found.Locations)))
	}
	c.lookedUp = err == nil
	return c.refuse(c.fault("instanceType", err))
}
