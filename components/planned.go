package components

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// planned is what every component is before it is registered: PlanX has filled in
// its defaults and checked its args, and Register makes its resources.
type planned struct {
	component, name string
	// oldNames are those that pulumi.Aliases names.
	oldNames []string
	// provider is the one that the component was registered with; nil for the program's.
	provider pulumi.ProviderResource
	// faulty says that the args were refused. Components that are planned with this
	// one then check only what does not depend on it: the cause is reported already.
	faulty bool
	// lookedUp says that AWS was asked about what exists, see lookUpOnce.
	lookedUp bool
	// names are those of a ready stack for faults that are found while it is registered.
	names fault.Names
	// findings of the request path check, shared by all components on one request
	// path; nil for a component that a request does not pass through.
	findings *findings
}

func (p *planned) plan() *planned { return p }

// refuse marks the component as faulty if there is a fault.
func (p *planned) refuse(err error) error {
	p.faulty = p.faulty || err != nil
	return err
}

// withoutArgs refuses nil args of a component that needs some.
func (p *planned) withoutArgs(needed string) error {
	return p.refuse(p.fault("", fmt.Errorf("args are required: give at least %s", needed)))
}

// faults starts a list of faults of the component's args.
func (p *planned) faults() *fault.List { return fault.New(p.component, p.name).NamedBy(p.names) }

// fault is err as a fault of the arg at path; nil stays nil.
func (p *planned) fault(path string, err error) error {
	l := p.faults()
	l.Check(path, err)
	return l.Err()
}

// validate refuses a bad name, and what rules finds wrong with the args.
func (p *planned) validate(rules func(*fault.List)) error {
	l := p.faults()
	l.Check("", awsrule.ComponentName(p.name))
	rules(l)
	return p.refuse(l.Err())
}

// check is validate and then checkPath, which needs sound args and parts.
func (p *planned) check(args any, rules func(*fault.List), checkPath func() error) error {
	if err := p.validate(rules); err != nil || onFaultyParts(args) {
		p.faulty = true
		return err
	}
	return p.refuse(checkPath())
}

type registrable interface {
	comparable
	Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error
}

// construct is NewX: PlanX, then Register.
func construct[C registrable, A any](
	ctx *pulumi.Context, plan func(string, *A) (C, error), name string, args *A, opts []pulumi.ResourceOption,
) (C, error) {
	c, err := plan(name, args)
	if err == nil {
		err = c.Register(ctx, opts...)
	}
	if err != nil {
		var none C
		return none, err
	}
	return c, nil
}

// step makes some of a component's children.
type step func(*pulumi.Context) error

// register registers the component, with its args recorded as its inputs, so that the
// state says what it was asked for; then what the steps make, and its outputs.
func (p *planned) register(
	ctx *pulumi.Context, token string, args any, c pulumi.ComponentResource, opts []pulumi.ResourceOption, steps ...step,
) error {
	if c.PulumiResourceName() != "" {
		return fmt.Errorf("%s %q: is registered already", p.component, p.name)
	}
	if p.faulty {
		return fmt.Errorf("%s %q: cannot be registered: its args were refused when it was planned", p.component, p.name)
	}
	for _, part := range partsOf(args) {
		if other := part.plan(); part.PulumiResourceName() == "" {
			return fmt.Errorf("%s %q: cannot be registered before %s %q: call its Register first",
				p.component, p.name, other.component, other.name)
		}
	}
	p.names, _ = ctx.Value(fault.NamesKey{}).(fault.Names)
	if err := p.findings.log(ctx); err != nil {
		return err
	}
	if err := p.rememberOptions(opts); err != nil {
		return err
	}
	if err := ctx.RegisterComponentResourceV2(token, p.name, tagged(args), c, opts...); err != nil {
		return err
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return ctx.RegisterResourceOutputs(c, tagged(c))
}

// lookable is a component that asks AWS about what exists before it is registered.
type lookable interface {
	part
	LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) error
}

// lookUpOnce is LookUp as a step, unless the program has called it before.
func lookUpOnce(c lookable) step {
	return func(ctx *pulumi.Context) error {
		if c.plan().lookedUp {
			return nil
		}
		return c.LookUp(ctx, pulumi.Parent(c))
	}
}

func (p *planned) rememberOptions(opts []pulumi.ResourceOption) error {
	given, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return err
	}
	p.provider = given.Provider
	for _, alias := range given.Aliases {
		if name, known := literal(alias.Name); known {
			p.oldNames = append(p.oldNames, name)
		} else if urn, known := alias.URN.(pulumi.URN); known {
			p.oldNames = append(p.oldNames, resource.URN(urn).Name())
		}
	}
	return nil
}

// loadBalancerName is the name of a load balancer or a target group, which is short, with
// the aliases that the component's old names make of it: Pulumi derives those only of
// names that begin with the component's.
func (p *planned) loadBalancerName() (string, pulumi.ResourceOption) {
	short := func(name string) string { return awsrule.PhysicalName(awsrule.MaxLoadBalancerLogical, name) }
	aliases := make([]pulumi.Alias, len(p.oldNames))
	for i, old := range p.oldNames {
		aliases[i] = pulumi.Alias{Name: pulumi.String(short(old))}
	}
	return short(p.name), pulumi.Aliases(aliases)
}

// part is a component among the args of another one.
type part interface {
	pulumi.Resource
	plan() *planned
}

// onFaultyParts says whether args hold a component whose own args were refused.
func onFaultyParts(args any) bool {
	for _, part := range partsOf(args) {
		if part.plan().faulty {
			return true
		}
	}
	return false
}

// partsOf are the components that an args struct, or one within it, holds.
func partsOf(args any) []part { return partsIn(reflect.Indirect(reflect.ValueOf(args))) }

func partsIn(v reflect.Value) (all []part) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			all = append(all, partsIn(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, partsIn(v.Index(i))...)
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if p, is := v.Interface().(part); is {
			return []part{p}
		}
		if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
			return partsIn(v.Elem())
		}
	}
	return all
}
