package ec2

import (
	"cmp"
	"encoding/base64"

	"github.com/portico-iac/portico/local/core"
)

// instanceRules are the rules on an instance's inputs alone.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html *sourced*
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/ec2/instance/ *sourced* (what conflicts)
func instanceRules() []core.Rule {
	const code, conflict = "InvalidParameterValue", "ConflictsWith"
	return []core.Rule{
		imageGivenRule,
		instanceTypeRule,
		core.NotBoth(conflict, "subnetId", "networkInterfaces"),
		core.NotBoth(conflict, "vpcSecurityGroupIds", "networkInterfaces"),
		core.NotBoth(conflict, "associatePublicIpAddress", "networkInterfaces"),
		core.NotBoth(conflict, "privateIp", "networkInterfaces"),
		oneInterfaceRule,
		core.NotBoth(conflict, "userData", "userDataBase64"),
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
		core.InBlocks("rootBlockDevice",
			core.OneOf(code, "volumeType", "gp2", "gp3", "io1", "io2", "standard"),
			volumeSizeRule,
			volumeSpeedRule,
		),
	}
}

// imageGivenRule requires an image and a type. Launch templates, which could say both
// instead, are not supported.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html *sourced*
func imageGivenRule(in core.Object) *core.Refusal {
	for _, p := range []string{"ami", "instanceType"} {
		if !in.Has(p) {
			return core.Missing(p)
		}
	}
	return nil
}

// oneInterfaceRule allows the primary network interface alone, a limit of the local AWS.
func oneInterfaceRule(in core.Object) *core.Refusal {
	given := in.Blocks("networkInterfaces")
	if in.Known("networkInterfaces") && (len(given) != 1 || given[0].Int("deviceIndex") != 0) {
		return core.Invalid(core.Unsupported, "networkInterfaces", "must be one, with deviceIndex 0")
	}
	return nil
}

// userDataRule limits user data to 16 KiB before encoding: AWS does not encode again
// what is base64 already.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html *sourced*
func userDataRule(in core.Object) *core.Refusal {
	raw := cmp.Or(in.Str("userDataBase64"), in.Str("userData"))
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

// volumeSizeRule limits the size of a volume in GiB: 16 TiB, 64 TiB of the newer types.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html *sourced*
func volumeSizeRule(in core.Object) *core.Refusal {
	most := 16384.0
	if kind := in.Str("volumeType"); kind == "gp3" || kind == "io2" || in.Pending("volumeType") {
		most = 65536
	}
	return core.Within("InvalidParameterValue", "volumeSize", 1, most)(in)
}

// volumeSpeedRule limits which volumes can be made faster, and how much.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html *sourced*
func volumeSpeedRule(in core.Object) *core.Refusal {
	kind := in.Str("volumeType")
	switch {
	case in.Pending("volumeType"):
		return nil
	case in.Has("throughput") && kind != "gp3":
		return core.Invalid("InvalidParameterCombination", "throughput", "goes with volumeType gp3 only")
	case in.Has("iops") && kind != "gp3" && kind != "io1" && kind != "io2":
		return core.Invalid("InvalidParameterCombination", "iops", "goes with volumeType gp3, io1 and io2 only")
	case kind != "gp3":
		return nil
	}
	const code = "InvalidParameterValue"
	return cmp.Or(
		core.Within(code, "iops", 3000, 80000)(in),
		core.Within(code, "throughput", 125, 2000)(in),
		speedRatioRule(in),
	)
}

// speedRatioRule limits the speed of a gp3 volume to 500 operations a second for each
// GiB, and a quarter of a MiB a second for each operation.
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
