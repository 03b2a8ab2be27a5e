package stacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

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
	steps   []func(ctx *pulumi.Context) error
}

// component is what PlanX returns.
type component interface {
	Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error
}

// add adds a component that was planned from the arguments at key.
func add[C component](p *planning, key, token, name string, c C, err error) C {
	p.note(key, token, name, err)
	p.steps = append(p.steps, func(ctx *pulumi.Context) error { return c.Register(ctx) })
	return c
}

func (p *planning) note(key, token, name string, err error) {
	p.keys[token+" "+name] = key
	p.faults.Join(err)
}

// own refuses the given fields, which the variant sets itself.
func (p *planning) own(fields map[string]bool) {
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		if fields[path] {
			p.faults.Addf(key(path), "is set by variant %s itself: remove it", p.Variant)
		}
	}
}

// rename names the faults of components by the configuration keys of their arguments.
func (p *planning) rename(err error) error {
	err = fault.Rename(err, func(component, name string) string { return p.keys[component+" "+name] })
	return fault.Move(err, func(path string) string { return p.sources[path] })
}

func (p *planning) network(args components.NetworkArgs) *components.Network {
	n, err := components.PlanNetwork(nameNetwork, &args)
	return add(p, key("network"), "Network", nameNetwork, n, err)
}

// viewerDomain is the certificate that viewers see. For a distribution it is in
// us-east-1, whatever the stack's Region.
func (p *planning) viewerDomain(forCloudFront bool) *components.CertifiedDomain {
	p.own(map[string]bool{"domain.forCloudFront": p.Domain.ForCloudFront})
	args := p.Domain
	args.ForCloudFront = forCloudFront
	d, err := components.PlanCertifiedDomain(nameViewerDomain, &args)
	p.note(key("domain"), "CertifiedDomain", nameViewerDomain, err)
	p.steps = append(p.steps, func(ctx *pulumi.Context) error {
		if !forCloudFront {
			return d.Register(ctx)
		}
		region, err := aws.GetRegion(ctx, nil)
		if err != nil {
			return fmt.Errorf("looking up the stack's Region: %w", err)
		}
		if region.Name == awstable.CloudFrontRegion {
			return d.Register(ctx)
		}
		provider, err := components.USEast1Provider(ctx, nameUSEast1)
		if err != nil {
			return err
		}
		return d.Register(ctx, pulumi.Provider(provider))
	})
	return d
}

// publicALB is a load balancer that viewers connect to directly. Its records are
// made after its targets, so that a record that is taken over points to the old
// server until the new one answers.
func (p *planning) publicALB(network *components.Network, domain *components.CertifiedDomain) *components.SecuredALB {
	args := p.LoadBalancer
	p.own(map[string]bool{"loadBalancer.createAliasRecords": args.CreateAliasRecords != nil})
	args.CreateAliasRecords = pulumi.BoolRef(false)
	return p.loadBalancer(network, domain, args)
}

func (p *planning) loadBalancer(
	network *components.Network, domain *components.CertifiedDomain, args components.SecuredALBArgs,
) *components.SecuredALB {
	args.Network, args.Domain = network, domain
	args.PathCheck = cmp.Or(args.PathCheck, p.PathCheck)
	alb, err := components.PlanSecuredALB(nameLoadBalancer, &args)
	return add(p, key("loadBalancer"), "SecuredALB", nameLoadBalancer, alb, err)
}

// targets are the services, or the instance, behind the load balancer.
type targets struct {
	services []*components.PrivateFargateService
	instance *components.InstanceTarget
}

func (p *planning) targets(network *components.Network, alb *components.SecuredALB) targets {
	if p.InstanceTarget != nil || p.Variant == VariantALBEC2 {
		return targets{instance: p.instance(alb)}
	}
	var t targets
	services := p.Services
	if len(services) == 0 {
		services = []ServiceConfig{{Name: nameTarget, PrivateFargateServiceArgs: components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		}}}
	}
	for i, s := range services {
		args := s.PrivateFargateServiceArgs
		args.Network, args.Route = network, p.route(args.Route, alb)
		p.sources[fault.Index(key("services"), i)+".network"] = key("network")
		service, err := components.PlanPrivateFargateService(s.Name, &args)
		add(p, fault.Index(key("services"), i), "PrivateFargateService", s.Name, service, err)
		t.services = append(t.services, service)
	}
	return t
}

func (p *planning) instance(alb *components.SecuredALB) *components.InstanceTarget {
	var args components.InstanceTargetArgs
	if p.InstanceTarget != nil {
		args = *p.InstanceTarget
	}
	args.Route = p.route(args.Route, alb)
	instance, err := components.PlanInstanceTarget(nameTarget, &args)
	p.note(key("instanceTarget"), "InstanceTarget", nameTarget, err)
	// AWS is asked about the instance before anything is made.
	p.steps = slices.Insert(p.steps, 0, func(ctx *pulumi.Context) error { return instance.LookUp(ctx) })
	p.steps = append(p.steps, func(ctx *pulumi.Context) error { return instance.Register(ctx) })
	return instance
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

// recordsAfter makes the load balancer's records once its targets can answer.
func (p *planning) recordsAfter(alb *components.SecuredALB, t targets) {
	p.steps = append(p.steps, func(ctx *pulumi.Context) error {
		var ready []pulumi.Resource
		for _, s := range t.services {
			ready = append(ready, s.Service)
		}
		if t.instance != nil {
			ready = append(ready, t.instance.Attachment)
		}
		return alb.CreateRecords(ctx, ready...)
	})
}

func (p *planning) front(origin components.Origin, domain *components.CertifiedDomain, forwardHostHeader bool) *components.CloudFrontFront {
	args := p.CloudFront
	p.own(map[string]bool{"cloudFront.originDomainName": args.OriginDomainName != ""})
	args.Origin, args.Domain, args.ForwardHostHeader = origin, domain, forwardHostHeader
	args.PathCheck = cmp.Or(args.PathCheck, p.PathCheck)
	front, err := components.PlanCloudFrontFront(nameFront, &args)
	return add(p, key("cloudFront"), "CloudFrontFront", nameFront, front, err)
}
