package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// serviceRoute is Route or one of AdditionalRoutes.
type serviceRoute struct {
	// path of the args, and the name of the route's resources.
	path, name string
	args       *ServiceRouteArgs
}

// routes are Route, if there is one, and AdditionalRoutes.
func (a *PrivateFargateServiceArgs) routes(name string) []serviceRoute {
	if a.Route == nil {
		return nil
	}
	all := []serviceRoute{{"route", name, a.Route}}
	for i, args := range a.AdditionalRoutes {
		all = append(all, serviceRoute{fault.Index("additionalRoutes", i), fmt.Sprintf("%s-%d", name, i+2), args})
	}
	return all
}

func (a *PrivateFargateServiceArgs) validateRoutes(l *fault.List, name string) {
	if a.Route == nil {
		if a.HealthCheckGracePeriodSeconds != nil {
			l.Addf("healthCheckGracePeriodSeconds", "must be empty without a route, got %d: only a load balancer checks health", *a.HealthCheckGracePeriodSeconds)
		}
		if len(a.AdditionalRoutes) > 0 {
			l.Addf("additionalRoutes", "must be empty without route, got %d: make the first one route", len(a.AdditionalRoutes))
		}
		return
	}
	if a.HealthCheckGracePeriodSeconds != nil {
		l.Check("healthCheckGracePeriodSeconds", awsrule.GracePeriod(*a.HealthCheckGracePeriodSeconds))
	}
	routes := a.routes(name)
	l.Check("additionalRoutes", awsrule.ServiceTargetGroups(len(routes)))
	for i, route := range routes {
		if route.args == nil {
			l.Addf(route.path, "must have a load balancer, got none; remove it")
			continue
		}
		a.validateRoute(l, route)
		for _, other := range routes[:i] {
			if other.args != nil && route.args.sameListener(other.args) {
				l.Addf(route.path+"."+route.args.listenerField(), "must be another load balancer than that of %s, got the same; "+
					"put all hosts and paths into one route, or forward the rest to its target group by listener rules of your own", other.path)
			}
		}
	}
}

func (a *PrivateFargateServiceArgs) validateRoute(l *fault.List, route serviceRoute) {
	given := route.args
	if given.Port != 0 {
		l.Addf(route.path+".port", "must be empty, got %d: it is containerPort", given.Port)
	}
	if given.TargetType != "" {
		l.Addf(route.path+".targetType", "must be empty, got %q: Fargate tasks are always targets of type \"ip\"", given.TargetType)
	}
	if given.TargetSecurityGroupId != nil {
		l.Addf(route.path+".targetSecurityGroupId", "must be empty: it is the service's own security group")
	}
	args := a.routeArgs(route)
	if awsrule.ListensOn(a.ContainerPort, "container") != nil {
		args.Port = 1 // the fault is containerPort's, and recorded there
	}
	args.check(l, route.path+".", route.name)
}

// routeArgs is a route to the tasks, but for their security group.
func (a *PrivateFargateServiceArgs) routeArgs(route serviceRoute) *ServiceRouteArgs {
	args := *route.args
	args.Port = a.ContainerPort
	args.TargetType = awsrule.TargetIP
	return args.withDefaults(route.name)
}

// routes are Route and AdditionalRoutes.
func (c *PrivateFargateService) routes() []*ServiceRoute {
	if c.Route == nil {
		return nil
	}
	return append([]*ServiceRoute{c.Route}, c.AdditionalRoutes...)
}

// planRoutes plans the routes and attaches them to their load balancers.
func (c *PrivateFargateService) planRoutes() error {
	for _, r := range c.args.routes(c.name) {
		route := ownRoute(&c.planned, r.path, r.name, c.args.Tags, c.args.routeArgs(r), c.args.target(c.name))
		if c.Route == nil {
			c.Route = route
		} else {
			c.AdditionalRoutes = append(c.AdditionalRoutes, route)
		}
		if err := route.attach(); err != nil {
			return c.refuse(err)
		}
	}
	return nil
}

func (c *PrivateFargateService) attachToAdopted(ctx *pulumi.Context) error {
	for _, route := range c.routes() {
		if err := route.attachToAdopted(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *PrivateFargateService) registerRoutes(ctx *pulumi.Context) error {
	for _, route := range c.routes() {
		route.args.TargetSecurityGroupId = c.SecurityGroupId
		if err := route.registerFor(ctx, c); err != nil {
			return err
		}
		c.needs = append(c.needs, route.ready()...)
	}
	return nil
}

// targetGroups are those that ECS registers the tasks with.
func (c *PrivateFargateService) targetGroups() ecs.ServiceLoadBalancerArray {
	var all ecs.ServiceLoadBalancerArray
	for _, route := range c.routes() {
		all = append(all, ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: route.TargetGroupArn,
			ContainerName:  pulumi.String(c.name),
			ContainerPort:  pulumi.Int(c.args.ContainerPort),
		})
	}
	return all
}
