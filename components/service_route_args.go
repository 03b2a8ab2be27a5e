package components

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// ServiceRouteArgs configures a ServiceRoute.
type ServiceRouteArgs struct {
	// LoadBalancer that the service is attached to. Exactly one of LoadBalancer
	// and ExistingListener is required.
	LoadBalancer *SecuredALB `pulumi:"loadBalancer"`

	// ExistingListener is the HTTPS listener of a load balancer that another
	// stack or team owns.
	ExistingListener *ExistingListenerArgs `pulumi:"existingListener"`

	// Domain is an additional certificate for the listener, in the load balancer's
	// Region. Its names except wildcards get alias records to the load balancer,
	// unless it has no hosted zone. Default: none.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
	Domain *CertifiedDomain `pulumi:"domain"`

	// OverwriteExistingRecords takes over existing records of Domain's names. The
	// old value is not kept: destroying the stack deletes the record. Default:
	// false; an existing record fails the update.
	OverwriteExistingRecords bool `pulumi:"overwriteExistingRecords"`

	// Priority of the listener rule, 1-50000, lowest first, unique on the
	// listener. A rule whose requests another one takes first is refused. Rules of
	// other stacks are known to AWS only. Default: a number from 1000 that follows from Hosts, Paths and the route's name: rules with
	// hosts come before rules without, and longer paths before shorter ones.
	// Adding, removing or reordering routes changes no other.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
	Priority int `pulumi:"priority"`

	// Hosts and Paths are the requests that the rule matches: any of the hosts and
	// any of the paths; an empty list matches all. * stands for any characters, ?
	// for one. Each list has at most 3 values; together with the accepted origin
	// secrets (2 during a rotation) at most 5, with at most 5 wildcards. A host
	// without a wildcard must be on a certificate of LoadBalancer: its Domain's,
	// this route's or an earlier route's. Otherwise viewers get no answer, and the
	// route is refused. Default: every request.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
	Hosts []string `pulumi:"hosts"`
	Paths []string `pulumi:"paths"`

	// Port that the targets listen on, 1-65535. Required, except in components
	// that set it.
	Port int `pulumi:"port"`

	// Protocol between load balancer and targets: "HTTP" or "HTTPS". The load
	// balancer does not verify the targets' certificates, so a self-signed one
	// works. Default: "HTTP", which stays inside the VPC.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
	Protocol string `pulumi:"protocol"`

	// ProtocolVersion between load balancer and targets: "HTTP1", "HTTP2" or
	// "GRPC". Behind CloudFront only "HTTP1" works; the others get 464. Default:
	// "HTTP1".
	ProtocolVersion string `pulumi:"protocolVersion"`

	// TargetType is how targets are registered: "ip" (Fargate tasks) or
	// "instance". Default: "ip".
	TargetType string `pulumi:"targetType"`

	// HealthCheck of the targets. Default: the defaults of its fields.
	HealthCheck *HealthCheckArgs `pulumi:"healthCheck"`

	// DeregistrationDelaySeconds is how long a target that is removed may finish
	// its requests, 0-3600. Default: 30; AWS's own, 300, makes every deployment
	// wait.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
	DeregistrationDelaySeconds *int `pulumi:"deregistrationDelaySeconds"`

	// TargetSecurityGroupId is the targets' security group. It gets a rule that
	// admits the load balancer's group on Port. Two routes need two groups or two
	// ports, because AWS refuses duplicate rules (InvalidPermission.Duplicate).
	// Required, except in components that set it.
	TargetSecurityGroupId pulumi.StringInput `pulumi:"targetSecurityGroupId"`

	// PathCheck is what to do about requests of the route that would fail:
	// "refuse" or "warn". Default: "refuse".
	PathCheck string `pulumi:"pathCheck"`

	// Tags are put on everything that is made here and can have them, beside those of a
	// component that makes the route; of the same key, the route's. Their keys must not
	// begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

// ExistingListenerArgs identifies a listener to adopt. Its load balancer is
// looked up; it must have exactly one security group, which gets an outbound
// rule.
type ExistingListenerArgs struct {
	// ListenerArn of an HTTPS listener. Required.
	ListenerArn pulumi.StringInput `pulumi:"listenerArn"`

	// OriginSecret that requests must carry. Required if the load balancer is
	// behind CloudFront. Default: none.
	OriginSecret *OriginSecret `pulumi:"originSecret"`

	// DualStack is whether the load balancer has IPv6 addresses, so that the names
	// of the route's Domain get AAAA records too. Default: false.
	DualStack bool `pulumi:"dualStack"`
}

// HealthCheckArgs is how the load balancer checks whether a target works. It
// uses the port that takes the traffic. If all targets fail, the load balancer
// sends requests to all of them.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
type HealthCheckArgs struct {
	// Path to request. Default: "/", with GRPC "/AWS.ALB/healthcheck".
	Path string `pulumi:"path"`
	// Matcher is the statuses of a healthy target, within 200-499, for example
	// "200", "200-399" or "200,302"; with GRPC within 0-99. Default: "200-399",
	// with GRPC "12".
	Matcher string `pulumi:"matcher"`
	// IntervalSeconds is the time between two checks, 5-300. Default: 30.
	IntervalSeconds int `pulumi:"intervalSeconds"`
	// TimeoutSeconds is how long a check waits for an answer, 2-120 and less than
	// IntervalSeconds. Default: 5.
	TimeoutSeconds int `pulumi:"timeoutSeconds"`
	// HealthyThreshold is the number of consecutive passed checks that make a
	// target healthy, 2-10. Default: 2.
	HealthyThreshold int `pulumi:"healthyThreshold"`
	// UnhealthyThreshold is the number of consecutive failed checks that make a
	// target unhealthy, 2-10. Default: 2.
	UnhealthyThreshold int `pulumi:"unhealthyThreshold"`
}

// withDefaults fills in what was left out; a component that embeds a route calls
// it before check.
func (a ServiceRouteArgs) withDefaults(name string) *ServiceRouteArgs {
	a.Protocol = cmp.Or(a.Protocol, awsrule.ProtocolHTTP)
	a.ProtocolVersion = cmp.Or(a.ProtocolVersion, awsrule.VersionHTTP1)
	a.TargetType = cmp.Or(a.TargetType, awsrule.TargetIP)
	a.PathCheck = cmp.Or(a.PathCheck, PathCheckRefuse)
	a.DeregistrationDelaySeconds = cmp.Or(a.DeregistrationDelaySeconds, pulumi.IntRef(30))
	h := HealthCheckArgs(a.HealthCheck.rule().OrDefaults(a.ProtocolVersion))
	a.HealthCheck = &h
	if len(a.Hosts) == 0 && len(a.Paths) == 0 {
		a.Paths = []string{"/*"}
	}
	if a.Priority == 0 {
		a.Priority = awsrule.PlannedPriority(name, a.Hosts, a.Paths)
	}
	return &a
}

// rule is the check as the pure rules know it; of a nil check, with nothing set.
func (a *HealthCheckArgs) rule() awsrule.HealthCheck {
	if a == nil {
		return awsrule.HealthCheck{}
	}
	return awsrule.HealthCheck(*a)
}

func (c *ServiceRoute) rules(l *fault.List) {
	c.args.check(l, "", c.name)
	if c.args.TargetSecurityGroupId == nil {
		l.Addf("targetSecurityGroupId", "is required: the security group of the targets")
	}
}

// check records every fault under prefix, which ends in a dot unless empty. The
// targets' security group is left to the caller: a component that embeds a route
// makes the group later.
func (a *ServiceRouteArgs) check(l *fault.List, prefix, name string) {
	a.checkListener(l, prefix)
	l.Check(prefix+"priority", awsrule.RulePriority(a.Priority))
	if a.LoadBalancer != nil {
		routes := &a.LoadBalancer.routes
		routes.check(l, a, prefix, name)
		if a.Domain != nil && a.LoadBalancer.args.AccessFrom == AccessFromVpcOrigin {
			l.Check(prefix+"domain", errNoRecords)
		}
		l.Check(prefix+"loadBalancer", awsrule.OutboundFits(len(routes.all()), a.LoadBalancer.args.SecurityGroupRuleQuota))
	}
	awsrule.RouteConditions{Hosts: a.Hosts, Paths: a.Paths, OriginSecrets: len(a.originSecret().versions())}.
		Check(l, prefix+"hosts", prefix+"paths")
	l.Check(prefix+"port", awsrule.ListensOn(a.Port, "target"))
	l.Check(prefix+"protocol", awsrule.OneOf(a.Protocol, awsrule.ProtocolHTTP, awsrule.ProtocolHTTPS))
	l.Check(prefix+"protocolVersion", awsrule.OneOf(a.ProtocolVersion, awsrule.VersionHTTP1, awsrule.VersionHTTP2, awsrule.VersionGRPC))
	l.Check(prefix+"pathCheck", checkPathCheck(a.PathCheck))
	l.Check(prefix+"targetType", awsrule.OneOf(a.TargetType, awsrule.TargetIP, awsrule.TargetInstance))
	a.HealthCheck.rule().Check(l, prefix+"healthCheck", a.ProtocolVersion)
	l.Check(prefix+"deregistrationDelaySeconds", awsrule.DeregistrationDelay(*a.DeregistrationDelaySeconds))
	checkTags(l, prefix+"tags", a.Tags, "")
}

func (a *ServiceRouteArgs) checkListener(l *fault.List, prefix string) {
	switch {
	case a.LoadBalancer == nil && a.ExistingListener == nil:
		l.Addf(prefix+"loadBalancer", "is required, or existingListener instead of it")
	case a.LoadBalancer != nil && a.ExistingListener != nil:
		l.Addf(prefix+"existingListener", "must be empty when loadBalancer is given: a route is attached to one listener")
	case a.ExistingListener != nil && a.ExistingListener.ListenerArn == nil:
		l.Addf(prefix+"existingListener.listenerArn", "is required")
	case a.ExistingListener != nil:
		if arn, known := literal(a.ExistingListener.ListenerArn); known {
			l.Check(prefix+"existingListener.listenerArn", awsrule.ListenerARN(arn))
		}
	}
}

// originSecret is the header that requests must bear, nil without CloudFront.
func (a *ServiceRouteArgs) originSecret() *OriginSecret {
	switch {
	case a.LoadBalancer != nil:
		return a.LoadBalancer.OriginSecret()
	case a.ExistingListener != nil:
		return a.ExistingListener.OriginSecret
	default:
		return nil
	}
}

// listenerField is the arg that says which listener the route is attached to.
func (a *ServiceRouteArgs) listenerField() string {
	if a.ExistingListener != nil {
		return "existingListener.listenerArn"
	}
	return "loadBalancer"
}

// sameListener says whether both routes are known to be attached to one listener.
func (a *ServiceRouteArgs) sameListener(other *ServiceRouteArgs) bool {
	if a.ExistingListener == nil || other.ExistingListener == nil {
		return a.LoadBalancer != nil && a.LoadBalancer == other.LoadBalancer
	}
	arn, known := literal(a.ExistingListener.ListenerArn)
	otherARN, _ := literal(other.ExistingListener.ListenerArn)
	return known && arn == otherARN
}

// claimedTarget is what the route's security group rules lead to, without group
// when that is not known before an update.
func (a *ServiceRouteArgs) claimedTarget() routeTarget {
	group, _ := literal(a.TargetSecurityGroupId)
	return routeTarget{group: group, port: a.Port}
}

// attachToAdopted adds the route to those on a listener that exists already, once,
// and unless the listener is known only during an update.
func (c *ServiceRoute) attachToAdopted(ctx *pulumi.Context) error {
	if c.args.ExistingListener == nil || c.attached {
		return nil
	}
	arn, known := literal(c.args.ExistingListener.ListenerArn)
	if !known {
		return nil
	}
	routes := routesOnAdopted(ctx, arn)
	if err := routes.add(c); err != nil {
		return err
	}
	c.attached = true
	return c.checkShadowsOnAdopted(routes)
}
