package engine

import (
	"io"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Step is what the engine did, or at preview would do, to one resource.
type Step struct {
	Op        string // "create", "update", "delete", "create-replacement", "same" and so on
	URN, Type string
	Diffs     []string // the inputs that changed
	Custom    bool     // false for components and for the stack itself
}

// Name is the resource's logical name.
func (s Step) Name() string { return s.URN[strings.LastIndex(s.URN, "::")+2:] }

// Result is what one run did.
type Result struct {
	Steps   []Step         // in the order in which they ended, at preview in the planned one
	Outputs auto.OutputMap // of the stack; empty at preview and after destroy
	Output  string         // everything that the engine printed
	// Counts are the engine's own, of all resources, components and the stack itself among
	// them, by what is done with them: "create", "same" and so on.
	Counts map[string]int
	// Applied says that something was done to a resource. False at preview.
	Applied bool
}

// Changes returns the steps of custom resources that are not "same".
func (r *Result) Changes() []Step {
	var changes []Step
	for _, step := range r.Steps {
		if step.Custom && step.Op != string(apitype.OpSame) && step.Op != string(apitype.OpRead) {
			changes = append(changes, step)
		}
	}
	return changes
}

// RunError is a run that the engine ended with an error.
type RunError struct {
	Output string // everything that the engine printed, with secrets masked
	Cause  error
}

// Error returns the diagnostics that the engine printed, or else the cause.
func (e *RunError) Error() string {
	if at := strings.Index(e.Output, diagnostics); at >= 0 {
		return strings.TrimSpace(e.Output[at:])
	}
	return e.Cause.Error()
}

// diagnostics is the heading of the engine's error messages.
const diagnostics = "Diagnostics:"

// Diagnosed says whether the engine has printed what was wrong.
func (e *RunError) Diagnosed() bool { return strings.Contains(e.Output, diagnostics) }

// Unwrap returns the cause.
func (e *RunError) Unwrap() error { return e.Cause }

// Recorder collects the steps of one run from the engine's events, which report a
// resource when it is planned and again when it is done.
type Recorder struct {
	planned, done []Step
	counts        map[string]int
	preview       bool
}

// Record adds an event.
func (r *Recorder) Record(event apitype.EngineEvent) {
	switch {
	case event.ResourcePreEvent != nil:
		r.planned = append(r.planned, stepOf(event.ResourcePreEvent.Metadata))
	case event.ResOutputsEvent != nil:
		r.done = append(r.done, stepOf(event.ResOutputsEvent.Metadata))
	case event.SummaryEvent != nil:
		r.preview = event.SummaryEvent.IsPreview
		r.counts = map[string]int{}
		for op, n := range event.SummaryEvent.ResourceChanges {
			r.counts[string(op)] = n
		}
	}
}

// Fill completes a result: its steps are those that are done, or else those that are
// planned.
func (r *Recorder) Fill(res *Result) {
	res.Counts, res.Steps = r.counts, r.done
	res.Applied = !r.preview && len((&Result{Steps: r.done}).Changes()) > 0
	if len(r.done) == 0 {
		res.Steps = r.planned
	}
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

// Output keeps the engine's output and passes it on.
type Output struct {
	to   io.Writer
	lock sync.Mutex
	kept strings.Builder
}

// NewOutput passes the output on to another writer, or to none.
func NewOutput(to io.Writer) *Output { return &Output{to: orDiscard(to)} }

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.kept.Write(p)
	return o.to.Write(p)
}

// Text returns the output so far.
func (o *Output) Text() string {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.kept.String()
}
