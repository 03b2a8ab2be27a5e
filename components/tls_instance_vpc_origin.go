package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// private says whether only a VPC origin leads to the instance.
func (a *TLSInstanceArgs) private() bool { return a.AccessFrom == AccessFromVpcOrigin }

// ownName begins the names of the instance and of its ways in and out. They are other resources
// with another AccessFrom: both instances are there until the distribution has moved.
func (c *TLSInstance) ownName() string {
	if c.args.private() {
		return c.name + "-private"
	}
	return c.name
}

// groupName is the name of the security group. One group for both instances would have to admit
// CloudFront's prefix list twice, which AWS refuses (InvalidPermission.Duplicate).
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
func (c *TLSInstance) groupName() string {
	if c.args.private() {
		return c.ownName()
	}
	return c.name + "-instance"
}

// validateVPCOrigin refuses what an instance that only a VPC origin leads to has no use for,
// and a network in which its first boot would fail.
func (a *TLSInstanceArgs) validateVPCOrigin(l *fault.List) {
	l.Check("accessFrom", awsrule.OneOf(a.AccessFrom, AccessFromCloudFront, AccessFromVpcOrigin))
	if !a.private() {
		return
	}
	if a.OriginSecret != nil {
		l.Addf("originSecret", "must be left out when accessFrom is %q: only distributions of this account reach the instance", AccessFromVpcOrigin)
	}
	if a.OverwriteExistingRecords {
		l.Addf("overwriteExistingRecords", "must be false when accessFrom is %q, got true: CloudFront finds the instance without a record; "+
			"leave it out, and remove a record of the name yourself", AccessFromVpcOrigin)
	}
	n := a.Network
	switch {
	case n == nil || n.faulty:
	case n.Adopted() && n.args.Existing.PrivateSubnetIds == nil:
		l.Addf("network", "must have a private subnet when accessFrom of the instance is %q, got none; adopt one that leads to a NAT gateway "+
			"with existing.privateSubnetIds", AccessFromVpcOrigin)
	case n.PrivateEgress() == PrivateEgressNat:
	case n.Adopted():
		l.Addf("network", "must have private subnets that lead to a NAT gateway when accessFrom of the instance is %q, got existing.privateEgress %q: "+
			"the first boot gets packages and the certificate from the internet, and would fail; adopt others, with existing.privateEgress %q",
			AccessFromVpcOrigin, n.PrivateEgress(), PrivateEgressNat)
	default:
		l.Addf("network", "must have NAT when accessFrom of the instance is %q, got nat %q: the first boot gets packages and the certificate "+
			"from the internet, and would fail; set nat to %q or %q", AccessFromVpcOrigin, n.args.Nat, NatSingle, NatPerAz)
	}
}

// checkGateway refuses an adopted VPC in which AWS makes no VPC origin.
func (c *TLSInstance) checkGateway(ctx *pulumi.Context) error {
	if !c.args.private() {
		return nil
	}
	return c.fault("network", c.args.Network.checkGateway(ctx, c))
}

// checkSubnet refuses the first private subnet of an adopted network, where it is known, if the
// instance could not start up there.
func (c *TLSInstance) checkSubnet() error {
	subnet := c.args.Network.firstPrivate
	if !c.args.private() || subnet == nil {
		return nil
	}
	return c.fault("network", awsrule.PrivateOriginSubnet(*subnet))
}

// zone is where the instance stands, "" when that is not known, and in which of the zone's subnets.
func (c *TLSInstance) zone() (zone, subnet string) {
	if c.args.private() {
		return c.args.Network.firstPrivateZone, "first private subnet"
	}
	return c.args.Network.firstZone, "first public subnet"
}

// vpcOriginEnd is how a VPC origin leads to the instance; nil if CloudFront reaches it through
// the internet.
func (c *TLSInstance) vpcOriginEnd() *vpcOriginEnd {
	if !c.args.private() {
		return nil
	}
	end := &vpcOriginEnd{name: c.name, idLength: instanceIDLength, replaced: true, admit: c.admitVPCOrigin}
	if c.Instance != nil {
		end.arn, end.after = c.Instance.Arn, []pulumi.Resource{c.Ready}
	}
	return end
}

// admitVPCOrigin admits CloudFront, once its VPC origin exists, and returns the rule.
func (c *TLSInstance) admitVPCOrigin(ctx *pulumi.Context, vpcOriginID pulumi.StringInput) ([]pulumi.Resource, error) {
	if c.IngressRule == nil { // not admitted by another distribution
		var err error
		c.IngressRule, err = newVPCOriginRule(ctx, c, tcpRule{
			name: c.name + "-in-vpc-origin", group: c.SecurityGroupId, port: httpsPort, tags: c.args.Tags,
		}, c.args.Network.VpcId, vpcOriginID, c.found.prefixList)
		if err != nil {
			return nil, err
		}
	}
	return []pulumi.Resource{c.IngressRule}, nil
}

// letsIn are the resources after which CloudFront's requests are let in.
func (c *TLSInstance) letsIn() []pulumi.Resource {
	if c.IngressRule == nil { // the distribution makes it after the VPC origin
		return []pulumi.Resource{c.Ready}
	}
	return []pulumi.Resource{c.IngressRule, c.Ready}
}
