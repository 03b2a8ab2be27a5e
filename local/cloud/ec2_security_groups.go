package cloud

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

func securityGroupKind() kind {
	return kind{
		token:    securityGroupToken,
		inputs:   ec2.SecurityGroupArgs{}.ElementType(),
		state:    reflect.TypeFor[ec2.SecurityGroup](),
		autoname: &autoname{property: "name", maxLength: 255},
		changes: map[string]change{
			"description":         replaces,
			"name":                replaces,
			"revokeRulesOnDelete": updates,
			"tags":                updates,
			"vpcId":               replaces,
		},
		keeps:    []string{"vpcId"},
		defaults: object{"description": "Managed by Pulumi", "revokeRulesOnDelete": false},
		rules:    []rule{groupNameRule, groupDescriptionRule},
		create:   createSecurityGroup,
		remove:   removeSecurityGroup,
	}
}

// groupCharset are the characters of a security group's name and description.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
var groupCharset = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*$`)

// groupNameRule is the rules of a security group's name: at most 255 characters,
// none of EC2's reserved names.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
func groupNameRule(in object) *refusal {
	if !in.known("name") {
		return nil
	}
	name := in.str("name")
	switch {
	case strings.HasPrefix(name, "sg-"):
		return invalidf("InvalidParameterValue", "name",
			"cannot begin with sg-, got %q: give the group another logical name", name)
	case name == "default":
		return invalidf("InvalidParameterValue", "name", "Cannot use reserved security group name: default")
	case len(name) > 255:
		return invalidf("InvalidParameterValue", "name", "must be at most 255 characters, got %d", len(name))
	case !groupCharset.MatchString(name):
		return invalidf("InvalidParameterValue", "name",
			"may hold a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*, got %q", name)
	}
	return nil
}

// groupDescriptionRule is the rules of a security group's description.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html *sourced*
func groupDescriptionRule(in object) *refusal {
	if !in.known("description") {
		return nil
	}
	d := in.str("description")
	if d == "" || len(d) > 255 || !groupCharset.MatchString(d) {
		return invalidf("InvalidParameterValue", "description",
			"must be 1-255 characters of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*")
	}
	return nil
}

// createSecurityGroup makes a group without any rule: the provider takes away
// the one that AWS gives it, which lets everything out.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group *sourced*
func createSecurityGroup(t *tx, in object) (string, object, error) {
	if !in.has("vpcId") {
		return "", nil, refuse("VPCIdNotSpecified", "No default VPC for this user")
	}
	if _, err := t.mustExist(vpcToken, in.str("vpcId"), "InvalidVpcID.NotFound"); err != nil {
		return "", nil, err
	}
	for _, other := range t.where(securityGroupToken, "vpcId", in.str("vpcId")) {
		if other.str("name") == in.str("name") {
			return "", nil, refuse("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'",
				in.str("name"), in.str("vpcId"))
		}
	}
	id := t.newID("sg")
	return id, object{
		"arn": t.arn("ec2", "security-group/"+id), "ownerId": t.accountID,
		"egress": []any{}, "ingress": []any{}, "namePrefix": "",
	}, nil
}

// wearingGroups are the types whose network interfaces wear security groups.
var wearingGroups = append([]string{ingressRuleToken, egressRuleToken}, inSubnets...)

// removeSecurityGroup refuses while a network interface wears the group or
// another group's rule names it. Its own rules go with it.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html *sourced*
func removeSecurityGroup(t *tx, id string, state object) error {
	if state.str("name") == "default" {
		return refuse("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id)
	}
	for _, token := range wearingGroups {
		for _, o := range t.all(token) {
			own := o.str("securityGroupId") == id
			if !own && mentions(map[string]any(o), id) {
				return refuse("DependencyViolation", "resource %s has a dependent object: the %s '%s'",
					id, noun(token), o.str("id"))
			}
		}
	}
	t.dropRules(id)
	return nil
}

func defaultSecurityGroupKind() kind {
	return kind{
		token:   defaultSecurityGroupToken,
		inputs:  ec2.DefaultSecurityGroupArgs{}.ElementType(),
		state:   reflect.TypeFor[ec2.DefaultSecurityGroup](),
		changes: map[string]change{"egress": updatesSetOnly, "ingress": updatesSetOnly, "tags": updates, "vpcId": replaces},
		keeps:   []string{"vpcId"},
		rules:   []rule{emptyRule("ingress"), emptyRule("egress")},
		create:  adoptDefaultGroup,
	}
}

// emptyRule refuses inline rules of the default group: it is adopted here to be
// emptied. That is a limit of the local AWS, not of AWS.
func emptyRule(property string) rule {
	return func(in object) *refusal {
		if len(in.list(property)) > 0 {
			return invalidf(unsupported, property, "must be empty: rules of the default group have no rules there")
		}
		return nil
	}
}

// adoptDefaultGroup takes over a VPC's default group, which takes all its rules
// away. Deleting it gives the group up and changes nothing.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group *sourced*
func adoptDefaultGroup(t *tx, in object) (string, object, error) {
	vpc, err := t.mustExist(vpcToken, in.str("vpcId"), "InvalidVpcID.NotFound")
	if err != nil {
		return "", nil, err
	}
	id := vpc.str("defaultSecurityGroupId")
	group, err := t.mustExist(securityGroupToken, id, "InvalidGroup.NotFound")
	if err != nil {
		return "", nil, err
	}
	t.dropRules(id)
	return id, object{
		"arn": group.str("arn"), "ownerId": t.accountID,
		"name": "default", "description": group.str("description"), "namePrefix": "",
		"ingress": []any{}, "egress": []any{},
	}, nil
}

// mentions tells whether a string is anywhere in a value.
func mentions(v any, s string) bool {
	switch v := v.(type) {
	case string:
		return v == s
	case []any:
		for _, e := range v {
			if mentions(e, s) {
				return true
			}
		}
		return false
	}
	for _, e := range asObject(v) {
		if mentions(e, s) {
			return true
		}
	}
	return false
}

// holder is the first resource of some types that has an id anywhere in its
// state, in words.
func (t *tx) holder(id string, tokens ...string) (string, bool) {
	for _, token := range tokens {
		for _, o := range t.all(token) {
			if mentions(map[string]any(o), id) {
				return fmt.Sprintf("the %s '%s'", noun(token), o.str("id")), true
			}
		}
	}
	return "", false
}
