package ec2

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// groupAttachmentType adds a security group to an existing interface.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html *sourced*
func groupAttachmentType() core.Type {
	group := inGroups("securityGroupId")
	group.Loose = true // the interface has the group
	return core.Type{
		Token:  GroupAttachmentToken,
		Inputs: []string{"networkInterfaceId", "securityGroupId"},
		ID:     "{securityGroupId}_{networkInterfaceId}",
		References: []core.Reference{
			{Input: "networkInterfaceId", To: []string{NetworkInterfaceToken}, Code: "InvalidNetworkInterfaceID.NotFound", Loose: true},
			group,
		},
		FreeToDelete: "nothing refers to an attachment",
		Create:       attachGroup,
		Delete:       detachGroup,
	}
}

func attachGroup(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	id, group := in.Str("networkInterfaceId"), in.Str("securityGroupId")
	eni, _ := t.Get(NetworkInterfaceToken, id)
	groups := eni.Strs("securityGroups")
	if slices.Contains(groups, group) {
		return nil, fmt.Errorf("security group %s already attached to interface %s", group, id)
	}
	return nil, changeGroups(t, id, append(groups, group))
}

func detachGroup(t *core.Tx, _ string, state core.Object) error {
	eni, ok := t.Get(NetworkInterfaceToken, state.Str("networkInterfaceId"))
	if !ok {
		return nil
	}
	left := slices.DeleteFunc(eni.Strs("securityGroups"), func(g string) bool { return g == state.Str("securityGroupId") })
	return changeGroups(t, eni.Str("id"), left)
}

// changeGroups replaces the security groups of an interface and of its instance.
func changeGroups(t *core.Tx, interfaceID string, groups []string) error {
	eni, _ := t.Get(NetworkInterfaceToken, interfaceID)
	subnet, _ := t.Get(SubnetToken, eni.Str("subnetId"))
	if err := checkGroups(t, groups, subnet); err != nil {
		return err
	}
	t.Set(NetworkInterfaceToken, interfaceID, eni.With(core.Object{"securityGroups": core.List(groups...)}))
	showOnInstance(t, interfaceID, core.Object{"vpcSecurityGroupIds": core.List(groups...)})
	return nil
}

// showOnInstance changes outputs of the instance that has an interface.
func showOnInstance(t *core.Tx, interfaceID string, shown core.Object) {
	for _, instance := range t.Where(InstanceToken, "primaryNetworkInterfaceId", interfaceID) {
		t.Set(InstanceToken, instance.Str("id"), instance.With(shown))
	}
}

// checkGroups requires at most five security groups for an interface, all of the VPC of
// its subnet.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
func checkGroups(t *core.Tx, ids []string, subnet core.Object) error {
	if len(ids) > 5 {
		return core.Refuse("SecurityGroupsPerInterfaceLimitExceeded",
			"The maximum number of security groups per interface has been reached.")
	}
	for _, id := range ids {
		if group, _ := t.Get(SecurityGroupToken, id); group.Str("vpcId") != subnet.Str("vpcId") {
			return core.Refuse("InvalidParameter", "Security group %s and subnet %s belong to different networks.", id, subnet.Str("id"))
		}
	}
	return nil
}
