package ecs

import (
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
)

const invalidParameter = "InvalidParameterException"

// ECS's messages on a task definition that a service cannot use.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html
// *sourced*, the wording inferred
const (
	definitionNotFound = "TaskDefinition not found: "
	definitionInactive = "TaskDefinition is inactive"
)

// serviceReferences are what a service refers to. A target group or a task definition
// in use can be deleted all the same.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*, the wording inferred; for target groups:
// https://github.com/hashicorp/terraform/issues/32908
func serviceReferences() []core.Reference {
	return []core.Reference{
		clusterReference("arn"),
		clusterReference("name"),
		{
			Input: "taskDefinition", Code: "ClientException", Loose: true,
			Exists: isActive,
			Message: func(t *core.Tx, ref string) string {
				if _, ok := findDefinition(t, ref); ok {
					return definitionInactive
				}
				return definitionNotFound + ref
			},
		},
		{
			Input: "networkConfiguration.subnets", To: []string{ec2.SubnetToken}, Code: invalidParameter,
			Message: func(_ *core.Tx, id string) string {
				return "Error retrieving subnet information for [" + id + "]: " +
					"The subnet ID '" + id + "' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
			},
		},
		{
			Input: "networkConfiguration.securityGroups", To: []string{ec2.SecurityGroupToken}, Code: invalidParameter,
			Message: func(_ *core.Tx, id string) string {
				return "Error retrieving security group information for [" + id + "]: " +
					"The security group '" + id + "' does not exist (ErrorCode: InvalidGroup.NotFound)"
			},
		},
		{
			// Deleting an alarm that a service watches is not refused. That it must exist is
			// inferred: the roles of a deployment read its state.
			Input: "alarms.alarmNames", To: []string{cloudwatch.MetricAlarmToken, cloudwatch.CompositeAlarmToken}, Code: invalidParameter, Loose: true,
			Message: func(_ *core.Tx, name string) string { return "The alarm " + name + " does not exist." },
		},
		{
			Input: "loadBalancers.targetGroupArn", To: []string{elb.TargetGroupToken}, Code: invalidParameter, Loose: true,
			Message: func(*core.Tx, string) string {
				return "Unable to assume role and validate the specified targetGroupArn. " +
					"Please verify that the ECS service role being passed has the proper permissions."
			},
		},
	}
}

const clusterNotFound = "Cluster not found."

// clusterReference is the cluster of a service, which may be named by its ARN or its name.
func clusterReference(by string) core.Reference {
	return core.Reference{
		Input: "cluster", To: []string{ClusterToken}, By: by, Code: "ClusterNotFoundException",
		Exists: func(t *core.Tx, ref string) bool {
			_, ok := findCluster(t, ref)
			return ok
		},
		Message: func(*core.Tx, string) string { return clusterNotFound },
	}
}

// checkService checks what a service refers to, beyond that it exists.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*, the wording inferred
func checkService(t *core.Tx, in core.Object) error {
	definition, _ := findDefinition(t, in.Str("taskDefinition"))
	if in.Bool("enableExecuteCommand") && !definition.Has("taskRoleArn") {
		return core.Refuse(invalidParameter, "The service couldn't be created because a valid taskRoleArn is not "+
			"being used. Specify a valid task role in your task definition and try again.")
	}
	if err := checkStrategy(t, in, definition); err != nil {
		return err
	}
	vpc, err := checkTaskNetwork(t, in)
	if err != nil {
		return err
	}
	for _, lb := range in.Blocks("loadBalancers") {
		if err := checkServiceLoadBalancer(t, lb, definition, vpc); err != nil {
			return err
		}
	}
	return nil
}

// checkTaskNetwork checks that the subnets and the security groups of a service's
// tasks are in one VPC, and returns it.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
// *sourced*, the wording partly inferred
func checkTaskNetwork(t *core.Tx, in core.Object) (vpc string, err error) {
	network := in.Block("networkConfiguration")
	if len(network.Strs("subnets")) == 0 {
		return "", core.Refuse(invalidParameter,
			"Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	}
	for _, id := range network.Strs("subnets") {
		subnet, _ := t.Get(ec2.SubnetToken, id)
		if vpc != "" && subnet.Str("vpcId") != vpc {
			return "", core.Refuse(invalidParameter, "All subnets must belong to the same VPC: %s is not in %s", id, vpc)
		}
		vpc = subnet.Str("vpcId")
	}
	for _, id := range network.Strs("securityGroups") {
		if group, _ := t.Get(ec2.SecurityGroupToken, id); group.Str("vpcId") != vpc {
			return "", core.Refuse(invalidParameter, "Security group %s does not belong to the VPC %s of the subnets", id, vpc)
		}
	}
	return vpc, nil
}

// checkServiceLoadBalancer checks one target group of a service: its targets are addresses,
// it is in the tasks' VPC, a load balancer forwards to it, and the container has the port.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
// *sourced*, the wording partly inferred
func checkServiceLoadBalancer(t *core.Tx, lb, definition core.Object, vpc string) error {
	arn, name := lb.Str("targetGroupArn"), lb.Str("containerName")
	group, _ := t.Get(elb.TargetGroupToken, arn)
	containers := containersOf(definition)
	i := slices.IndexFunc(containers, func(c core.Object) bool { return c.Str("name") == name })
	switch {
	case group.Str("targetType") != "ip":
		return core.Refuse(invalidParameter, "The provided target group %s has target type %s, which is incompatible with the awsvpc "+
			"network mode specified in the task definition.", arn, group.Str("targetType"))
	case group.Str("vpcId") != vpc:
		return core.Refuse(invalidParameter, "The target group %s is not in the VPC %s of the service", arn, vpc)
	case len(elb.LoadBalancersOf(t, arn)) == 0:
		return core.Refuse(invalidParameter, "The target group with targetGroupArn %s does not have an associated load balancer.", arn)
	case i < 0:
		return core.Refuse(invalidParameter, "The container %s does not exist in the task definition.", name)
	case !slices.Contains(containers[i].At("portMappings.containerPort"), lb["containerPort"]):
		return core.Refuse(invalidParameter, "The container %s did not have a container port %d defined.", name, lb.Int("containerPort"))
	}
	return nil
}
