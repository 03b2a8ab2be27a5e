package ec2

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// groupAttachmentType adds one security group to an interface that exists.
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

// attachGroup adds a group to an interface's groups.
func attachGroup(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	id, group := in.Str("networkInterfaceId"), in.Str("securityGroupId")
	eni, _ := t.Get(NetworkInterfaceToken, id)
	if slices.Contains(eni.Strs("securityGroups"), group) {
		return nil, fmt.Errorf("security group %s already attached to interface %s", group, id)
	}
	subnet, _ := t.Get(SubnetToken, eni.Str("subnetId"))
	groups := append(eni.Strs("securityGroups"), group)
	if err := checkGroups(t, groups, subnet); err != nil {
		return nil, err
	}
	setGroups(t, id, groups)
	return nil, nil
}

// detachGroup takes a group away from an interface's groups.
func detachGroup(t *core.Tx, _ string, state core.Object) error {
	group := state.Str("securityGroupId")
	if eni, ok := t.Get(NetworkInterfaceToken, state.Str("networkInterfaceId")); ok {
		left := slices.DeleteFunc(eni.Strs("securityGroups"), func(g string) bool { return g == group })
		setGroups(t, eni.Str("id"), left)
	}
	return nil
}

// setGroups gives an interface its security groups, which the instance that has
// the interface shows too.
func setGroups(t *core.Tx, interfaceID string, groups []string) {
	if eni, ok := t.Get(NetworkInterfaceToken, interfaceID); ok {
		t.Set(NetworkInterfaceToken, interfaceID, eni.With(core.Object{"securityGroups": core.List(groups...)}))
	}
	for _, instance := range t.Where(InstanceToken, "primaryNetworkInterfaceId", interfaceID) {
		t.Set(InstanceToken, instance.Str("id"), instance.With(core.Object{"vpcSecurityGroupIds": core.List(groups...)}))
	}
}
