package stacks

import (
	"errors"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/requestpath"
)

// Program is the Pulumi program of every variant: it decodes the `portico:`
// configuration, plans the stack, registers it and exports its outputs. A faulty
// configuration registers nothing.
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

// Load plans the stack that the running stack's configuration describes.
func Load(ctx *pulumi.Context) (*Stack, error) {
	cfg, err := Parse(config.New(ctx, "portico").Get, func(name string) bool { return ctx.IsConfigSecret(key(name)) })
	if err != nil {
		return nil, err
	}
	return New(cfg)
}

// Stack is a planned stack. Its configuration has no faults.
type Stack struct {
	// Plan returns the stack's request path: records, distribution, load balancer
	// and targets. Values that AWS has yet to assign have stand-ins, and an existing
	// instance is assumed to admit only the load balancer until Register has looked
	// it up. Package requestpath walks requests through it:
	//
	//	requestpath.Walk(stack.Plan(), requestpath.Request{Name: "www.example.com", Path: "/"})
	Plan func() requestpath.Plan

	planned *planning
}

// New plans the stack of cfg's variant and registers nothing. It plans all its
// components and returns all their faults, with the names of their configuration
// keys. Requests that would fail are faults, unless portico:pathCheck is warn.
func New(cfg *Config) (*Stack, error) {
	p := &planning{Config: cfg.hardened(), faults: fault.ForConfig(), keys: map[string]string{}, sources: map[string]string{}}
	p.export(func() pulumi.Map {
		return pulumi.Map{
			"url":         pulumi.String("https://" + cfg.Domain.DomainName + "/"),
			"variant":     pulumi.String(cfg.Variant),
			"viewerNames": pulumi.ToStringArray(cfg.ViewerNames()),
		}
	})
	p.logBucket()
	stack := &Stack{Plan: cfg.variant().plan(p), planned: p}
	p.observe()
	if err := p.faults.Err(); err != nil {
		return nil, p.rename(err)
	}
	return stack, nil
}

// Register asks AWS about what exists, and registers the stack's components unless
// something of that is wrong. The outputs are the stack's URL and the names and ids of
// its main resources.
func (s *Stack) Register(ctx *pulumi.Context) (pulumi.Map, error) {
	ctx = ctx.WithValue(fault.NamesKey{}, fault.Names(s.planned.keyOf))
	var found []error
	for _, lookup := range s.planned.lookups {
		found = append(found, lookup(ctx))
	}
	if err := errors.Join(found...); err != nil {
		return nil, s.planned.rename(err)
	}
	for _, step := range s.planned.steps {
		if err := step(ctx); err != nil {
			return nil, s.planned.rename(err)
		}
	}
	all := pulumi.Map{}
	for _, outputs := range s.planned.outputs {
		maps.Copy(all, outputs())
	}
	return all, nil
}
