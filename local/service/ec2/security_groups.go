package ec2

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// securityGroupType is a security group. It begins without rules: the provider removes
// AWS's own, which lets everything out. It is deleted with its rules.
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
		Rules: []core.Rule{
			groupNameRule,
			core.Matching("InvalidParameterValue", "name", groupText, "at most "+groupTextForm),
			core.Matching("InvalidParameterValue", "description", groupDescription, "1-"+groupTextForm),
		},
		Create: func(_ *core.Tx, _ string, in core.Object) (core.Object, error) {
			if !in.Has("vpcId") {
				return nil, core.Refuse("VPCIdNotSpecified", "No default VPC for this user")
			}
			return nil, nil
		},
		Delete: keepDefaultGroup,
	}
}

// The form of names and descriptions. The description of a group may not be empty.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
var (
	groupText        = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}$`)
	groupDescription = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}$`)
)

const groupTextForm = "255 characters of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*"

// groupNameRule refuses the reserved names of security groups: EC2's and CloudFront's.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html (the code is inferred)
func groupNameRule(in core.Object) *core.Refusal {
	name := in.Str("name")
	if strings.HasPrefix(name, "sg-") {
		return core.Invalid("InvalidParameterValue", "name",
			"cannot begin with sg-, got %q: give the group another logical name", name)
	}
	if name == "default" {
		return core.Invalid("InvalidParameterValue", "name", "Cannot use reserved security group name: default")
	}
	if strings.HasPrefix(name, awstable.VPCOriginGroup) {
		return core.Invalid("InvalidParameterValue", "name",
			"cannot begin with %s, which is reserved for the group that CloudFront makes with a VPC origin", awstable.VPCOriginGroup)
	}
	return nil
}

// keepDefaultGroup refuses to delete the default group of a VPC.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html *sourced*
func keepDefaultGroup(_ *core.Tx, id string, state core.Object) error {
	if state.Str("name") == "default" {
		return core.Refuse("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id)
	}
	return nil
}

const defaultGroupDescription = "default VPC security group"

// defaultSecurityGroupType adopts a VPC's default group and removes its rules.
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
	}
}

// emptyRule refuses inline rules of the default group, a limit of the local AWS.
func emptyRule(property string) core.Rule {
	return func(in core.Object) *core.Refusal {
		if len(in.List(property)) > 0 {
			return core.Invalid(core.Unsupported, property, "must be empty: the local AWS does not support inline rules of the default group")
		}
		return nil
	}
}
