package components

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// What a component does about requests that would fail, or would find a way
// around what stands before a server.
const (
	// PathCheckRefuse refuses the plan before anything of the component is made.
	PathCheckRefuse = "refuse"
	// PathCheckWarn goes on with a warning that says the same.
	PathCheckWarn = "warn"
)

func checkPathCheck(mode string) error { return awsrule.OneOf(mode, PathCheckRefuse, PathCheckWarn) }

// pathCheck is what one component does with the findings about its plan.
type pathCheck struct {
	// owner is the component whose args are to blame.
	owner *planned
	mode  string
	// about is what the plan has a stand-in for, which others have too.
	about string
	// prefix is the path of the args that PathCheck is one of, with a dot.
	prefix string
	args   faultyArgs
}

// faultyArgs are the args that decide over fields of the plan, by field; "" is for
// all others.
type faultyArgs map[string]faultyArg

// faultyArg is an arg that a fault is due to, and its value unless that is a
// component or a default that nobody chose.
type faultyArg struct{ path, value string }

// report refuses the faults, or makes warnings of them, and of the model's own
// warnings. A cause that was reported on the request path before is not reported
// again: each component walks the same requests a little further.
func (c pathCheck) report(found pathFindings) error {
	to := c.owner.findings
	for _, w := range found.warnings {
		if to.first("warning " + w) {
			to.warn(c.owner.fault("", errors.New(w)))
		}
	}
	l := fault.New(c.owner.component, c.owner.name)
	for _, f := range found.faults {
		if !to.first(f.cause, c.about+f.cause) {
			continue
		}
		arg, known := c.args[f.field]
		if !known {
			arg = c.args[""]
		}
		err := f.of(arg.value)
		if c.mode == PathCheckWarn || f.disputed {
			to.warn(c.owner.fault(arg.path, err))
		} else {
			l.Check(arg.path, fmt.Errorf("%w; or set %spathCheck to %q", err, c.prefix, PathCheckWarn))
		}
	}
	return l.Err()
}

// findings are what the path checks of the components on one request path
// reported, each cause once.
type findings struct {
	mu     sync.Mutex
	causes map[string]bool
	// unlogged are the warnings that are logged when a component is registered.
	unlogged []string
}

// first says whether none of the names of a cause was reported before, and counts the
// last one as reported.
func (f *findings) first(names ...string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.ContainsFunc(names, func(name string) bool { return f.causes[name] }) {
		return false
	}
	if f.causes == nil {
		f.causes = map[string]bool{}
	}
	f.causes[names[len(names)-1]] = true
	return true
}

func (f *findings) warn(warning error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unlogged = append(f.unlogged, warning.Error())
}

// log logs the warnings that are not logged yet.
func (f *findings) log(ctx *pulumi.Context) error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	warnings := f.unlogged
	f.unlogged = nil
	f.mu.Unlock()
	for _, w := range warnings {
		if err := ctx.Log.Warn(w, nil); err != nil {
			return err
		}
	}
	return nil
}
