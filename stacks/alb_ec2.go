package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// buildALBEC2 is Route 53 -> public ALB -> one EC2 instance that exists
// already, over HTTPS.
func buildALBEC2(ctx *pulumi.Context, cfg *Config) (*Stack, error) {
	network, err := components.NewNetwork(ctx, nameNetwork, cfg.networkArgs())
	if err != nil {
		return nil, err
	}
	alb, err := cfg.publicALB(ctx, network)
	if err != nil {
		return nil, err
	}
	target, err := cfg.instanceTarget(ctx, alb)
	if err != nil {
		return nil, err
	}
	if err := alb.CreateRecords(ctx, target.AttachmentResource()); err != nil {
		return nil, err
	}
	return &Stack{alb.Plan, merged(viewerOutputs(cfg), networkOutputs(network), albOutputs(alb), instanceOutputs(cfg))}, nil
}
