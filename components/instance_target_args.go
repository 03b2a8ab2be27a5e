package components

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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
	// InstanceId of a running instance in the load balancer's VPC, in one of the load
	// balancer's zones. A plain id is looked up before anything is registered; that of an
	// instance which the same program makes, as soon as it is known. Required.
	InstanceId pulumi.StringInput `pulumi:"instanceId"`

	// SecurityGroupId is the instance's security group that gets a rule to admit
	// the load balancer. Default: the instance's only group; required if it has
	// several.
	SecurityGroupId pulumi.StringInput `pulumi:"securityGroupId"`

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

// instanceName is the instance's name in plans and texts, as far as it is known: its id,
// or else the component's name.
func (a *InstanceTargetArgs) instanceName(name string) string {
	if id, known := literal(a.InstanceId); known {
		return id
	}
	return name
}

func (a *InstanceTargetArgs) validate(l *fault.List, name string) {
	if a.InstanceId == nil {
		l.Addf("instanceId", "is required: the id of an EC2 instance such as i-0123456789abcdef0")
	} else if id, known := literal(a.InstanceId); known {
		l.Check("instanceId", awsrule.InstanceID(id))
	}
	l.Check("openIngress", awsrule.OneOf(a.OpenIngress, OpenIngressRefuse, OpenIngressWarn))
	checkTags(l, "tags", a.Tags, "")
	if a.Route == nil {
		l.Addf("route", "is required: the load balancer or the listener")
		return
	}
	a.Route.check(l, "route.", name)
	if a.Route.TargetType != awsrule.TargetInstance {
		l.Addf("route.targetType", "must be left empty or %q, got %q", awsrule.TargetInstance, a.Route.TargetType)
	}
	if a.Route.TargetSecurityGroupId != nil {
		l.Addf("route.targetSecurityGroupId", "must be left empty: it is the instance's group, see securityGroupId")
	}
}
