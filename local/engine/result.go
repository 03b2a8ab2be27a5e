package engine

import (
	"io"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Step is one thing that the engine did, or at preview would do, to a resource.
type Step struct {
	// Op is "create", "update", "delete", "create-replacement", "same" and so on.
	Op string
	// URN and Type tell the resource.
	URN, Type string
	// Diffs are the inputs that changed.
	Diffs []string
	// Custom is false for components and for the stack itself.
	Custom bool
}

// Name is the resource's logical name.
func (s Step) Name() string { return s.URN[strings.LastIndex(s.URN, "::")+2:] }

// Result is what one run did.
type Result struct {
	// Steps in the order in which they ended; at preview, in which they were planned.
	Steps []Step
	// Outputs of the stack; empty at preview and after destroy.
	Outputs auto.OutputMap
	// Output is everything the engine printed.
	Output string
}

// Changes are the steps that are not "same", of custom resources alone.
func (r *Result) Changes() []Step {
	var changes []Step
	for _, step := range r.Steps {
		if step.Custom && step.Op != string(apitype.OpSame) && step.Op != string(apitype.OpRead) {
			changes = append(changes, step)
		}
	}
	return changes
}

// RunError is a run that the engine ended with an error. Its message is the
// engine's output without progress; secrets are masked in it by the engine.
type RunError struct {
	// Output is everything the engine printed.
	Output string
	// Cause is the error that the run ended with.
	Cause error
}

// Error names the diagnostics alone, which is what a person has to read.
func (e *RunError) Error() string {
	if at := strings.Index(e.Output, diagnostics); at >= 0 {
		return strings.TrimSpace(e.Output[at:])
	}
	return e.Cause.Error()
}

// diagnostics begins the part of the engine's output that says what was wrong.
const diagnostics = "Diagnostics:"

// Diagnosed says that the engine has printed what was wrong; otherwise it did
// not come so far, and only Error tells.
func (e *RunError) Diagnosed() bool { return strings.Contains(e.Output, diagnostics) }

// Unwrap is the error that the run ended with.
func (e *RunError) Unwrap() error { return e.Cause }

// Recorder collects the steps of one run from the engine's events. A resource is
// reported when it is planned and again when it is done; the last word counts.
type Recorder struct{ planned, done []Step }

// Record takes the next event.
func (r *Recorder) Record(event apitype.EngineEvent) {
	switch {
	case event.ResourcePreEvent != nil:
		r.planned = append(r.planned, stepOf(event.ResourcePreEvent.Metadata))
	case event.ResOutputsEvent != nil:
		r.done = append(r.done, stepOf(event.ResOutputsEvent.Metadata))
	}
}

// Steps are those of the events so far.
func (r *Recorder) Steps() []Step {
	if len(r.done) == 0 {
		return r.planned
	}
	return r.done
}

func stepOf(m apitype.StepEventMetadata) Step {
	state := m.New
	if state == nil {
		state = m.Old
	}
	return Step{
		Op: string(m.Op), URN: m.URN, Type: m.Type, Diffs: m.Diffs,
		Custom: state != nil && state.Custom && !strings.HasPrefix(m.Type, "pulumi:"),
	}
}

// Output keeps what the engine prints and passes it on.
type Output struct {
	to   io.Writer
	lock sync.Mutex
	kept strings.Builder
}

// NewOutput passes what is printed on to another writer.
func NewOutput(to io.Writer) *Output { return &Output{to: to} }

// Write keeps what is printed.
func (o *Output) Write(p []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.kept.Write(p)
	return o.to.Write(p)
}

// Text is everything so far.
func (o *Output) Text() string {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.kept.String()
}
