package components

import (
	"cmp"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of InstanceTargetArgs.OpenIngress.
const (
	// OpenIngressRefuse refuses the plan.
	OpenIngressRefuse = awsrule.OpenIngressRefuse
	// OpenIngressWarn continues with a warning.
	OpenIngressWarn = awsrule.OpenIngressWarn
)

// InstanceTargetArgs configures an InstanceTarget.
type InstanceTargetArgs struct {
	// InstanceId of a running instance in the load balancer's VPC. The instance is
	// looked up before anything is registered. Required.
	InstanceId string `pulumi:"instanceId"`

	// SecurityGroupId is the instance's security group that gets a rule to admit
	// the load balancer. Default: the instance's only group; required if it has
	// several.
	SecurityGroupId string `pulumi:"securityGroupId"`

	// Route to the instance. Required. Unlike in a ServiceRoute, Protocol defaults
	// to "HTTPS" and Port to 443. TargetType and TargetSecurityGroupId must be
	// empty.
	Route *ServiceRouteArgs `pulumi:"route"`

	// OpenIngress is what to do if the instance's security groups admit others
	// than the load balancer on the target port: "refuse" or "warn". Default:
	// "refuse".
	OpenIngress string `pulumi:"openIngress"`

	// Tags are put on everything that is made here and can have them; the instance has
	// its own. Their keys must not begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

func (a InstanceTargetArgs) withDefaults(name string) *InstanceTargetArgs {
	a.OpenIngress = cmp.Or(a.OpenIngress, OpenIngressRefuse)
	if a.Route != nil {
		route := *a.Route
		route.Protocol = cmp.Or(route.Protocol, awsrule.ProtocolHTTPS)
		route.Port = cmp.Or(route.Port, awstable.HTTPSPort)
		route.TargetType = cmp.Or(route.TargetType, awsrule.TargetInstance)
		a.Route = route.withDefaults(name)
	}
	return &a
}

func (a *InstanceTargetArgs) validate(name string) error {
	l := fault.New("InstanceTarget", name)
	l.Check("", awsrule.ComponentName(name))
	l.Check("instanceId", awsrule.InstanceID(a.InstanceId))
	l.Check("openIngress", awsrule.OneOf(a.OpenIngress, OpenIngressRefuse, OpenIngressWarn))
	checkTags(l, "tags", a.Tags, "")
	if a.Route == nil {
		l.Addf("route", "is required: the load balancer or the listener")
		return l.Err()
	}
	a.Route.check(l, "route.", name)
	if a.Route.TargetType != awsrule.TargetInstance {
		l.Addf("route.targetType", "must be left empty or %q, got %q", awsrule.TargetInstance, a.Route.TargetType)
	}
	if a.Route.TargetSecurityGroupId != nil {
		l.Addf("route.targetSecurityGroupId", "must be left empty: it is the instance's group, see securityGroupId")
	}
	return l.Err()
}
