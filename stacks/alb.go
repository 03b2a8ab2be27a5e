package stacks

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// planPublicALB is Route 53 -> public ALB -> private Fargate services, or one existing
// EC2 instance over HTTPS.
func planPublicALB(p *planning) *Stack {
	network := p.network(p.Network)
	alb := p.publicALB(network, p.viewerDomain(false))
	targets := p.targets(network, alb)
	p.recordsAfter(alb, targets)
	return &Stack{Plan: alb.Plan, outputs: func() pulumi.Map {
		return merged(viewerOutputs(p.Config), networkOutputs(network), albOutputs(alb), targets.outputs())
	}}
}
