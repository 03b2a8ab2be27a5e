package cloud

import "slices"

// checkService checks all that a service refers to and returns its cluster.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*, the wording inferred
func checkService(t *tx, in object) (object, error) {
	cluster, err := findCluster(t, in.str("cluster"))
	if err != nil {
		return nil, err
	}
	definition, err := findDefinition(t, in.str("taskDefinition"))
	if err != nil {
		return nil, err
	}
	if in.boolean("enableExecuteCommand") && !definition.has("taskRoleArn") {
		return nil, refuse("InvalidParameterException", "The service couldn't be created because a valid taskRoleArn is not "+
			"being used. Specify a valid task role in your task definition and try again.")
	}
	vpc, err := checkTaskNetwork(t, in)
	if err != nil {
		return nil, err
	}
	for _, lb := range in.objects("loadBalancers") {
		if err := checkServiceBalancer(t, lb, definition, vpc); err != nil {
			return nil, err
		}
	}
	return cluster, nil
}

// checkTaskNetwork checks the subnets and the security groups of a service's
// tasks and returns the VPC that all of them are in.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
// *sourced*, the wording partly inferred
func checkTaskNetwork(t *tx, in object) (vpc string, err error) {
	network := in.object("networkConfiguration")
	if len(network.strs("subnets")) == 0 {
		return "", refuse("InvalidParameterException",
			"Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	}
	for _, id := range network.strs("subnets") {
		subnet, ok := t.get(subnetToken, id)
		if !ok {
			return "", refuse("InvalidParameterException", "Error retrieving subnet information for [%s]: "+
				"The subnet ID '%s' does not exist (ErrorCode: InvalidSubnetID.NotFound)", id, id)
		}
		if vpc != "" && subnet.str("vpcId") != vpc {
			return "", refuse("InvalidParameterException", "All subnets must belong to the same VPC: %s is not in %s", id, vpc)
		}
		vpc = subnet.str("vpcId")
	}
	for _, id := range network.strs("securityGroups") {
		group, ok := t.get(securityGroupToken, id)
		if !ok {
			return "", refuse("InvalidParameterException", "Error retrieving security group information for [%s]: "+
				"The security group '%s' does not exist (ErrorCode: InvalidGroup.NotFound)", id, id)
		}
		if group.str("vpcId") != vpc {
			return "", refuse("InvalidParameterException", "Security group %s does not belong to the VPC %s of the subnets", id, vpc)
		}
	}
	return vpc, nil
}

// checkServiceBalancer checks one target group of a service: it takes addresses,
// hangs on a load balancer in the tasks' VPC, and its port is one of the
// container's.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
// *sourced*; the wording: https://github.com/hashicorp/terraform/issues/32908
func checkServiceBalancer(t *tx, lb, definition object, vpc string) error {
	const code = "InvalidParameterException"
	arn := lb.str("targetGroupArn")
	group, ok := t.get(targetGroupToken, arn)
	switch {
	case !ok:
		return refuse(code, "Unable to assume role and validate the specified targetGroupArn. "+
			"Please verify that the ECS service role being passed has the proper permissions.")
	case group.str("targetType") != "ip":
		return refuse(code, "The provided target group %s has target type %s, which is incompatible with the awsvpc "+
			"network mode specified in the task definition.", arn, group.str("targetType"))
	case group.str("vpcId") != vpc:
		return refuse(code, "The target group %s is not in the VPC %s of the service", arn, vpc) // inferred
	case len(balancersOf(t, arn)) == 0:
		return refuse(code, "The target group with targetGroupArn %s does not have an associated load balancer.", arn)
	}
	return checkContainerPort(definition, lb.str("containerName"), lb.integer("containerPort"))
}

// checkContainerPort is that a task definition has the container and the port
// that a target group is to reach.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
// *sourced*
func checkContainerPort(definition object, name string, port int) error {
	for _, c := range containersOf(definition) {
		if c.Name != name {
			continue
		}
		if slices.ContainsFunc(c.PortMappings, func(m portMapping) bool { return m.ContainerPort == port }) {
			return nil
		}
		return refuse("InvalidParameterException", "The container %s did not have a container port %d defined.", name, port)
	}
	return refuse("InvalidParameterException", "The container %s does not exist in the task definition.", name)
}
