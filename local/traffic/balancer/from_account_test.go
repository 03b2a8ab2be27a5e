package balancer

import (
	"crypto/tls"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/account"
)

// Pulumi types that the tests register.
const (
	balancerToken    = "aws:lb/loadBalancer:LoadBalancer"
	listenerToken    = "aws:lb/listener:Listener"
	ruleToken        = "aws:lb/listenerRule:ListenerRule"
	certificateToken = "aws:lb/listenerCertificate:ListenerCertificate"
	groupToken       = "aws:lb/targetGroup:TargetGroup"
	attachmentToken  = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	subnetToken      = "aws:ec2/subnet:Subnet"
	instanceToken    = "aws:ec2/instance:Instance"
	taskToken        = "aws:ecs/task:Task"
)

// What every account is seeded with: subnets in the zones a and c, an instance in
// zone a.
const (
	region       = "ap-northeast-1"
	seedVPC      = "vpc-05eed000000000001"
	seedZone     = "Z05EEDEXAMPLECOM0001"
	seedInstance = "i-05eed0c105ed00001"
)

var publicSubnets = []any{"subnet-05eed00000000000a", "subnet-05eed00000000000c"}

type props = map[string]any

// registry registers resources as a program would.
type registry struct {
	t *testing.T
	*cloudtest.Driver
}

func newRegistry(t *testing.T) registry {
	t.Helper()
	d, err := cloudtest.NewDriver(region)
	require.NoError(t, err)
	return registry{t, d}
}

// make registers a resource and returns its id, which is its ARN here.
func (r registry) make(token, name string, in props) string {
	r.t.Helper()
	id, _, err := r.Create(token, name, in)
	require.NoError(r.t, err)
	return id
}

// certificate is one that is issued.
func (r registry) certificate(name string) string {
	r.t.Helper()
	arn, state, err := r.Create("aws:acm/certificate:Certificate", name, props{"domainName": name, "validationMethod": "DNS"})
	require.NoError(r.t, err)
	option := state["domainValidationOptions"].([]any)[0].(map[string]any)
	r.make("aws:route53/record:Record", name, props{
		"zoneId": seedZone, "name": option["resourceRecordName"], "type": option["resourceRecordType"],
		"records": []any{option["resourceRecordValue"]}, "ttl": 60, "allowOverwrite": true,
	})
	r.make("aws:acm/certificateValidation:CertificateValidation", name, props{"certificateArn": arn})
	return arn
}

func (r registry) group(name string, more props) string {
	r.t.Helper()
	in := props{"name": name, "port": 8080, "protocol": "HTTP", "targetType": "ip", "vpcId": seedVPC}
	for k, v := range more {
		in[k] = v
	}
	return r.make(groupToken, name, in)
}

func (r registry) attach(group, target string, more props) {
	r.t.Helper()
	in := props{"targetGroupArn": group, "targetId": target}
	for k, v := range more {
		in[k] = v
	}
	r.make(attachmentToken, target, in)
}

func (r registry) balancer(more props) string {
	r.t.Helper()
	in := props{"name": "web", "subnets": publicSubnets}
	for k, v := range more {
		in[k] = v
	}
	return r.make(balancerToken, "web", in)
}

func (r registry) read(arn string) Balancer {
	r.t.Helper()
	b, err := fromAccount(r.t, r.Account(), arn)
	require.NoError(r.t, err)
	return b
}

// resources are those of an account, as the traffic reads them.
func resources(t *testing.T, a *core.Account) *account.Resources {
	t.Helper()
	r, err := account.Read(a)
	require.NoError(t, err)
	return r
}

// fromAccount is the load balancer with an ARN, which has to be registered.
func fromAccount(t *testing.T, a *core.Account, arn string) (Balancer, error) {
	t.Helper()
	r := resources(t, a)
	i := slices.IndexFunc(r.LoadBalancers, func(lb account.LoadBalancer) bool { return lb.ARN == arn })
	require.GreaterOrEqual(t, i, 0)
	return FromAccount(r, r.LoadBalancers[i])
}

func TestABalancerIsReadFromTheAccount(t *testing.T) {
	r := newRegistry(t)
	lb := r.balancer(props{"idleTimeout": 30, "enableHttp2": false, "preserveHostHeader": true, "xffHeaderProcessingMode": "remove",
		"dropInvalidHeaderFields": true, "enableXffClientPort": true, "enableTlsVersionAndCipherSuiteHeaders": true})
	first, second := r.certificate("a.example.com"), r.certificate("b.example.com")
	app, api := r.group("app", nil), r.group("api", nil)
	https := r.make(listenerToken, "https", props{
		"loadBalancerArn": lb, "port": 443, "protocol": "HTTPS", "certificateArn": first, "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
		"defaultActions": []any{props{"type": "forward", "targetGroupArn": app}},
	})
	r.make(certificateToken, "second", props{"listenerArn": https, "certificateArn": second})
	r.make(listenerToken, "http", props{
		"loadBalancerArn": lb, "port": 80,
		"defaultActions": []any{props{"type": "redirect", "redirect": props{"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}},
	})
	r.make(ruleToken, "weighted", props{"listenerArn": https, "priority": 20,
		"conditions": []any{
			props{"pathPattern": props{"values": []any{"/a", "/b"}}},
			props{"httpHeader": props{"httpHeaderName": "X-Secret", "values": []any{"s3cret"}}},
		},
		"actions": []any{props{"type": "forward", "forward": props{"targetGroups": []any{
			props{"arn": app, "weight": 3}, props{"arn": api, "weight": 0}}}}},
	})
	r.make(ruleToken, "fixed", props{"listenerArn": https, "priority": 5,
		"conditions": []any{
			props{"hostHeader": props{"values": []any{"*.example.com"}}},
			props{"httpRequestMethod": props{"values": []any{"GET"}}},
			props{"queryStrings": []any{props{"key": "k", "value": "v"}}},
			props{"sourceIp": props{"values": []any{"192.0.2.0/24"}}},
		},
		"actions": []any{props{"type": "fixed-response", "fixedResponse": props{"statusCode": "403", "contentType": "text/plain", "messageBody": "no"}}},
	})

	b := r.read(lb)
	assert.Equal(t, "web", b.Name)
	assert.Equal(t, lb, b.ARN)
	assert.Equal(t, seedVPC, b.VPC)
	assert.Equal(t, []string{"sg-05eed000000000000"}, b.Groups)
	assert.Len(t, b.Subnets, 2)
	assert.Equal(t, "ap-northeast-1a", b.Subnets[0].Zone)
	assert.Equal(t, []any{30.0, 3600.0, false, true, "remove", true, true, true, false, false}, []any{b.IdleSeconds, b.ClientSeconds, b.HTTP2,
		b.PreserveHost, b.ForwardedFor, b.DropInvalid, b.ClientPort, b.TLSHeaders, b.Internal, b.DualStack})
	assert.Equal(t, []Listener{
		{Port: 80, Default: Action{Redirect: &Redirect{Protocol: "HTTPS", Port: "443", Status: 301}}},
		{Port: 443, Secure: true, Policy: "ELBSecurityPolicy-TLS13-1-2-2021-06", Certificates: []string{first, second},
			Default: Action{Forward: []Share{{app, 1}}},
			Rules: []Rule{
				{Priority: 5, Action: Action{Fixed: &Fixed{Status: 403, ContentType: "text/plain", Body: "no"}}, Conditions: []Condition{
					{Field: FieldHost, Values: []string{"*.example.com"}},
					{Field: FieldMethod, Values: []string{"GET"}},
					{Field: FieldQuery, Query: []Pair{{"k", "v"}}},
					{Field: FieldSourceIP, Sources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}},
				}},
				{Priority: 20, Action: Action{Forward: []Share{{app, 3}, {api, 0}}}, Conditions: []Condition{
					{Field: FieldPath, Values: []string{"/a", "/b"}},
					{Field: FieldHeader, Header: "X-Secret", Values: []string{"s3cret"}},
				}},
			}},
	}, b.Listeners)
	assert.Len(t, b.TargetGroups, 2)
}

// forwardingTo is a load balancer that forwards to a group.
func (r registry) forwardingTo(group string) string {
	r.t.Helper()
	lb := r.balancer(nil)
	r.make(listenerToken, "https", props{
		"loadBalancerArn": lb, "port": 443, "protocol": "HTTPS", "certificateArn": r.certificate("a.example.com"),
		"defaultActions": []any{props{"type": "forward", "targetGroupArn": group}},
	})
	return lb
}

func TestTargetGroupsAreReadFromTheAccount(t *testing.T) {
	plain := Check{Path: "/", Matcher: "200", Interval: 30, Timeout: 5, Healthy: 3, Unhealthy: 3}
	for name, tc := range map[string]struct {
		in   props
		want TargetGroup
	}{
		"defaults": {nil, TargetGroup{Version: VersionHTTP1, Check: plain}},
		"HTTPS, whose check stays HTTP": {props{"protocol": "HTTPS", "protocolVersion": "HTTP2"},
			TargetGroup{Secure: true, Version: VersionHTTP2, Check: plain}},
		"gRPC": {props{"protocolVersion": "GRPC"}, TargetGroup{Version: VersionGRPC, Check: Check{
			Path: "/AWS.ALB/healthcheck", Matcher: "12", Interval: 30, Timeout: 5, Healthy: 3, Unhealthy: 3}}},
		"a check": {props{"healthCheck": props{"protocol": "HTTPS", "port": "9000", "path": "/up", "matcher": "200-299", "interval": 10,
			"timeout": 4, "healthyThreshold": 2, "unhealthyThreshold": 5}},
			TargetGroup{Version: VersionHTTP1, Check: Check{Secure: true, Port: 9000, Path: "/up", Matcher: "200-299",
				Interval: 10, Timeout: 4, Healthy: 2, Unhealthy: 5}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t)
			arn := r.group("app", tc.in)
			tc.want.Name, tc.want.ARN = "app", arn
			assert.Equal(t, map[string]TargetGroup{arn: tc.want}, r.read(r.forwardingTo(arn)).TargetGroups)
		})
	}
}

func TestTargetsAreReadFromTheAccount(t *testing.T) {
	r := newRegistry(t)
	other := r.make(subnetToken, "d", props{"vpcId": seedVPC, "cidrBlock": "10.20.77.0/24", "availabilityZone": "ap-northeast-1d"})
	require.NotEmpty(t, other)
	addresses, instances := r.group("ips", nil), r.group("instances", props{"targetType": "instance"})
	r.attach(addresses, "10.20.128.7", nil)
	r.attach(addresses, "10.20.77.9", props{"port": 9000})
	r.attach(instances, seedInstance, props{"port": 443})
	b := r.read(r.forwardingTo(addresses))
	assert.ElementsMatch(t, []Target{
		{ID: "10.20.128.7", Address: netip.MustParseAddr("10.20.128.7"), Port: 8080},
		{ID: "10.20.77.9", Address: netip.MustParseAddr("10.20.77.9"), Port: 9000,
			Unused: "the load balancer has no subnet in ap-northeast-1d"},
	}, b.TargetGroups[addresses].Targets)

	all := resources(t, r.Account())
	group, err := groupOf(all, b, instances)
	require.NoError(t, err)
	instance, ok := all.Instance(seedInstance)
	require.True(t, ok)
	assert.Equal(t, []Target{{ID: seedInstance, Address: netip.MustParseAddr(instance.PrivateIP), Port: 443}}, group.Targets)
}

// edited is a copy of the account in which one state was changed behind AWS's
// back.
func (r registry) edited(token string, more props) *core.Account {
	r.t.Helper()
	raw, err := json.Marshal(r.Account())
	require.NoError(r.t, err)
	var out core.Account
	require.NoError(r.t, json.Unmarshal(raw, &out))
	for _, state := range out.All(token) {
		for k, v := range more {
			state[k] = v
		}
	}
	return &out
}

// with is a copy of the account that has records of another type.
func (r registry) with(token string, records props) *core.Account {
	r.t.Helper()
	raw, err := json.Marshal(r.Account())
	require.NoError(r.t, err)
	var whole struct {
		AccountID string
		Resources props
	}
	require.NoError(r.t, json.Unmarshal(raw, &whole))
	whole.Resources[token] = props{region: records}
	raw, err = json.Marshal(whole)
	require.NoError(r.t, err)
	var out core.Account
	require.NoError(r.t, json.Unmarshal(raw, &out))
	return &out
}

func TestTasksAreTargets(t *testing.T) {
	r := newRegistry(t)
	group := r.group("app", nil)
	lb := r.forwardingTo(group)
	task := func(id, address string, order int) props {
		return props{"id": id, "privateIp": address, "startedAs": order, "targets": []any{
			props{"targetGroupArn": group, "port": 3000}, props{"targetGroupArn": "arn:other", "port": 1}}}
	}
	edited := r.with(taskToken, props{"b": task("b", "10.20.128.8", 1), "a": task("a", "10.20.128.9", 2)})
	b, err := fromAccount(t, edited, lb)
	require.NoError(t, err)
	assert.Equal(t, []Target{
		{ID: "10.20.128.8", Address: netip.MustParseAddr("10.20.128.8"), Port: 3000},
		{ID: "10.20.128.9", Address: netip.MustParseAddr("10.20.128.9"), Port: 3000},
	}, b.TargetGroups[group].Targets, "in the order they were started")
}

// What FromAccount does not check is not registered in the first place.
func TestWhatCannotBeServedIsNotRegistered(t *testing.T) {
	r := newRegistry(t)
	group, lb := r.group("app", nil), r.balancer(nil)
	forward := []any{props{"type": "forward", "targetGroupArn": group}}
	listener := r.make(listenerToken, "http", props{"loadBalancerArn": lb, "port": 80, "defaultActions": forward})
	for _, tc := range []struct {
		token    string
		in, more props
		want     string
	}{
		{balancerToken, props{"name": "other", "subnets": publicSubnets}, props{"loadBalancerType": "network"}, "loadBalancerType"},
		{balancerToken, props{"name": "other"}, props{"subnets": []any{"subnet-0", "subnet-1"}}, "SubnetNotFound"},
		{listenerToken, props{"defaultActions": forward}, props{"protocol": "TLS"}, "protocol"},
		{listenerToken, props{"defaultActions": forward}, props{"protocol": "HTTPS"}, "certificateArn"},
		{listenerToken, props{"defaultActions": forward, "protocol": "HTTPS"}, props{"sslPolicy": "x"}, "SSL policy 'x' not found"},
		{listenerToken, props{"defaultActions": forward}, props{"mutualAuthentication": props{"mode": "verify"}}, "mutualAuthentication"},
		{listenerToken, nil, props{"defaultActions": []any{}}, "defaultActions"},
		{listenerToken, nil, props{"defaultActions": []any{forward[0], forward[0]}}, "defaultActions"},
		{listenerToken, nil, props{"defaultActions": []any{props{"type": "authenticate-oidc"}}}, "defaultActions[0].type"},
		{listenerToken, nil, props{"defaultActions": []any{props{"type": "redirect", "redirect": props{"port": "444"}}}}, "redirect.statusCode"},
		{listenerToken, nil, props{"defaultActions": []any{props{"type": "forward", "targetGroupArn": "arn:none"}}}, "TargetGroupNotFound"},
		{groupToken, nil, props{"targetType": "lambda"}, "targetType"},
		{groupToken, nil, props{"protocol": "TCP"}, "protocol"},
		{groupToken, nil, props{"protocolVersion": "HTTP3"}, "protocolVersion"},
		{groupToken, nil, props{"healthCheck": props{"port": "http"}}, "healthCheck.port"},
		{groupToken, nil, props{"healthCheck": props{"matcher": "x"}}, "healthCheck.matcher"},
		{attachmentToken, nil, props{"targetId": "i-0"}, "IP address 'i-0'"},
		{ruleToken, nil, props{"actions": []any{}}, "actions"},
		{ruleToken, nil, props{"conditions": []any{props{"hostHeader": props{"regexValues": []any{"x"}}}}}, "regexValues"},
		{ruleToken, nil, props{"conditions": []any{props{"weather": props{}}}}, "weather"},
		{ruleToken, nil, props{"conditions": []any{props{"sourceIp": props{"values": []any{"x"}}}}}, "sourceIp.values"},
	} {
		in := props{}
		maps.Copy(in, map[string]props{
			listenerToken:   {"loadBalancerArn": lb, "port": 81},
			groupToken:      {"name": "other", "port": 80, "protocol": "HTTP", "vpcId": seedVPC},
			attachmentToken: {"targetGroupArn": group},
			ruleToken: {"listenerArn": listener, "priority": 1, "actions": forward,
				"conditions": []any{props{"pathPattern": props{"values": []any{"/"}}}}},
		}[tc.token])
		maps.Copy(in, tc.in)
		maps.Copy(in, tc.more)
		_, _, err := r.Create(tc.token, "other", in)
		assert.ErrorContains(t, err, tc.want, "%v", tc.more)
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	r := newRegistry(t)
	group := r.group("app", props{"targetType": "instance"})
	r.attach(group, seedInstance, nil)
	lb := r.forwardingTo(group)
	for want, tc := range map[string]struct {
		token string
		more  props
	}{
		`load balancer "web": listener on port 443: defaultActions[0].fixedResponse.statusCode: must be a status`: {
			listenerToken, props{"defaultActions": []any{props{"type": "fixed-response"}}}},
		`load balancer "web": target group "app": target "i-0": there is no such instance in the account`: {
			attachmentToken, props{"targetId": "i-0"}},
	} {
		_, err := fromAccount(t, r.edited(tc.token, tc.more), lb)
		assert.ErrorContains(t, err, want)
	}
	b, err := fromAccount(t, r.edited(instanceToken, props{"instanceState": "stopped"}), lb)
	require.NoError(t, err)
	assert.Equal(t, "the instance is stopped", b.TargetGroups[group].Targets[0].Unused)
}

func TestWhatIsRegisteredServes(t *testing.T) {
	s := newSite(t, 0)
	r := newRegistry(t)
	group := r.group("app", nil)
	r.attach(group, targetInVPC.String(), nil)
	b := r.read(r.forwardingTo(group))
	b.Public, b.Private, b.Groups = web(Action{}).Public, web(Action{}).Private, []string{"alb"}
	s.target(targetInVPC, 8080, speaking("HTTP/1.1"), nil, greets("fine"))
	s.serve(b, func(o *Options) {
		o.Certificates = map[string]*tls.Certificate{b.Listeners[0].Certificates[0]: s.certificate(siteName)}
	})
	assert.Equal(t, "fine", s.get("https://"+siteName).text)
}

var targetInVPC = netip.MustParseAddr("10.20.128.7")
