package cloud

import (
	"net/netip"
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
)

// targetGroupAttachmentKind registers one target with a target group.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html
// *sourced*
func targetGroupAttachmentKind() kind {
	return kind{
		token:  targetGroupAttachmentToken,
		inputs: lb.TargetGroupAttachmentArgs{}.ElementType(),
		state:  reflect.TypeOf(lb.TargetGroupAttachment{}),
		changes: map[string]change{
			"port":           replaces,
			"targetGroupArn": replaces,
			"targetId":       replaces,
		},
		rules: []rule{within("ValidationError", "port", 1, 65535)},
		create: func(t *tx, in object) (string, object, error) {
			group, err := t.mustExist(targetGroupToken, in.str("targetGroupArn"), "TargetGroupNotFound")
			if err != nil {
				return "", nil, err
			}
			check := checkInstanceTarget
			if group.str("targetType") == "ip" {
				check = checkAddressTarget
			}
			if err := check(t, in.str("targetId"), group.str("vpcId")); err != nil {
				return "", nil, err
			}
			return in.str("targetGroupArn") + "-" + t.hex(26), nil, nil
		},
	}
}

// checkInstanceTarget is that an instance can be registered: it runs, in the
// target group's VPC.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
// *sourced*
func checkInstanceTarget(t *tx, id, vpc string) error {
	instance, ok := t.get(instanceToken, id)
	if !ok {
		return refuse("InvalidTarget", "The following targets are not valid: the instance ID '%s' does not exist", id)
	}
	if s := instance.str("instanceState"); s != "running" {
		return refuse("InvalidTarget", "The following targets are not in a running state and cannot be registered: '%s' (%s)", id, s)
	}
	subnet, ok := t.get(subnetToken, instance.str("subnetId"))
	if !ok || subnet.str("vpcId") != vpc {
		return refuse("InvalidTarget", "The following targets are not in the target group VPC '%s': '%s'", vpc, id)
	}
	return nil
}

// checkAddressTarget is that an address can be registered: it lies in the target
// group's VPC. Addresses elsewhere need availabilityZone, which the local AWS has
// no rules for.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
// *sourced*
func checkAddressTarget(t *tx, id, vpc string) error {
	addr, err := netip.ParseAddr(id)
	if err != nil {
		return refuse("ValidationError", "The IP address '%s' is not a valid IPv4 or IPv6 address", id)
	}
	state, err := t.mustExist(vpcToken, vpc, "InvalidTarget")
	if err != nil {
		return err
	}
	for _, key := range []string{"cidrBlock", "ipv6CidrBlock"} {
		block, err := netip.ParsePrefix(state.str(key))
		if err == nil && block.Contains(addr) {
			return nil
		}
	}
	return refuse("InvalidTarget", "The IP address '%s' is not within a subnet of the VPC '%s'", id, vpc)
}
