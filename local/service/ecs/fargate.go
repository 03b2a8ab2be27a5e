package ecs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/local/core"
)

// fargateSizeRule requires a pair of CPU and memory that Fargate has.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
// *sourced*; the wording: https://github.com/aws-games/cloud-game-development-toolkit/issues/737
func fargateSizeRule(in core.Object) *core.Refusal {
	if !onFargate(in) {
		return nil
	}
	for _, p := range []string{"cpu", "memory"} {
		if !in.Has(p) {
			return &core.Refusal{Code: clientException, Property: p,
				Message: fmt.Sprintf("Fargate requires that '%s' be defined at the task level.", p)}
		}
	}
	if !in.Known("cpu") || !in.Known("memory") {
		return nil
	}
	cpu, cpuOK := taskUnits(in.Str("cpu"), "vcpu")
	memory, memoryOK := taskUnits(in.Str("memory"), "gb")
	if !cpuOK || !memoryOK {
		return &core.Refusal{Code: clientException, Property: "cpu",
			Message: fmt.Sprintf("Invalid 'cpu' or 'memory' setting for task: %q, %q", in.Str("cpu"), in.Str("memory"))}
	}
	if awsrule.FargateSize(cpu, memory) != nil {
		return &core.Refusal{Code: clientException, Property: "memory", Message: fmt.Sprintf(
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
func onFargate(in core.Object) bool {
	return slices.Contains(in.Strs("requiresCompatibilities"), "FARGATE")
}

// fargateOnlyRule requires that a task can run on Fargate: there are no container instances.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
// *sourced*; that other launch types are unsupported is the local AWS's limit
func fargateOnlyRule(in core.Object) *core.Refusal {
	if onFargate(in) || in.Pending("requiresCompatibilities") {
		return nil
	}
	return core.Invalid(core.Unsupported, "requiresCompatibilities", "must contain FARGATE: there are no container instances")
}

// networkModeRule requires tasks on Fargate to have network interfaces of their own.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
// *sourced*
func networkModeRule(in core.Object) *core.Refusal {
	if onFargate(in) && !in.Pending("networkMode") && in.Str("networkMode") != "awsvpc" {
		return &core.Refusal{Code: clientException, Property: "networkMode",
			Message: "Fargate only supports network mode 'awsvpc'."}
	}
	return nil
}

// noWindowsOnARMRule refuses Windows on ARM processors.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html
// *sourced*
func noWindowsOnARMRule(platform core.Object) *core.Refusal {
	if platform.Str("cpuArchitecture") == "ARM64" && strings.HasPrefix(platform.Str("operatingSystemFamily"), "WINDOWS") {
		return core.Invalid(clientException, "cpuArchitecture", "cannot be ARM64 with Windows")
	}
	return nil
}
