package cloudtest

import (
	"fmt"
	"testing"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/elb"
)

// LoadBalancerInputs are those of a load balancer in the seeded network.
func LoadBalancerInputs(more core.Object) core.Object {
	return core.Object{"subnets": core.List(SeededSubnetA, SeededSubnetC)}.With(more)
}

// TargetGroupInputs are those of a target group in the seeded network.
func TargetGroupInputs(more core.Object) core.Object {
	return core.Object{"port": 8080.0, "protocol": "HTTP", "targetType": "ip", "vpcId": SeededVpc}.With(more)
}

// TargetGroup makes a target group in the seeded network.
func (c *Cloud) TargetGroup(name string, more core.Object) string {
	c.t.Helper()
	id, _ := c.Create(elb.TargetGroupToken, name, TargetGroupInputs(more))
	return id
}

// FixedResponse is an action that answers with a code.
func FixedResponse(code string) core.Object {
	return core.Object{"type": "fixed-response", "fixedResponse": core.Object{"contentType": "text/plain", "statusCode": code}}
}

// ForwardTo is an action that forwards to target groups.
func ForwardTo(arns ...string) core.Object {
	if len(arns) == 1 {
		return core.Object{"type": "forward", "targetGroupArn": arns[0]}
	}
	var groups []any
	for _, arn := range arns {
		groups = append(groups, core.Object{"arn": arn})
	}
	return core.Object{"type": "forward", "forward": core.Object{"targetGroups": groups}}
}

// PathCondition is a condition on paths.
func PathCondition(paths ...string) core.Object {
	return core.Object{"pathPattern": core.Object{"values": core.List(paths...)}}
}

// Balanced is a load balancer with an HTTP listener on port 80, an HTTPS listener
// on 443 and the certificate of the latter.
type Balanced struct {
	*Cloud
	LoadBalancer, Plain, Secure, Certificate string
}

// NewBalanced is a load balancer in a new account.
func NewBalanced(t testing.TB) Balanced {
	t.Helper()
	return New(t).Balanced("web")
}

// Balanced makes a load balancer with listeners and a certificate of its own.
func (c *Cloud) Balanced(name string) Balanced {
	c.t.Helper()
	b := Balanced{Cloud: c, Certificate: c.IssuedCertificate(name + ".example.com")}
	b.LoadBalancer, _ = c.Create(elb.LoadBalancerToken, name, LoadBalancerInputs(nil))
	b.Plain, _ = c.Create(elb.ListenerToken, name+"-http", b.ListenerInputs(80, nil))
	b.Secure, _ = c.Create(elb.ListenerToken, name+"-https", b.ListenerInputs(443, core.Object{
		"protocol": "HTTPS", "certificateArn": b.Certificate,
	}))
	return b
}

// ListenerInputs are those of a listener that answers 404.
func (b Balanced) ListenerInputs(port int, more core.Object) core.Object {
	return core.Object{
		"loadBalancerArn": b.LoadBalancer,
		"port":            float64(port),
		"defaultActions":  []any{FixedResponse("404")},
	}.With(more)
}

// RuleInputs are those of a rule of the HTTPS listener that forwards /PRIORITY/* to
// a target group.
func (b Balanced) RuleInputs(group string, priority int) core.Object {
	return core.Object{
		"listenerArn": b.Secure,
		"priority":    float64(priority),
		"actions":     []any{ForwardTo(group)},
		"conditions":  []any{PathCondition(fmt.Sprintf("/%d/*", priority))},
	}
}
