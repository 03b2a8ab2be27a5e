package ec2

import (
	"encoding/base64"

	"github.com/portico-iac/portico/local/core"
)

// instanceRules are the rules on an instance's inputs alone.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html *sourced*
func instanceRules() []core.Rule {
	const code = "InvalidParameterValue"
	return []core.Rule{
		imageGivenRule,
		instanceTypeRule,
		interfaceRule,
		userDataRule,
		core.OneOf(code, "instanceInitiatedShutdownBehavior", "stop", "terminate"),
		core.InBlocks("maintenanceOptions", core.OneOf(code, "autoRecovery", "default", "disabled")),
		core.InBlocks("creditSpecification", core.OneOf(code, "cpuCredits", "standard", "unlimited")),
		core.InBlocks("metadataOptions",
			core.OneOf(code, "httpEndpoint", "enabled", "disabled"),
			core.OneOf(code, "httpTokens", "optional", "required"),
			core.OneOf(code, "httpProtocolIpv6", "enabled", "disabled"),
			core.OneOf(code, "instanceMetadataTags", "enabled", "disabled"),
			core.Within(code, "httpPutResponseHopLimit", 1, 64),
		),
		core.InBlocks("rootBlockDevice", rootVolumeRules()...),
	}
}

// imageGivenRule is that an instance is made from an image and has a type; launch
// templates, which could say both instead, are not supported.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html *sourced*
func imageGivenRule(in core.Object) *core.Refusal {
	for _, p := range []string{"ami", "instanceType"} {
		if !in.Has(p) {
			return core.Missing(p)
		}
	}
	return nil
}

// interfaceRule is that the primary network interface is either given, or made
// from a subnet and security groups.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/ec2/instance/ *sourced*
func interfaceRule(in core.Object) *core.Refusal {
	if !in.Has("networkInterfaces") {
		return nil
	}
	for _, p := range []string{"subnetId", "vpcSecurityGroupIds", "associatePublicIpAddress", "privateIp"} {
		if in.Has(p) {
			return &core.Refusal{Code: "ConflictsWith", Property: p, Message: p + " conflicts with networkInterfaces"}
		}
	}
	if !in.Known("networkInterfaces") {
		return nil
	}
	if n := in.Blocks("networkInterfaces"); len(n) != 1 || n[0].Int("deviceIndex") != 0 {
		return core.Invalid(core.Unsupported, "networkInterfaces", "must be one, with deviceIndex 0")
	}
	return nil
}

// userDataRule limits user data to 16 KiB before encoding: AWS does not encode again
// what is base64 already, and the limit applies to what that decodes to.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html *sourced*
func userDataRule(in core.Object) *core.Refusal {
	if in.Has("userData") && in.Has("userDataBase64") {
		return &core.Refusal{Code: "ConflictsWith", Property: "userData", Message: "userData conflicts with userDataBase64"}
	}
	raw := in.Str("userData") + in.Str("userDataBase64")
	decoded, err := base64.StdEncoding.DecodeString(raw)
	if err == nil {
		raw = string(decoded)
	} else if in.Known("userDataBase64") {
		return core.Invalid("InvalidParameterValue", "userDataBase64", "must be base64")
	}
	if len(raw) > 16384 {
		return &core.Refusal{Code: "InvalidParameterValue", Property: "userData",
			Message: "User data is limited to 16384 bytes"}
	}
	return nil
}

// rootVolumeRules are the rules of the volume an instance starts from.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html *sourced*
func rootVolumeRules() []core.Rule {
	const code = "InvalidParameterValue"
	return []core.Rule{
		core.OneOf(code, "volumeType", "gp2", "gp3", "io1", "io2", "standard"),
		volumeSizeRule,
		volumeSpeedRule,
	}
}

// volumeSpeedRule is which volumes can be made faster, and how much.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html *sourced*
func volumeSpeedRule(in core.Object) *core.Refusal {
	const code = "InvalidParameterCombination"
	kind := in.Str("volumeType")
	if in.Pending("volumeType") {
		return nil
	}
	if in.Has("throughput") && kind != "gp3" {
		return core.Invalid(code, "throughput", "goes with volumeType gp3 only")
	}
	if in.Has("iops") && kind != "gp3" && kind != "io1" && kind != "io2" {
		return core.Invalid(code, "iops", "goes with volumeType gp3, io1 and io2 only")
	}
	if kind != "gp3" {
		return nil
	}
	if fault := core.Within("InvalidParameterValue", "iops", 3000, 80000)(in); fault != nil {
		return fault
	}
	if fault := core.Within("InvalidParameterValue", "throughput", 125, 2000)(in); fault != nil {
		return fault
	}
	return speedRatioRule(in)
}

// volumeSizeRule is how large a volume can be, in GiB: 16 TiB, 64 TiB of the newer
// types.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html *sourced*
func volumeSizeRule(in core.Object) *core.Refusal {
	most := 16384.0
	if kind := in.Str("volumeType"); kind == "gp3" || kind == "io2" || in.Pending("volumeType") {
		most = 65536
	}
	return core.Within("InvalidParameterValue", "volumeSize", 1, most)(in)
}

// speedRatioRule is how fast a gp3 volume of a size can be: 500 operations a
// second for each GiB, and a quarter of a MiB a second for each operation.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html *sourced*, the wording inferred
func speedRatioRule(in core.Object) *core.Refusal {
	iops, fast := in.Num("iops")
	if size, known := in.Num("volumeSize"); known && fast && iops > max(3000, 500*size) {
		return core.Invalid("InvalidParameterCombination", "iops", "must be at most 500 for each GiB of volumeSize %v, got %v", size, iops)
	}
	if in.Pending("iops") {
		return nil
	}
	if throughput, known := in.Num("throughput"); known && throughput > max(3000, iops)/4 {
		return core.Invalid("InvalidParameterCombination", "throughput",
			"must be at most a quarter of iops (3000 unless given), got %v", throughput)
	}
	return nil
}
