package engine

import (
	"context"
	"encoding/json"
	"fmt"
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

// Run runs one operation on the stack. After an error, the result has what was done
// before it.
func (s *Stack) Run(ctx context.Context, kind apitype.UpdateKind) (*Result, error) {
	if err := s.checkRoom(); err != nil {
		return &Result{}, err
	}
	stream := make(chan events.EngineEvent)
	out := NewOutput(s.progress)
	res := &Result{}
	var collected sync.WaitGroup
	ended := make(chan struct{})
	var seen *Recorder
	collected.Go(func() { seen = collect(stream, ended) })
	running, stop := s.whileRoom(ctx)
	outputs, err := s.operate(running, kind, stream, out)
	full := context.Cause(running)
	stop()
	close(ended)
	collected.Wait()
	seen.Fill(res)
	res.Outputs, res.Output = outputs, out.Text()
	switch {
	case err == nil:
		return res, nil
	case full != nil && ctx.Err() == nil:
		return res, full
	}
	return res, &RunError{Output: res.Output, Cause: plainly(err)}
}

// operate has the Automation API run one operation.
func (s *Stack) operate(ctx context.Context, kind apitype.UpdateKind, stream chan<- events.EngineEvent, out *Output) (auto.OutputMap, error) {
	switch kind {
	case apitype.PreviewUpdate:
		_, err := s.stack.Preview(ctx, optpreview.ProgressStreams(out), optpreview.ErrorProgressStreams(out),
			optpreview.EventStreams(stream), optpreview.SuppressOutputs(), optpreview.Color("never"))
		return nil, err
	case apitype.UpdateUpdate:
		res, err := s.stack.Up(ctx, optup.ProgressStreams(out), optup.ErrorProgressStreams(out),
			optup.EventStreams(stream), optup.SuppressOutputs(), optup.Color("never"))
		return res.Outputs, err
	case apitype.RefreshUpdate:
		_, err := s.stack.Refresh(ctx, optrefresh.ProgressStreams(out), optrefresh.ErrorProgressStreams(out),
			optrefresh.EventStreams(stream), optrefresh.Color("never"))
		return nil, err
	case apitype.DestroyUpdate:
		_, err := s.stack.Destroy(ctx, optdestroy.ProgressStreams(out), optdestroy.ErrorProgressStreams(out),
			optdestroy.EventStreams(stream), optdestroy.SuppressOutputs(), optdestroy.Color("never"))
		return nil, err
	}
	return nil, fmt.Errorf("unknown operation %q", kind)
}

// Outputs returns the outputs of the last update, with secrets marked.
func (s *Stack) Outputs(ctx context.Context) (auto.OutputMap, error) {
	values, err := s.stack.Outputs(ctx)
	return values, plainly(err)
}

// Export returns the stack's deployment with secrets encrypted. The Automation API's
// own export decrypts them.
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

func (s *Stack) pulumi(ctx context.Context, args ...string) (string, error) {
	var env []string
	for key, value := range s.stack.Workspace().GetEnvVars() {
		env = append(env, key+"="+value)
	}
	env = append(env, "PULUMI_HOME="+s.Path("home"))
	out, problems, _, err := s.stack.Workspace().PulumiCommand().Run(ctx, s.Path("work"), nil, nil, nil, env, args...)
	if err != nil {
		return "", fmt.Errorf("pulumi %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(problems))
	}
	return out, nil
}

// collect reads events until the stream is closed or the run has ended. A run that
// fails early does not close the stream.
func collect(stream <-chan events.EngineEvent, ended <-chan struct{}) *Recorder {
	seen := &Recorder{}
	for {
		select {
		case <-ended:
			return seen
		case event, open := <-stream:
			if !open {
				return seen
			}
			seen.Record(event.EngineEvent)
		}
	}
}

// plainly is an error of the Automation API without exit code and output: what the CLI
// said, once.
func plainly(err error) error {
	if err == nil {
		return nil
	}
	what, rest, is := strings.Cut(err.Error(), "\ncode: ")
	_, said, is2 := strings.Cut(rest, "\nstderr: ")
	said = strings.TrimPrefix(strings.TrimSpace(said), "error: ")
	if !is || !is2 || said == "" {
		return err
	}
	if at := strings.LastIndex(what, ": exit status "); at >= 0 {
		what = what[:at]
	}
	return fmt.Errorf("%s: %s", what, said)
}
