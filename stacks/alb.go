package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/requestpath"
)

// planPublicALB is Route 53 -> public ALB -> private Fargate services, or one existing
// EC2 instance over HTTPS. The records are made after the targets, so that a record
// that is taken over points to the old server until the new one answers.
func planPublicALB(p *planning) func() requestpath.Plan {
	network, domain := p.network(p.Network), p.viewerDomain(false)
	args := p.LoadBalancer
	p.own("loadBalancer.createAliasRecords", args.CreateAliasRecords != nil)
	args.CreateAliasRecords = pulumi.BoolRef(false)
	args.WebAcl = p.webAcl(false)
	alb := p.loadBalancer(network, domain, args)
	p.targets(network, alb)
	p.steps = append(p.steps, func(ctx *pulumi.Context) error { return alb.CreateRecords(ctx) })
	return alb.Plan
}
