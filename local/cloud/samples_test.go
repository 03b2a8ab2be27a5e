package cloud

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A sample is a live resource of one kind, in use by others where it can be, and
// the inputs it was made from.
type sample struct {
	token, id string
	in, state object
}

// samples is a cloud with one resource of every kind. Tests that have something to
// say about every kind go over them, so that a new kind has to be added here.
type samples struct {
	*testCloud
	all map[string]sample
}

func newSamples(t *testing.T) samples {
	t.Helper()
	s := samples{testCloud: newTestCloud(t), all: map[string]sample{}}
	vpc := s.addNetwork()
	s.addBalancer()
	s.addRoles()
	s.addService()
	s.addInstance(vpc)
	s.addEdge()
	s.addRandom()
	assert.ElementsMatch(t, slices.Collect(maps.Keys(s.catalog.kinds)), slices.Collect(maps.Keys(s.all)),
		"every kind has a sample")
	return s
}

// add makes a resource and keeps the first one of each kind.
func (s samples) add(token, name string, in object) (string, object) {
	s.t.Helper()
	id, state := s.create(token, name, in)
	if _, ok := s.all[token]; !ok {
		s.all[token] = sample{token: token, id: id, in: asObject(plain(in)), state: state}
	}
	return id, state
}

// id is that of the sample of a kind.
func (s samples) id(token string) string { return s.all[token].id }

// addNetwork makes a VPC with everything that a network has.
func (s samples) addNetwork() (vpc string) {
	vpc, _ = s.add(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	subnet, _ := s.add(subnetToken, "a", object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24", "availabilityZone": testRegion + "a"})
	gateway, _ := s.add(internetGatewayToken, "gw", object{"vpcId": vpc})
	address, _ := s.add(eipToken, "nat", object{"domain": "vpc"})
	nat, _ := s.add(natGatewayToken, "nat", object{"subnetId": subnet, "allocationId": address})
	table, _ := s.add(routeTableToken, "public", object{"vpcId": vpc})
	s.add(routeToken, "out", object{"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway})
	s.add(routeToken, "nat", object{"routeTableId": table, "destinationCidrBlock": "192.0.2.0/24", "natGatewayId": nat})
	s.add(routeTableAssociationToken, "a", object{"routeTableId": table, "subnetId": subnet})
	group, _ := s.add(securityGroupToken, "endpoint", object{"vpcId": vpc})
	tasks := s.aGroup(vpc, "tasks")
	s.add(defaultSecurityGroupToken, "default", object{"vpcId": vpc})
	for _, token := range []string{ingressRuleToken, egressRuleToken} {
		s.add(token, "https", object{
			"securityGroupId": group, "referencedSecurityGroupId": tasks, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
		})
	}
	s.add(vpcEndpointToken, "logs", object{
		"vpcId": vpc, "serviceName": "com.amazonaws." + testRegion + ".logs", "vpcEndpointType": "Interface",
		"subnetIds": list(subnet), "securityGroupIds": list(group), "privateDnsEnabled": true,
	})
	return vpc
}

// addBalancer makes a load balancer in the seeded network with everything that
// hangs on one, and the record and certificate for its name.
func (s samples) addBalancer() {
	zone, _ := s.add(zoneToken, "zone", object{"name": "example.net"})
	certificate, state := s.add(certificateToken, "web", object{"domainName": "web.example.net", "validationMethod": "DNS"})
	record := state.objects("domainValidationOptions")[0]
	s.add(recordToken, "validation", object{
		"zoneId": zone, "name": record.str("resourceRecordName"), "type": "CNAME", "ttl": 60,
		"records": list(record.str("resourceRecordValue")),
	})
	s.add(certificateValidationToken, "web", object{"certificateArn": certificate})
	group := s.aGroup(seedVpc, "balancer")
	balancer, _ := s.add(loadBalancerToken, "web", balancerInputs(object{"securityGroups": list(group)}))
	targets, _ := s.add(targetGroupToken, "web", groupInputs(nil))
	listener, _ := s.add(listenerToken, "https", object{
		"loadBalancerArn": balancer, "port": 443, "protocol": "HTTPS", "certificateArn": certificate,
		"defaultActions": []any{forwardTo(targets)},
	})
	s.add(listenerRuleToken, "web", object{
		"listenerArn": listener, "priority": 1, "actions": []any{forwardTo(targets)},
		"conditions": []any{pathCondition("/a"), header("X-Origin-Verify", "right")},
	})
	s.add(listenerCertificateToken, "web", object{"listenerArn": listener, "certificateArn": s.issuedCertificate("b.example.com")})
	instances := s.group("instances", object{"targetType": "instance"})
	s.add(targetGroupAttachmentToken, "web", object{"targetGroupArn": instances, "targetId": seedClosed, "port": 80})
}

// addRoles makes a role with policies, in it and attached to it, and its profile.
func (s samples) addRoles() {
	role, _ := s.add(iamRoleToken, "task", object{"assumeRolePolicy": trustOf("ecs-tasks.amazonaws.com")})
	policy, _ := s.add(iamPolicyToken, "read", object{"policy": readBucket})
	s.add(iamRolePolicyToken, "read", object{"role": role, "policy": readBucket})
	s.add(iamAttachmentToken, "read", object{"role": role, "policyArn": policy})
	s.add(iamAttachmentToken, "execution", object{"role": role, "policyArn": executionPolicy})
	s.add(iamProfileToken, "task", object{"role": role})
}

// addService makes a service behind the load balancer that scales by itself.
func (s samples) addService() {
	role := s.all[iamRoleToken].state.str("arn")
	cluster, _ := s.add(ecsClusterToken, "main", object{})
	logs, _ := s.add(logGroupToken, "web", object{"name": "/web"})
	definition, _ := s.add(ecsDefinitionToken, "web", definitionInputs(object{
		"executionRoleArn": role, "taskRoleArn": role, "containerDefinitions": containersJSON(webContainer(loggedTo(logs))),
	}))
	group := s.aGroup(seedVpc, "tasks")
	s.create(egressRuleToken, "out", object{
		"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": everywhere,
	})
	service, _ := s.add(ecsServiceToken, "web", fargate{
		cluster: cluster, definition: definition, targets: s.id(targetGroupToken), tasksGroup: group,
	}.serviceInputs(nil))
	scaling := scaled{resource: "service/" + arnSuffix(service)[len("service/"):]}
	s.add(scalingTargetToken, "web", scaling.targetInputs(nil))
	s.add(scalingPolicyToken, "web", scaling.policyInputs(nil))
}

// addInstance makes an instance on a network interface with an Elastic IP.
func (s samples) addInstance(vpc string) {
	group := s.aGroup(vpc, "instance")
	eni, _ := s.add(networkInterfaceToken, "web", object{"subnetId": s.id(subnetToken), "securityGroups": list(group)})
	address, _ := s.create(eipToken, "web", object{"domain": "vpc"})
	s.add(eipAssociationToken, "web", object{"allocationId": address, "networkInterfaceId": eni})
	s.add(groupAttachmentToken, "web", object{"networkInterfaceId": eni, "securityGroupId": s.aGroup(vpc, "more")})
	s.add(instanceToken, "web", instanceInputs(object{
		"subnetId": nil, "iamInstanceProfile": s.id(iamProfileToken), "userData": "#!/bin/sh\n",
		"networkInterfaces": []any{object{"deviceIndex": 0, "networkInterfaceId": eni}},
	}).without("subnetId"))
}

// addEdge makes a distribution.
func (s samples) addEdge() {
	certificate := s.inRegion("us-east-1").issuedCertificate("www.example.com")
	s.add(distributionToken, "edge", distributionInputs(aliased(certificate, "www.example.com")).with(object{
		"origins": []any{originInputs(object{"customHeaders": []any{object{"name": "X-Origin-Verify", "value": "right"}}})},
	}))
}

// addRandom makes what lives in Pulumi's state alone.
func (s samples) addRandom() {
	provider := *s.provider
	provider.pkg = "random"
	random := samples{testCloud: &testCloud{t: s.t, provider: &provider, inputs: s.inputs}, all: s.all}
	random.add("random:index/randomPassword:RandomPassword", "p", object{"length": 40, "special": false})
	random.add("random:index/randomId:RandomId", "i", object{"byteLength": 4})
}

// sorted are the samples in the order of their types.
func (s samples) sorted() []sample {
	var out []sample
	for _, token := range slices.Sorted(maps.Keys(s.all)) {
		out = append(out, s.all[token])
	}
	return out
}

// apart runs a test on a copy of the account, so that it leaves no traces.
func (s samples) apart(do func(c *testCloud)) {
	s.t.Helper()
	a := s.account()
	raw, err := encodeAccount(a)
	require.NoError(s.t, err)
	copied := *s.provider
	c := &testCloud{t: s.t, provider: &copied, inputs: maps.Clone(s.inputs)}
	c.useFile(s.t.TempDir() + "/account.json")
	require.NoError(s.t, writeAtomically(c.file.path, raw))
	do(c)
}
