package components

import (
	"errors"
	"runtime"
	"sync"
	"weak"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/limit"
	"github.com/portico-iac/portico/internal/pathplan"
)

// What a component does about requests that would fail, or would find a way
// around what stands before a server.
const (
	// PathCheckRefuse refuses the plan before anything of the component is made.
	PathCheckRefuse = pathplan.Refuse
	// PathCheckWarn goes on with a warning that says the same.
	PathCheckWarn = pathplan.Warn
)

func checkPathCheck(mode string) error { return limit.OneOf(mode, PathCheckRefuse, PathCheckWarn) }

// pathCheck is what one component does with the findings about its plan.
type pathCheck struct {
	component, name, mode string
	// about is what the plan has a stand-in for, which others have too.
	about string
	// prefix is the path of the args that PathCheck is one of, with a dot.
	prefix string
	// arg is the arg that decides over a field of the plan.
	arg func(field string) faultyArg
}

// faultyArg is an arg that a fault is due to, and its value unless that is a
// component or a default that nobody chose.
type faultyArg struct{ path, value string }

// report refuses the faults, or logs them, and logs the model's warnings. What
// was said to this program once, by whichever component, is not said again: the
// next one walks the same way a little further.
func (c pathCheck) report(ctx *pulumi.Context, found pathplan.Findings) error {
	said := saidTo(ctx)
	for _, w := range found.Warnings {
		if err := c.warn(ctx, said, "warning "+w, "", errors.New(w)); err != nil {
			return err
		}
	}
	l := fault.New(c.component, c.name)
	for _, f := range found.Faults {
		cause := c.about + f.Cause
		if said.before(f.Cause) || said.before(cause) {
			continue
		}
		arg := c.arg(f.Field)
		err := f.Of(arg.value)
		if c.mode != PathCheckWarn {
			l.Check(arg.path, pathplan.Refusal(err, c.prefix+"pathCheck"))
		} else if err := c.warn(ctx, said, cause, arg.path, err); err != nil {
			return err
		}
	}
	return l.Err()
}

func (c pathCheck) warn(ctx *pulumi.Context, said *said, cause, path string, text error) error {
	if said.before(cause) {
		return nil
	}
	said.remember(cause)
	l := fault.New(c.component, c.name)
	l.Check(path, text)
	return ctx.Log.Warn(l.Err().Error(), nil)
}

// said is what one program was told by warnings.
type said struct {
	mu     sync.Mutex
	causes map[string]bool
}

func (s *said) before(cause string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.causes[cause]
}

func (s *said) remember(cause string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.causes[cause] = true
}

// saidToPrograms holds what each program was told, by its context. It goes when
// the context does.
var saidToPrograms sync.Map

func saidTo(ctx *pulumi.Context) *said {
	key := weak.Make(ctx)
	told, known := saidToPrograms.LoadOrStore(key, &said{causes: map[string]bool{}})
	if !known {
		runtime.AddCleanup(ctx, func(k weak.Pointer[pulumi.Context]) { saidToPrograms.Delete(k) }, key)
	}
	return told.(*said)
}
