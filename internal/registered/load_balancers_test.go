package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

const (
	ruleType         = "aws:lb/listenerRule:ListenerRule"
	listenerType     = "aws:lb/listener:Listener"
	loadBalancerType = "aws:lb/loadBalancer:LoadBalancer"
)

func TestConditions(t *testing.T) {
	cases := map[string]struct {
		state state
		want  requestpath.Condition
		noted string
	}{
		"host":   {state{"hostHeader": state{"values": list("*.example.com")}}, requestpath.Condition{Field: "host-header", Values: []string{"*.example.com"}}, ""},
		"path":   {state{"pathPattern": state{"values": list("/a/*", "/b")}}, requestpath.Condition{Field: "path-pattern", Values: []string{"/a/*", "/b"}}, ""},
		"method": {state{"httpRequestMethod": state{"values": list("GET")}}, requestpath.Condition{Field: "http-request-method", Values: []string{"GET"}}, ""},
		"source": {state{"sourceIp": state{"values": list("10.0.0.0/8")}}, requestpath.Condition{Field: "source-ip", Values: []string{"10.0.0.0/8"}}, ""},
		"query": {state{"queryStrings": list(state{"key": "v", "value": "1"}, state{"value": "2"})},
			requestpath.Condition{Field: "query-string", Values: []string{"v=1", "2"}}, ""},
		"header that nobody adds": {state{"httpHeader": state{"httpHeaderName": "X-Team", "values": list("a*")}},
			requestpath.Condition{Field: "http-header", Header: "X-Team", Values: []string{"a*"}}, ""},
		"header that the distribution adds": {state{"httpHeader": state{"httpHeaderName": "x-origin-verify", "values": list("A SECRET", "*")}},
			requestpath.Condition{Field: "http-header", Header: "x-origin-verify", Values: []string{"value-1", "*"}}, ""},
		"expression":        {state{"hostHeader": state{"regexValues": list("^a")}}, requestpath.Condition{Field: "host-header"}, "conditions.hostHeader.regexValues"},
		"beside empty ones": {state{"hostHeader": nil, "queryStrings": list(), "pathPattern": state{"values": list("/x")}}, requestpath.Condition{Field: "path-pattern", Values: []string{"/x"}}, ""},
		"unheard of":        {state{"jwt": state{}, "hostHeader": nil}, requestpath.Condition{Field: "jwt"}, "conditions.jwt"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			r.set(ruleType, "arn:rule", "conditions", list(c.state))
			m := r.read(t, registered.Options{})
			assert.Equal(t, []requestpath.Condition{c.want}, m.Plan.LoadBalancers[0].Listeners[0].Rules[0].Conditions)
			assert.Equal(t, c.noted != "", noted(m, c.noted) != "")
		})
	}
}

func TestActions(t *testing.T) {
	weighted := list(state{"type": "forward", "forward": state{"targetGroups": list(
		state{"arn": "arn:other", "weight": 1.0}, state{"arn": "arn:tg", "weight": 9.0})}})
	cases := map[string]struct {
		actions []any
		want    requestpath.Action
		noted   bool
	}{
		"forward": {list(state{"type": "forward", "targetGroupArn": "arn:tg"}), requestpath.Action{Type: "forward", TargetGroup: "app"}, false},
		"forward to one": {list(state{"type": "forward", "targetGroupArn": "arn:tg", "forward": state{"targetGroups": list(state{"arn": "arn:tg"})}}),
			requestpath.Action{Type: "forward", TargetGroup: "app"}, false},
		"forward by weight": {weighted, requestpath.Action{Type: "forward", TargetGroup: "app"}, true},
		"fixed response":    {list(state{"type": "fixed-response", "fixedResponse": state{"statusCode": "404"}}), requestpath.Action{Type: "fixed-response", Status: 404}, false},
		"redirect": {list(state{"type": "redirect", "redirect": state{"protocol": "HTTPS", "port": "443", "host": "#{host}", "path": "/#{path}", "query": "#{query}", "statusCode": "HTTP_302"}}),
			requestpath.Action{Type: "redirect", Redirect: &requestpath.Redirect{Protocol: "HTTPS", Port: "443", Host: "#{host}", Path: "/#{path}", Query: "#{query}", Status: 302}}, false},
		"after authentication": {list(state{"type": "forward", "targetGroupArn": "arn:tg", "order": 2.0}, state{"type": "authenticate-oidc", "order": 1.0}),
			requestpath.Action{Type: "forward", TargetGroup: "app"}, true},
		"unheard of": {list(state{"type": "lambda"}), requestpath.Action{Type: "forward", TargetGroup: "of the action lambda"}, true},
		"none":       {nil, requestpath.Action{Type: "forward", TargetGroup: "of an action that cannot be read"}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			r.set(ruleType, "arn:rule", "actions", c.actions)
			m := r.read(t, registered.Options{})
			assert.Equal(t, c.want, m.Plan.LoadBalancers[0].Listeners[0].Rules[0].Action)
			assert.Equal(t, c.noted, noted(m, "actions") != "")
		})
	}
}

func TestListenersHaveAllCertificates(t *testing.T) {
	r := site()
	r.set("aws:lb/listenerCertificate:ListenerCertificate", "c", "listenerArn", "arn:listener")
	r.set("aws:lb/listenerCertificate:ListenerCertificate", "c", "certificateArn", "arn:viewer")
	r.set("aws:acm/certificate:Certificate", "arn:viewer", "subjectAlternativeNames", list("example.com", "www.example.com"))
	l := r.read(t, registered.Options{}).Plan.LoadBalancers[0].Listeners[0]
	require.Len(t, l.Certificates, 2)
	assert.Equal(t, []string{"alb.example.com"}, l.Certificates[0].Names, "the default one first")
	assert.Equal(t, []string{"example.com", "www.example.com"}, l.Certificates[1].Names)
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-2021-06", l.SecurityPolicy)
}

func TestLoadBalancers(t *testing.T) {
	r := site()
	assert.False(t, r.read(t, registered.Options{}).Plan.LoadBalancers[0].DualStack)
	r.set(loadBalancerType, "arn:lb", "ipAddressType", "dualstack")
	r.set(loadBalancerType, "arn:lb", "internal", true)
	b := r.read(t, registered.Options{}).Plan.LoadBalancers[0]
	assert.True(t, b.DualStack)
	assert.True(t, b.Internal)

	r = site()
	delete(r, [2]string{"aws:ec2/route:Route", "r-1"})
	m := r.read(t, registered.Options{})
	assert.True(t, m.Plan.LoadBalancers[0].Unrouted, "public addresses without a route to the internet")
	assert.Equal(t, 504, viewer(m).Status)
}

// Two Regions may have a load balancer and a group of the same name each.
func TestNamesOfTwoRegions(t *testing.T) {
	r := site()
	r.set(loadBalancerType, "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/1", "name", "web")
	r.set(loadBalancerType, "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/1", "dnsName", "web-2.eu-west-1.elb.amazonaws.com")
	m := r.read(t, registered.Options{})
	require.Len(t, m.Plan.LoadBalancers, 2)
	assert.NotEqual(t, m.Plan.LoadBalancers[0].Name, m.Plan.LoadBalancers[1].Name)
}
