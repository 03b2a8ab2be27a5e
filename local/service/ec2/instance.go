package ec2

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
	"github.com/portico-iac/portico/local/service/region"
)

// The types of the instance side of EC2.
const (
	InstanceToken         = "aws:ec2/instance:Instance"
	NetworkInterfaceToken = "aws:ec2/networkInterface:NetworkInterface"
	EipAssociationToken   = "aws:ec2/eipAssociation:EipAssociation"
	GroupAttachmentToken  = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
)

// instanceType is a virtual machine.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html *sourced*
func instanceType() core.Type {
	return core.Type{
		Token: InstanceToken,
		Inputs: []string{
			"ami", "associatePublicIpAddress", "availabilityZone", "creditSpecification.cpuCredits", "disableApiStop",
			"disableApiTermination", "ebsOptimized", "iamInstanceProfile", "instanceInitiatedShutdownBehavior",
			"instanceType", "maintenanceOptions.autoRecovery", "metadataOptions.httpEndpoint",
			"metadataOptions.httpProtocolIpv6", "metadataOptions.httpPutResponseHopLimit", "metadataOptions.httpTokens",
			"metadataOptions.instanceMetadataTags", "monitoring", "networkInterfaces.deviceIndex",
			"networkInterfaces.networkInterfaceId", "privateIp", "rootBlockDevice.deleteOnTermination",
			"rootBlockDevice.encrypted", "rootBlockDevice.iops", "rootBlockDevice.tags", "rootBlockDevice.throughput",
			"rootBlockDevice.volumeSize", "rootBlockDevice.volumeType", "sourceDestCheck", "subnetId", "tags", "userData",
			"userDataBase64", "userDataReplaceOnChange", "vpcSecurityGroupIds",
		},
		Defaults: core.Object{"getPasswordData": false, "sourceDestCheck": true, "userDataReplaceOnChange": false},
		Keeps: []string{
			"associatePublicIpAddress", "availabilityZone", "creditSpecification", "disableApiStop", "disableApiTermination",
			"ebsOptimized", "iamInstanceProfile", "instanceInitiatedShutdownBehavior", "maintenanceOptions", "metadataOptions",
			"monitoring", "networkInterfaces", "privateIp", "rootBlockDevice", "subnetId", "userData", "userDataBase64",
			"vpcSecurityGroupIds",
		},
		Fills:        instanceFills,
		ID:           "i-{hex17}",
		ARN:          "ec2:instance/{id}",
		References:   instanceReferences(),
		FreeToDelete: "target groups lose a target",
		Recomputes:   recomputedByStop,
		Rules:        instanceRules(),
		Replaces:     instanceReplaces,
		Create:       createInstance,
		Update:       updateInstance,
		Delete:       removeInstance,
	}
}

// instanceReferences are the references of an instance. A subnet and groups are in use
// until it is terminated.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func instanceReferences() []core.Reference {
	return []core.Reference{
		{
			Input: "ami", Code: "InvalidAMIID.NotFound",
			Exists: func(t *core.Tx, id string) bool {
				_, ok := region.FindImage(t.Region(), id)
				return ok
			},
			Message: func(_ *core.Tx, id string) string { return "The image id '[" + id + "]' does not exist" },
		},
		{
			Input: "availabilityZone", Code: "InvalidParameterValue",
			Exists: func(t *core.Tx, name string) bool { return zoneFor(t, name).Name == name },
		},
		{
			Input: "iamInstanceProfile", To: []string{iam.ProfileToken}, Code: "InvalidParameterValue", Loose: true,
			Message: func(_ *core.Tx, name string) string {
				return "Value (" + name + ") for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
			},
		},
		{
			Input: "networkInterfaces.networkInterfaceId", To: []string{NetworkInterfaceToken},
			Code: "InvalidNetworkInterfaceID.NotFound",
		},
		inSubnet(),
		inGroups("vpcSecurityGroupIds"),
	}
}

func inSubnet() core.Reference {
	return core.Reference{Input: "subnetId", To: []string{SubnetToken}, Code: "InvalidSubnetID.NotFound"}
}

func inGroups(input string) core.Reference {
	return core.Reference{Input: input, To: []string{SecurityGroupToken}, Code: "InvalidGroup.NotFound"}
}

// instanceReplaces replaces an instance for other user data with userDataReplaceOnChange,
// and for a type of another architecture. Otherwise both stop and start it.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ec2/ec2_instance.go *inferred* for the type, the facts of the provider for user data
func instanceReplaces(old, in core.Object) []string {
	var out []string
	if in.Bool("userDataReplaceOnChange") {
		out = append(out, "userData", "userDataBase64")
	}
	if in.Known("instanceType") && architectureOf(old.Str("instanceType")) != architectureOf(in.Str("instanceType")) {
		out = append(out, "instanceType")
	}
	return out
}

// instanceFills are the outputs that do not depend on the network, and AWS's defaults.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html *sourced*
var instanceFills = core.Object{
	"capacityReservationSpecification":  map[string]any{"capacityReservationPreference": "open"},
	"disableApiStop":                    false,
	"disableApiTermination":             false,
	"ebsBlockDevices":                   []any{},
	"ebsOptimized":                      false,
	"enclaveOptions":                    map[string]any{"enabled": false},
	"ephemeralBlockDevices":             []any{},
	"hostId":                            "",
	"hostResourceGroupArn":              "",
	"iamInstanceProfile":                "",
	"instanceInitiatedShutdownBehavior": "stop",
	"instanceLifecycle":                 "",
	"instanceState":                     "running",
	"ipv6AddressCount":                  0.0,
	"ipv6Addresses":                     []any{},
	"keyName":                           "",
	"maintenanceOptions":                map[string]any{"autoRecovery": "default"},
	"metadataOptions": map[string]any{ // the defaults of Amazon Linux 2023
		"httpEndpoint": "enabled", "httpProtocolIpv6": "disabled", "httpPutResponseHopLimit": 2.0,
		"httpTokens": "required", "instanceMetadataTags": "disabled",
	},
	"monitoring":               false,
	"networkInterfaces":        []any{},
	"outpostArn":               "",
	"passwordData":             "",
	"placementGroup":           "",
	"placementPartitionNumber": 0.0,
	"privateDnsNameOptions": map[string]any{
		"enableResourceNameDnsARecord": false, "enableResourceNameDnsAaaaRecord": false, "hostnameType": "ip-name",
	},
	"secondaryPrivateIps":   []any{},
	"securityGroups":        []any{},
	"spotInstanceRequestId": "",
	"tenancy":               "default",
}
