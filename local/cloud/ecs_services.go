package cloud

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
)

// ecsServiceKind is a service on Fargate.
func ecsServiceKind() kind {
	return kind{
		token:    ecsServiceToken,
		inputs:   ecs.ServiceArgs{}.ElementType(),
		state:    reflect.TypeOf(ecs.Service{}),
		autoname: &autoname{property: "name", maxLength: 255},
		required: []string{"taskDefinition"},
		changes: map[string]change{
			"availabilityZoneRebalancing":     updates, // inferred: newer than the facts
			"cluster":                         replaces,
			"deploymentCircuitBreaker":        updates,
			"deploymentMaximumPercent":        updates,
			"deploymentMinimumHealthyPercent": updates,
			"desiredCount":                    updates,
			"enableEcsManagedTags":            updates,
			"enableExecuteCommand":            updates,
			"forceDelete":                     updates,
			"forceNewDeployment":              updates,
			"healthCheckGracePeriodSeconds":   updates,
			"launchType":                      replaces,
			"loadBalancers":                   updatesSetOnly,
			"name":                            replaces,
			"networkConfiguration":            updatesSetOnly,
			"platformVersion":                 updates,
			"propagateTags":                   updates,
			"schedulingStrategy":              replaces,
			"tags":                            updates,
			"taskDefinition":                  updates,
			"triggers":                        updates,
			"waitForSteadyState":              updates,
		},
		defaults: object{
			"availabilityZoneRebalancing":     "DISABLED", // inferred: newer than the facts
			"deploymentMaximumPercent":        200.0,
			"deploymentMinimumHealthyPercent": 100.0,
			"schedulingStrategy":              "REPLICA",
			"waitForSteadyState":              false,
		},
		keeps:  []string{"cluster", "platformVersion", "triggers"},
		rules:  serviceRules(),
		create: createService,
		update: updateService,
		remove: removeService,
	}
}

// serviceRules are the rules on a service's inputs alone.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced* (the ranges are inferred)
func serviceRules() []rule {
	const code = "InvalidParameterException"
	return []rule{
		ecsNameRule("name"),
		oneOf(code, "availabilityZoneRebalancing", "ENABLED", "DISABLED"),
		oneOf(code, "platformVersion", "LATEST", "1.4.0"),
		oneOf(code, "propagateTags", "SERVICE", "TASK_DEFINITION", "NONE"),
		within(code, "desiredCount", 0, 5000),
		within(code, "deploymentMinimumHealthyPercent", 0, 100),
		within(code, "deploymentMaximumPercent", 100, 200*100),
		within(code, "healthCheckGracePeriodSeconds", 0, 2147483647),
		launchTypeRule,
		schedulingRule,
		gracePeriodRule,
		percentRule,
		inBlocks("networkConfiguration", subnetsGivenRule),
		inBlocks("loadBalancers", onlyFields("containerName", "containerPort", "targetGroupArn")),
	}
}

// launchTypeRule: the provider's own launch type is EC2, and there are no
// container instances here.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*; that others are unsupported is the local AWS's limit
func launchTypeRule(in object) *refusal {
	if in.has("launchType") && !in.known("launchType") || in.str("launchType") == "FARGATE" {
		return nil
	}
	return invalidf(unsupported, "launchType", "must be FARGATE, got %q", in.str("launchType"))
}

// schedulingRule is that Fargate knows no daemons.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func schedulingRule(in object) *refusal {
	if s := in.str("schedulingStrategy"); s != "" && s != "REPLICA" {
		return invalidf("InvalidParameterException", "schedulingStrategy", "must be REPLICA on Fargate, got %q", s)
	}
	return nil
}

// gracePeriodRule is that only a load balancer's health checks can be waited for.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func gracePeriodRule(in object) *refusal {
	if in.integer("healthCheckGracePeriodSeconds") > 0 && !in.has("loadBalancers") {
		return &refusal{code: "InvalidParameterException", property: "healthCheckGracePeriodSeconds",
			message: "Health check grace period is only valid for services configured to use load balancers"}
	}
	return nil
}

// percentRule is that a deployment has room to move, and more of it when tasks
// are to be moved between zones.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
// *sourced*, the wording inferred
func percentRule(in object) *refusal {
	most, least := in.integer("deploymentMaximumPercent"), in.integer("deploymentMinimumHealthyPercent")
	if !in.known("deploymentMaximumPercent") || most > 100 {
		return nil
	}
	if in.str("availabilityZoneRebalancing") == "ENABLED" {
		return invalidf("InvalidParameterException", "deploymentMaximumPercent",
			"must be more than 100 with availabilityZoneRebalancing ENABLED, got %d", most)
	}
	if in.known("deploymentMinimumHealthyPercent") && least >= most {
		return invalidf("InvalidParameterException", "deploymentMaximumPercent",
			"must be more than deploymentMinimumHealthyPercent (%d), got %d", least, most)
	}
	return nil
}

// subnetsGivenRule is that a network configuration names 1-16 subnets and at most
// 5 security groups.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
// *sourced*
func subnetsGivenRule(in object) *refusal {
	if n := len(in.list("subnets")); in.has("subnets") && in.known("subnets") && (n < 1 || n > 16) {
		return invalidf("InvalidParameterException", "subnets", "must name 1-16 subnets, got %d", n)
	}
	if n := len(in.list("securityGroups")); n > 5 {
		return invalidf("InvalidParameterException", "securityGroups", "must name at most 5 groups, got %d", n)
	}
	return nil
}

// createService makes a service and starts its tasks.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*, the wording inferred
func createService(t *tx, in object) (string, object, error) {
	cluster, err := checkService(t, in)
	if err != nil {
		return "", nil, err
	}
	arn := t.arn("ecs", "service/"+cluster.str("name")+"/"+in.str("name"))
	if _, taken := t.get(ecsServiceToken, arn); taken {
		return "", nil, refuse("InvalidParameterException", "Creation of service was not idempotent.")
	}
	service := in.with(object{"id": arn})
	if err := steady(service, "create", runService(t, service, true)); err != nil {
		return "", nil, err
	}
	return arn, object{
		"cluster":         orElse(in["cluster"], cluster.str("arn")),
		"iamRole":         "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
		"platformVersion": orElse(in["platformVersion"], "LATEST"),
		"triggers":        orElse(in["triggers"], map[string]any{}),
	}, nil
}

// orElse is a value, or another one where it is not given.
func orElse(v, other any) any {
	if v == nil {
		return other
	}
	return v
}

// updateService deploys anew what decides how tasks run, and brings their number
// to the desired one. A number that auto scaling looks after stays.
func updateService(t *tx, id string, old, in object) (object, error) {
	if _, err := checkService(t, old.with(in)); err != nil {
		return nil, err
	}
	service, out := old.with(in), object{}
	_, name, _ := strings.Cut(id, ":service/")
	if _, scaled := t.get(scalingTargetToken, "service/"+name); scaled {
		out["desiredCount"] = old["desiredCount"]
		service = service.with(out)
	}
	fresh := !same(in["triggers"], old["triggers"], false) && in.boolean("forceNewDeployment")
	for _, p := range []string{"taskDefinition", "networkConfiguration", "loadBalancers", "platformVersion"} {
		fresh = fresh || !same(in[p], old[p], true) && in.has(p)
	}
	return out, steady(service, "update", runService(t, service, fresh))
}

// removeService stops the tasks and takes their addresses out of the target
// groups. AWS refuses to delete a service that still has tasks; the real provider
// scales it to nothing first, and waits until it has drained.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
// *sourced*; what the provider does about it is inferred
func removeService(t *tx, id string, _ object) error {
	stopTasks(t, tasksOf(t, id))
	return nil
}

// steady is what waiting for a service ends with: an error in the provider's
// words when its tasks do not run, with what the service's events would say.
// Source: https://github.com/hashicorp/terraform-provider-aws/issues/16012
// *inferred*
func steady(service object, operation, why string) error {
	if why == "" || !service.boolean("waitForSteadyState") {
		return nil
	}
	return fmt.Errorf("waiting for ECS Service (%s) %s: timeout while waiting for state to become 'tfSTABLE' "+
		"(last state: 'tfPENDING', timeout: 20m0s): tasks stopped: %s", service.str("id"), operation, why)
}
