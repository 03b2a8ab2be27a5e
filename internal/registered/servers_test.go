package registered_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

const (
	instanceType   = "aws:ec2/instance:Instance"
	serviceType    = "aws:ecs/service:Service"
	service        = "arn:service/c/app"
	attachmentType = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	groupType      = "aws:lb/targetGroup:TargetGroup"
)

func serverOf(m *registered.Model, name string) requestpath.Server {
	for _, s := range m.Plan.Servers {
		if s.Name == name {
			return s
		}
	}
	return requestpath.Server{}
}

func TestInstancesHaveTheirAddressesAndGroups(t *testing.T) {
	r := resources{
		{instanceType, "i-1"}: {
			"privateIp": "10.0.0.5", "publicIp": "203.0.113.5", "ipv6Addresses": list("2001:db8::5"),
			"vpcSecurityGroupIds": list("sg-1"), "primaryNetworkInterfaceId": "eni-1",
		},
		{"aws:ec2/networkInterface:NetworkInterface", "eni-1"}: {"privateIp": "10.0.0.5", "securityGroups": list("sg-1", "sg-2")},
		{"aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment", "a"}: {
			"networkInterfaceId": "eni-1", "securityGroupId": "sg-3"},
	}
	s := serverOf(r.read(t, registered.Options{}), "i-1")
	assert.Equal(t, []string{"10.0.0.5", "203.0.113.5", "2001:db8::5"}, s.Addresses)
	assert.Equal(t, []string{"sg-1", "sg-2", "sg-3"}, s.SecurityGroups)

	r[[2]string{"aws:ec2/eip:Eip", "eipalloc-1"}] = state{"publicIp": "203.0.113.9"}
	r[[2]string{"aws:ec2/eipAssociation:EipAssociation", "e"}] = state{"allocationId": "eipalloc-1", "networkInterfaceId": "eni-1"}
	assert.Equal(t, []string{"10.0.0.5", "203.0.113.9", "2001:db8::5"}, serverOf(r.read(t, registered.Options{}), "i-1").Addresses,
		"an Elastic IP takes the place of the address that the instance started with")

	r.set(instanceType, "i-1", "subnetId", "subnet-1")
	r[[2]string{"aws:ec2/subnet:Subnet", "subnet-1"}] = state{"vpcId": "vpc-1"}
	r[[2]string{"aws:ec2/vpc:Vpc", "vpc-1"}] = state{"mainRouteTableId": "rtb-1"}
	assert.Equal(t, []string{"10.0.0.5", "2001:db8::5"}, serverOf(r.read(t, registered.Options{}), "i-1").Addresses, "no route leads there")
}

// What an instance answers: what it says itself, what its groups ask, or what an
// ordinary web server does.
func TestWhatInstancesAnswer(t *testing.T) {
	userData := "#!/bin/bash\nexport PORTICO_CERTIFICATE_NAMES='a.example.com,b.example.com'\nexport PORTICO_ACME_URL='https://acme-v02.api.letsencrypt.org/directory'\n"
	staging := "export PORTICO_CERTIFICATE_NAMES='a.example.com'\nexport PORTICO_ACME_URL='https://acme-staging-v02.api.letsencrypt.org/directory'\n"
	firstBoot := func(c requestpath.Certificate) []requestpath.ServerListener {
		return []requestpath.ServerListener{{
			Port: 443, Protocol: "HTTPS", Certificates: []requestpath.Certificate{c},
			TLS: []string{"TLSv1.2", "TLSv1.3"}, Versions: []string{"HTTP/1.1", "HTTP/2"},
		}}
	}
	selfSigned := []requestpath.Certificate{{Names: []string{"localhost"}, Trust: requestpath.SelfSigned}}
	given := registered.Server{Listeners: []requestpath.ServerListener{{Port: 1234}}}
	cases := map[string]struct {
		state   state
		group   state
		servers map[string]registered.Server
		want    []requestpath.ServerListener
	}{
		"first boot":         {state: state{"userData": userData}, want: firstBoot(requestpath.Certificate{Names: []string{"a.example.com", "b.example.com"}})},
		"first boot, base64": {state: state{"userDataBase64": base64.StdEncoding.EncodeToString([]byte(staging))}, want: firstBoot(requestpath.Certificate{Names: []string{"a.example.com"}, Trust: requestpath.UnknownIssuer})},
		"nothing known": {state: state{}, want: []requestpath.ServerListener{
			{Port: 80, Protocol: "HTTP", Versions: []string{"HTTP/1.1"}},
			{Port: 443, Protocol: "HTTPS", Versions: []string{"HTTP/1.1"}, Certificates: selfSigned},
		}},
		"stopped":     {state: state{"instanceState": "stopped"}},
		"plain group": {state: state{}, group: state{"protocol": "HTTP", "protocolVersion": "HTTP1", "port": 8080.0}, want: []requestpath.ServerListener{{Port: 9000, Protocol: "HTTP", Versions: []string{"HTTP/1.1"}}}},
		"gRPC over TLS": {state: state{}, group: state{"protocol": "HTTPS", "protocolVersion": "GRPC"},
			want: []requestpath.ServerListener{{Port: 9000, Protocol: "HTTPS", Versions: []string{"HTTP/2", "gRPC"}, Certificates: selfSigned}}},
		"HTTP/2":            {state: state{}, group: state{"protocol": "HTTP", "protocolVersion": "HTTP2"}, want: []requestpath.ServerListener{{Port: 9000, Protocol: "HTTP", Versions: []string{"HTTP/2"}}}},
		"given by id":       {state: state{}, servers: map[string]registered.Server{"i-1": given}, want: given.Listeners},
		"given by Name tag": {state: state{"tags": state{"Name": "web"}}, servers: map[string]registered.Server{"web": given}, want: given.Listeners},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := resources{{instanceType, "i-1"}: c.state}
			c.state["privateIp"] = "10.0.0.5"
			if c.group != nil {
				c.group["name"] = "app"
				r[[2]string{groupType, "arn:tg"}] = c.group
				r[[2]string{attachmentType, "a"}] = state{"targetGroupArn": "arn:tg", "targetId": "i-1", "port": 9000.0}
			}
			assert.Equal(t, c.want, serverOf(r.read(t, registered.Options{Servers: c.servers}), "i-1").Listeners)
		})
	}
}

// Targets that are no resource are described as well as may be, with a note.
func TestTargetsOfElsewhere(t *testing.T) {
	adopted := site()
	adopted.set(serviceType, service, "desiredCount", 0.0)
	adopted[[2]string{attachmentType, "a"}] = state{"targetGroupArn": "arn:tg", "targetId": "i-old", "port": 8080.0}
	m := adopted.read(t, registered.Options{})
	assert.Contains(t, noted(m, "targetId"), "i-old")
	assert.Equal(t, "i-old", viewer(m).ByName)
	assert.Equal(t, 200, viewer(m).Status)

	scaled := site()
	scaled.set(serviceType, service, "desiredCount", 0.0)
	scaled[[2]string{"aws:autoscaling/group:Group", "fleet"}] = state{"targetGroupArns": list("arn:tg"), "launchTemplate": state{"id": "lt-1"}}
	scaled[[2]string{"aws:ec2/launchTemplate:LaunchTemplate", "lt-1"}] = state{"vpcSecurityGroupIds": list("sg-app")}
	m = scaled.read(t, registered.Options{})
	assert.Equal(t, []string{"sg-app"}, serverOf(m, "fleet").SecurityGroups)
	assert.Equal(t, 200, viewer(m).Status)
}

// Targets that are attached come before tasks, and services in the order in which
// they were started.
func TestTheOrderOfTargets(t *testing.T) {
	r := site()
	r[[2]string{instanceType, "i-1"}] = state{"privateIp": "10.0.0.5"}
	r[[2]string{attachmentType, "a"}] = state{"targetGroupArn": "arn:tg", "targetId": "i-1", "port": 8080.0}
	earlier := maps.Clone(r[[2]string{serviceType, service}])
	earlier["name"] = "earlier"
	r[[2]string{serviceType, "arn:service/c/later-by-name"}] = earlier
	for n, arn := range []string{"arn:service/c/later-by-name", service} {
		r[[2]string{"aws:ecs/task:Task", arn}] = state{"service": arn, "privateIp": fmt.Sprintf("10.0.0.%d", 20+n), "subnetId": "subnet-a", "startedAs": float64(n)}
	}
	m := r.read(t, registered.Options{Live: true})
	assert.Equal(t, []requestpath.Target{{Server: "i-1", Port: 8080}, {Server: "earlier", Port: 8080}, {Server: "app", Port: 8080}}, m.Plan.TargetGroups[0].Targets)
}

// Why a load balancer has no target to use.
func TestTargetsThatAreNotUsed(t *testing.T) {
	cases := map[string]struct {
		change  func(resources)
		options registered.Options
		status  int
	}{
		"no task desired": {change: func(r resources) { r.set(serviceType, service, "desiredCount", 0.0) }, status: 503},
		"no task running": {options: registered.Options{Live: true}, status: 503},
		"a task runs": {change: func(r resources) {
			r[[2]string{"aws:ecs/task:Task", "t"}] = state{"service": service, "privateIp": "10.0.0.77", "subnetId": "subnet-a"}
		}, options: registered.Options{Live: true}, status: 200},
		"another zone": {change: func(r resources) { r.set(loadBalancerType, "arn:lb", "subnets", list("subnet-b")) }, status: 503},
		"no way to the image": {change: func(r resources) {
			r.set(serviceType, service, "networkConfiguration", state{"subnets": list("subnet-a"), "securityGroups": list("sg-app")})
		}, status: 503},
		"draining":   {options: registered.Options{Servers: map[string]registered.Server{"app": {Health: requestpath.Draining, Listeners: []requestpath.ServerListener{{Port: 8080}}}}}, status: 503},
		"other port": {options: registered.Options{Servers: map[string]registered.Server{"app": {Listeners: []requestpath.ServerListener{{Port: 3000}}}}}, status: 502},
		"on its host": {change: func(r resources) {
			r.set("aws:ecs/taskDefinition:TaskDefinition", "arn:definition", "networkMode", "bridge")
		}, status: 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			public(r)
			if c.change != nil {
				c.change(r)
			}
			o := viewer(r.read(t, c.options))
			assert.Equal(t, c.status, o.Status, o.Why)
		})
	}
}

// How a task gets its image, by routes and endpoints.
func TestImages(t *testing.T) {
	const private = `[{"image":"123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"}]`
	endpoint := func(service, kind string, also state) state {
		s := state{"vpcId": "vpc-1", "serviceName": "com.amazonaws.us-east-1." + service, "vpcEndpointType": kind}
		for k, v := range also {
			s[k] = v
		}
		return s
	}
	nat := func(r resources, more state) {
		r[[2]string{"aws:ec2/routeTable:RouteTable", "rtb-a"}] = state{"vpcId": "vpc-1", "routes": list(state{"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"})}
		r[[2]string{"aws:ec2/routeTableAssociation:RouteTableAssociation", "x"}] = state{"subnetId": "subnet-a", "routeTableId": "rtb-a"}
		more["subnetId"] = "subnet-b"
		r[[2]string{"aws:ec2/natGateway:NatGateway", "nat-1"}] = more
	}
	cases := map[string]struct {
		change func(resources)
		want   requestpath.Image
	}{
		"internet gateway": {func(resources) {}, requestpath.Image{DefaultRoute: "internet-gateway"}},
		"NAT gateway":      {func(r resources) { nat(r, state{}) }, requestpath.Image{DefaultRoute: "nat"}},
		"private NAT":      {func(r resources) { nat(r, state{"connectivityType": "private"}) }, requestpath.Image{}},
		"no route":         {func(r resources) { delete(r, [2]string{"aws:ec2/route:Route", "r-1"}) }, requestpath.Image{}},
		"another network": {func(r resources) {
			r.set("aws:ec2/route:Route", "r-1", "gatewayId", "")
			r.set("aws:ec2/route:Route", "r-1", "transitGatewayId", "tgw-1")
		}, requestpath.Image{DefaultRoute: "nat"}},
		"endpoints": {func(r resources) {
			r.set("aws:ecs/taskDefinition:TaskDefinition", "arn:definition", "containerDefinitions", private)
			for _, s := range []string{"ecr.api", "ecr.dkr", "logs"} {
				r[[2]string{"aws:ec2/vpcEndpoint:VpcEndpoint", s}] = endpoint(s, "Interface", state{"privateDnsEnabled": true, "securityGroupIds": list("sg-e")})
			}
			r[[2]string{"aws:ec2/vpcEndpoint:VpcEndpoint", "s3"}] = endpoint("s3", "Gateway", state{"routeTableIds": list("rtb-main"), "prefixListId": "pl-s3"})
			r[[2]string{"aws:ec2/vpcEndpoint:VpcEndpoint", "sqs"}] = endpoint("sqs", "Interface", state{"privateDnsEnabled": true})
		}, requestpath.Image{Private: true, DefaultRoute: "internet-gateway", Endpoints: []string{"ecr.api", "ecr.dkr", "logs", "s3"}, EndpointGroups: []string{"sg-e"}, S3PrefixList: "pl-s3"}},
		"endpoints that are not used": {func(r resources) {
			r[[2]string{"aws:ec2/vpcEndpoint:VpcEndpoint", "ecr.api"}] = endpoint("ecr.api", "Interface", state{"privateDnsEnabled": false})
			r[[2]string{"aws:ec2/vpcEndpoint:VpcEndpoint", "s3"}] = endpoint("s3", "Gateway", state{"routeTableIds": list("rtb-other")})
		}, requestpath.Image{DefaultRoute: "internet-gateway"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			c.change(r)
			s := serverOf(r.read(t, registered.Options{}), "app")
			require.NotNil(t, s.Image)
			assert.Equal(t, c.want, *s.Image)
		})
	}
}
