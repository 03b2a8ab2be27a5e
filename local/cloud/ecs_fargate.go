package cloud

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/fargatesize"
)

// fargateSizeRule is that CPU and memory of a Fargate task fit together.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
// *sourced*; the wording: https://github.com/aws-games/cloud-game-development-toolkit/issues/737
func fargateSizeRule(in object) *refusal {
	if !onFargate(in) {
		return nil
	}
	for _, p := range []string{"cpu", "memory"} {
		if !in.has(p) {
			return &refusal{code: "ClientException", property: p,
				message: fmt.Sprintf("Fargate requires that '%s' be defined at the task level.", p)}
		}
	}
	if !in.known("cpu") || !in.known("memory") {
		return nil
	}
	cpu, cpuOK := taskUnits(in.str("cpu"), "vcpu")
	memory, memoryOK := taskUnits(in.str("memory"), "gb")
	if !cpuOK || !memoryOK {
		return &refusal{code: "ClientException", property: "cpu",
			message: fmt.Sprintf("Invalid 'cpu' or 'memory' setting for task: %q, %q", in.str("cpu"), in.str("memory"))}
	}
	if fargatesize.Check(cpu, memory) != nil {
		return &refusal{code: "ClientException", property: "memory", message: fmt.Sprintf(
			"No Fargate configuration exists for given values: %d CPU, %d memory. "+
				"See the Amazon ECS documentation for the valid values.", cpu, memory)}
	}
	return nil
}

// taskUnits reads the size of a task: CPU units or MiB, or vCPUs and GB when the
// unit is written after them.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
// *sourced*
func taskUnits(s, unit string) (int, bool) {
	number, isWhole := strings.CutSuffix(strings.ToLower(strings.ReplaceAll(s, " ", "")), unit)
	if !isWhole {
		n, err := strconv.Atoi(number)
		return n, err == nil && n > 0
	}
	f, err := strconv.ParseFloat(number, 64)
	return int(f * 1024), err == nil && f > 0
}

// onFargate tells whether a task definition is meant for Fargate.
func onFargate(in object) bool { return slices.Contains(in.strs("requiresCompatibilities"), "FARGATE") }

// compatibilityRule is that a task can run here at all: on Fargate.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
// *sourced*; that other launch types are unsupported is the local AWS's limit
func compatibilityRule(in object) *refusal {
	for _, c := range in.strs("requiresCompatibilities") {
		if c != "FARGATE" && c != "EC2" {
			return invalidf("ClientException", "requiresCompatibilities", "must be FARGATE or EC2, got %q", c)
		}
	}
	if in.has("requiresCompatibilities") && in.known("requiresCompatibilities") && onFargate(in) {
		return nil
	}
	if in.has("requiresCompatibilities") && !in.known("requiresCompatibilities") {
		return nil
	}
	return invalidf(unsupported, "requiresCompatibilities", "must contain FARGATE: there are no container instances")
}

// networkModeRule is that Fargate's tasks have network interfaces of their own.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
// *sourced*
func networkModeRule(in object) *refusal {
	if onFargate(in) && (!in.has("networkMode") || in.known("networkMode") && in.str("networkMode") != "awsvpc") {
		return &refusal{code: "ClientException", property: "networkMode",
			message: "Fargate only supports network mode 'awsvpc'."}
	}
	return nil
}

// platformRule is the processor and operating system of a task; Windows has no
// ARM.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html
// *sourced*
func platformRule(in object) *refusal {
	checks := []rule{
		oneOf("ClientException", "cpuArchitecture", "X86_64", "ARM64"),
		oneOf("ClientException", "operatingSystemFamily", "LINUX",
			"WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2022_FULL", "WINDOWS_SERVER_2022_CORE"),
	}
	if fault := inBlocks("runtimePlatform", checks...)(in); fault != nil {
		return fault
	}
	platform := in.object("runtimePlatform")
	if platform.str("cpuArchitecture") == "ARM64" && strings.HasPrefix(platform.str("operatingSystemFamily"), "WINDOWS") {
		return invalidf("ClientException", "runtimePlatform", "cannot be Windows on ARM64")
	}
	return nil
}

// storageRule is how much disk a Fargate task can have, in GiB.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html
// *sourced*
var storageRule = inBlocks("ephemeralStorage", within("ClientException", "sizeInGib", 21, 200))
