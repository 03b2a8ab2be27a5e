package components

import (
	"cmp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ServiceRoute attaches one service to a load balancer's HTTPS listener, which may
// belong to another stack.
//
// It creates the target group, the listener rule with its explicit priority, and
// a pair of security group rules: from the load balancer's group out to the
// targets' group, and into the targets' group from the load balancer's, both on
// the target's port. With Domain it also adds a certificate to the listener and
// makes alias records.
//
// Security posture: the only way that is opened is from the load balancer to the
// targets on their port. Behind CloudFront the rule takes only requests with the
// origin secret, whose value stays secret in the state.
//
// The route's requests are checked as viewers send them, or as CloudFront does: in
// HTTP/1.1 and with the secret. Of an ExistingListener the security policy is checked
// when it is known (502).
type ServiceRoute struct {
	pulumi.ResourceState

	// TargetGroupArn is where targets are registered.
	TargetGroupArn pulumi.StringOutput `pulumi:"targetGroupArn"`
	RuleArn        pulumi.StringOutput `pulumi:"ruleArn"`

	// What Register makes, for whatever the args do not offer.

	// TargetGroup may exist before it gets requests: see Rule.
	TargetGroup *lb.TargetGroup
	// Rule is the listener rule. What needs the route to be in force, such as an ECS
	// service or a distribution, depends on it.
	Rule *lb.ListenerRule
	// EgressRule lets the load balancer out to the targets.
	EgressRule *vpc.SecurityGroupEgressRule
	// IngressRule lets the load balancer in at the targets.
	IngressRule *vpc.SecurityGroupIngressRule
	// ListenerCertificate adds the certificate of Domain to the listener; nil without
	// Domain.
	ListenerCertificate *lb.ListenerCertificate
	// AliasRecords are those of Domain's names.
	AliasRecords []*route53.Record

	planned
	args *ServiceRouteArgs
	// owner is the route itself or the component that makes it, in whose args the
	// route's have the path prefix, with a dot.
	owner  *planned
	prefix string
	// target is what the route leads to, as the request path knows it.
	target targetPlan
	// serving are the resources that answer the route's requests, once the component
	// that makes them has.
	serving []pulumi.Resource
	// attached says that the route is one of those on a listener that exists.
	attached bool
	// listener is known once the route is registered.
	listener routeListener
}

// NewServiceRoute makes a ServiceRoute. Wrong args, and a priority or a target that
// another route of the program has on the same listener, register nothing.
func NewServiceRoute(
	ctx *pulumi.Context, name string, args *ServiceRouteArgs, opts ...pulumi.ResourceOption,
) (*ServiceRoute, error) {
	return construct(ctx, PlanServiceRoute, name, args, opts)
}

// PlanServiceRoute is the first half of NewServiceRoute. It takes the priority on the
// load balancer.
func PlanServiceRoute(name string, args *ServiceRouteArgs) (*ServiceRoute, error) {
	all := cmp.Or(args, &ServiceRouteArgs{}).withDefaults(name)
	c := newRoute(name, all, anyTarget(name, all.claimedTarget().group))
	if args == nil {
		return c, c.withoutArgs("loadBalancer and port")
	}
	if err := c.validate(c.rules); err != nil {
		return c, err
	}
	return c, c.attach()
}

// ownRoute is a route of this name that c makes of its args at path, with c's tags
// beside its own. It is neither checked nor attached yet.
func ownRoute(c *planned, path, name string, tags map[string]string, args *ServiceRouteArgs, target targetPlan) *ServiceRoute {
	args.Tags = joinTags(tags, args.Tags)
	route := newRoute(name, args, target)
	route.owner, route.prefix, route.faulty, c.findings = c, path+".", c.faulty, route.findings
	return route
}

// registerFor registers the route as a child of the component that makes it.
func (c *ServiceRoute) registerFor(ctx *pulumi.Context, owner part) error {
	number := strings.TrimPrefix(c.name, owner.plan().name) // of an additional route
	for _, old := range owner.plan().oldNames {
		c.oldNames = append(c.oldNames, old+number)
	}
	return c.Register(ctx, pulumi.Parent(owner))
}

// newRoute is a route that is neither checked nor attached yet.
func newRoute(name string, args *ServiceRouteArgs, target targetPlan) *ServiceRoute {
	c := &ServiceRoute{
		planned: planned{component: "ServiceRoute", name: name, findings: &findings{}}, args: args, target: target,
	}
	c.owner = &c.planned
	if args.LoadBalancer != nil {
		c.findings = args.LoadBalancer.findings
	}
	return c
}

// leadingTo is the route with another target, for a check of its path.
func (c *ServiceRoute) leadingTo(target targetPlan) *ServiceRoute {
	other := newRoute(c.name, c.args, target)
	other.owner, other.prefix, other.findings = c.owner, c.prefix, c.findings
	return other
}

// attach adds a route whose args are sound to its load balancer, and checks the
// request path with it.
func (c *ServiceRoute) attach() error {
	if b := c.args.LoadBalancer; b != nil {
		if err := c.refuse(b.routes.add(c)); err != nil {
			return err
		}
	}
	if onFaultyParts(c.args) {
		c.faulty = true
		return nil
	}
	return c.refuse(c.checkPath(adoptedListener{}))
}

// Register is the second half of NewServiceRoute.
func (c *ServiceRoute) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	if err := c.attachToAdopted(ctx); err != nil {
		return err
	}
	return c.register(ctx, TokenServiceRoute, c.args, c, opts,
		c.findListener, c.newTargetGroup, c.newRule, c.newSecurityGroupRules, c.newDomain)
}

// ready is all that a target needs to be asked. They are named one by one, since a
// dependency on the component takes in only those of its children that the SDK has
// got round to registering.
func (c *ServiceRoute) ready() []pulumi.Resource {
	return []pulumi.Resource{c.Rule, c.EgressRule, c.IngressRule}
}

func (c *ServiceRoute) newTargetGroup(ctx *pulumi.Context) (err error) {
	check := c.args.HealthCheck
	name, aliases := c.loadBalancerName()
	c.TargetGroup, err = lb.NewTargetGroup(ctx, name, &lb.TargetGroupArgs{
		VpcId:               c.listener.vpcID,
		TargetType:          pulumi.String(c.args.TargetType),
		Port:                pulumi.Int(c.args.Port),
		Protocol:            pulumi.String(c.args.Protocol),
		ProtocolVersion:     pulumi.String(c.args.ProtocolVersion),
		DeregistrationDelay: pulumi.Int(*c.args.DeregistrationDelaySeconds),
		HealthCheck: lb.TargetGroupHealthCheckArgs{
			Enabled:            pulumi.Bool(true),
			Port:               pulumi.String("traffic-port"),
			Protocol:           pulumi.String(c.args.Protocol),
			Path:               pulumi.String(check.Path),
			Matcher:            pulumi.String(check.Matcher),
			Interval:           pulumi.Int(check.IntervalSeconds),
			Timeout:            pulumi.Int(check.TimeoutSeconds),
			HealthyThreshold:   pulumi.Int(check.HealthyThreshold),
			UnhealthyThreshold: pulumi.Int(check.UnhealthyThreshold),
		},
		Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c), aliases)
	if err == nil {
		c.TargetGroupArn = c.TargetGroup.Arn
	}
	return err
}

func (c *ServiceRoute) newRule(ctx *pulumi.Context) (err error) {
	c.Rule, err = lb.NewListenerRule(ctx, c.name+"-rule", &lb.ListenerRuleArgs{
		ListenerArn: c.listener.arn,
		Priority:    pulumi.Int(c.args.Priority),
		Conditions:  c.conditions(),
		Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
			Type:           pulumi.String("forward"),
			TargetGroupArn: c.TargetGroup.Arn,
		}},
		Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err == nil {
		c.RuleArn = c.Rule.Arn
	}
	return err
}

func (c *ServiceRoute) conditions() lb.ListenerRuleConditionArray {
	var all lb.ListenerRuleConditionArray
	if len(c.args.Hosts) > 0 {
		all = append(all, lb.ListenerRuleConditionArgs{
			HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray(c.args.Hosts)},
		})
	}
	if len(c.args.Paths) > 0 {
		all = append(all, lb.ListenerRuleConditionArgs{
			PathPattern: lb.ListenerRuleConditionPathPatternArgs{Values: pulumi.ToStringArray(c.args.Paths)},
		})
	}
	if secret := c.args.originSecret(); secret != nil {
		all = append(all, lb.ListenerRuleConditionArgs{
			HttpHeader: lb.ListenerRuleConditionHttpHeaderArgs{
				HttpHeaderName: pulumi.String(secret.HeaderName()),
				Values:         secret.AcceptedValues,
			},
		})
	}
	return all
}

// newSecurityGroupRules opens the way from the load balancer to the targets, on
// the port of the targets: the listener's port is none of theirs.
func (c *ServiceRoute) newSecurityGroupRules(ctx *pulumi.Context) (err error) {
	c.EgressRule, err = tcpRule{
		name: c.name + "-alb-egress", description: "To the targets of " + c.name, tags: c.args.Tags,
		group: c.listener.securityGroupID, port: c.args.Port, peer: c.args.TargetSecurityGroupId,
	}.out(ctx, c)
	if err != nil {
		return err
	}
	c.IngressRule, err = tcpRule{
		name: c.name + "-target-ingress", description: "From the load balancer", tags: c.args.Tags,
		group: c.args.TargetSecurityGroupId, port: c.args.Port, peer: c.listener.securityGroupID,
	}.in(ctx, c)
	return err
}

// newDomain adds the route's own certificate and records, if it has a Domain.
func (c *ServiceRoute) newDomain(ctx *pulumi.Context) (err error) {
	domain := c.args.Domain
	if domain == nil {
		return nil
	}
	c.ListenerCertificate, err = lb.NewListenerCertificate(ctx, c.name+"-certificate", &lb.ListenerCertificateArgs{
		ListenerArn:    c.listener.arn,
		CertificateArn: domain.CertificateArn,
	}, pulumi.Parent(c))
	if err != nil || !domain.HasZone() {
		return err
	}
	c.AliasRecords, err = newAliasRecords(ctx, c, c.name, aliasRecords{
		zoneID:       domain.ZoneId,
		names:        domain.HostNames(),
		targetName:   c.listener.dnsName,
		targetZoneID: c.listener.zoneID,
		ipv6:         c.listener.dualStack,
		overwrite:    c.args.OverwriteExistingRecords,
		after:        []pulumi.Resource{c.ListenerCertificate, c.Rule},
	})
	return err
}
