package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/portico-iac/portico/components"
)

// Program is the Pulumi program of every variant: it reads the `portico:`
// configuration, checks all of it, brings the chosen stack up and exports its
// outputs. A faulty configuration registers nothing.
func Program(ctx *pulumi.Context) error {
	cfg, err := Load(ctx)
	if err != nil {
		return err
	}
	outputs, err := Build(ctx, cfg)
	if err != nil {
		return err
	}
	for name, value := range outputs {
		ctx.Export(name, value)
	}
	return nil
}

// Load reads and checks the configuration of the running stack.
func Load(ctx *pulumi.Context) (*Config, error) {
	cfg, err := Parse(config.New(ctx, "portico").Get)
	if err != nil {
		return nil, err
	}
	cfg.Service.EnvironmentIsSecret = ctx.IsConfigSecret("portico:environment")
	return cfg, nil
}

// Build brings up the variant that cfg chooses and returns the stack's outputs:
// the URL first of all, and the names and ids a person needs next.
func Build(ctx *pulumi.Context, cfg *Config) (pulumi.Map, error) {
	if cfg.Instance.ID != "" {
		if err := components.CheckInstanceTarget(ctx, nameTarget, cfg.instanceTargetArgs(nil)); err != nil {
			return nil, err
		}
	}
	switch cfg.Variant {
	case VariantCloudFrontALB:
		return buildCloudFrontALB(ctx, cfg)
	case VariantCloudFrontEC2:
		return buildCloudFrontEC2(ctx, cfg)
	case VariantALBEC2:
		return buildALBEC2(ctx, cfg)
	default:
		return buildALB(ctx, cfg)
	}
}
