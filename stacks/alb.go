package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// buildALB is Route 53 -> public ALB -> private Fargate service.
func buildALB(ctx *pulumi.Context, cfg *Config) (*Stack, error) {
	network, err := components.NewNetwork(ctx, nameNetwork, cfg.networkArgs())
	if err != nil {
		return nil, err
	}
	alb, err := cfg.publicALB(ctx, network)
	if err != nil {
		return nil, err
	}
	service, err := cfg.fargateService(ctx, network, alb)
	if err != nil {
		return nil, err
	}
	if err := alb.CreateRecords(ctx, service.ServiceResource()); err != nil {
		return nil, err
	}
	return &Stack{alb.Plan, merged(viewerOutputs(cfg), networkOutputs(network), albOutputs(alb), serviceOutputs(service))}, nil
}
