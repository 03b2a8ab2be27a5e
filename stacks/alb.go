package stacks

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// planALB is Route 53 -> public ALB -> private Fargate services.
func planALB(p *planning) *Stack { return planPublicALB(p) }

// planALBEC2 is Route 53 -> public ALB -> one existing EC2 instance, over HTTPS.
func planALBEC2(p *planning) *Stack { return planPublicALB(p) }

func planPublicALB(p *planning) *Stack {
	network := p.network(p.Network)
	alb := p.publicALB(network, p.viewerDomain(false))
	targets := p.targets(network, alb)
	p.recordsAfter(alb, targets)
	return &Stack{Plan: alb.Plan, outputs: func() pulumi.Map {
		return merged(viewerOutputs(p.Config), networkOutputs(network), albOutputs(alb), targets.outputs())
	}}
}
