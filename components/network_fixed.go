package components

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// fixed are the properties of the VPC that cannot change while something is in it. Pulumi
// keeps to those of a VPC that exists; checkedVpcID refuses a change.
func (n *Network) fixed() pulumi.ResourceOption {
	paths := []string{"cidrBlock"}
	for _, key := range slices.Sorted(maps.Keys(n.args.FixedTags)) {
		paths = append(paths, fmt.Sprintf("tags[%q]", key))
	}
	return pulumi.IgnoreChanges(paths)
}

// checkedVpcID is the VPC's id, which everything in the VPC waits for, unless the args
// would change what is fixed. Without that, a preview would show the new VPC, and the
// update would fail when half of it was done: what is in the old one cannot be moved,
// and then neither can be deleted.
func (n *Network) checkedVpcID() pulumi.StringOutput {
	return pulumi.All(n.Vpc.ID(), n.Vpc.CidrBlock, n.Vpc.Tags).ApplyT(func(v []any) (string, error) {
		id, tags := string(v[0].(pulumi.ID)), v[2].(map[string]string)
		l := n.faults()
		stays := func(path, was, is string) {
			if was != is {
				l.Addf(path, "must stay %q, with which %s was made, got %q; set it back, or destroy the stack first, "+
					"or create another stack with it beside this one and move the DNS names", was, id, is)
			}
		}
		stays("cidrBlock", v[1].(string), n.args.CidrBlock)
		for _, key := range slices.Sorted(maps.Keys(n.args.FixedTags)) {
			if was, known := tags[key]; known {
				stays(fmt.Sprintf("fixedTags[%q]", key), was, n.args.FixedTags[key])
			}
		}
		return id, l.Err()
	}).(pulumi.StringOutput)
}

func (n *Network) makeVpc(ctx *pulumi.Context) (err error) {
	n.Vpc, err = ec2.NewVpc(ctx, n.name, &ec2.VpcArgs{
		CidrBlock: pulumi.String(n.args.CidrBlock),
		// Both are needed for the private DNS names of interface endpoints:
		// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               namedTags(joinTags(n.args.Tags, n.args.FixedTags), n.name),
	}, pulumi.Parent(n), n.fixed())
	if err != nil {
		return err
	}
	n.VpcId = n.checkedVpcID()
	// Taking the default group over without naming a rule removes all its rules, so
	// that what is launched without a group of its own reaches nothing.
	n.DefaultSecurityGroup, err = ec2.NewDefaultSecurityGroup(ctx, n.name+"-default", &ec2.DefaultSecurityGroupArgs{
		VpcId: n.VpcId,
		Tags:  n.tags(n.name + "-default"),
	}, pulumi.Parent(n))
	return err
}
