package ec2

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// instanceFamilies can be launched here, in all of instanceSizes, which is a
// simplification.
// Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html *sourced*
var instanceFamilies = []string{
	"t2", "t3", "t3a", "t4g",
	"m5", "m5a", "m6a", "m6g", "m6gd", "m6i", "m7a", "m7g", "m7gd", "m7i", "m7i-flex", "m8g",
	"c5", "c5a", "c6a", "c6g", "c6gd", "c6gn", "c6i", "c7a", "c7g", "c7gd", "c7gn", "c7i", "c8g",
	"r5", "r5a", "r6a", "r6g", "r6gd", "r6i", "r7a", "r7g", "r7gd", "r7i", "r8g",
}

var instanceSizes = []string{
	"nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge",
}

// instanceTypeRule refuses types of instance that do not exist.
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

// graviton are the families with AWS's own processors: a g follows the generation.
var graviton = regexp.MustCompile(`^[a-z]+\d+g`)

// architectureOf is the architecture of a type of instance.
// Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html *sourced*
func architectureOf(instanceType string) string {
	if graviton.MatchString(instanceType) {
		return "arm64"
	}
	return "x86_64"
}

// defaultCredits are the CPU credits of a type of instance; "" when it has none.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html *sourced*
func defaultCredits(instanceType string) string {
	switch {
	case strings.HasPrefix(instanceType, "t2."):
		return "standard"
	case strings.HasPrefix(instanceType, "t"):
		return "unlimited"
	}
	return ""
}
