package ecs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/local/core"
)

// dependenciesRule requires containers to depend on others of the task, not in a circle, on
// the end of none that is essential, and on the health only of one that has a health check.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
// *sourced*, the wording inferred
func dependenciesRule(in core.Object) *core.Refusal {
	fault := func(format string, a ...any) *core.Refusal {
		return &core.Refusal{Code: clientException, Property: "containerDefinitions", Message: fmt.Sprintf(format, a...)}
	}
	containers := ordered(in.Blocks("containerDefinitions"))
	for _, c := range containers {
		for i, d := range c.DependsOn {
			if field, err := awsrule.Dependency(c.Name, d, containers, "healthCheck"); err != nil {
				return fault("Container %q, dependsOn[%d].%s: %s", c.Name, i, field, err)
			}
		}
	}
	if cycle := awsrule.DependencyCycle(containers); cycle != nil {
		return fault("Cyclic dependency between the containers of the task: %s", strings.Join(cycle, " -> "))
	}
	return nil
}

// ordered are the containers with what matters for the order in which they start.
func ordered(containers []core.Object) []awsrule.Container {
	all := make([]awsrule.Container, len(containers))
	for i, c := range containers {
		all[i] = awsrule.Container{Name: c.Str("name"), NotEssential: c["essential"] == false}
		if c.Has("healthCheck") {
			all[i].HealthCheck = &awsrule.ContainerHealthCheck{}
		}
		for _, d := range c.Blocks("dependsOn") {
			all[i].DependsOn = append(all[i].DependsOn, awsrule.ContainerDependency{Name: d.Str("containerName"), Condition: d.Str("condition")})
		}
	}
	return all
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
			if d.Str("condition") == awsrule.ConditionSuccess && fails[d.Str("containerName")] && c["essential"] != false {
				return "ContainerDependencyFailed: container " + c.Str("name") + " waits for the success of " + d.Str("containerName") +
					", which ended with exit code 1"
			}
		}
	}
	return ""
}

// waitsForHealth is why a task does not run: one of its containers waits for the health of
// another that fails its checks, or has ended. The task stops if a startTimeout is given for
// the other one, else it stays PENDING.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// https://github.com/aws/containers-roadmap/issues/2379 *sourced*, the wording inferred
func waitsForHealth(containers []core.Object) (waits failure) {
	unhealthy := map[string]core.Object{}
	for _, c := range containers {
		if slices.Contains([]string{failsToStart, failsHealthChecks, failsOwnCheck}, tagOf(c.Str("image"))) {
			unhealthy[c.Str("name")] = c
		}
	}
	for _, c := range containers {
		for _, d := range c.Blocks("dependsOn") {
			awaited, fails := unhealthy[d.Str("containerName")]
			if d.Str("condition") != awsrule.ConditionHealthy || !fails {
				continue
			}
			why := "container " + c.Str("name") + " waits until " + d.Str("containerName") + " is HEALTHY, which it does not become"
			if awaited.Has("startTimeout") {
				return failure{why: fmt.Sprintf("ContainerDependencyTimedOut: %s within its startTimeout of %d s", why, awaited.Int("startTimeout"))}
			}
			waits = failure{why: why, pending: true}
		}
	}
	return waits
}
