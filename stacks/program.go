package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/requestpath"
)

// Program is the Pulumi program of every variant: it reads the `portico:`
// configuration, checks all of it, brings the chosen stack up and exports its
// outputs. A faulty configuration registers nothing.
func Program(ctx *pulumi.Context) error {
	stack, err := Load(ctx)
	if err != nil {
		return err
	}
	outputs, err := stack.Register(ctx)
	if err != nil {
		return err
	}
	for name, value := range outputs {
		ctx.Export(name, value)
	}
	return nil
}

// Load plans the stack that the configuration of the running stack asks for.
func Load(ctx *pulumi.Context) (*Stack, error) {
	cfg, err := Parse(config.New(ctx, "portico").Get, func(name string) bool { return ctx.IsConfigSecret(key(name)) })
	if err != nil {
		return nil, err
	}
	return New(cfg)
}

// Stack is a ready stack that was planned: its configuration is sound.
type Stack struct {
	// Plan is everything that a request meets in the stack: records, distribution,
	// load balancer, targets. What AWS is still to choose has stand-ins, and an
	// instance that exists already counts as closed to all but the load balancer
	// until Register has looked it up. Package requestpath walks requests through it:
	//
	//	requestpath.Walk(stack.Plan(), requestpath.Request{Name: "www.example.com", Path: "/"})
	Plan func() requestpath.Plan

	steps   []func(ctx *pulumi.Context) error
	outputs func() pulumi.Map
	rename  func(error) error
}

// New plans the stack of the variant that cfg chooses: it asks the first halves of
// all its components at once and registers nothing. Requests that would fail refuse
// the stack, unless portico:pathCheck is warn.
func New(cfg *Config) (*Stack, error) {
	p := &planning{Config: cfg, faults: fault.ForConfig(), keys: map[string]string{}, sources: map[string]string{}}
	i := slices.IndexFunc(variants, func(v variant) bool { return v.name == cfg.Variant })
	stack := variants[i].plan(p)
	if err := p.faults.Err(); err != nil {
		return nil, p.rename(err)
	}
	stack.steps, stack.rename = p.steps, p.rename
	return stack, nil
}

// Register brings the stack up. The outputs are the URL, and the names and ids a
// person needs next.
func (s *Stack) Register(ctx *pulumi.Context) (pulumi.Map, error) {
	for _, step := range s.steps {
		if err := step(ctx); err != nil {
			return nil, s.rename(err)
		}
	}
	return s.outputs(), nil
}
