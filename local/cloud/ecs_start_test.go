package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const ecrWeb = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/web:1"

func TestTasksCannotStart(t *testing.T) {
	const db = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
	secret := object{"secrets": []any{object{"name": "DB", "valueFrom": db + ":password::"}}}
	tests := map[string]struct {
		arrange func(f fargate) object // what of the service differs
		want    string                 // "" when the tasks run
	}{
		"NAT": {func(fargate) object { return nil }, ""},
		"public subnet without an address": {func(f fargate) object { return f.in(seedPublicA) },
			"CannotPullContainerError"},
		"public subnet with an address": {func(f fargate) object {
			return object{"networkConfiguration": f.in(seedPublicA).object("networkConfiguration").with(object{"assignPublicIp": true})}
		}, ""},
		"no route": {func(f fargate) object {
			return f.in(f.aSubnet(seedVpc, "10.20.200.0/24", "a")) // the main route table leads nowhere
		}, "no way from subnet"},
		"no egress": {func(f fargate) object {
			return object{"networkConfiguration": object{
				"subnets": list(seedPrivateA), "securityGroups": list(f.aGroup(seedVpc, "shut")),
			}}
		}, "CannotPullContainerError"},
		"egress elsewhere": {func(f fargate) object {
			narrow := f.aGroup(seedVpc, "narrow")
			f.egress(narrow, object{"cidrIpv4": "10.0.0.0/8"})
			return object{"networkConfiguration": object{"subnets": list(seedPrivateA), "securityGroups": list(narrow)}}
		}, "CannotPullContainerError"},
		"one subnet of two": {func(f fargate) object {
			return f.in(seedPrivateA, f.aSubnet(seedVpc, "10.20.200.0/24", "a"))
		}, "no way from subnet"},
		"default group": {func(fargate) object { // lets everything out
			return object{"networkConfiguration": object{"subnets": list(seedPrivateA)}}
		}, ""},
		"no log group": {func(f fargate) object {
			return object{"taskDefinition": f.define(nil, loggedTo("/none"))}
		}, "The specified log group does not exist. (/none in ap-northeast-1)"},
		"role of another service": {func(f fargate) object {
			_, arn := f.role("other", "ec2.amazonaws.com")
			return object{"taskDefinition": f.define(object{"taskRoleArn": arn}, nil)}
		}, "ECS was unable to assume the role"},
		"private image": {func(f fargate) object {
			return object{"taskDefinition": f.define(nil, object{"image": ecrWeb})}
		}, ""},
		"private image, no permission": {func(f fargate) object {
			_, arn := f.role("idle", "ecs-tasks.amazonaws.com")
			return object{"taskDefinition": f.define(object{"executionRoleArn": arn}, object{"image": ecrWeb})}
		}, "is not authorized to perform: ecr:GetAuthorizationToken"},
		"image in another region": {func(f fargate) object {
			return object{"taskDefinition": f.define(nil, object{"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"})}
		}, ""},
		"log, no permission": {func(f fargate) object {
			_, arn := f.role("idle", "ecs-tasks.amazonaws.com")
			return object{"taskDefinition": f.define(object{"executionRoleArn": arn}, loggedTo("/web"))}
		}, "is not authorized to perform: logs:CreateLogStream"},
		"secret, no permission": {func(f fargate) object {
			return object{"taskDefinition": f.define(nil, secret)}
		}, "is not authorized to perform: secretsmanager:GetSecretValue on resource: " + db},
		"secret": {func(f fargate) object {
			name := f.state(iamRoleToken, f.execution[len("arn:aws:iam::123456789012:role/"):]).str("name")
			f.create(iamRolePolicyToken, "secret", object{"role": name,
				"policy": allow(`"Action":"secretsmanager:GetSecretValue","Resource":"` + db + `"`)})
			return object{"taskDefinition": f.define(nil, secret)}
		}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFargate(t)
			in := f.serviceInputs(tt.arrange(f))
			if tt.want == "" {
				id, _ := f.create(ecsServiceToken, "web", in)
				assert.Len(t, f.tasks(id), 2)
				return
			}
			f.refused(ecsServiceToken, "web", in, tt.want)
			id, _ := f.create(ecsServiceToken, "web", in.with(object{"waitForSteadyState": false}))
			assert.Empty(t, f.tasks(id), "a service that is not waited for has no tasks")
		})
	}
}

func TestSteadyStateSpeaksLikeTheProvider(t *testing.T) {
	f := newFargate(t)
	f.refused(ecsServiceToken, "web", f.serviceInputs(object{"name": "web"}).with(f.in(seedPublicA)),
		"create: timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s)")
}

func TestTasksBehindEndpoints(t *testing.T) {
	tests := map[string]struct {
		without string
		want    string
	}{
		"all of them":                     {"", ""},
		"no ecr.api":                      {"ecr.api", "to ecr.api"},
		"no ecr.dkr":                      {"ecr.dkr", "to ecr.dkr"},
		"no gateway to S3":                {"s3", "to s3"},
		"no logs":                         {"logs", "to logs"},
		"no egress to S3":                 {"s3 egress", "to s3"},
		"no egress to the endpoints":      {"egress", "to ecr.api"},
		"no ingress into the endpoints":   {"ingress", "to ecr.api"},
		"an image of a public repository": {"private image", "CannotPullContainerError"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFargate(t)
			network := f.endpointNetwork(tt.without)
			image := ecrWeb
			if tt.without == "private image" {
				image = "public.ecr.aws/nginx/nginx:latest"
			}
			in := f.serviceInputs(network).without("loadBalancers").with(object{
				"taskDefinition": f.define(nil, loggedTo("/web").with(object{"image": image})),
			})
			if tt.want != "" {
				f.refused(ecsServiceToken, "web", in, tt.want)
				return
			}
			id, _ := f.create(ecsServiceToken, "web", in)
			assert.Len(t, f.tasks(id), 2)
		})
	}
}

// endpointNetwork is a network without NAT whose tasks reach AWS through
// endpoints, all but what is left out.
func (f fargate) endpointNetwork(without string) object {
	f.t.Helper()
	vpc := f.aVpc()
	subnet := f.aSubnet(vpc, "10.0.128.0/24", "a")
	tasks, endpoints := f.aGroup(vpc, "tasks"), f.aGroup(vpc, "endpoints")
	table, _ := f.create(routeTableToken, "private", object{"vpcId": vpc})
	f.create(routeTableAssociationToken, "private", object{"routeTableId": table, "subnetId": subnet})
	if without != "egress" {
		f.egress(tasks, object{"referencedSecurityGroupId": endpoints})
	}
	if without != "ingress" {
		f.create(ingressRuleToken, "in", object{
			"securityGroupId": endpoints, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "referencedSecurityGroupId": tasks,
		})
	}
	for _, service := range []string{"ecr.api", "ecr.dkr", "logs"} {
		if service != without {
			f.create(vpcEndpointToken, service, object{
				"vpcId": vpc, "serviceName": "com.amazonaws." + testRegion + "." + service, "vpcEndpointType": "Interface",
				"subnetIds": list(subnet), "securityGroupIds": list(endpoints), "privateDnsEnabled": true,
			})
		}
	}
	if without != "s3" {
		_, gateway := f.create(vpcEndpointToken, "s3", object{
			"vpcId": vpc, "serviceName": "com.amazonaws." + testRegion + ".s3", "routeTableIds": list(table),
		})
		if without != "s3 egress" {
			f.egress(tasks, object{"prefixListId": gateway.str("prefixListId")})
		}
	}
	return object{"networkConfiguration": object{"subnets": list(subnet), "securityGroups": list(tasks)}}
}
