package registered_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// state is short for a resource's state.
type state = map[string]any

// list is short for a list in a state.
func list(values ...any) []any { return values }

// resources are the resources of a test, by type and id.
type resources map[[2]string]state

// site is CloudFront before a load balancer before an ECS service: what a program
// of somebody who does not know this library registers.
func site() resources {
	return resources{
		{"aws:route53/zone:Zone", "Z1"}: {"name": "example.com", "zoneId": "Z1"},
		{"aws:route53/record:Record", "www"}: {
			"zoneId": "Z1", "name": "www", "fqdn": "www.example.com", "type": "A",
			"aliases": list(state{"name": "d1.cloudfront.net", "zoneId": "Z2FDTNDATAQYW2"}),
		},
		{"aws:route53/record:Record", "alb"}: {
			"zoneId": "Z1", "fqdn": "alb.example.com", "type": "A",
			"aliases": list(state{"name": "dualstack.web-1.us-east-1.elb.amazonaws.com", "zoneId": "Z35SXDOTRQ7X7K"}),
		},
		{"aws:acm/certificate:Certificate", "arn:viewer"}: {"domainName": "www.example.com", "status": "ISSUED"},
		{"aws:acm/certificate:Certificate", "arn:alb"}:    {"domainName": "alb.example.com", "status": "ISSUED"},
		{"aws:cloudfront/distribution:Distribution", "E1"}: {
			"domainName": "d1.cloudfront.net", "enabled": true, "isIpv6Enabled": true, "httpVersion": "http2and3",
			"aliases":           list("www.example.com"),
			"viewerCertificate": state{"acmCertificateArn": "arn:viewer", "minimumProtocolVersion": "TLSv1.2_2021", "sslSupportMethod": "sni-only"},
			"defaultCacheBehavior": state{
				"targetOriginId": "alb", "viewerProtocolPolicy": "redirect-to-https", "allowedMethods": list("GET", "HEAD"),
				"cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
			},
			"origins": list(state{
				"originId": "alb", "domainName": "alb.example.com",
				"customHeaders": list(state{"name": "X-Origin-Verify", "value": "a secret"}),
				"customOriginConfig": state{
					"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only", "originSslProtocols": list("TLSv1.2"),
					"originReadTimeout": 30.0, "originKeepaliveTimeout": 5.0,
				},
			}),
		},
		{"aws:lb/loadBalancer:LoadBalancer", "arn:lb"}: {
			"name": "web", "dnsName": "web-1.us-east-1.elb.amazonaws.com", "loadBalancerType": "application", "ipAddressType": "ipv4",
			"idleTimeout": 60.0, "securityGroups": list("sg-lb"), "subnets": list("subnet-a", "subnet-b"),
		},
		{"aws:lb/listener:Listener", "arn:listener"}: {
			"loadBalancerArn": "arn:lb", "port": 443.0, "protocol": "HTTPS", "certificateArn": "arn:alb",
			"sslPolicy":      "ELBSecurityPolicy-TLS13-1-2-2021-06",
			"defaultActions": list(state{"type": "fixed-response", "fixedResponse": state{"statusCode": "403", "contentType": "text/plain"}}),
		},
		{"aws:lb/listenerRule:ListenerRule", "arn:rule"}: {
			"listenerArn": "arn:listener", "priority": 10.0,
			"actions":    list(state{"type": "forward", "targetGroupArn": "arn:tg"}),
			"conditions": list(state{"httpHeader": state{"httpHeaderName": "X-Origin-Verify", "values": list("a secret")}}),
		},
		{"aws:lb/targetGroup:TargetGroup", "arn:tg"}: {
			"name": "app", "protocol": "HTTP", "protocolVersion": "HTTP1", "port": 8080.0, "targetType": "ip",
		},
		{"aws:ecs/service:Service", "arn:service/c/app"}: {
			"name": "app", "desiredCount": 1.0, "launchType": "FARGATE", "taskDefinition": "arn:definition",
			"networkConfiguration": state{"subnets": list("subnet-a"), "securityGroups": list("sg-app")},
			"loadBalancers":        list(state{"targetGroupArn": "arn:tg", "containerPort": 8080.0}),
		},
		{"aws:ecs/taskDefinition:TaskDefinition", "arn:definition"}: {
			"networkMode": "awsvpc", "requiresCompatibilities": list("FARGATE"),
			"containerDefinitions": `[{"name":"app","image":"public.ecr.aws/nginx/nginx:stable"}]`,
		},
		{"aws:ec2/vpc:Vpc", "vpc-1"}:                  {"mainRouteTableId": "rtb-main", "defaultSecurityGroupId": "sg-default"},
		{"aws:ec2/subnet:Subnet", "subnet-a"}:         {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"},
		{"aws:ec2/subnet:Subnet", "subnet-b"}:         {"vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1b"},
		{"aws:ec2/routeTable:RouteTable", "rtb-main"}: {"vpcId": "vpc-1"},
		{"aws:ec2/route:Route", "r-1"}:                {"routeTableId": "rtb-main", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"},
		{"aws:ec2/securityGroup:SecurityGroup", "sg-lb"}: {
			"ingress": list(state{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "prefixListIds": list("pl-cloudfront")}),
			"egress":  list(state{"protocol": "-1", "cidrBlocks": list("0.0.0.0/0")}),
		},
		{"aws:ec2/securityGroup:SecurityGroup", "sg-app"}: {
			"ingress": list(state{"protocol": "tcp", "fromPort": 8080.0, "toPort": 8080.0, "securityGroups": list("sg-lb")}),
			"egress":  list(state{"protocol": "-1", "cidrBlocks": list("0.0.0.0/0")}),
		},
	}
}

// public lets the task of site fetch its image.
func public(r resources) {
	r.set("aws:ecs/service:Service", "arn:service/c/app", "networkConfiguration",
		state{"subnets": list("subnet-a"), "securityGroups": list("sg-app"), "assignPublicIp": true})
}

// set changes one property of a resource, which is made when it is not there.
func (r resources) set(kind, id, property string, value any) {
	changed := maps.Clone(r[[2]string{kind, id}])
	if changed == nil {
		changed = state{}
	}
	changed[property] = value
	r[[2]string{kind, id}] = changed
}

func (r resources) all() []registered.Resource {
	var out []registered.Resource
	for key, s := range r {
		out = append(out, registered.Resource{Type: key[0], ID: key[1], State: s})
	}
	return out
}

// read is the model of the resources.
func (r resources) read(t *testing.T, o registered.Options) *registered.Model {
	t.Helper()
	m, err := registered.Read(r.all(), o)
	require.NoError(t, err)
	return m
}

// noted says whether a note is about the property and has the text.
func noted(m *registered.Model, property string) string {
	for _, n := range m.Notes {
		if n.Property == property {
			return n.String()
		}
	}
	return ""
}

// viewer asks for the site as viewers do.
func viewer(m *registered.Model) requestpath.Outcome {
	return requestpath.Walk(m.Plan, requestpath.Request{Name: "www.example.com"}).Outcome
}
