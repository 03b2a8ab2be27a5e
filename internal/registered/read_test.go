package registered_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// The whole way of a viewer's request, every part of it described.
func TestReadDescribesEveryHop(t *testing.T) {
	r := site()
	public(r)
	m := r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
	for _, n := range m.Notes {
		assert.Equal(t, "networkConfiguration.subnets", n.Property, n.String())
	}
	for _, result := range requestpath.Check(m.Plan) {
		assert.True(t, result.OK, "%s: %+v", result.Name, result.Chain.Outcome)
	}
	trace := requestpath.Walk(m.Plan, requestpath.Request{Name: "www.example.com"})
	assert.Equal(t, 200, trace.Outcome.Status)
	distribution, loadBalancer, target := trace.Hop(requestpath.HopDistribution), trace.Hop(requestpath.HopLoadBalancer), trace.Hop(requestpath.HopTarget)
	assert.Equal(t, "E1", distribution.Name)
	assert.Equal(t, "web", loadBalancer.Name)
	assert.Equal(t, "10", loadBalancer.Rule)
	assert.Equal(t, "alb.example.com", loadBalancer.SNI)
	assert.Equal(t, "app", target.Name)
	assert.Equal(t, "10.0.0.10", target.Resolved)

	b := m.Plan.LoadBalancers[0]
	assert.Equal(t, "10.0.0.8", b.PrivateAddress, "inside its first subnet")
	assert.Equal(t, 60, b.IdleTimeoutSeconds)
	e := m.Plan.Distributions[0]
	assert.Equal(t, requestpath.Origin{
		ID: "alb", DomainName: "alb.example.com", ProtocolPolicy: "https-only", HTTPPort: 80, HTTPSPort: 443, SSLProtocols: []string{"TLSv1.2"},
		ReadTimeoutSeconds: 30, KeepaliveTimeoutSeconds: 5, Headers: []requestpath.Header{{Name: "X-Origin-Verify", Value: "value-1"}},
	}, e.Origins[0])
	assert.Equal(t, "TLSv1.2_2021", e.MinimumTLS)
	assert.Equal(t, "http2and3", e.HTTPVersion)
	assert.True(t, e.IPv6)
}

// The order of resources has no say.
func TestThePlanIsTheSameEveryTime(t *testing.T) {
	r := site()
	first, err := json.Marshal(r.read(t, registered.Options{}))
	require.NoError(t, err)
	for range 20 {
		again, err := json.Marshal(r.read(t, registered.Options{}))
		require.NoError(t, err)
		require.Equal(t, string(first), string(again))
	}
}

// The modules alb, lb and others have the same resources.
func TestTwinsOfTypes(t *testing.T) {
	r := site()
	public(r)
	for _, key := range [][2]string{
		{"aws:lb/loadBalancer:LoadBalancer", "arn:lb"}, {"aws:lb/listener:Listener", "arn:listener"},
		{"aws:lb/listenerRule:ListenerRule", "arn:rule"}, {"aws:lb/targetGroup:TargetGroup", "arn:tg"},
	} {
		r[[2]string{"aws:alb/" + key[0][len("aws:lb/"):], key[1]}] = r[key]
		delete(r, key)
	}
	assert.Equal(t, 200, viewer(r.read(t, registered.Options{})).Status)
}

func TestReadRefusesWhatNoPlanCanBeMadeOf(t *testing.T) {
	for _, c := range []struct{ kind, id, property string }{
		{"aws:lb/loadBalancer:LoadBalancer", "arn:lb", "dnsName"},
		{"aws:lb/loadBalancer:LoadBalancer", "arn:lb", "name"},
		{"aws:cloudfront/distribution:Distribution", "E1", "domainName"},
	} {
		r := site()
		r.set(c.kind, c.id, c.property, nil)
		_, err := registered.Read(r.all(), registered.Options{})
		assert.ErrorContains(t, err, c.kind+" "+c.id+": "+c.property)
	}
}

// What a plan cannot describe is named, and a request that meets it is told so.
func TestWhatIsLeftOutIsNoted(t *testing.T) {
	const distribution, loadBalancer = "aws:cloudfront/distribution:Distribution", "aws:lb/loadBalancer:LoadBalancer"
	cases := map[string]struct {
		change   func(resources)
		property string
		met      bool
	}{
		"a bucket with an origin access identity": {func(r resources) {
			r.set(distribution, "E1", "origins", list(state{"originId": "alb", "domainName": "b.s3.amazonaws.com", "s3OriginConfig": state{"originAccessIdentity": "x"}}))
		}, "origins", true},
		"an origin inside a VPC": {func(r resources) {
			r.set(distribution, "E1", "origins", list(state{"originId": "alb", "domainName": "lb.example.com", "vpcOriginConfig": state{"vpcOriginId": "vo_1"}}))
		}, "origins", true},
		"an origin that is not there": {func(r resources) { r.set(distribution, "E1", "origins", list()) }, "", true},
		"a disabled distribution":     {func(r resources) { r.set(distribution, "E1", "enabled", false) }, "enabled", true},
		"a network load balancer":     {func(r resources) { r.set(loadBalancer, "arn:lb", "loadBalancerType", "network") }, "loadBalancerType", true},
		"a bucket for other paths": {func(r resources) {
			origins := append(r[[2]string{distribution, "E1"}]["origins"].([]any), state{"originId": "b", "domainName": "b.s3.amazonaws.com"})
			r.set(distribution, "E1", "origins", origins)
			r.set(distribution, "E1", "orderedCacheBehaviors", list(state{"pathPattern": "/static/*", "targetOriginId": "b"}))
		}, "origins", false},
		"a web ACL": {func(r resources) { r.set(distribution, "E1", "webAclId", "arn:acl") }, "webAclId", true},
		"some countries": {func(r resources) {
			r.set(distribution, "E1", "restrictions", state{"geoRestriction": state{"restrictionType": "whitelist", "locations": list("JP")}})
		}, "restrictions.geoRestriction", false},
		"functions on other paths": {func(r resources) {
			r.set(distribution, "E1", "orderedCacheBehaviors", list(state{
				"pathPattern": "/static/*", "targetOriginId": "alb", "functionAssociations": list(state{"eventType": "viewer-request"}),
			}))
		}, "orderedCacheBehaviors[0].functionAssociations", false},
		"HTTP/2 off":           {func(r resources) { r.set(loadBalancer, "arn:lb", "enableHttp2", false) }, "enableHttp2", false},
		"a lost subnet":        {func(r resources) { delete(r, [2]string{"aws:ec2/subnet:Subnet", "subnet-a"}) }, "networkConfiguration.subnets", false},
		"a lost load balancer": {func(r resources) { delete(r, [2]string{loadBalancer, "arn:lb"}) }, "loadBalancerArn", true},
		"client certificates": {func(r resources) {
			r.set("aws:lb/listener:Listener", "arn:listener", "mutualAuthentication", state{"mode": "verify"})
		}, "mutualAuthentication", true},
		"functions": {func(r resources) {
			behaviour := r[[2]string{distribution, "E1"}]["defaultCacheBehavior"].(state)
			behaviour["functionAssociations"] = list(state{"eventType": "viewer-request"})
		}, "defaultCacheBehavior.functionAssociations", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			c.change(r)
			m := r.read(t, registered.Options{})
			assert.True(t, c.property == "" || noted(m, c.property) != "")
			trace := requestpath.Walk(m.Plan, requestpath.Request{Name: "www.example.com"})
			assert.Equal(t, c.met, len(m.Meets(trace)) > 0 || trace.Outcome.Reason == requestpath.NotDescribed, "%+v", m.Meets(trace))
		})
	}
}

// Other resources that affect a request are noted by their type.
func TestTypesThatAreNotDescribed(t *testing.T) {
	r := site()
	r.set("aws:wafv2/webAclAssociation:WebAclAssociation", "acl", "resourceArn", "arn:lb")
	r.set("aws:elb/loadBalancer:LoadBalancer", "classic", "dnsName", "classic-1.us-east-1.elb.amazonaws.com")
	r.set("aws:route53/record:Record", "old", "fqdn", "old.example.com")
	r.set("aws:route53/record:Record", "old", "type", "CNAME")
	r.set("aws:route53/record:Record", "old", "records", list("classic-1.us-east-1.elb.amazonaws.com"))
	m := r.read(t, registered.Options{})
	var about []string
	for _, n := range m.Notes {
		about = append(about, n.Resource)
	}
	assert.Contains(t, about, "aws:wafv2/webAclAssociation:WebAclAssociation acl")
	trace := requestpath.Walk(m.Plan, requestpath.Request{Name: "old.example.com"})
	require.Len(t, m.Meets(trace), 1)
	assert.Contains(t, m.Meets(trace)[0].Text, "Classic Load Balancers")
	met := m.Meets(requestpath.Walk(m.Plan, requestpath.Request{Name: "www.example.com"}))
	require.Len(t, met, 1, "the web ACL stands on the request's path")
	assert.Contains(t, met[0].Text, "the web ACL is not among the resources")
}

// A group that is not described leads to an answer that is not described.
func TestTargetsThatAreNotDescribed(t *testing.T) {
	r := site()
	r.set("aws:lb/targetGroup:TargetGroup", "arn:tg", "targetType", "lambda")
	m := r.read(t, registered.Options{})
	assert.NotEmpty(t, noted(m, "targetType"))
	assert.Equal(t, requestpath.NotDescribed, viewer(m).Reason)
}

// A machine of something else in the account is no way around this site.
func TestFrontedLeavesOutWhatStandsAlone(t *testing.T) {
	r := site()
	r.set("aws:ec2/instance:Instance", "i-1", "publicIp", "203.0.113.5")
	m := r.read(t, registered.Options{})
	assert.Len(t, m.Plan.Servers, 2)
	require.Len(t, m.Fronted().Servers, 1)
	assert.Equal(t, "app", m.Fronted().Servers[0].Name)

	r.set("aws:route53/record:Record", "alb", "aliases", nil)
	r.set("aws:route53/record:Record", "alb", "records", list("203.0.113.5"))
	assert.Len(t, r.read(t, registered.Options{}).Fronted().Servers, 2, "now a distribution stands before it")
}

// A name of elsewhere may lead anywhere: only zones among the resources say that
// it does not exist.
func TestNamesOfElsewhere(t *testing.T) {
	r := site()
	public(r)
	ask := func(m *registered.Model, name string) (requestpath.Reason, int) {
		trace := requestpath.Walk(m.Plan, requestpath.Request{Name: name})
		return trace.Outcome.Reason, len(m.Meets(trace))
	}
	m := r.read(t, registered.Options{})
	for name, undescribed := range map[string]int{"nobody.example.com": 0, "www.example.net": 1, "other.us-east-1.elb.amazonaws.com": 1} {
		reason, notes := ask(m, name)
		assert.Equal(t, requestpath.NameNotFound, reason)
		assert.Equal(t, undescribed, notes, name)
	}
	delete(r, [2]string{"aws:route53/zone:Zone", "Z1"})
	m = r.read(t, registered.Options{})
	_, notes := ask(m, "nobody.example.com")
	assert.Equal(t, 1, notes, "the zone is of elsewhere now")
	_, notes = ask(m, "www.example.com")
	assert.Equal(t, 0, notes)

	r.set(distributionType, "E1", "origins", list(state{"originId": "alb", "domainName": "api.example.net", "customOriginConfig": state{"originProtocolPolicy": "https-only"}}))
	_, notes = ask(r.read(t, registered.Options{}), "www.example.com")
	assert.Equal(t, 1, notes, "and so is an origin")
}

// A service names its task definition in either way.
func TestTaskDefinitionsByRevision(t *testing.T) {
	r := site()
	public(r)
	r.set(serviceType, service, "taskDefinition", "web:7")
	assert.NotEmpty(t, noted(r.read(t, registered.Options{}), "taskDefinition"))
	r.set("aws:ecs/taskDefinition:TaskDefinition", "arn:definition", "family", "web")
	r.set("aws:ecs/taskDefinition:TaskDefinition", "arn:definition", "revision", 7.0)
	assert.Empty(t, noted(r.read(t, registered.Options{}), "taskDefinition"))
}

// A verdict that something not described may change is not known; one that it cannot
// change is.
func TestWhatLeavesAVerdictOpen(t *testing.T) {
	const acl, aclRule, association = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule", "aws:ec2/networkAclAssociation:NetworkAclAssociation"
	pass := func(block string) []any {
		return list(state{"ruleNo": 100.0, "action": "allow", "protocol": "-1", "cidrBlock": block})
	}
	onSubnet := func(r resources, kind string, ingress []any, subnets ...any) {
		r.set(kind, "acl", "vpcId", "vpc-1")
		r.set(kind, "acl", "subnetIds", subnets)
		r.set(kind, "acl", "ingress", ingress)
		r.set(kind, "acl", "egress", pass("0.0.0.0/0"))
	}
	weights := func(first, second any) []any {
		return list(state{"type": "forward", "forward": state{"targetGroups": list(
			state{"arn": "arn:tg", "weight": first}, state{"arn": "arn:second", "weight": second})}})
	}
	second := func(r resources, targets ...any) {
		r.set("aws:lb/targetGroup:TargetGroup", "arn:second", "name", "second")
		r.set("aws:lb/targetGroup:TargetGroup", "arn:second", "protocol", "HTTP")
		r.set("aws:lb/targetGroup:TargetGroup", "arn:second", "port", 8080.0)
		r.set(serviceType, service, "loadBalancers", append(targets, state{"targetGroupArn": "arn:tg", "containerPort": 8080.0}))
	}
	login := func(r resources) {
		r.set(ruleType, "arn:rule", "actions", list(state{"type": "authenticate-oidc", "order": 1.0}, state{"type": "forward", "order": 2.0, "targetGroupArn": "arn:tg"}))
	}
	page := func(r resources, code float64, shown any) {
		r.set(distributionType, "E1", "customErrorResponses", list(state{
			"errorCode": code, "errorCachingMinTtl": 0.0, "responseCode": shown, "responsePagePath": "/error.html"}))
	}
	unserved := func(r resources) { r.set(serviceType, service, "desiredCount", 0.0) }
	cases := map[string]struct {
		change func(resources)
		// viewers and direct say whether the verdict about either request is open.
		viewers, direct bool
	}{
		"nothing":                            {func(resources) {}, false, false},
		"a network ACL of the load balancer": {func(r resources) { onSubnet(r, acl, pass("192.0.2.0/24"), "subnet-b") }, true, false},
		"a network ACL of the targets": {func(r resources) {
			r.set("aws:ec2/subnet:Subnet", "subnet-c", "availabilityZone", "us-east-1a")
			r.set(loadBalancerType, "arn:lb", "subnets", list("subnet-b", "subnet-c"))
			onSubnet(r, acl, pass("10.0.0.0/16"), "subnet-a")
		}, true, false},
		"a network ACL of an instance": {func(r resources) {
			r.set("aws:ec2/instance:Instance", "i-1", "subnetId", "subnet-c")
			r.set("aws:ec2/instance:Instance", "i-1", "privateIp", "10.0.2.9")
			r.set("aws:ec2/instance:Instance", "i-1", "vpcSecurityGroupIds", list("sg-app"))
			r.set("aws:lb/targetGroupAttachment:TargetGroupAttachment", "a", "targetGroupArn", "arn:tg")
			r.set("aws:lb/targetGroupAttachment:TargetGroupAttachment", "a", "targetId", "i-1")
			r.set(serviceType, service, "loadBalancers", nil)
			onSubnet(r, acl, pass("10.0.0.0/16"), "subnet-c")
		}, true, false},
		"a network ACL of another subnet":  {func(r resources) { onSubnet(r, acl, pass("10.0.0.0/16"), "subnet-z") }, false, false},
		"a network ACL that drops nothing": {func(r resources) { onSubnet(r, acl, pass("0.0.0.0/0"), "subnet-a") }, false, false},
		"a network ACL that denies": {func(r resources) {
			onSubnet(r, acl, append(pass("0.0.0.0/0"), state{"ruleNo": 1.0, "action": "deny", "protocol": "6", "cidrBlock": "192.0.2.0/24"}), "subnet-a")
		}, true, false},
		"a network ACL that drops IPv6": {func(r resources) {
			r.set("aws:ec2/subnet:Subnet", "subnet-a", "ipv6CidrBlock", "2001:db8::/64")
			onSubnet(r, acl, pass("0.0.0.0/0"), "subnet-a")
		}, true, false},
		"a rule of its own": {func(r resources) {
			onSubnet(r, acl, nil, "subnet-a")
			r.set(aclRule, "in", "networkAclId", "acl")
			r.set(aclRule, "in", "ruleAction", "allow")
			r.set(aclRule, "in", "protocol", "all")
			r.set(aclRule, "in", "cidrBlock", "0.0.0.0/0")
		}, false, false},
		"the default network ACL": {func(r resources) { onSubnet(r, "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", nil) }, true, false},
		"the default network ACL of no subnet": {func(r resources) {
			onSubnet(r, "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", nil)
			onSubnet(r, acl, pass("0.0.0.0/0"), "subnet-a", "subnet-b")
		}, false, false},
		"an adopted network ACL": {func(r resources) {
			r.set(association, "a", "networkAclId", "acl-before")
			r.set(association, "a", "subnetId", "subnet-a")
		}, true, false},
		"authentication": {login, true, false},
		"authentication on another path": {func(r resources) {
			login(r)
			r.set(ruleType, "arn:rule", "conditions", list(state{"pathPattern": state{"values": list("/admin")}}))
			r.set(listenerType, "arn:listener", "defaultActions", list(state{"type": "forward", "targetGroupArn": "arn:tg"}))
		}, false, false},
		"authentication before the default action": {func(r resources) {
			login(r)
			r.set(listenerType, "arn:listener", "defaultActions", r[[2]string{ruleType, "arn:rule"}]["actions"])
			r.set(ruleType, "arn:rule", "conditions", list(state{"pathPattern": state{"values": list("/admin")}}))
		}, true, true},
		"weights, one group of no targets": {func(r resources) {
			second(r)
			r.set(ruleType, "arn:rule", "actions", weights(9.0, 1.0))
		}, true, false},
		"weights, one group not described": {func(r resources) { r.set(ruleType, "arn:rule", "actions", weights(9.0, 1.0)) }, true, false},
		"weights, all groups alike": {func(r resources) {
			second(r, state{"targetGroupArn": "arn:second", "containerPort": 8080.0})
			r.set(ruleType, "arn:rule", "actions", weights(9.0, 1.0))
		}, false, false},
		"weights, one of them 0": {func(r resources) {
			second(r)
			r.set(ruleType, "arn:rule", "actions", weights(1.0, 0.0))
		}, false, false},
		"a page that nobody serves": {func(r resources) { unserved(r); page(r, 503, 200.0) }, false, false},
		"a time alone": {func(r resources) {
			unserved(r)
			r.set(distributionType, "E1", "customErrorResponses", list(state{"errorCode": 503.0, "errorCachingMinTtl": 0.0}))
		}, false, false},
		"a target that is not described": {func(r resources) { r.set("aws:lb/targetGroup:TargetGroup", "arn:tg", "targetType", "lambda") }, true, false},
		"an action that is not described": {func(r resources) {
			r.set(listenerType, "arn:listener", "defaultActions", list(state{"type": "jwt-validation"}))
		}, false, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			public(r)
			r.set("aws:ec2/securityGroup:SecurityGroup", "sg-lb", "ingress", list(state{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": list("0.0.0.0/0")}))
			c.change(r)
			m := r.read(t, registered.Options{})
			assert.Equal(t, c.viewers, len(m.Unsure(requestpath.Request{Name: "www.example.com"}, usable)) > 0)
			assert.Equal(t, c.direct, len(m.Unsure(requestpath.Request{Name: "alb.example.com"}, rejected)) > 0)
		})
	}
}
