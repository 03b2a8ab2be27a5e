package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
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
	cause  error
}

// Error names the diagnostics alone, which is what a person has to read.
func (e *RunError) Error() string {
	if at := strings.Index(e.Output, diagnostics); at >= 0 {
		return strings.TrimSpace(e.Output[at:])
	}
	return e.cause.Error()
}

// diagnostics begins the part of the engine's output that says what was wrong.
const diagnostics = "Diagnostics:"

// Diagnosed says that the engine has printed what was wrong; otherwise it did
// not come so far, and only Error tells.
func (e *RunError) Diagnosed() bool { return strings.Contains(e.Output, diagnostics) }

// Unwrap is the Automation API's own error.
func (e *RunError) Unwrap() error { return e.cause }

// Up brings the stack to what the program says.
func (s *Stack) Up(ctx context.Context) (*Result, error) {
	return s.run(func(stream chan<- events.EngineEvent, out *output) (auto.OutputMap, error) {
		res, err := s.stack.Up(ctx, optup.ProgressStreams(out), optup.ErrorProgressStreams(out),
			optup.EventStreams(stream), optup.SuppressOutputs(), optup.Color("never"))
		return res.Outputs, err
	})
}

// Preview says what Up would do.
func (s *Stack) Preview(ctx context.Context) (*Result, error) {
	return s.run(func(stream chan<- events.EngineEvent, out *output) (auto.OutputMap, error) {
		_, err := s.stack.Preview(ctx, optpreview.ProgressStreams(out), optpreview.ErrorProgressStreams(out),
			optpreview.EventStreams(stream), optpreview.SuppressOutputs(), optpreview.Color("never"))
		return nil, err
	})
}

// Refresh reads every resource back from the account.
func (s *Stack) Refresh(ctx context.Context) (*Result, error) {
	return s.run(func(stream chan<- events.EngineEvent, out *output) (auto.OutputMap, error) {
		_, err := s.stack.Refresh(ctx, optrefresh.ProgressStreams(out), optrefresh.ErrorProgressStreams(out),
			optrefresh.EventStreams(stream), optrefresh.Color("never"))
		return nil, err
	})
}

// Destroy takes everything of the stack down.
func (s *Stack) Destroy(ctx context.Context) (*Result, error) {
	return s.run(func(stream chan<- events.EngineEvent, out *output) (auto.OutputMap, error) {
		_, err := s.stack.Destroy(ctx, optdestroy.ProgressStreams(out), optdestroy.ErrorProgressStreams(out),
			optdestroy.EventStreams(stream), optdestroy.SuppressOutputs(), optdestroy.Color("never"))
		return nil, err
	})
}

// Outputs are those of the last Up; secret ones are marked.
func (s *Stack) Outputs(ctx context.Context) (auto.OutputMap, error) { return s.stack.Outputs(ctx) }

// Export is the stack's deployment as Pulumi keeps it, secrets encrypted: the
// Automation API's own export decrypts them.
func (s *Stack) Export(ctx context.Context) (apitype.UntypedDeployment, error) {
	var deployment apitype.UntypedDeployment
	out, err := s.pulumi(ctx, "stack", "export", "--stack", s.stack.Name())
	if err != nil {
		return deployment, err
	}
	if err := json.Unmarshal([]byte(out), &deployment); err != nil {
		return deployment, fmt.Errorf("reading the deployment: %w", err)
	}
	return deployment, nil
}

// pulumi runs the CLI for what the Automation API does not offer.
func (s *Stack) pulumi(ctx context.Context, args ...string) (string, error) {
	var env []string
	for key, value := range s.stack.Workspace().GetEnvVars() {
		env = append(env, key+"="+value)
	}
	env = append(env, "PULUMI_HOME="+s.path("home"))
	out, problems, _, err := s.stack.Workspace().PulumiCommand().Run(ctx, s.path("work"), nil, nil, nil, env, args...)
	if err != nil {
		return "", fmt.Errorf("pulumi %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(problems))
	}
	return out, nil
}

// RawState is the bytes of every file in which the engine keeps the stack's
// state, for tests that look for what must not be in them.
func (s *Stack) RawState() (map[string][]byte, error) { return readTree(os.DirFS(s.path("state"))) }

type runFunc func(stream chan<- events.EngineEvent, out *output) (auto.OutputMap, error)

// run collects the steps and the output of one engine run.
func (s *Stack) run(f runFunc) (*Result, error) {
	stream := make(chan events.EngineEvent)
	out := &output{to: s.progress}
	res := &Result{}
	var collected sync.WaitGroup
	ended := make(chan struct{})
	collected.Go(func() { res.Steps = collect(stream, ended) })
	outputs, err := f(stream, out)
	close(ended)
	collected.Wait()
	res.Outputs, res.Output = outputs, out.text()
	if err != nil {
		return res, &RunError{Output: res.Output, cause: err}
	}
	return res, nil
}

// collect reads events until the stream is closed or the run has ended: a run
// that fails early never closes it. A resource is reported when it is planned
// and again when it is done; the last word counts.
func collect(stream <-chan events.EngineEvent, ended <-chan struct{}) []Step {
	var planned, done []Step
	for {
		select {
		case <-ended:
			return lastWord(planned, done)
		case event, open := <-stream:
			switch {
			case !open:
				return lastWord(planned, done)
			case event.ResourcePreEvent != nil:
				planned = append(planned, stepOf(event.ResourcePreEvent.Metadata))
			case event.ResOutputsEvent != nil:
				done = append(done, stepOf(event.ResOutputsEvent.Metadata))
			}
		}
	}
}

func lastWord(planned, done []Step) []Step {
	if len(done) == 0 {
		return planned
	}
	return done
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

// output keeps what the engine prints and passes it on.
type output struct {
	to   interface{ Write([]byte) (int, error) }
	lock sync.Mutex
	kept strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.kept.Write(p)
	return o.to.Write(p)
}

func (o *output) text() string {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.kept.String()
}
