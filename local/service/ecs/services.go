package ecs

import (
	"github.com/portico-iac/portico/local/core"
)

// serviceType is a service on Fargate.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced* (the ranges are inferred)
func serviceType() core.Type {
	return core.Type{
		Token: ServiceToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 255},
		Inputs: []string{
			"alarms.alarmNames", "alarms.enable", "alarms.rollback", "availabilityZoneRebalancing",
			"capacityProviderStrategies.base", "capacityProviderStrategies.capacityProvider", "capacityProviderStrategies.weight",
			"cluster", "deploymentCircuitBreaker.enable", "deploymentCircuitBreaker.rollback",
			"deploymentMaximumPercent", "deploymentMinimumHealthyPercent", "desiredCount", "enableEcsManagedTags",
			"enableExecuteCommand", "forceDelete", "forceNewDeployment", "healthCheckGracePeriodSeconds", "launchType",
			"loadBalancers.containerName", "loadBalancers.containerPort", "loadBalancers.targetGroupArn", "name",
			"networkConfiguration.assignPublicIp", "networkConfiguration.securityGroups", "networkConfiguration.subnets",
			"platformVersion", "propagateTags", "schedulingStrategy", "tags", "taskDefinition", "triggers",
			"waitForSteadyState",
		},
		Defaults: core.Object{
			"availabilityZoneRebalancing":     "DISABLED", // inferred: newer than the facts
			"deploymentMaximumPercent":        200.0,
			"deploymentMinimumHealthyPercent": 100.0,
			"enableExecuteCommand":            false,
			"schedulingStrategy":              "REPLICA",
			"waitForSteadyState":              false,
		},
		Keeps: []string{"cluster", "launchType", "platformVersion", "triggers"},
		Fills: core.Object{
			"cluster":         "arn:aws:ecs:{region}:{account}:cluster/default",
			"iamRole":         "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
			"platformVersion": "LATEST",
			"triggers":        map[string]any{},
		},
		Reverts:      deployed,
		Replaces:     replacedStrategy,
		References:   serviceReferences(),
		FreeToDelete: "its tasks go with it",
		Rules: []core.Rule{
			core.Matching(invalidParameter, "name", ecsName, ecsNameForm),
			core.OneOf(invalidParameter, "availabilityZoneRebalancing", "ENABLED", "DISABLED"),
			core.OneOf(invalidParameter, "platformVersion", "LATEST", "1.4.0"),
			core.OneOf(invalidParameter, "propagateTags", "SERVICE", "TASK_DEFINITION", "NONE"),
			core.Within(invalidParameter, "desiredCount", 0, 5000),
			core.Within(invalidParameter, "deploymentMinimumHealthyPercent", 0, 100),
			core.Within(invalidParameter, "deploymentMaximumPercent", 100, 200*100),
			core.Within(invalidParameter, "healthCheckGracePeriodSeconds", 0, 2147483647),
			core.OneOf(invalidParameter, "schedulingStrategy", "REPLICA"), // Fargate runs no daemons
			launchTypeRule,
			strategyRule,
			core.InBlocks("capacityProviderStrategies",
				core.OneOf(invalidParameter, "capacityProvider", capacityProviders...),
				core.Within(invalidParameter, "base", 0, 100000),
				core.Within(invalidParameter, "weight", 0, 1000)),
			gracePeriodRule,
			core.InBlocks("alarms", alarmsGivenRule),
			percentRule,
			core.InBlocks("networkConfiguration",
				core.AtMostItems(invalidParameter, "subnets", 16),
				core.AtMostItems(invalidParameter, "securityGroups", 5),
				subnetsGivenRule),
		},
		NewID:  newServiceARN,
		Create: createService,
		Update: updateService,
		Delete: func(t *core.Tx, id string, _ core.Object) error {
			stopTasks(t, tasksOf(t, id))
			return nil
		},
	}
}

// launchTypeRule requires tasks to run on Fargate, by the launch type or by a strategy:
// there are no container instances here. The provider's default is EC2.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*; that others are unsupported is the local AWS's limit
func launchTypeRule(in core.Object) *core.Refusal {
	strategy := in.Has("capacityProviderStrategies") && (in.Pending("capacityProviderStrategies") || len(in.List("capacityProviderStrategies")) > 0)
	switch {
	case strategy && in.Has("launchType"):
		return &core.Refusal{Code: invalidParameter, Property: "launchType",
			Message: "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."}
	case strategy, in.Pending("launchType"), in.Str("launchType") == "FARGATE":
		return nil
	}
	return core.Invalid(core.Unsupported, "launchType", "must be FARGATE, got %q", in.Str("launchType"))
}

// gracePeriodRule refuses a grace period without a load balancer, whose health checks it
// delays.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func gracePeriodRule(in core.Object) *core.Refusal {
	if in.Int("healthCheckGracePeriodSeconds") > 0 && !in.Has("loadBalancers") {
		return &core.Refusal{Code: invalidParameter, Property: "healthCheckGracePeriodSeconds",
			Message: "Health check grace period is only valid for services configured to use load balancers"}
	}
	return nil
}

// alarmsGivenRule requires alarms to be named where they are watched.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentAlarms.html
// *sourced*, the wording inferred
func alarmsGivenRule(alarms core.Object) *core.Refusal {
	if alarms.Bool("enable") && alarms.Known("alarmNames") && len(alarms.List("alarmNames")) == 0 {
		return core.Invalid(invalidParameter, "alarmNames", "must name at least one alarm when alarms are enabled")
	}
	return nil
}

// percentRule requires room for a deployment to start or to stop tasks. Rebalancing between
// zones needs room to start some.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
// *sourced*, the wording inferred
func percentRule(in core.Object) *core.Refusal {
	most, least := in.Int("deploymentMaximumPercent"), in.Int("deploymentMinimumHealthyPercent")
	if !in.Known("deploymentMaximumPercent") || most > 100 {
		return nil
	}
	if in.Str("availabilityZoneRebalancing") == "ENABLED" {
		return core.Invalid(invalidParameter, "deploymentMaximumPercent",
			"must be more than 100 with availabilityZoneRebalancing ENABLED, got %d", most)
	}
	if in.Known("deploymentMinimumHealthyPercent") && least >= most {
		return core.Invalid(invalidParameter, "deploymentMaximumPercent",
			"must be more than deploymentMinimumHealthyPercent (%d), got %d", least, most)
	}
	return nil
}

// subnetsGivenRule requires a network configuration to name subnets.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
// *sourced*
func subnetsGivenRule(network core.Object) *core.Refusal {
	if network.Known("subnets") && len(network.List("subnets")) == 0 {
		return core.Invalid(invalidParameter, "subnets", "must name 1-16 subnets, got 0")
	}
	return nil
}

// newServiceARN is the ARN of a new service, which names its cluster.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
// *sourced*
func newServiceARN(t *core.Tx, in core.Object) (string, error) {
	cluster, ok := findCluster(t, in.Str("cluster"))
	if !ok {
		return "", core.Refuse("ClusterNotFoundException", clusterNotFound)
	}
	return t.ARN("ecs", "service/"+cluster.Str("name")+"/"+in.Str("name")), nil
}
