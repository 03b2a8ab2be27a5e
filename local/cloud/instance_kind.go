package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

const (
	instanceToken         = "aws:ec2/instance:Instance"
	networkInterfaceToken = "aws:ec2/networkInterface:NetworkInterface"
	eipAssociationToken   = "aws:ec2/eipAssociation:EipAssociation"
	groupAttachmentToken  = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
)

// instanceArea is what is supported of EC2 besides its networks: instances and
// what they are attached to.
func instanceArea() area {
	return area{
		kinds:   []kind{instanceKind(), networkInterfaceKind(), groupAttachmentKind(), eipAssociationKind()},
		invokes: instanceInvokes(),
	}
}

// instanceKind is a virtual machine.
func instanceKind() kind {
	return kind{
		token:  instanceToken,
		inputs: ec2.InstanceArgs{}.ElementType(),
		state:  reflect.TypeOf(ec2.Instance{}),
		changes: map[string]change{
			"ami":                               replaces,
			"associatePublicIpAddress":          replaces,
			"availabilityZone":                  replaces,
			"creditSpecification":               updates,
			"disableApiStop":                    updates,
			"disableApiTermination":             updates,
			"ebsOptimized":                      replaces,
			"iamInstanceProfile":                updates,
			"instanceInitiatedShutdownBehavior": updates,
			"instanceType":                      updates,
			"maintenanceOptions":                updates,
			"metadataOptions":                   updates,
			"monitoring":                        updates,
			"networkInterfaces":                 replacesSet,
			"privateIp":                         replaces,
			"rootBlockDevice":                   updates,
			"rootBlockDevice.encrypted":         replaces,
			"sourceDestCheck":                   updates,
			"subnetId":                          replaces,
			"tags":                              updates,
			"userData":                          updates,
			"userDataBase64":                    updates,
			"userDataReplaceOnChange":           updates,
			"vpcSecurityGroupIds":               updatesSetOnly,
		},
		defaults: object{"getPasswordData": false, "sourceDestCheck": true, "userDataReplaceOnChange": false},
		keeps: []string{
			"associatePublicIpAddress", "availabilityZone", "creditSpecification", "disableApiStop", "disableApiTermination",
			"ebsOptimized", "iamInstanceProfile", "instanceInitiatedShutdownBehavior", "maintenanceOptions", "metadataOptions",
			"monitoring", "networkInterfaces", "privateIp", "rootBlockDevice", "subnetId", "userData", "userDataBase64",
			"vpcSecurityGroupIds",
		},
		overrides: instanceOverrides,
		rules:     instanceRules(),
		create:    createInstance,
		update:    updateInstance,
		remove:    removeInstance,
	}
}

// instanceOverrides is what depends on more than one input: other user data
// replaces an instance when it is told so, another type when its processors are
// of another architecture. Otherwise both stop and start it.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ec2/ec2_instance.go
// *inferred* for the type, the facts of the provider for user data
func instanceOverrides(old, in object) map[string]change {
	out := map[string]change{}
	if in.boolean("userDataReplaceOnChange") {
		out["userData"], out["userDataBase64"] = replaces, replaces
	}
	if in.known("instanceType") && architectureOf(old.str("instanceType")) != architectureOf(in.str("instanceType")) {
		out["instanceType"] = replaces
	}
	return out
}
