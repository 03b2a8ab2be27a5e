package accesslog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

type state = map[string]any

func list(items ...any) []any { return items }

// shop is a load balancer before an instance, of which a rule serves www.example.com, with
// a web ACL that has a managed group of rules.
func shop(t *testing.T) *registered.Model {
	t.Helper()
	const acl, balancer = "arn:acl", "arn:web"
	m, err := registered.Read([]registered.Resource{
		{Type: "aws:ec2/securityGroup:SecurityGroup", ID: "sg-1", State: state{"ingress": list(state{"protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "cidrBlocks": list("0.0.0.0/0")}),
			"egress": list(state{"protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "cidrBlocks": list("0.0.0.0/0")})}},
		{Type: "aws:lb/loadBalancer:LoadBalancer", ID: balancer, State: state{"arn": balancer, "name": "web", "dnsName": "web-1.eu-west-1.elb.amazonaws.com", "loadBalancerType": "application", "securityGroups": list("sg-1")}},
		{Type: "aws:acm/certificate:Certificate", ID: "arn:cert", State: state{"domainName": "www.example.com", "status": "ISSUED"}},
		{Type: "aws:lb/targetGroup:TargetGroup", ID: "arn:tg", State: state{"arn": "arn:tg", "name": "app", "protocol": "HTTP", "port": 80.0}},
		{Type: "aws:ec2/instance:Instance", ID: "i-1", State: state{"privateIp": "10.0.0.1", "vpcSecurityGroupIds": list("sg-1"), "instanceState": "running"}},
		{Type: "aws:lb/targetGroupAttachment:TargetGroupAttachment", ID: "a", State: state{"targetGroupArn": "arn:tg", "targetId": "i-1", "port": 80.0}},
		{Type: "aws:lb/listener:Listener", ID: "arn:https", State: state{"arn": "arn:https", "loadBalancerArn": balancer, "port": 443.0, "protocol": "HTTPS", "certificateArn": "arn:cert",
			"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "defaultActions": list(state{"type": "fixed-response", "fixedResponse": state{"contentType": "text/plain", "statusCode": "404"}})}},
		{Type: "aws:lb/listenerRule:ListenerRule", ID: "arn:rule", State: state{"listenerArn": "arn:https", "priority": 1.0, "actions": list(state{"type": "forward", "targetGroupArn": "arn:tg"}),
			"conditions": list(state{"hostHeader": state{"values": list("www.example.com")}})}},
		{Type: "aws:wafv2/webAcl:WebAcl", ID: "acl", State: state{"arn": acl, "name": "guard", "scope": "REGIONAL", "defaultAction": state{"allow": state{}}, "rules": list(state{
			"name": "common", "priority": 1.0, "overrideAction": state{"none": state{}},
			"statement": state{"managedRuleGroupStatement": state{"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}}})}},
		{Type: "aws:wafv2/webAclAssociation:WebAclAssociation", ID: "b", State: state{"resourceArn": balancer, "webAclArn": acl}},
	}, registered.Options{})
	require.NoError(t, err)
	return m
}

// What the plan predicts for a line's request explains it, if it is what was logged.
func TestLinesAgainstAPlan(t *testing.T) {
	const at = "10.0.0.1:80"
	m := shop(t)
	served := Explain(read(t, entry(at, "0.001 0.002", "200 200", "1", "waf,forward", "-")), m)
	assert.True(t, served.Agrees)
	assert.Equal(t, "i-1", served.ByName)
	assert.Empty(t, served.Fix)

	other := strings.ReplaceAll(entry("-", "-1 -1", "404 -", "0", "waf,fixed-response", "-"), "www.example.com", "new.example.com")
	d := Explain(read(t, other), m)
	assert.True(t, d.Agrees)
	assert.Contains(t, d.Why, "rule 1 wants host www.example.com, the request has new.example.com")
	assert.Contains(t, d.Fix, "put new.example.com into the rule's hosts")
	assert.Empty(t, d.Missing)

	d = Explain(read(t, entry(at, "0.001 0.002", "500 500", "1", "waf,forward", "-")), m)
	assert.False(t, d.Agrees)
	assert.Contains(t, d.Plan, "has the request reach i-1")
	assert.Contains(t, d.Missing[0], "why the application")

	d = Explain(read(t, entry(at, "-1 -1", "504 -", "1", "waf,forward", "-")), m)
	assert.Contains(t, d.Plan, "predicts 200 by target i-1 now, not what was logged")
	assert.Contains(t, d.Why, "did not accept the connection")

	d = Explain(read(t, entry("-", "-1 -1", "403 -", "-", "waf", "-")), m)
	assert.Contains(t, d.Why, "the web ACL of the load balancer blocked the request")
	assert.Contains(t, strings.Join(d.Missing, "; "), "the resources leave open, and it may be the cause: ")
	assert.Contains(t, strings.Join(d.Missing, "; "), "AWSManagedRulesCommonRuleSet")
}

func TestConnectionsAgainstAPlan(t *testing.T) {
	failed := strings.Replace(exampleFailed, "ClientCertUntrusted", "UnmappedConnectionError", 1)
	for _, text := range []string{failed, failed + " - app/web/1 192.0.2.1"} {
		d := Explain(read(t, text), shop(t))
		assert.Equal(t, requestpath.HopLoadBalancer, d.By)
		assert.Equal(t, "web", d.ByName)
		assert.Contains(t, d.Fix, "certificate of the listener (www.example.com), with a TLS version of its security policy ELBSecurityPolicy-TLS13-1-2-2021-06 (TLSv1.2 to TLSv1.3)")
		assert.Contains(t, d.Plan, "has the listener on port 443 of load balancer web")
	}
	d := Explain(read(t, failed+" - app/gone/1 192.0.2.1"), shop(t))
	assert.Contains(t, d.Plan, "has no load balancer gone with a listener on port 443")
}
