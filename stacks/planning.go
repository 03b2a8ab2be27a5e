package stacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// Names of the components in every stack. They are part of each resource's URN:
// a change replaces resources.
const (
	nameNetwork      = "network"
	nameViewerDomain = "viewer"
	nameOriginDomain = "origin"
	nameLoadBalancer = "web"
	nameTarget       = "app"
	nameOriginSecret = "origin-secret"
	nameFront        = "front"
	nameUSEast1      = "us-east-1"
	nameAlarms       = "alarms"
	nameFrontAlarms  = "alarms-cloudfront"
	nameDashboard    = "dashboard"
	nameLogBucket    = "log-bucket"
	nameWebAcl       = "web-acl"
	nameStatic       = "static-content"
)

// planning composes a stack. It plans every component first, so that a faulty
// configuration registers nothing; steps registers them in the same order.
type planning struct {
	*Config
	faults *fault.List
	// keys are the configuration keys of the components, by type and name.
	keys map[string]string
	// sources are where arguments that the stack sets come from: the key of the
	// source, by the key that the argument itself would have.
	sources map[string]string
	// lookups ask AWS about what exists, before the first step.
	lookups []func(ctx *pulumi.Context) error
	steps   []func(ctx *pulumi.Context) error
	outputs []func() pulumi.Map
	// usEast1 is the provider for what CloudFront has there, once a step has made it.
	usEast1 *aws.Provider
	// logs is the bucket that everything logs into; nil without portico:logBucket.
	logs *components.LogBucket
	// watched are the components that alarms and the dashboard are about.
	watched components.DashboardArgs
}

// export adds outputs of the stack, which are read once everything is registered.
func (p *planning) export(outputs func() pulumi.Map) { p.outputs = append(p.outputs, outputs) }

// component is what PlanX returns.
type component interface {
	Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error
}

// lookable is a component that asks AWS about what exists.
type lookable interface {
	LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) error
}

// add adds a component that was planned from the arguments at key.
func add[C component](p *planning, key, token, name string, c C, err error) C {
	p.note(key, token, name, err)
	if l, ok := any(c).(lookable); ok {
		p.lookups = append(p.lookups, func(ctx *pulumi.Context) error { return l.LookUp(ctx) })
	}
	p.steps = append(p.steps, func(ctx *pulumi.Context) error { return c.Register(ctx) })
	return c
}

func (p *planning) note(key, token, name string, err error) {
	p.keys[token+" "+name] = key
	p.faults.Join(err)
}

// own refuses a field that is given although the variant sets it itself.
func (p *planning) own(path string, given bool) {
	if given {
		p.faults.Addf(key(path), "is set by variant %s itself: remove it", p.Variant)
	}
}

// rename names the faults of components by the configuration keys of their arguments.
func (p *planning) rename(err error) error {
	return fault.Rename(err, p.keyOf)
}

// keyOf is the configuration key of a fault, "" if there is none.
func (p *planning) keyOf(f fault.Fault) string {
	path := f.Path
	if f.Component != "" {
		of, known := p.keys[f.Component+" "+f.Name]
		if !known {
			return ""
		}
		path = strings.TrimSuffix(of+"."+path, ".")
	}
	return cmp.Or(p.sources[path], path)
}

// network is where everything of the stack is. A live stack cannot become another
// variant: both have records of the same names, and a name is free only when the old
// resource is gone.
func (p *planning) network(args components.NetworkArgs) *components.Network {
	if args.Existing == nil {
		fixed := map[string]string{key("variant"): p.Variant}
		maps.Copy(fixed, args.FixedTags)
		args.FixedTags = fixed
		p.sources[key("network.fixedTags")+fmt.Sprintf("[%q]", key("variant"))] = key("variant")
		args.LogBucket = p.logs
	}
	n, err := components.PlanNetwork(nameNetwork, &args)
	p.export(func() pulumi.Map { return pulumi.Map{"vpcId": n.VpcId} })
	return add(p, key("network"), "Network", nameNetwork, n, err)
}

// originSecret is the header that only the stack's distribution sends.
func (p *planning) originSecret() *components.OriginSecret {
	secret, err := components.PlanOriginSecret(nameOriginSecret, &p.OriginSecret)
	return add(p, key("originSecret"), "OriginSecret", nameOriginSecret, secret, err)
}

// viewerDomain is the certificate that viewers see. For a distribution it is in
// us-east-1, whatever the stack's Region.
func (p *planning) viewerDomain(forCloudFront bool) *components.CertifiedDomain {
	p.own("domain.forCloudFront", p.Domain.ForCloudFront)
	args := p.Domain
	args.ForCloudFront = forCloudFront
	d, err := components.PlanCertifiedDomain(nameViewerDomain, &args)
	p.note(key("domain"), "CertifiedDomain", nameViewerDomain, err)
	p.watched.Domains = append(p.watched.Domains, d)
	p.steps = append(p.steps, func(ctx *pulumi.Context) error {
		if !forCloudFront {
			return d.Register(ctx)
		}
		return p.inUSEast1(ctx, d)
	})
	return d
}

// inUSEast1 registers a component where CloudFront has what is its own.
func (p *planning) inUSEast1(ctx *pulumi.Context, c component) error {
	if p.usEast1 == nil {
		region, err := aws.GetRegion(ctx, nil)
		if err != nil {
			return fmt.Errorf("looking up the stack's Region: %w", err)
		}
		if region.Name == awstable.CloudFrontRegion {
			return c.Register(ctx)
		}
		if p.usEast1, err = components.USEast1Provider(ctx, nameUSEast1); err != nil {
			return err
		}
	}
	return c.Register(ctx, pulumi.Provider(p.usEast1))
}

// webAcl is the web ACL in front of the viewers, nil without one.
func (p *planning) webAcl(forCloudFront bool) *components.WebAcl {
	if !p.given["webAcl"] {
		return nil
	}
	p.own("webAcl.forCloudFront", p.WebAcl.ForCloudFront)
	args := p.WebAcl
	args.ForCloudFront = forCloudFront
	for _, attached := range []string{"cloudFront.webAcl", "loadBalancer.webAcl"} {
		p.sources[key(attached)] = key("webAcl")
	}
	acl, err := components.PlanWebAcl(nameWebAcl, &args)
	p.note(key("webAcl"), "WebAcl", nameWebAcl, err)
	p.watched.WebAcls = append(p.watched.WebAcls, acl)
	p.export(func() pulumi.Map {
		return pulumi.Map{"webAclArn": acl.WebAclArn, "webAclLogGroupName": acl.LogGroupName}
	})
	p.steps = append(p.steps, func(ctx *pulumi.Context) error {
		if !forCloudFront {
			return acl.Register(ctx)
		}
		return p.inUSEast1(ctx, acl)
	})
	return acl
}

func (p *planning) loadBalancer(
	network *components.Network, domain *components.CertifiedDomain, args components.SecuredALBArgs,
) *components.SecuredALB {
	args.Network, args.Domain, args.LogBucket = network, domain, p.logs
	args.PathCheck = cmp.Or(args.PathCheck, p.PathCheck)
	alb, err := components.PlanSecuredALB(nameLoadBalancer, &args)
	p.export(func() pulumi.Map {
		return pulumi.Map{
			"loadBalancerArn":     alb.LoadBalancerArn,
			"loadBalancerDnsName": alb.DnsName,
			"listenerArn":         alb.ListenerArn,
			"albSecurityGroupId":  alb.SecurityGroupId,
		}
	})
	p.watched.LoadBalancers = append(p.watched.LoadBalancers, alb)
	return add(p, key("loadBalancer"), "SecuredALB", nameLoadBalancer, alb, err)
}

// targets are the services, or the instance, behind the load balancer.
func (p *planning) targets(network *components.Network, alb *components.SecuredALB) {
	if p.InstanceTarget != nil || p.Variant == VariantALBEC2 {
		p.instance(alb)
		return
	}
	given := p.Services
	if len(given) == 0 {
		given = []ServiceConfig{{Name: nameTarget, PrivateFargateServiceArgs: components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		}}}
	}
	services := make([]*components.PrivateFargateService, len(given))
	for i, s := range given {
		args, path := s.PrivateFargateServiceArgs, fault.Index(key("services"), i)
		args.Network, args.Route = network, p.route(args.Route, alb)
		args.AdditionalRoutes = slices.Clone(args.AdditionalRoutes)
		for j, additional := range args.AdditionalRoutes {
			at := fault.Index(path+".additionalRoutes", j)
			args.AdditionalRoutes[j] = p.route(additional, alb)
			p.sources[at+".loadBalancer"] = at + ".existingListener"
		}
		p.sources[path+".network"] = key("network")
		service, err := components.PlanPrivateFargateService(s.Name, &args)
		services[i] = add(p, path, "PrivateFargateService", s.Name, service, err)
	}
	p.watched.Services = services
	p.export(func() pulumi.Map { return servicesOutputs(services) })
}

// servicesOutputs are top-level for one service, under their names for several.
func servicesOutputs(services []*components.PrivateFargateService) pulumi.Map {
	all := pulumi.Map{}
	for _, s := range services {
		all[s.PulumiResourceName()] = pulumi.Map{
			"clusterArn":             s.ClusterArn,
			"serviceName":            s.ServiceName,
			"taskDefinitionArn":      s.TaskDefinitionArn,
			"logGroupName":           s.LogGroupName,
			"serviceSecurityGroupId": s.SecurityGroupId,
			"targetGroupArn":         s.Route.TargetGroupArn,
		}
	}
	if len(services) == 1 {
		return all[services[0].PulumiResourceName()].(pulumi.Map)
	}
	return pulumi.Map{"services": all}
}

func (p *planning) instance(alb *components.SecuredALB) {
	var args components.InstanceTargetArgs
	if p.InstanceTarget != nil {
		args = *p.InstanceTarget
	}
	args.Route = p.route(args.Route, alb)
	instance, err := components.PlanInstanceTarget(nameTarget, &args)
	if args.Route.ExistingListener != nil && instance.Route != nil {
		p.watched.Routes = append(p.watched.Routes, instance.Route)
	}
	p.export(func() pulumi.Map { return pulumi.Map{"instanceId": instance.InstanceId} })
	add(p, key("instanceTarget"), "InstanceTarget", nameTarget, instance, err)
}

func (p *planning) route(given *components.ServiceRouteArgs, alb *components.SecuredALB) *components.ServiceRouteArgs {
	var route components.ServiceRouteArgs
	if given != nil {
		route = *given
	}
	if route.ExistingListener == nil {
		route.LoadBalancer = alb
	}
	route.PathCheck = cmp.Or(route.PathCheck, p.PathCheck)
	return &route
}

// front is the distribution before an origin, which it connects to by originName.
func (p *planning) front(
	origin components.Origin, domain *components.CertifiedDomain, originName string, forwardHostHeader bool,
) *components.CloudFrontFront {
	args := p.CloudFront
	p.own("cloudFront.originDomainName", args.OriginDomainName != "")
	args.Origin, args.Domain, args.ForwardHostHeader = origin, domain, forwardHostHeader
	args.LogBucket = p.logs
	args.WebAcl = p.webAcl(true)
	args.StaticContent = p.staticContent()
	args.PathCheck = cmp.Or(args.PathCheck, p.PathCheck)
	front, err := components.PlanCloudFrontFront(nameFront, &args)
	p.export(func() pulumi.Map {
		outputs := pulumi.Map{
			"distributionId":         front.DistributionId,
			"distributionDomainName": front.DomainName,
			"originDomainName":       pulumi.String(originName),
		}
		if args.StaticContent != nil {
			outputs["staticContentBucketPolicyJson"] = front.BucketPolicyJson
		}
		return outputs
	})
	p.watched.Fronts = append(p.watched.Fronts, front)
	return add(p, key("cloudFront"), "CloudFrontFront", nameFront, front, err)
}
