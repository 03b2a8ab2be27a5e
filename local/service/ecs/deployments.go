package ecs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// deployed are the inputs of a service whose change starts a deployment, and which go
// back when it is rolled back.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html
// *sourced*
var deployed = []string{"taskDefinition", "networkConfiguration", "loadBalancers", "platformVersion", "capacityProviderStrategies"}

// createService makes a service and starts its tasks. Nothing can be rolled back to.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*, the wording inferred
func createService(t *core.Tx, id string, in core.Object) (core.Object, error) {
	if err := checkService(t, in); err != nil {
		return nil, err
	}
	if _, taken := t.Get(ServiceToken, id); taken {
		return nil, core.Refuse(invalidParameter, "Creation of service was not idempotent.")
	}
	service := in.With(core.Object{"id": id})
	return nil, steady(t, service, "create", runTasks(t, service, true), false)
}

// updateService replaces the tasks when what they run or where they run changes, and
// brings their number to the desired one. A deployment that fails is rolled back if the
// service says so and one before it was completed.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
// *sourced*
func updateService(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	service := old.With(in)
	if err := checkService(t, service); err != nil {
		return nil, err
	}
	fresh := isFresh(old, in, service)
	if fresh && !isActive(t, service.Str("taskDefinition")) {
		return nil, core.Refuse(clientException, definitionInactive)
	}
	before := tasksOf(t, id)
	completed := len(before) > 0 || old.Int("desiredCount") == 0
	if fresh && completed && in.Block("alarms").Bool("rollback") {
		definition, _ := findDefinition(t, service.Str("taskDefinition"))
		if why := raised(in, definition); why != "" {
			return rollBack(t, old, service, before, failure{why: why, started: true})
		}
	}
	failed := runTasks(t, service, fresh)
	if fresh && completed && trips(service.Block("deploymentCircuitBreaker"), failed) {
		return rollBack(t, old, service, before, failed)
	}
	return nil, steady(t, service, "update", failed, len(before) > 0)
}

// isFresh tells whether an update starts a deployment. The provider asks for one in every
// update but those of tags alone.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service.go
// *sourced*
func isFresh(old, in, service core.Object) bool {
	return service.Bool("forceNewDeployment") && changesMoreThanTags(old, in) ||
		slices.ContainsFunc(deployed, func(p string) bool { return in.Has(p) && !core.Equal(in[p], old[p], true) })
}

// trips tells whether a circuit breaker rolls a failed deployment back. It counts tasks that
// stop before they are RUNNING or fail their checks, not those that stay PENDING.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
// *sourced*; that one stopped by a startTimeout is among them, and one that stays PENDING is not, inferred
func trips(breaker core.Object, failed failure) bool {
	return failed.why != "" && !failed.pending && breaker.Bool("enable") && breaker.Bool("rollback")
}

// rollBack returns a service to what it was before a deployment, with the revision that
// its tasks still run. ECS says why in the service's events; the provider does not.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
// *sourced*
func rollBack(t *core.Tx, old, service core.Object, running []core.Object, failed failure) (core.Object, error) {
	back := core.Object{"loadBalancers": []any{}} // there may have been none
	for _, p := range deployed {
		if old.Has(p) {
			back[p] = old[p]
		}
	}
	if len(running) > 0 {
		completed := running[0].Str("taskDefinition")
		if definition, _ := findDefinition(t, old.Str("taskDefinition")); definition.Str("arn") != completed {
			back["taskDefinition"] = completed
		}
	}
	service = service.With(back)
	t.Warn(fmt.Sprintf("(service %s) the deployment failed and was rolled back to %s: %s",
		service.Str("name"), service.Str("taskDefinition"), failed.cause()))
	return back, steady(t, service, "update", runTasks(t, service, false), len(running) > 0)
}

// cause is the reason why a deployment failed.
func (f failure) cause() string {
	switch {
	case strings.HasPrefix(f.why, alarmsDetected):
		return f.why
	case f.pending:
		return "tasks stay PENDING: " + f.why
	}
	return "tasks stopped: " + f.why
}

// steady returns the provider's error for a service that it waits for and that does not
// become steady, with the reason that the service's events would give. The provider takes
// a service for steady that has one deployment and runs as many tasks as desired, be they
// healthy or not. So it fails to notice that tasks are unhealthy unless those of another
// deployment run beside them.
// Source: https://github.com/hashicorp/terraform-provider-aws/issues/16012
// https://github.com/aws/aws-cli/issues/9487 *sourced*, the wording inferred
func steady(t *core.Tx, service core.Object, operation string, failed failure, othersRun bool) error {
	unnoticed := failed.started && !othersRun
	if failed.why == "" {
		return nil
	}
	if unnoticed || !service.Bool("waitForSteadyState") {
		t.Warn(fmt.Sprintf("(service %s) the deployment of %s failed: %s",
			service.Str("name"), service.Str("taskDefinition"), failed.cause()))
		return nil
	}
	return fmt.Errorf("waiting for ECS Service (%s) %s: timeout while waiting for state to become 'tfSTABLE' "+
		"(last state: 'tfPENDING', timeout: 20m0s): %s", service.Str("id"), operation, failed.cause())
}
