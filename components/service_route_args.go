package components

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// ServiceRouteArgs configures a ServiceRoute.
type ServiceRouteArgs struct {
	// LoadBalancer that the service is attached to. Exactly one of LoadBalancer and
	// ExistingListener is required.
	LoadBalancer *SecuredALB `pulumi:"loadBalancer"`

	// ExistingListener is the HTTPS listener of a load balancer that another
	// stack or team owns.
	ExistingListener *ExistingListenerArgs `pulumi:"existingListener"`

	// Domain is a further certificate for the listener, beside its default one,
	// in the load balancer's region. Its names except wildcards get alias records
	// that point to the load balancer, unless it was given no zone. Default: none.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
	Domain *CertifiedDomain `pulumi:"domain"`

	// OverwriteExistingRecords takes over records of Domain's names that exist
	// already. The old value is not kept: destroying the stack deletes the record
	// and does not bring the old one back. Default: false.
	OverwriteExistingRecords bool `pulumi:"overwriteExistingRecords"`

	// Priority of the rule among the listener's, 1-50000, lowest first. No two
	// rules of a listener may share one; routes in other stacks are seen by AWS
	// only. Default: from 1000, planned from Hosts, Paths and the route's name alone:
	// hosts before any host, longer paths before shorter ones. So adding, removing
	// or reordering routes moves no other.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
	Priority int `pulumi:"priority"`

	// Hosts and Paths are what the rule asks of a request: one of the hosts (any
	// when empty) and one of the paths (any when empty). * stands for any
	// characters, ? for one. Each takes at most 3 values; together with the
	// accepted origin secrets (2 during a rotation) at most 5, with at most 5
	// wildcards. A host without wildcard has to be on a certificate of LoadBalancer:
	// its Domain's, this route's, or that of a route made before; else viewers get no
	// answer, and the route is refused. Default: every request.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
	Hosts []string `pulumi:"hosts"`
	Paths []string `pulumi:"paths"`

	// Port on which the targets listen, 1-65535. Required, but set by components
	// that know it.
	Port int `pulumi:"port"`

	// Protocol between load balancer and targets: "HTTP" or "HTTPS". The load
	// balancer does not check the targets' certificates, so a self-signed one
	// will do. Default: "HTTP", which stays inside the VPC.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
	Protocol string `pulumi:"protocol"`

	// ProtocolVersion between load balancer and targets: "HTTP1", "HTTP2" or
	// "GRPC". Behind CloudFront only "HTTP1" works, anything else is 464.
	// Default: "HTTP1".
	ProtocolVersion string `pulumi:"protocolVersion"`

	// TargetType says how targets are registered: "ip" (Fargate tasks) or
	// "instance". Default: "ip".
	TargetType string `pulumi:"targetType"`

	// HealthCheck of the targets. Default: as its fields say.
	HealthCheck *HealthCheckArgs `pulumi:"healthCheck"`

	// DeregistrationDelaySeconds is how long a target that leaves may finish its
	// requests, 0-3600. Default: 30 (AWS's own is 300, which makes every
	// deployment wait).
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
	DeregistrationDelaySeconds *int `pulumi:"deregistrationDelaySeconds"`

	// TargetSecurityGroupId is the targets' group, which is opened on Port for
	// the load balancer's group alone. Two routes need two groups or two ports:
	// AWS refuses the same rule twice (InvalidPermission.Duplicate). Required, but set by components that know
	// it.
	TargetSecurityGroupId pulumi.StringInput `pulumi:"targetSecurityGroupId"`

	// PathCheck says what happens when the route's requests would fail: "refuse" or
	// "warn". Default: "refuse".
	PathCheck string `pulumi:"pathCheck"`

	// Tags are put on everything that is made here and can have them, beside those of a
	// component that makes the route; of the same key, the route's. Their keys must not
	// begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

// ExistingListenerArgs names a listener to adopt. Its load balancer is looked
// up; it must have exactly one security group, which gets an outbound rule.
type ExistingListenerArgs struct {
	// ListenerArn of an HTTPS listener. Required.
	ListenerArn pulumi.StringInput `pulumi:"listenerArn"`

	// OriginSecret that requests must bear. Required when the load balancer
	// stands behind CloudFront. Default: none.
	OriginSecret *OriginSecret `pulumi:"originSecret"`

	// DualStack says that the load balancer has IPv6 addresses, so that the
	// route's Domain gets AAAA records too. Default: false.
	DualStack bool `pulumi:"dualStack"`
}

// HealthCheckArgs is how the load balancer finds out whether a target works. It
// asks on the port that takes the traffic. When all targets fail, a load
// balancer sends requests to all of them.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
type HealthCheckArgs struct {
	// Path that is requested. Default: "/", with GRPC "/AWS.ALB/healthcheck".
	Path string `pulumi:"path"`
	// Matcher is the statuses of a healthy target within 200-499, such as "200",
	// "200-399" or "200,302"; with GRPC within 0-99. Default: "200-399", with
	// GRPC "12".
	Matcher string `pulumi:"matcher"`
	// IntervalSeconds lies between two checks, 5-300. Default: 30.
	IntervalSeconds int `pulumi:"intervalSeconds"`
	// TimeoutSeconds without an answer fails a check, 2-120 and below the
	// interval. Default: 5.
	TimeoutSeconds int `pulumi:"timeoutSeconds"`
	// HealthyThreshold is how many passed checks in a row bring a target back,
	// 2-10. Default: 2.
	HealthyThreshold int `pulumi:"healthyThreshold"`
	// UnhealthyThreshold is how many failed checks in a row take a target out,
	// 2-10. Default: 2.
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

func (a *ServiceRouteArgs) validate(name string) error {
	l := fault.New("ServiceRoute", name)
	l.Check("", awsrule.ComponentName(name))
	a.check(l, "", name)
	if a.TargetSecurityGroupId == nil {
		l.Addf("targetSecurityGroupId", "is required: the security group of the targets")
	}
	return l.Err()
}

// check records every fault under prefix, which ends in a dot unless empty. The
// targets' security group is left to the caller: a component that embeds a route
// makes the group later.
func (a *ServiceRouteArgs) check(l *fault.List, prefix, name string) {
	a.checkListener(l, prefix)
	l.Check(prefix+"priority", awsrule.RulePriority(a.Priority))
	if a.LoadBalancer != nil {
		a.checkClaims(l, &a.LoadBalancer.claims, prefix, name)
		l.Check(prefix+"loadBalancer", awsrule.OutboundFits(a.LoadBalancer.claims.count(), a.LoadBalancer.args.SecurityGroupRuleQuota))
	}
	awsrule.RouteConditions{Hosts: a.Hosts, Paths: a.Paths, OriginSecrets: acceptedCount(a.originSecret())}.
		Check(l, prefix+"hosts", prefix+"paths")
	l.Check(prefix+"port", awsrule.TargetPort(a.Port))
	l.Check(prefix+"protocol", awsrule.TargetProtocol(a.Protocol))
	l.Check(prefix+"protocolVersion", awsrule.ProtocolVersion(a.ProtocolVersion))
	l.Check(prefix+"pathCheck", checkPathCheck(a.PathCheck))
	l.Check(prefix+"targetType", awsrule.TargetType(a.TargetType))
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

func acceptedCount(secret *OriginSecret) int {
	if secret == nil {
		return 0
	}
	return secret.AcceptedCount()
}

// checkClaims records what another route of the program has on the listener.
func (a *ServiceRouteArgs) checkClaims(l *fault.List, claims *routeClaims, prefix, name string) {
	l.Check(prefix+"priority", claims.checkPriority(a.Priority, name))
	l.Check(prefix+"targetSecurityGroupId", claims.checkTarget(a.claimedTarget()))
}

// claimedTarget is what the route's security group rules lead to, without group
// when that is not known before an update.
func (a *ServiceRouteArgs) claimedTarget() routeTarget {
	group, _ := literal(a.TargetSecurityGroupId)
	return routeTarget{group: group, port: a.Port}
}

// claimAdopted takes priority and target on a listener that exists already, once,
// and unless the listener is known only during an update.
func (c *ServiceRoute) claimAdopted(ctx *pulumi.Context) error {
	existing := c.args.ExistingListener
	if existing == nil || c.claimed {
		return nil
	}
	arn, known := literal(existing.ListenerArn)
	if !known {
		return nil
	}
	claims := claimsOnAdopted(ctx, arn)
	l := fault.New(c.owner.component, c.owner.name)
	c.args.checkClaims(l, claims, c.owner.prefix, c.name)
	if err := l.Err(); err != nil {
		return err
	}
	c.claimed = true
	return claims.claim(c.args.Priority, c.args.claimedTarget(), c.name)
}
