package elb

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// elbNameRule is the form of the names of load balancers and target groups.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
var elbNameRule = core.Matching(invalid, "name", regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`),
	"1-32 letters, digits and hyphens, with no hyphen at the edge")

// notInternalNameRule refuses names of load balancers that begin with "internal-",
// as the DNS names of internal load balancers do.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// *sourced*
func notInternalNameRule(in core.Object) *core.Refusal {
	if name := in.Str("name"); strings.HasPrefix(strings.ToLower(name), "internal-") {
		return core.Invalid(invalid, "name", "must not begin with internal-, got %q", name)
	}
	return nil
}

// loadBalancerDNSName is the DNS name of a load balancer: its own name and ten digits.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func loadBalancerDNSName(t *core.Tx, in core.Object) string {
	digits := strings.Map(func(r rune) rune { return '0' + r%10 }, t.Hex(10))
	name := in.Str("name")
	if in.Bool("internal") {
		name = "internal-" + name
	}
	return fmt.Sprintf("%s-%s.%s.elb.amazonaws.com", name, digits, t.Region())
}

// arnSuffix is the last part of an ARN, as CloudWatch uses it in the dimensions of
// metrics: targetgroup/web/0123456789abcdef.
func arnSuffix(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }

// childARN is a new ARN under that of a parent: a listener's contains the id of its
// load balancer, a rule's that of its listener.
func childARN(t *core.Tx, parent, parentType, childType string) string {
	path := strings.TrimPrefix(arnSuffix(parent), parentType+"/")
	return t.ARN("elasticloadbalancing", childType+"/"+path+"/"+t.Hex(16))
}
