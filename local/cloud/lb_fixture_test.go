package cloud

import (
	"fmt"
	"testing"
)

// What the seed has, for tests.
const (
	seededVpc          = "vpc-05eed000000000001"
	seededSubnetA      = "subnet-05eed00000000000a"
	seededSubnetC      = "subnet-05eed00000000000c"
	seededPrivateA     = "subnet-05eed00000000001a"
	seededDefaultGroup = "sg-05eed000000000000"
	seededInstance     = "i-05eed0c105ed00001"
	seededZone         = "Z05EEDEXAMPLECOM0001"
)

// balancerInputs are those of a load balancer in the seeded network.
func balancerInputs(more object) object {
	return object{"subnets": list(seededSubnetA, seededSubnetC)}.with(more)
}

// groupInputs are those of a target group in the seeded network.
func groupInputs(more object) object {
	return object{"port": 8080.0, "protocol": "HTTP", "targetType": "ip", "vpcId": seededVpc}.with(more)
}

// fixedResponse is an action that answers with a code.
func fixedResponse(code string) object {
	return object{"type": "fixed-response", "fixedResponse": object{"contentType": "text/plain", "statusCode": code}}
}

// forwardTo is an action that forwards to target groups.
func forwardTo(arns ...string) object {
	if len(arns) == 1 {
		return object{"type": "forward", "targetGroupArn": arns[0]}
	}
	var groups []any
	for _, arn := range arns {
		groups = append(groups, object{"arn": arn})
	}
	return object{"type": "forward", "forward": object{"targetGroups": groups}}
}

// pathCondition is a condition on paths.
func pathCondition(paths ...string) object {
	return object{"pathPattern": object{"values": list(paths...)}}
}

// balanced is a load balancer with an HTTP listener on port 80, an HTTPS listener
// on 443 and the certificate that it has.
type balanced struct {
	*testCloud
	balancer, plain, secure, certificate string
}

func newBalanced(t *testing.T) balanced {
	t.Helper()
	c := newTestCloud(t)
	return c.balanced("web")
}

// balanced makes a load balancer with listeners and a certificate of its own.
func (c *testCloud) balanced(name string) balanced {
	c.t.Helper()
	b := balanced{testCloud: c, certificate: c.issuedCertificate(name + ".example.com")}
	b.balancer, _ = c.create(loadBalancerToken, name, balancerInputs(nil))
	b.plain, _ = c.create(listenerToken, name+"-http", b.listenerInputs(80, nil))
	b.secure, _ = c.create(listenerToken, name+"-https", b.listenerInputs(443, object{
		"protocol": "HTTPS", "certificateArn": b.certificate,
	}))
	return b
}

func (b balanced) listenerInputs(port int, more object) object {
	return object{
		"loadBalancerArn": b.balancer,
		"port":            float64(port),
		"defaultActions":  []any{fixedResponse("404")},
	}.with(more)
}

// ruleInputs are those of a rule that forwards /n/* to a target group.
func (b balanced) ruleInputs(group string, priority int) object {
	return object{
		"listenerArn": b.secure,
		"priority":    float64(priority),
		"actions":     []any{forwardTo(group)},
		"conditions":  []any{pathCondition(fmt.Sprintf("/%d/*", priority))},
	}
}

// group makes a target group.
func (c *testCloud) group(name string, more object) string {
	c.t.Helper()
	id, _ := c.create(targetGroupToken, name, groupInputs(more))
	return id
}

// pendingCertificate requests a certificate for names.
func (c *testCloud) pendingCertificate(names ...string) (string, object) {
	c.t.Helper()
	return c.create(certificateToken, "certificate", object{
		"domainName":              names[0],
		"subjectAlternativeNames": list(names[1:]...),
		"validationMethod":        "DNS",
	})
}

// issuedCertificate requests a certificate and validates it in the seeded zone.
func (c *testCloud) issuedCertificate(names ...string) string {
	c.t.Helper()
	arn, state := c.pendingCertificate(names...)
	made := map[string]bool{}
	for _, option := range state.objects("domainValidationOptions") {
		name := option.str("resourceRecordName")
		if made[name] {
			continue
		}
		made[name] = true
		c.create(recordToken, "validation", object{
			"zoneId": seededZone, "name": name, "type": "CNAME", "ttl": 300.0, "allowOverwrite": true,
			"records": list(option.str("resourceRecordValue")),
		})
	}
	k, err := c.kind(certificateValidationToken)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, _, err := c.provider.create(k, object{"certificateArn": arn}); err != nil {
		c.t.Fatal(err)
	}
	return arn
}

// serial is a new suffix for names.
func (c *testCloud) serial() string { return fmt.Sprint(c.account().Serial) }

// balancersOf are the load balancers that forward to a target group.
func (c *testCloud) balancersOf(group string) (out []string) {
	c.change(func(t *tx) { out = balancersOf(t, group) })
	return out
}

// change changes the account behind the provider's back.
func (c *testCloud) change(do func(*tx)) {
	c.t.Helper()
	err := c.transact(func(t *tx) error {
		do(t)
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}
