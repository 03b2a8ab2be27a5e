package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

func usable(c requestpath.Chain) bool { return c.Outcome.OK() }

func rejected(c requestpath.Chain) bool { return !c.Outcome.Served() }

// A group that was there before the program may have rules of its own: that
// nothing registered admits a request does not say that it is dropped, and that
// something does says that it passes.
func TestRulesThatAreNotKnown(t *testing.T) {
	r := site()
	public(r)
	m := r.deployed(t)
	direct := requestpath.Request{
		Name: "alb.example.com", IgnoreCertificate: true, Headers: []requestpath.Header{m.Header("X-Origin-Verify", "a secret")},
	}
	assert.Equal(t, requestpath.Timeout, m.Follow(direct).Outcome.Reason)
	assert.Empty(t, m.Unsure(direct, rejected), "every rule is known")

	delete(r, [2]string{"aws:ec2/securityGroup:SecurityGroup", "sg-lb"})
	r.set("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", "securityGroupId", "sg-lb")
	r.set("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", "ipProtocol", "-1")
	r.set("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", "prefixListId", "pl-cloudfront")
	m = r.deployed(t)
	doubts := m.Unsure(direct, rejected)
	require.NotEmpty(t, doubts)
	assert.Contains(t, doubts[0].Text, "is not among the resources")
	viewers := requestpath.Request{Name: "www.example.com"}
	assert.NotEmpty(t, m.Unsure(viewers, usable), "nothing registered lets the load balancer get out")
	r.set("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", "securityGroupId", "sg-lb")
	r.set("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", "ipProtocol", "-1")
	r.set("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", "cidrIpv4", "0.0.0.0/0")
	m = r.deployed(t)
	require.True(t, m.Follow(viewers).Outcome.OK())
	assert.Empty(t, m.Unsure(viewers, usable), "a registered rule admits it")
}

// An instance that was there before the program has addresses that no deployment
// knows, and rules of its own.
func TestInstancesThatAreNotKnown(t *testing.T) {
	r := site()
	r.set("aws:lb/targetGroupAttachment:TargetGroupAttachment", "a", "targetGroupArn", "arn:tg")
	r.set("aws:lb/targetGroupAttachment:TargetGroupAttachment", "a", "targetId", "i-before")
	r.set("aws:lb/targetGroupAttachment:TargetGroupAttachment", "a", "port", 80.0)
	m := r.deployed(t)
	around := 0
	for _, p := range requestpath.Probes(m.Fronted()) {
		if p.Want == requestpath.WantRejection && p.Request.Name == "198.51.100.2" {
			around++
			assert.NotEmpty(t, m.Unsure(p.Request, rejected), p.Name)
		}
	}
	assert.Equal(t, 1, around, "%+v", m.Plan.Servers)
	assert.Contains(t, noted(m, "targetId"), "its addresses are not known, and 10.0.0.")
	assert.Empty(t, registeredAlone(t, r).Unsure(requestpath.Request{Name: "www.example.com"}, usable))
}

func registeredAlone(t *testing.T, r resources) *registered.Model {
	t.Helper()
	delete(r, [2]string{"aws:lb/targetGroupAttachment:TargetGroupAttachment", "a"})
	return r.deployed(t)
}

// What a deployment does not hold is said to be stood in for.
func TestStandInsAreNoted(t *testing.T) {
	m := site().deployed(t)
	assert.Contains(t, noted(m, "networkConfiguration.subnets"), "stand in for them")
	live := site().read(t, registered.Options{Live: true})
	assert.Empty(t, noted(live, "networkConfiguration.subnets"))
}

// Whether a request matches a regular expression is not known: its outcome is open
// where the rule would change it, and nowhere else.
func TestConditionsThatAreNotKnown(t *testing.T) {
	r := site()
	public(r)
	r.set(ruleType, "arn:rule", "conditions", list(state{"pathPattern": state{"regexValues": list("^/a")}}))
	m := r.deployed(t)
	assert.NotEmpty(t, m.Unsure(requestpath.Request{Name: "www.example.com", Path: "/a"}, usable))
	r.set(ruleType, "arn:rule", "conditions", list(
		state{"pathPattern": state{"regexValues": list("^/a")}}, state{"httpHeader": state{"httpHeaderName": "X-Team", "values": list("edge")}}))
	m = r.deployed(t)
	assert.Empty(t, m.Unsure(requestpath.Request{Name: "www.example.com", Path: "/a"}, usable), "the rule cannot match without the header")
}

// What an open rule leads to may not be described, which is no rejection.
func TestRulesThatAreNotKnownBeforeWhatIsNotDescribed(t *testing.T) {
	r := site()
	r.set("aws:lb/targetGroup:TargetGroup", "arn:tg", "targetType", "lambda")
	r.set(listenerType, "arn:listener", "defaultActions", list(state{"type": "forward", "targetGroupArn": "arn:tg"}))
	delete(r, [2]string{"aws:ec2/securityGroup:SecurityGroup", "sg-lb"})
	m := r.deployed(t)
	direct := requestpath.Request{Name: "alb.example.com", IgnoreCertificate: true}
	assert.True(t, rejected(m.Follow(direct)), "as far as the registered rules go")
	assert.NotEmpty(t, m.Unsure(direct, rejected))
}
