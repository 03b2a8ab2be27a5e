package elb

import (
	"net/netip"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// targetGroupAttachmentType registers one instance or address with a target group.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html
// *sourced*
func targetGroupAttachmentType() core.Type {
	return core.Type{
		Token:  TargetGroupAttachmentToken,
		Inputs: []string{"port", "targetGroupArn", "targetId"},
		ID:     "{targetGroupArn}-{hex26}",
		References: []core.Reference{
			{Input: "targetGroupArn", To: []string{TargetGroupToken}, Code: "TargetGroupNotFound", Cascades: true},
		},
		FreeToDelete: "nothing refers to an attachment",
		Rules:        []core.Rule{core.Within(invalid, "port", 1, 65535)},
		Create: func(t *core.Tx, _ string, in core.Object) (core.Object, error) {
			group, _ := t.Get(TargetGroupToken, in.Str("targetGroupArn"))
			if group.Str("targetType") == "ip" {
				return nil, checkAddressTarget(t, in.Str("targetId"), group.Str("vpcId"))
			}
			return nil, checkInstanceTarget(t, in.Str("targetId"), group.Str("vpcId"))
		},
	}
}

// checkInstanceTarget refuses instances that are not running or not in the target
// group's VPC.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
// *sourced*
func checkInstanceTarget(t *core.Tx, id, vpc string) error {
	instance, ok := t.Get(ec2.InstanceToken, id)
	if !ok {
		return core.Refuse("InvalidTarget", "The following targets are not valid: the instance ID '%s' does not exist", id)
	}
	if instance.Str("instanceState") != "running" {
		return core.Refuse("InvalidTarget", "The following targets are not in a running state and cannot be registered: '%s'", id)
	}
	subnet, ok := t.Get(ec2.SubnetToken, instance.Str("subnetId"))
	if !ok || subnet.Str("vpcId") != vpc {
		return core.Refuse("InvalidTarget", "The following targets are not in the target group VPC '%s': '%s'", vpc, id)
	}
	return nil
}

// checkAddressTarget refuses addresses outside the target group's VPC, which need
// availabilityZone: the local AWS has no rules for it.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
// *sourced*
func checkAddressTarget(t *core.Tx, id, vpc string) error {
	addr, err := netip.ParseAddr(id)
	if err != nil {
		return core.Refuse(invalid, "The IP address '%s' is not a valid IPv4 or IPv6 address", id)
	}
	state, _ := t.Get(ec2.VpcToken, vpc)
	for _, key := range []string{"cidrBlock", "ipv6CidrBlock"} {
		block, err := netip.ParsePrefix(state.Str(key))
		if err == nil && block.Contains(addr) {
			return nil
		}
	}
	return core.Refuse("InvalidTarget", "The IP address '%s' is not within a subnet of the VPC '%s'", id, vpc)
}
