package ec2

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// instanceFamilies are the families of instances that can be launched here; all
// are virtual machines of general use.
// Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html *sourced*
var instanceFamilies = []string{
	"t2", "t3", "t3a", "t4g",
	"m5", "m5a", "m6a", "m6g", "m6gd", "m6i", "m7a", "m7g", "m7gd", "m7i", "m7i-flex", "m8g",
	"c5", "c5a", "c6a", "c6g", "c6gd", "c6gn", "c6i", "c7a", "c7g", "c7gd", "c7gn", "c7i", "c8g",
	"r5", "r5a", "r6a", "r6g", "r6gd", "r6i", "r7a", "r7g", "r7gd", "r7i", "r8g",
}

// instanceSizes are the sizes of instances.
// Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html *sourced*; that every family has every size here is a simplification
var instanceSizes = []string{
	"nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge",
}

// instanceTypeRule is that there is such a type of instance.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html *sourced*
func instanceTypeRule(in core.Object) *core.Refusal {
	name, ok := in["instanceType"].(string)
	family, size, _ := strings.Cut(name, ".")
	if !ok || slices.Contains(instanceFamilies, family) && slices.Contains(instanceSizes, size) {
		return nil
	}
	return &core.Refusal{Code: "InvalidParameterValue", Property: "instanceType",
		Message: "Invalid value '" + name + "' for InstanceType."}
}

// graviton is a family whose processors are AWS's own: a g follows the
// generation.
var graviton = regexp.MustCompile(`^[a-z]+\d+g`)

// architectureOf is the processor architecture of a type of instance.
// Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html *sourced*
func architectureOf(instanceType string) string {
	if graviton.MatchString(instanceType) {
		return "arm64"
	}
	return "x86_64"
}

// checkArchitecture is that an image runs on the processors of an instance.
// Source: https://github.com/aws/eks-anywhere-build-tooling/pull/2158 *sourced*
func checkArchitecture(instanceType string, ami region.Image) error {
	if arch := architectureOf(instanceType); arch != ami.Architecture {
		return core.Refuse("InvalidParameterValue", "The architecture '%s' of the specified instance type does not match the "+
			"architecture '%s' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and "+
			"try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the "+
			"instance type or AMI.", arch, ami.Architecture)
	}
	return nil
}

// burstable tells whether a type of instance works with CPU credits, and whether
// it may run up a bill for them unless told otherwise.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html *sourced*
func burstable(instanceType string) (credits string, ok bool) {
	switch {
	case strings.HasPrefix(instanceType, "t2."):
		return "standard", true
	case strings.HasPrefix(instanceType, "t"):
		return "unlimited", true
	}
	return "", false
}
