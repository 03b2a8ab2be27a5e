package agreement

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// Images of containers, by whether they are in a private registry.
var containerImages = map[bool]string{
	true:  "123456789012.dkr.ecr." + Region + ".amazonaws.com/app:1",
	false: "public.ecr.aws/nginx/nginx:latest",
}

// services registers the containers: a cluster, a role, a log group, the VPC's
// endpoints, and for each container a task definition and a service with one task.
func (r *registration) services() error {
	var containers []requestpath.Server
	for _, s := range r.plan.Servers {
		if s.Image != nil {
			containers = append(containers, s)
		}
	}
	if len(containers) == 0 {
		return nil
	}
	cluster, err := r.platform()
	if err != nil {
		return err
	}
	var subnets, tables []string
	for i, s := range containers {
		subnet, table, err := r.taskSubnet(i, s)
		if err != nil {
			return err
		}
		subnets, tables = append(subnets, subnet), append(tables, table)
	}
	if err := r.endpoints(containers, subnets[0], tables); err != nil {
		return err
	}
	for i, s := range containers {
		if err := r.service(cluster, subnets[i], s); err != nil {
			return err
		}
	}
	return nil
}

const executionRole = "execution"

// platform registers what the services share, and returns the cluster.
func (r *registration) platform() (string, error) {
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ecs-tasks.amazonaws.com"}}}`
	_, _, err := r.create("aws:iam/role:Role", executionRole, props{"name": executionRole, "assumeRolePolicy": trust})
	if err != nil {
		return "", err
	}
	_, _, err = r.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", executionRole, props{
		"role": executionRole, "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"})
	if err != nil {
		return "", err
	}
	if _, _, err = r.create("aws:cloudwatch/logGroup:LogGroup", "plan", props{"name": "/plan"}); err != nil {
		return "", err
	}
	cluster, _, err := r.create("aws:ecs/cluster:Cluster", "plan", props{"name": "plan"})
	return cluster, err
}

func (r *registration) service(cluster, subnet string, s requestpath.Server) error {
	ports, registrations := r.taskPorts(s)
	definition, err := r.definition(s, ports)
	if err != nil {
		return err
	}
	in := props{
		"name": s.Name, "cluster": cluster, "taskDefinition": definition, "launchType": "FARGATE", "desiredCount": 1,
		"networkConfiguration": props{
			"subnets": []any{subnet}, "securityGroups": r.renames.groups(s.SecurityGroups), "assignPublicIp": s.Image.PublicAddress,
		},
	}
	if len(registrations) > 0 {
		in["loadBalancers"] = registrations
	}
	arn, _, err := r.create("aws:ecs/service:Service", s.Name, in)
	if err != nil {
		return err
	}
	r.renames.serverIDs[s.Name] = s.Name
	return r.taskAddress(arn, s)
}

// taskAddress records the address of the task, if it runs.
func (r *registration) taskAddress(service string, s requestpath.Server) error {
	inside, outside, err := addressesOf(s)
	if err != nil {
		return err
	}
	if outside.IsValid() {
		return inexpressible("a container has a public address that is known beforehand")
	}
	for _, task := range r.driver.Account().All("aws:ecs/task:Task") {
		if task["service"] == service && inside.IsValid() {
			r.renames.names[inside.String()] = fmt.Sprint(task["privateIp"])
		}
	}
	return nil
}

// taskPorts are the ports of a container, and its registrations with target
// groups.
func (r *registration) taskPorts(s requestpath.Server) (ports []int, registrations []any) {
	for _, l := range s.Listeners {
		ports = append(ports, l.Port)
	}
	for _, g := range r.plan.TargetGroups {
		for _, t := range g.Targets {
			if t.Server != s.Name {
				continue
			}
			port := cmp.Or(t.Port, g.Port)
			ports = append(ports, port)
			registrations = append(registrations, props{
				"targetGroupArn": r.targetGroups[g.Name], "containerName": s.Name, "containerPort": port})
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports), registrations
}

// definition registers the task definition of a service.
func (r *registration) definition(s requestpath.Server, ports []int) (string, error) {
	var mappings []props
	for _, p := range ports {
		mappings = append(mappings, props{"containerPort": p, "hostPort": p, "protocol": "tcp"})
	}
	containers, err := json.Marshal([]props{{
		"name": s.Name, "image": containerImages[s.Image.Private], "essential": true, "portMappings": mappings,
		"logConfiguration": props{"logDriver": "awslogs", "options": props{
			"awslogs-group": "/plan", "awslogs-region": Region, "awslogs-stream-prefix": s.Name}},
	}})
	if err != nil {
		return "", fmt.Errorf("writing a task definition: %w", err)
	}
	_, state, err := r.create("aws:ecs/taskDefinition:TaskDefinition", s.Name, props{
		"family": s.Name, "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": []any{"FARGATE"},
		"executionRoleArn":     fmt.Sprintf("arn:aws:iam::%s:role/%s", r.driver.Account().ID, executionRole),
		"containerDefinitions": string(containers),
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprint(state["arn"]), nil
}

// taskSubnet registers the subnet of a service, with the routes to pull its image.
func (r *registration) taskSubnet(i int, s requestpath.Server) (subnet, table string, err error) {
	var route props
	switch s.Image.DefaultRoute {
	case requestpath.RouteNAT:
		nat, err := r.natGateway()
		if err != nil {
			return "", "", err
		}
		route = props{"natGatewayId": nat}
	case requestpath.RouteInternetGateway:
		route = props{"gatewayId": r.gateway}
	}
	if table, err = r.table(route); err != nil {
		return "", "", err
	}
	cidr := fmt.Sprintf("10.0.%d.0/24", 200+i)
	if inside, _, err := addressesOf(s); err == nil && inside.IsValid() {
		if own := subnetOf(inside); r.subnets[own] == "" {
			cidr = own
		}
	}
	subnet, err = r.subnet(cidr, "", zoneFor(r.plan, s.Name), table)
	return subnet, table, err
}

// endpoints registers the VPC's endpoints, which every container in it can use.
func (r *registration) endpoints(containers []requestpath.Server, subnet string, tables []string) error {
	image := containers[0].Image
	for _, other := range containers[1:] {
		if !slices.Equal(other.Image.Endpoints, image.Endpoints) || !slices.Equal(other.Image.EndpointGroups, image.EndpointGroups) {
			return inexpressible("two containers of one VPC with different endpoints")
		}
	}
	for _, service := range image.Endpoints {
		in := props{"vpcId": r.vpc, "serviceName": "com.amazonaws." + Region + "." + service}
		if service == s3List {
			in["routeTableIds"] = tables
		} else {
			in["vpcEndpointType"], in["privateDnsEnabled"] = "Interface", true
			in["subnetIds"], in["securityGroupIds"] = []any{subnet}, r.renames.groups(image.EndpointGroups)
		}
		if _, _, err := r.create("aws:ec2/vpcEndpoint:VpcEndpoint", service, in); err != nil {
			return err
		}
	}
	return nil
}
