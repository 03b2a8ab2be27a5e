package ec2

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// securityGroupType is a security group. It is made without any rule: the provider
// takes away the one that AWS gives it, which lets everything out. Its rules go
// with it.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group *sourced*
func securityGroupType() core.Type {
	return core.Type{
		Token:      SecurityGroupToken,
		Name:       &core.Autoname{Property: "name", MaxLength: 255},
		Inputs:     []string{"description", "name", "revokeRulesOnDelete", "tags", "vpcId"},
		Keeps:      []string{"vpcId"},
		Defaults:   core.Object{"description": "Managed by Pulumi", "revokeRulesOnDelete": false},
		ID:         "sg-{hex17}",
		ARN:        "ec2:security-group/{id}",
		Fills:      core.Object{"ownerId": "{account}", "egress": []any{}, "ingress": []any{}, "namePrefix": ""},
		References: []core.Reference{inVpc()},
		InUse:      "DependencyViolation",
		Unique: []core.Unique{{
			Inputs: []string{"vpcId", "name"}, Code: "InvalidGroup.Duplicate",
			Message: "The security group '{name}' already exists for VPC '{vpcId}'",
		}},
		Rules: []core.Rule{groupNameRule, groupDescriptionRule},
		Create: func(_ *core.Tx, _ string, in core.Object) (core.Object, error) {
			if !in.Has("vpcId") {
				return nil, core.Refuse("VPCIdNotSpecified", "No default VPC for this user")
			}
			return nil, nil
		},
		Delete:   removeSecurityGroup,
		Examples: []core.Object{{"vpcId": seedVpc}},
	}
}

// groupCharset are the characters of a security group's name and description.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
var groupCharset = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*$`)

// groupNameRule is the rules of a security group's name: at most 255 characters,
// none of EC2's reserved names.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
func groupNameRule(in core.Object) *core.Refusal {
	if !in.Known("name") {
		return nil
	}
	name := in.Str("name")
	switch {
	case strings.HasPrefix(name, "sg-"):
		return core.Invalid("InvalidParameterValue", "name",
			"cannot begin with sg-, got %q: give the group another logical name", name)
	case name == "default":
		return core.Invalid("InvalidParameterValue", "name", "Cannot use reserved security group name: default")
	case len(name) > 255:
		return core.Invalid("InvalidParameterValue", "name", "must be at most 255 characters, got %d", len(name))
	case !groupCharset.MatchString(name):
		return core.Invalid("InvalidParameterValue", "name",
			"may hold a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*, got %q", name)
	}
	return nil
}

// groupDescriptionRule is the rules of a security group's description.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
func groupDescriptionRule(in core.Object) *core.Refusal {
	if !in.Known("description") {
		return nil
	}
	d := in.Str("description")
	if d == "" || len(d) > 255 || !groupCharset.MatchString(d) {
		return core.Invalid("InvalidParameterValue", "description",
			"must be 1-255 characters of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*")
	}
	return nil
}

// removeSecurityGroup drops a group's own rules. The default group stays.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html *sourced*
func removeSecurityGroup(t *core.Tx, id string, state core.Object) error {
	if state.Str("name") == "default" {
		return core.Refuse("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id)
	}
	dropRules(t, id)
	return nil
}

// defaultGroupDescription is the description of every VPC's default group.
const defaultGroupDescription = "default VPC security group"

// defaultSecurityGroupType takes over a VPC's default group, which takes all its
// rules away.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group *sourced*
func defaultSecurityGroupType() core.Type {
	return core.Type{
		Token:  DefaultSecurityGroupToken,
		Inputs: []string{"egress", "ingress", "tags", "vpcId"},
		Keeps:  []string{"vpcId"},
		ARN:    "ec2:security-group/{id}",
		Fills: core.Object{
			"ownerId": "{account}", "name": "default", "description": defaultGroupDescription, "namePrefix": "",
			"ingress": []any{}, "egress": []any{},
		},
		References:   []core.Reference{{Input: "vpcId", To: []string{VpcToken}, Code: "InvalidVpcID.NotFound", Loose: true}},
		FreeToDelete: "that gives the group up and changes nothing",
		Rules:        []core.Rule{emptyRule("ingress"), emptyRule("egress")},
		NewID: func(t *core.Tx, in core.Object) (string, error) {
			vpc, err := t.MustExist(VpcToken, in.Str("vpcId"), "InvalidVpcID.NotFound")
			return vpc.Str("defaultSecurityGroupId"), err
		},
		Create: func(t *core.Tx, id string, _ core.Object) (core.Object, error) {
			dropRules(t, id)
			return nil, nil
		},
		Examples: []core.Object{{"vpcId": core.Sample(VpcToken)}},
	}
}

// emptyRule refuses inline rules of the default group: it is adopted here to be
// emptied. That is a limit of the local AWS, not of AWS.
func emptyRule(property string) core.Rule {
	return func(in core.Object) *core.Refusal {
		if len(in.List(property)) > 0 {
			return core.Invalid(core.Unsupported, property, "must be empty: rules of the default group have no rules there")
		}
		return nil
	}
}
