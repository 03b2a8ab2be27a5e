package ecs

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// dependenciesRule requires containers to depend on others of the task, not in a circle, and
// on the end of none that is essential.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
// *sourced*, the wording inferred
func dependenciesRule(in core.Object) *core.Refusal {
	fault := func(format string, a ...any) *core.Refusal {
		return &core.Refusal{Code: clientException, Property: "containerDefinitions", Message: fmt.Sprintf(format, a...)}
	}
	containers := in.Blocks("containerDefinitions")
	for _, c := range containers {
		for _, d := range c.Blocks("dependsOn") {
			i := slices.IndexFunc(containers, func(other core.Object) bool { return other.Str("name") == d.Str("containerName") })
			if i < 0 || containers[i].Str("name") == c.Str("name") {
				return fault("Container %q depends on %q, which is not another container of the task", c.Str("name"), d.Str("containerName"))
			}
			switch condition := d.Str("condition"); condition {
			case "START":
			case "HEALTHY":
				if !containers[i].Has("healthCheck") {
					return fault("Container %q depends on %q being HEALTHY, which has no health check", c.Str("name"), d.Str("containerName"))
				}
			case "COMPLETE", "SUCCESS":
				if containers[i]["essential"] != false {
					return fault("Container %q depends on %s of %q, which is essential", c.Str("name"), condition, d.Str("containerName"))
				}
			default:
				return fault("dependsOn.condition must be one of START, COMPLETE, SUCCESS, HEALTHY, got %q", condition)
			}
		}
	}
	if !startable(containers) {
		return fault("Cyclic dependency between the containers of the task")
	}
	return nil
}

// startable tells whether containers can be started in some order.
func startable(containers []core.Object) bool {
	started := map[string]bool{}
	for range containers {
		for _, c := range containers {
			waits := slices.ContainsFunc(c.StrsAt("dependsOn.containerName"), func(other string) bool { return !started[other] })
			started[c.Str("name")] = started[c.Str("name")] || !waits
		}
	}
	return !slices.ContainsFunc(containers, func(c core.Object) bool { return !started[c.Str("name")] })
}

// sharesRule requires the containers to reserve less than the task has.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*; that the whole is not refused, and the wording, inferred
func sharesRule(in core.Object) *core.Refusal {
	for _, p := range []struct{ property, unit string }{{"cpu", "vcpu"}, {"memory", "gb"}} {
		total, sum := 0, 0
		if in.Known(p.property) {
			total, _ = taskUnits(in.Str(p.property), p.unit)
		}
		for _, c := range in.Blocks("containerDefinitions") {
			sum += c.Int(p.property)
		}
		if total > 0 && sum > total {
			return &core.Refusal{Code: clientException, Property: "containerDefinitions", Message: fmt.Sprintf(
				"The %s of the containers, %d, must not be more than the task's, %d", p.property, sum, total)}
		}
	}
	return nil
}

// waitsInVain returns why a task stops although no essential container of it has failed: one
// waits for the success of another that fails. "" if none does.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
// *sourced*, the wording inferred
func waitsInVain(containers []core.Object) string {
	fails := map[string]bool{}
	for _, c := range containers {
		fails[c.Str("name")] = tagOf(c.Str("image")) == failsToStart
	}
	for _, c := range containers {
		for _, d := range c.Blocks("dependsOn") {
			if d.Str("condition") == "SUCCESS" && fails[d.Str("containerName")] && c["essential"] != false {
				return "ContainerDependencyFailed: container " + c.Str("name") + " waits for the success of " + d.Str("containerName") +
					", which ended with exit code 1"
			}
		}
	}
	return ""
}
