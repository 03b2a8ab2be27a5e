package cloud

import (
	"encoding/base64"
)

// instanceRules are the rules on an instance's inputs alone.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
// *sourced*
func instanceRules() []rule {
	const code = "InvalidParameterValue"
	return []rule{
		imageGivenRule,
		instanceTypeRule,
		interfaceRule,
		userDataRule,
		oneOf(code, "instanceInitiatedShutdownBehavior", "stop", "terminate"),
		inBlocks("maintenanceOptions", oneOf(code, "autoRecovery", "default", "disabled")),
		inBlocks("creditSpecification", oneOf(code, "cpuCredits", "standard", "unlimited")),
		inBlocks("metadataOptions",
			oneOf(code, "httpEndpoint", "enabled", "disabled"),
			oneOf(code, "httpTokens", "optional", "required"),
			oneOf(code, "httpProtocolIpv6", "enabled", "disabled"),
			oneOf(code, "instanceMetadataTags", "enabled", "disabled"),
			within(code, "httpPutResponseHopLimit", 1, 64),
		),
		inBlocks("rootBlockDevice", rootVolumeRules()...),
		inBlocks("networkInterfaces", onlyFields("deviceIndex", "networkInterfaceId")),
	}
}

// imageGivenRule is that an instance is made from an image and has a type; launch
// templates, which could tell instead, are not supported.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
// *sourced*
func imageGivenRule(in object) *refusal {
	for _, p := range []string{"ami", "instanceType"} {
		if !in.has(p) {
			return missing(p)
		}
	}
	return nil
}

// interfaceRule is that the primary network interface is either given, or made
// from a subnet and security groups.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/ec2/instance/
// *sourced*
func interfaceRule(in object) *refusal {
	if !in.has("networkInterfaces") {
		return nil
	}
	for _, p := range []string{"subnetId", "vpcSecurityGroupIds", "associatePublicIpAddress", "privateIp"} {
		if in.has(p) {
			return &refusal{code: "ConflictsWith", property: p, message: p + " conflicts with networkInterfaces"}
		}
	}
	if !in.known("networkInterfaces") {
		return nil
	}
	if n := in.objects("networkInterfaces"); len(n) != 1 || n[0].integer("deviceIndex") != 0 {
		return invalidf(unsupported, "networkInterfaces", "must be one, with deviceIndex 0")
	}
	return nil
}

// userDataLimit is how many bytes of user data an instance can have, before they
// are encoded.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
// *sourced*
const userDataLimit = 16 * 1024

// userDataRule is the size of user data. What is encoded already is not encoded
// again, so that it counts for what it says.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
// *sourced*
func userDataRule(in object) *refusal {
	if in.has("userData") && in.has("userDataBase64") {
		return &refusal{code: "ConflictsWith", property: "userData", message: "userData conflicts with userDataBase64"}
	}
	raw := in.str("userData") + in.str("userDataBase64")
	decoded, err := base64.StdEncoding.DecodeString(raw)
	if err == nil {
		raw = string(decoded)
	} else if in.known("userDataBase64") {
		return invalidf("InvalidParameterValue", "userDataBase64", "must be base64")
	}
	if len(raw) > userDataLimit {
		return &refusal{code: "InvalidParameterValue", property: "userData",
			message: "User data is limited to 16384 bytes"}
	}
	return nil
}

// rootVolumeRules are the rules of the volume an instance starts from.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
// *sourced*
func rootVolumeRules() []rule {
	const code = "InvalidParameterValue"
	return []rule{
		onlyFields("deleteOnTermination", "encrypted", "iops", "tags", "throughput", "volumeSize", "volumeType"),
		oneOf(code, "volumeType", "gp2", "gp3", "io1", "io2", "standard"),
		volumeSizeRule,
		volumeSpeedRule,
	}
}

// volumeSpeedRule is which volumes can be made faster, and how much.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
// *sourced*
func volumeSpeedRule(in object) *refusal {
	const code = "InvalidParameterCombination"
	kind := in.str("volumeType")
	if in.has("volumeType") && !in.known("volumeType") {
		return nil
	}
	if in.has("throughput") && kind != "gp3" {
		return invalidf(code, "throughput", "goes with volumeType gp3 only")
	}
	if in.has("iops") && kind != "gp3" && kind != "io1" && kind != "io2" {
		return invalidf(code, "iops", "goes with volumeType gp3, io1 and io2 only")
	}
	if kind != "gp3" {
		return nil
	}
	if fault := within("InvalidParameterValue", "iops", 3000, 80000)(in); fault != nil {
		return fault
	}
	if fault := within("InvalidParameterValue", "throughput", 125, 2000)(in); fault != nil {
		return fault
	}
	return speedRatioRule(in)
}

// volumeSizeRule is how large a volume can be, in GiB: 16 TiB, 64 TiB of the newer
// types.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
// *sourced*
func volumeSizeRule(in object) *refusal {
	most := 16384.0
	if kind := in.str("volumeType"); kind == "gp3" || kind == "io2" || in.has("volumeType") && !in.known("volumeType") {
		most = 65536
	}
	return within("InvalidParameterValue", "volumeSize", 1, most)(in)
}

// speedRatioRule is how fast a gp3 volume of a size can be: 500 operations a
// second for each GiB, and a quarter of a MiB a second for each operation.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
// *sourced*, the wording inferred
func speedRatioRule(in object) *refusal {
	iops, fast := in.num("iops")
	if size, known := in.num("volumeSize"); known && fast && iops > max(3000, 500*size) {
		return invalidf("InvalidParameterCombination", "iops", "must be at most 500 for each GiB of volumeSize %v, got %v", size, iops)
	}
	if !fast && in.has("iops") {
		return nil // it is not known yet
	}
	if throughput, known := in.num("throughput"); known && throughput > max(3000, iops)/4 {
		return invalidf("InvalidParameterCombination", "throughput",
			"must be at most a quarter of iops (3000 unless given), got %v", throughput)
	}
	return nil
}
