package ssm

import (
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/iam"
)

// managedPolicy is the policy that lets an instance register with Systems Manager.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
const managedPolicy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"

// associationType is a shell script that State Manager runs once on one instance, and
// again when it changes. The script is not run here: it succeeds on an instance that has
// registered.
// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ssm/association.go
func associationType() core.Type {
	return core.Type{
		Token:        AssociationToken,
		Inputs:       []string{"associationName", "name", "parameters", "tags", "targets", "waitForSuccessTimeoutSeconds"},
		Defaults:     core.Object{"applyOnlyAtCronInterval": false},
		Keeps:        []string{"parameters", "targets"},
		Fills:        core.Object{"documentVersion": "$DEFAULT"},
		ID:           "{hex8}-{hex4}-{hex4}-{hex4}-{hex12}",
		ARN:          "ssm:association/{id}",
		FreeToDelete: "nothing refers to an association",
		References: []core.Reference{{
			Input: "targets.values", To: []string{ec2.InstanceToken}, Code: "InvalidTarget", Loose: true,
		}},
		Rules: []core.Rule{
			core.OneOf(core.Unsupported, "name", "AWS-RunShellScript"),
			core.Required("InvalidParameters", "parameters"),
			commandsRule,
			core.Required("InvalidTarget", "targets"),
			core.AtMostItems(core.Unsupported, "targets", 1),
			core.InBlocks("targets",
				core.OneOf(core.Unsupported, "key", "InstanceIds"),
				core.AtMostItems(core.Unsupported, "values", 1)),
			core.Within(invalid, "waitForSuccessTimeoutSeconds", 15, 172800),
		},
		Create: createAssociation,
	}
}

// commandsRule requires the one parameter of the document that has no default.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html#aws-runShellScript
func commandsRule(in core.Object) *core.Refusal {
	if in.Known("parameters") && in.Block("parameters").Str("commands") == "" {
		return core.Invalid("InvalidParameters", "parameters", `must have "commands"`)
	}
	return nil
}

// createAssociation waits in vain for an instance that has not registered. Only the
// creation waits.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ssm/association.go
func createAssociation(t *core.Tx, id string, in core.Object) (core.Object, error) {
	timeout, waits := in.Num("waitForSuccessTimeoutSeconds")
	for _, instance := range in.StrsAt("targets.values") {
		if waits && !isManaged(t, instance) {
			return nil, core.Refuse("", "waiting for SSM Association (%s) to be Success: timeout while waiting for state to become 'Success' "+
				"(last state: 'Pending', timeout: %.0fs)", id, timeout)
		}
	}
	return core.Object{"associationId": id}, nil
}

// isManaged says whether an instance can register: its role lets it, and it reaches Systems
// Manager.
// Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-prerequisites.html
func isManaged(t *core.Tx, id string) bool {
	instance, _ := t.Get(ec2.InstanceToken, id)
	subnet, _ := t.Get(ec2.SubnetToken, instance.Str("subnetId"))
	from := ec2.Reach{T: t, Subnet: subnet, Groups: instance.Strs("vpcSecurityGroupIds"), HasPublicIP: instance.Str("publicIp") != ""}
	profile, ok := t.Get(iam.ProfileToken, instance.Str("iamInstanceProfile"))
	return ok && from.ToService("ssm") && from.ToService("ssmmessages") &&
		slices.ContainsFunc(t.Where(iam.AttachmentToken, "role", profile.Str("role")), func(a core.Object) bool {
			return a.Str("policyArn") == managedPolicy
		})
}

// getInstances finds the instances that have registered.
// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
func getInstances(t *core.Tx, in core.Object) (core.Object, error) {
	found := []any{}
	for _, instance := range t.All(ec2.InstanceToken) {
		matches := isManaged(t, instance.Str("id"))
		for _, f := range in.Blocks("filters") {
			if f.Str("name") != "InstanceIds" {
				return nil, core.Refuse(core.Unsupported, "filters: must be InstanceIds, got %q", f.Str("name"))
			}
			matches = matches && slices.Contains(f.Strs("values"), instance.Str("id"))
		}
		if matches {
			found = append(found, instance.Str("id"))
		}
	}
	return core.Object{"id": t.Region(), "ids": found, "filters": in["filters"]}, nil
}
