package ec2

import (
	"cmp"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// createInstance launches an instance.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html *sourced*, the wording inferred
func createInstance(t *core.Tx, id string, in core.Object) (core.Object, error) {
	if err := checkImage(t, in); err != nil {
		return nil, err
	}
	eni, err := primaryInterface(t, id, in)
	if err != nil {
		return nil, err
	}
	subnet, _ := t.Get(SubnetToken, eni.Str("subnetId"))
	if zone := in.Str("availabilityZone"); zone != "" && zone != subnet.Str("availabilityZone") {
		return nil, core.Refuse("InvalidParameterValue", "The availability zone %s does not match the subnet's %s",
			zone, subnet.Str("availabilityZone"))
	}
	if err := checkOffered(t, subnet.Str("availabilityZone"), in.Str("instanceType")); err != nil {
		return nil, err
	}
	return instanceHardware(t, in).With(core.Object{
		"availabilityZone":          subnet.Str("availabilityZone"),
		"primaryNetworkInterfaceId": eni.Str("id"),
		"privateDns":                privateDNS(t, eni.Str("privateIp")),
		"privateIp":                 eni.Str("privateIp"),
		"subnetId":                  eni.Str("subnetId"),
		"vpcSecurityGroupIds":       eni["securityGroups"],
	}, instancePublicAddress(t, eni, subnet, in)), nil
}

// checkImage requires an image of the instance's architecture, and a root volume that
// holds it.
// Source: https://github.com/aws/eks-anywhere-build-tooling/pull/2158 *sourced*
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html *sourced*
func checkImage(t *core.Tx, in core.Object) error {
	image, _ := region.FindImage(t.Region(), in.Str("ami"))
	if arch := architectureOf(in.Str("instanceType")); arch != image.Architecture {
		return core.Refuse("InvalidParameterValue", "The architecture '%s' of the specified instance type does not match the "+
			"architecture '%s' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and "+
			"try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the "+
			"instance type or AMI.", arch, image.Architecture)
	}
	size, given := in.Block("rootBlockDevice").Num("volumeSize")
	if given && int(size) < region.ImageGiB {
		return core.Refuse("InvalidBlockDeviceMapping",
			"Volume of size %dGB is smaller than snapshot of the image, expect size >= %dGB", int(size), region.ImageGiB)
	}
	return nil
}

// instanceHardware are AWS's defaults for the root volume and the CPU credits.
func instanceHardware(t *core.Tx, in core.Object) core.Object {
	out := core.Object{}
	if !in.Has("rootBlockDevice") {
		out["rootBlockDevice"] = map[string]any{
			"deleteOnTermination": true, "deviceName": "/dev/xvda", "encrypted": false, "iops": 3000.0,
			"throughput": 125.0, "volumeSize": region.ImageGiB, "volumeType": "gp3", "volumeId": t.NewID("vol"),
		}
	}
	if credits := defaultCredits(in.Str("instanceType")); credits != "" && !in.Has("creditSpecification") {
		out["creditSpecification"] = map[string]any{"cpuCredits": credits}
	}
	return out
}

// updateInstance changes an instance in place. A stop and start gives it another public
// address, unless it has an Elastic IP.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html *sourced*
func updateInstance(t *core.Tx, _ string, old, in core.Object) (core.Object, error) {
	if err := cmp.Or(checkVolumeGrows(old, in), checkTypeOffered(t, old, in)); err != nil {
		return nil, err
	}
	primary := old.Str("primaryNetworkInterfaceId")
	if in.Has("vpcSecurityGroupIds") {
		if err := changeGroups(t, primary, in.Strs("vpcSecurityGroupIds")); err != nil {
			return nil, err
		}
	}
	hasEip := len(t.Where(EipToken, "networkInterface", primary)) > 0
	if hasEip || old.Str("publicIp") == "" || !restarts(old, in) {
		return nil, nil
	}
	return shownAddress(t, publicIP(t)), nil
}

// recomputedByStop are the inputs whose change stops the instance, with the outputs that
// may differ then.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html *sourced*
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html *sourced*
var recomputedByStop = map[string][]string{
	"instanceType":   {"publicDns", "publicIp"},
	"userData":       {"publicDns", "publicIp"},
	"userDataBase64": {"publicDns", "publicIp"},
}

// restarts tells whether a change stops the instance.
func restarts(old, in core.Object) bool {
	for p := range recomputedByStop {
		if in.Has(p) && !core.Equal(old[p], in[p], false) {
			return true
		}
	}
	return false
}

// checkVolumeGrows refuses to make a volume smaller.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html *sourced*
func checkVolumeGrows(old, in core.Object) error {
	was, _ := old.Block("rootBlockDevice").Num("volumeSize")
	if is, given := in.Block("rootBlockDevice").Num("volumeSize"); given && is < was {
		return core.Refuse("InvalidParameterValue", "New size cannot be smaller than existing size: %v < %v", is, was)
	}
	return nil
}

// checkTypeOffered refuses another type that the instance's zone does not have: the
// stopped instance could not start again.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html *inferred*
func checkTypeOffered(t *core.Tx, old, in core.Object) error {
	if in.Str("instanceType") == old.Str("instanceType") {
		return nil
	}
	return checkOffered(t, old.Str("availabilityZone"), in.Str("instanceType"))
}

// removeInstance terminates an instance unless it is protected. An interface that was
// made for it goes with it; one that was given to it stays.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html *sourced*
func removeInstance(t *core.Tx, id string, state core.Object) error {
	if state.Bool("disableApiTermination") {
		return core.Refuse("OperationNotPermitted", "The instance '%s' may not be terminated. "+
			"Modify its 'disableApiTermination' instance attribute and try again.", id)
	}
	primary := state.Str("primaryNetworkInterfaceId")
	if len(state.Blocks("networkInterfaces")) > 0 {
		attach(t, primary, "")
		return nil
	}
	disassociate(t, primary)
	t.Drop(NetworkInterfaceToken, primary)
	return nil
}

// instancePublicAddress is the public address of a new instance: the Elastic IP of the
// interface given to it, or one of AWS's where the instance or its subnet asks for it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html *sourced*
func instancePublicAddress(t *core.Tx, eni, subnet, in core.Object) core.Object {
	ip := ""
	for _, address := range t.Where(EipToken, "networkInterface", eni.Str("id")) {
		ip = address.Str("publicIp")
	}
	automatic := subnet.Bool("mapPublicIpOnLaunch")
	if in.Has("associatePublicIpAddress") {
		automatic = in.Bool("associatePublicIpAddress")
	}
	if ip == "" && automatic && !in.Has("networkInterfaces") {
		ip = publicIP(t)
	}
	out := shownAddress(t, ip)
	if !in.Has("associatePublicIpAddress") {
		out["associatePublicIpAddress"] = ip != ""
	}
	return out
}
