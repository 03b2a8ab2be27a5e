package ecs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/local/service/iam"
)

const ecrWeb = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/web:1"

func TestTasksCannotStart(t *testing.T) {
	const db = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
	secret := core.Object{"secrets": []any{core.Object{"name": "DB", "valueFrom": db + ":password::"}}}
	tests := map[string]struct {
		arrange func(f cloudtest.Fargate) core.Object // what of the service differs
		want    string                                // "" when the tasks run
	}{
		"NAT": {func(cloudtest.Fargate) core.Object { return nil }, ""},
		"public subnet without an address": {func(f cloudtest.Fargate) core.Object { return f.Network(cloudtest.SeededSubnetA) },
			"CannotPullContainerError"},
		"public subnet with an address": {func(f cloudtest.Fargate) core.Object {
			return core.Object{"networkConfiguration": f.Network(cloudtest.SeededSubnetA).Block("networkConfiguration").With(core.Object{"assignPublicIp": true})}
		}, ""},
		"no route": {func(f cloudtest.Fargate) core.Object {
			return f.Network(f.Subnet(cloudtest.SeededVpc, "10.20.200.0/24", "a")) // the main route table leads nowhere
		}, "no route from subnet"},
		"no egress": {func(f cloudtest.Fargate) core.Object {
			return core.Object{"networkConfiguration": core.Object{
				"subnets": core.List(cloudtest.SeededPrivateA), "securityGroups": core.List(f.SecurityGroup(cloudtest.SeededVpc, "shut")),
			}}
		}, "CannotPullContainerError"},
		"egress elsewhere": {func(f cloudtest.Fargate) core.Object {
			narrow := f.SecurityGroup(cloudtest.SeededVpc, "narrow")
			f.Egress(narrow, core.Object{"cidrIpv4": "10.0.0.0/8"})
			return core.Object{"networkConfiguration": core.Object{"subnets": core.List(cloudtest.SeededPrivateA), "securityGroups": core.List(narrow)}}
		}, "CannotPullContainerError"},
		"one subnet of two": {func(f cloudtest.Fargate) core.Object {
			return f.Network(cloudtest.SeededPrivateA, f.Subnet(cloudtest.SeededVpc, "10.20.200.0/24", "a"))
		}, "no route from subnet"},
		"default group": {func(cloudtest.Fargate) core.Object { // lets everything out
			return core.Object{"networkConfiguration": core.Object{"subnets": core.List(cloudtest.SeededPrivateA)}}
		}, ""},
		"no log group": {func(f cloudtest.Fargate) core.Object {
			return core.Object{"taskDefinition": f.Define(nil, cloudtest.LoggedTo("/none"))}
		}, "The specified log group does not exist. (/none in ap-northeast-1)"},
		"role of another service": {func(f cloudtest.Fargate) core.Object {
			_, arn := f.Role("other", "ec2.amazonaws.com")
			return core.Object{"taskDefinition": f.Define(core.Object{"taskRoleArn": arn}, nil)}
		}, "ECS was unable to assume the role"},
		"private image": {func(f cloudtest.Fargate) core.Object {
			return core.Object{"taskDefinition": f.Define(nil, core.Object{"image": ecrWeb})}
		}, ""},
		"private image, no permission": {func(f cloudtest.Fargate) core.Object {
			_, arn := f.Role("idle", "ecs-tasks.amazonaws.com")
			return core.Object{"taskDefinition": f.Define(core.Object{"executionRoleArn": arn}, core.Object{"image": ecrWeb})}
		}, "is not authorized to perform: ecr:GetAuthorizationToken"},
		"image in another region": {func(f cloudtest.Fargate) core.Object {
			return core.Object{"taskDefinition": f.Define(nil, core.Object{"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"})}
		}, ""},
		"log, no permission": {func(f cloudtest.Fargate) core.Object {
			_, arn := f.Role("idle", "ecs-tasks.amazonaws.com")
			return core.Object{"taskDefinition": f.Define(core.Object{"executionRoleArn": arn}, cloudtest.LoggedTo("/web"))}
		}, "is not authorized to perform: logs:CreateLogStream"},
		"secret, no permission": {func(f cloudtest.Fargate) core.Object {
			return core.Object{"taskDefinition": f.Define(nil, secret)}
		}, "is not authorized to perform: secretsmanager:GetSecretValue on resource: " + db},
		"secret": {func(f cloudtest.Fargate) core.Object {
			name := f.State(iam.RoleToken, f.ExecutionRole[len("arn:aws:iam::123456789012:role/"):]).Str("name")
			f.Create(iam.RolePolicyToken, "secret", core.Object{"role": name,
				"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"` + db + `"}]}`})
			return core.Object{"taskDefinition": f.Define(nil, secret)}
		}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := cloudtest.NewFargate(t)
			in := f.ServiceInputs(tt.arrange(f))
			if tt.want == "" {
				id, _ := f.Create(ecs.ServiceToken, "web", in)
				assert.Len(t, f.Tasks(id), 2)
				return
			}
			f.Refused(ecs.ServiceToken, "web", in, tt.want)
			id, _ := f.Create(ecs.ServiceToken, "web", in.With(core.Object{"waitForSteadyState": false}))
			assert.Empty(t, f.Tasks(id), "a service that is not waited for has no tasks")
		})
	}
}

func TestSteadyStateSpeaksLikeTheProvider(t *testing.T) {
	f := cloudtest.NewFargate(t)
	f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"name": "web"}).With(f.Network(cloudtest.SeededSubnetA)),
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
			f := cloudtest.NewFargate(t)
			network := endpointNetwork(f, tt.without)
			image := ecrWeb
			if tt.without == "private image" {
				image = "public.ecr.aws/nginx/nginx:latest"
			}
			in := f.ServiceInputs(network).Without("loadBalancers").With(core.Object{
				"taskDefinition": f.Define(nil, cloudtest.LoggedTo("/web").With(core.Object{"image": image})),
			})
			if tt.want != "" {
				f.Refused(ecs.ServiceToken, "web", in, tt.want)
				return
			}
			id, _ := f.Create(ecs.ServiceToken, "web", in)
			assert.Len(t, f.Tasks(id), 2)
		})
	}
}

// endpointNetwork is a network without NAT whose tasks reach AWS through
// endpoints, all but what is left out.
func endpointNetwork(f cloudtest.Fargate, without string) core.Object {
	vpc := f.Vpc()
	subnet := f.Subnet(vpc, "10.0.128.0/24", "a")
	tasks, endpoints := f.SecurityGroup(vpc, "tasks"), f.SecurityGroup(vpc, "endpoints")
	table, _ := f.Create(ec2.RouteTableToken, "private", core.Object{"vpcId": vpc})
	f.Create(ec2.RouteTableAssociationToken, "private", core.Object{"routeTableId": table, "subnetId": subnet})
	if without != "egress" {
		f.Egress(tasks, core.Object{"referencedSecurityGroupId": endpoints})
	}
	if without != "ingress" {
		f.Create(ec2.IngressRuleToken, "in", core.Object{
			"securityGroupId": endpoints, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "referencedSecurityGroupId": tasks,
		})
	}
	for _, service := range []string{"ecr.api", "ecr.dkr", "logs"} {
		if service != without {
			f.Create(ec2.VpcEndpointToken, service, core.Object{
				"vpcId": vpc, "serviceName": "com.amazonaws." + cloudtest.Region + "." + service, "vpcEndpointType": "Interface",
				"subnetIds": core.List(subnet), "securityGroupIds": core.List(endpoints), "privateDnsEnabled": true,
			})
		}
	}
	if without != "s3" {
		_, gateway := f.Create(ec2.VpcEndpointToken, "s3", core.Object{
			"vpcId": vpc, "serviceName": "com.amazonaws." + cloudtest.Region + ".s3", "routeTableIds": core.List(table),
		})
		if without != "s3 egress" {
			f.Egress(tasks, core.Object{"prefixListId": gateway.Str("prefixListId")})
		}
	}
	return core.Object{"networkConfiguration": core.Object{"subnets": core.List(subnet), "securityGroups": core.List(tasks)}}
}
