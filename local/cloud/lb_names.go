package cloud

import (
	"fmt"
	"regexp"
	"strings"
)

// elbName is a name of a load balancer or a target group: no hyphen at the edge.
var elbName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

// elbNameRule is what load balancers and target groups can be called.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func elbNameRule(in object) *refusal {
	return matching("ValidationError", "name", elbName,
		"1-32 letters, digits and hyphens, with no hyphen at the edge")(in)
}

// notInternalNameRule is that no load balancer's name begins with "internal-":
// the DNS names of internal load balancers do.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// *sourced*
func notInternalNameRule(in object) *refusal {
	if name := in.str("name"); strings.HasPrefix(strings.ToLower(name), "internal-") {
		return invalidf("ValidationError", "name", "must not begin with internal-, got %q", name)
	}
	return nil
}

// balancerDNSName is the name under which a load balancer is reached: its own
// name and ten digits.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func balancerDNSName(t *tx, name string, internal bool) string {
	digits := strings.Map(func(r rune) rune { return '0' + r%10 }, t.hex(10))
	if internal {
		name = "internal-" + name
	}
	return fmt.Sprintf("%s-%s.%s.elb.amazonaws.com", name, digits, t.region)
}

// arnSuffix is the part of an ARN behind its resource type, as CloudWatch has it
// in the dimensions of metrics: targetgroup/web/0123456789abcdef.
func arnSuffix(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }

// childArn is the ARN of what belongs to something that has one: that of a
// listener has the load balancer's id in it, that of a rule the listener's.
func childArn(t *tx, parent, parentType, childType string) string {
	path := strings.TrimPrefix(arnSuffix(parent), parentType+"/")
	return t.arn("elasticloadbalancing", childType+"/"+path+"/"+t.hex(16))
}
