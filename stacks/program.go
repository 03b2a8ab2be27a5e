package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/requestpath"
)

// Program is the Pulumi program of every variant: it reads the `portico:`
// configuration, checks all of it, brings the chosen stack up and exports its
// outputs. A faulty configuration registers nothing.
func Program(ctx *pulumi.Context) error {
	cfg, err := Load(ctx)
	if err != nil {
		return err
	}
	stack, err := Build(ctx, cfg)
	if err != nil {
		return err
	}
	for name, value := range stack.Outputs {
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

// Stack is what Build brought up.
type Stack struct {
	// Plan is everything that a request can meet in the stack, as its components
	// know it: with what was looked up about an instance that existed before.
	Plan func() requestpath.Plan
	// Outputs are the URL first of all, and the names and ids a person needs next.
	Outputs pulumi.Map
}

// Build brings up the variant that cfg chooses. A stack whose requests would fail
// registers nothing, unless portico:pathCheck is warn.
func Build(ctx *pulumi.Context, cfg *Config) (*Stack, error) {
	if err := cfg.checkPath(); err != nil {
		return nil, err
	}
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
