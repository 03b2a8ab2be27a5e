package alb

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
	loadBalancerToken = "aws:lb/loadBalancer:LoadBalancer"
	listenerToken     = "aws:lb/listener:Listener"
	ruleToken         = "aws:lb/listenerRule:ListenerRule"
	certificateToken  = "aws:lb/listenerCertificate:ListenerCertificate"
	groupToken        = "aws:lb/targetGroup:TargetGroup"
	attachmentToken   = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	subnetToken       = "aws:ec2/subnet:Subnet"
	instanceToken     = "aws:ec2/instance:Instance"
	taskToken         = "aws:ecs/task:Task"
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

func (r registry) loadBalancer(more props) string {
	r.t.Helper()
	in := props{"name": "web", "subnets": publicSubnets}
	for k, v := range more {
		in[k] = v
	}
	return r.make(loadBalancerToken, "web", in)
}

// resources are those of an account, as the traffic reads them.
func resources(t *testing.T, a *core.Account) *account.Resources {
	t.Helper()
	r, err := account.Read(a)
	require.NoError(t, err)
	return r
}

// served serves the load balancer with an ARN as an account has it.
func (r registry) served(a *core.Account, arn string) (*Running, error) {
	r.t.Helper()
	s, all := newSite(r.t, 0), resources(r.t, a)
	i := slices.IndexFunc(all.LoadBalancers, func(lb account.LoadBalancer) bool { return lb.ARN == arn })
	require.GreaterOrEqual(r.t, i, 0)
	opts := Options{Account: all, Private: []netip.Addr{privateAddress}, Certificates: map[string]*tls.Certificate{}}
	for _, c := range all.Certificates {
		opts.Certificates[c.ARN] = s.certificate(c.DomainName)
	}
	running, err := Serve(s.network, all.LoadBalancers[i], opts)
	s.running = running
	return running, err
}

// read is the load balancer with an ARN, which serves.
func (r registry) read(arn string) *Running {
	r.t.Helper()
	running, err := r.served(r.Account(), arn)
	require.NoError(r.t, err)
	return running
}

func TestALoadBalancerIsReadFromTheAccount(t *testing.T) {
	r := newRegistry(t)
	lb := r.loadBalancer(props{"idleTimeout": 30, "enableHttp2": false, "preserveHostHeader": true, "xffHeaderProcessingMode": "remove",
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
	assert.Equal(t, account.LoadBalancer{
		Name: "web", ARN: lb, DNSName: b.registered.DNSName, VPCID: seedVPC, IPAddressType: "ipv4",
		SecurityGroups: []string{"sg-05eed000000000000"}, Subnets: []string{"subnet-05eed00000000000a", "subnet-05eed00000000000c"},
		IdleTimeout: 30, ClientKeepAlive: 3600, PreserveHostHeader: true, XffHeaderProcessingMode: "remove",
		DropInvalidHeaderFields: true, EnableXffClientPort: true, EnableTLSVersionAndCipherSuiteHeaders: true,
	}, b.registered)
	require.Len(t, b.ports, 2)
	plain, secure := b.ports[0], b.ports[1]
	assert.Equal(t, 80, plain.Port)
	assert.Nil(t, plain.tls)
	require.Len(t, plain.rules, 1)
	assert.Equal(t, account.Redirect{Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301"}, plain.rules[0].Actions[0].Redirect)

	assert.Equal(t, 443, secure.Port)
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-2021-06", secure.SSLPolicy)
	certificates, err := b.certificatesOf(secure.Listener)
	require.NoError(t, err)
	require.Len(t, certificates, 2, "the default one first")
	assert.Equal(t, "a.example.com", certificates[0].Leaf.DNSNames[0])
	var names []string
	weights := map[string]map[string]int{}
	for _, rule := range secure.rules {
		names = append(names, rule.name())
		weights[rule.name()] = map[string]int{}
		for _, share := range rule.forward.all {
			weights[rule.name()][share.group.Name] = share.weight
		}
	}
	assert.Equal(t, []string{"5", "20", "default"}, names)
	assert.Equal(t, map[string]map[string]int{"5": {}, "20": {"app": 3, "api": 0}, "default": {"app": 1}}, weights)
	assert.Equal(t, fixed("403", "text/plain", "no"), secure.rules[0].Actions[0])
	var host, method, query, source, path, header account.Condition
	host.HostHeader.Values = []string{"*.example.com"}
	method.HTTPRequestMethod.Values = []string{"GET"}
	query.QueryStrings = []account.QueryString{{Key: "k", Value: "v"}}
	source.SourceIP.Values = []string{"192.0.2.0/24"}
	path.PathPattern.Values = []string{"/a", "/b"}
	header.HTTPHeader.HTTPHeaderName, header.HTTPHeader.Values = "X-Secret", []string{"s3cret"}
	assert.Equal(t, []account.Condition{host, method, query, source}, secure.rules[0].Conditions)
	assert.Equal(t, []account.Condition{path, header}, secure.rules[1].Conditions)
	assert.Len(t, b.groups, 2)
}

// forwardingTo is a load balancer that forwards to a group.
func (r registry) forwardingTo(group string) string {
	r.t.Helper()
	lb := r.loadBalancer(nil)
	r.make(listenerToken, "https", props{
		"loadBalancerArn": lb, "port": 443, "protocol": "HTTPS", "certificateArn": r.certificate("a.example.com"),
		"defaultActions": []any{props{"type": "forward", "targetGroupArn": group}},
	})
	return lb
}

func TestTargetGroupsAreReadFromTheAccount(t *testing.T) {
	plain := account.HealthCheck{Protocol: "HTTP", Port: "traffic-port", Path: "/", Matcher: "200",
		Interval: 30, Timeout: 5, HealthyThreshold: 3, UnhealthyThreshold: 3}
	grpc := plain
	grpc.Path, grpc.Matcher = "/AWS.ALB/healthcheck", "12"
	some := plain
	some.Path = "/up"
	for name, tc := range map[string]struct {
		in                props
		protocol, version string
		check             account.HealthCheck
	}{
		"defaults":                      {nil, "HTTP", "HTTP1", plain},
		"HTTPS, whose check stays HTTP": {props{"protocol": "HTTPS", "protocolVersion": "HTTP2"}, "HTTPS", "HTTP2", plain},
		"gRPC":                          {props{"protocolVersion": "GRPC"}, "HTTP", "GRPC", grpc},
		"part of a check":               {props{"healthCheck": props{"path": "/up"}}, "HTTP", "HTTP1", some},
		"a check": {props{"healthCheck": props{"protocol": "HTTPS", "port": "9000", "path": "/up", "matcher": "200-299", "interval": 10,
			"timeout": 4, "healthyThreshold": 2, "unhealthyThreshold": 5}}, "HTTP", "HTTP1",
			account.HealthCheck{Protocol: "HTTPS", Port: "9000", Path: "/up", Matcher: "200-299",
				Interval: 10, Timeout: 4, HealthyThreshold: 2, UnhealthyThreshold: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t)
			arn := r.group("app", tc.in)
			groups := r.read(r.forwardingTo(arn)).groups
			require.Len(t, groups, 1)
			assert.Equal(t, account.TargetGroup{
				Name: "app", ARN: arn, Protocol: tc.protocol, ProtocolVersion: tc.version, TargetType: "ip", Port: 8080, HealthCheck: tc.check,
			}, groups[arn].TargetGroup)
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
	assert.Equal(t, []string{"10.20.128.7:8080"}, addressesOf(b.groups[addresses].targets), "the load balancer has no subnet in zone d")

	group, ok := b.opts.Account.TargetGroup(instances)
	require.True(t, ok)
	targets, err := b.targetsOf(group)
	require.NoError(t, err)
	instance, ok := b.opts.Account.Instance(seedInstance)
	require.True(t, ok)
	assert.Equal(t, []string{instance.PrivateIP + ":443"}, addressesOf(targets))
}

func addressesOf(targets []*target) []string {
	var out []string
	for _, t := range targets {
		out = append(out, t.at.String())
	}
	return out
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
	b, err := r.served(edited, lb)
	require.NoError(t, err)
	assert.Equal(t, []string{"10.20.128.8:3000", "10.20.128.9:3000"}, addressesOf(b.groups[group].targets), "in the order they were started")
}

// What Serve does not check is not registered in the first place.
func TestWhatCannotBeServedIsNotRegistered(t *testing.T) {
	r := newRegistry(t)
	group, lb := r.group("app", nil), r.loadBalancer(nil)
	forward := []any{props{"type": "forward", "targetGroupArn": group}}
	listener := r.make(listenerToken, "http", props{"loadBalancerArn": lb, "port": 80, "defaultActions": forward})
	for _, tc := range []struct {
		token    string
		in, more props
		want     string
	}{
		{loadBalancerToken, props{"name": "other", "subnets": publicSubnets}, props{"loadBalancerType": "network"}, "loadBalancerType"},
		{loadBalancerToken, props{"name": "other"}, props{"subnets": []any{"subnet-0", "subnet-1"}}, "SubnetNotFound"},
		{listenerToken, props{"defaultActions": forward}, props{"protocol": "TLS"}, "protocol"},
		{listenerToken, props{"defaultActions": forward}, props{"protocol": "HTTPS"}, "certificateArn"},
		{listenerToken, props{"defaultActions": forward, "protocol": "HTTPS"}, props{"sslPolicy": "x"}, "SSL policy 'x' not found"},
		{listenerToken, props{"defaultActions": forward}, props{"mutualAuthentication": props{"mode": "verify"}}, "mutualAuthentication"},
		{listenerToken, nil, props{"defaultActions": []any{}}, "defaultActions"},
		{listenerToken, nil, props{"defaultActions": []any{forward[0], forward[0]}}, "defaultActions"},
		{listenerToken, nil, props{"defaultActions": []any{props{"type": "authenticate-oidc"}}}, "defaultActions[0].type"},
		{listenerToken, nil, props{"defaultActions": []any{props{"type": "redirect", "redirect": props{"port": "444"}}}}, "redirect.statusCode"},
		{listenerToken, nil, props{"defaultActions": []any{props{"type": "fixed-response", "fixedResponse": props{"contentType": "text/plain"}}}}, "fixedResponse.statusCode"},
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

func TestInstancesThatDoNotRun(t *testing.T) {
	r := newRegistry(t)
	group := r.group("app", props{"targetType": "instance"})
	r.attach(group, seedInstance, nil)
	lb := r.forwardingTo(group)
	_, err := r.served(r.edited(attachmentToken, props{"targetId": "i-0"}), lb)
	assert.ErrorContains(t, err, `target group "app": target "i-0": there is no such instance in the account`)
	assert.Len(t, r.read(lb).groups[group].targets, 1)
	b, err := r.served(r.edited(instanceToken, props{"instanceState": "stopped"}), lb)
	require.NoError(t, err)
	assert.Empty(t, b.groups[group].targets)
}

// An instance in a zone of which the load balancer has no subnet is registered and unused.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
func TestAnInstanceInAnotherZone(t *testing.T) {
	r := newRegistry(t)
	group := r.group("app", props{"targetType": "instance"})
	r.attach(group, "i-05eed00d000000001", nil)
	lb := r.forwardingTo(group)
	assert.Empty(t, r.read(lb).groups[group].targets)
	r.attach(group, seedInstance, nil)
	assert.Equal(t, []string{"10.20.128.80:8080"}, addressesOf(r.read(lb).groups[group].targets))
}

func TestWhatIsRegisteredServes(t *testing.T) {
	s := newSite(t, 0)
	r := newRegistry(t)
	group := r.group("app", nil)
	r.attach(group, targetInVPC.String(), nil)
	r.forwardingTo(group)
	p := web(forwarding())
	p.Account = resources(t, r.Account())
	require.Len(t, p.Account.LoadBalancers, 1)
	p.lb = p.Account.LoadBalancers[0]
	p.lb.SecurityGroups = []string{"alb"}
	p.Certificates = map[string]*tls.Certificate{p.Account.Listeners[0].CertificateARN: s.certificate(siteName)}
	s.target(targetInVPC, 8080, speaking("HTTP/1.1"), nil, greets("fine"))
	s.serve(p)
	assert.Equal(t, "fine", s.get("https://"+siteName).text)
}

var targetInVPC = netip.MustParseAddr("10.20.128.7")
