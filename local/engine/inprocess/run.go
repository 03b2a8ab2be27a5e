package inprocess

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	sdkdisplay "github.com/pulumi/pulumi/pkg/v3/display"
	pulumiengine "github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/util/cancel"
	"github.com/pulumi/pulumi/pkg/v3/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/esc"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/contract"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/result"

	"github.com/portico-iac/portico/local/engine"
)

// operations are the engine's, with the labels that the CLI prints.
var operations = map[apitype.UpdateKind]struct {
	label string
	run   func(pulumiengine.UpdateInfo, *pulumiengine.Context, pulumiengine.UpdateOptions, bool) (*deploy.Plan, sdkdisplay.ResourceChanges, error)
}{
	apitype.PreviewUpdate: {"previewing update", pulumiengine.Update},
	apitype.UpdateUpdate:  {"updating", pulumiengine.Update},
	apitype.RefreshUpdate: {"refreshing", pulumiengine.Refresh},
	apitype.DestroyUpdate: {"destroying", pulumiengine.Destroy},
}

// Run runs one operation on the stack. After an error, the result has what was done
// before it.
func (s *Stack) Run(ctx context.Context, kind apitype.UpdateKind) (*engine.Result, error) {
	out := engine.NewOutput(s.options.Progress)
	seen, snapshot, err := s.operate(ctx, kind, out)
	if err != nil && !result.IsBail(err) { // what the engine has not printed, the CLI does
		fmt.Fprintf(out, "error: %v\n", err)
	}
	res := &engine.Result{Output: out.Text()}
	if seen != nil {
		seen.Fill(res)
	}
	if err != nil {
		return res, &engine.RunError{Output: res.Output, Cause: err}
	}
	if kind == apitype.UpdateUpdate {
		res.Outputs, err = outputsOf(ctx, snapshot)
	}
	return res, err
}

// operate runs one operation and records what it did, whether or not it succeeds. It
// returns the new state, unless it is a preview.
func (s *Stack) operate(ctx context.Context, kind apitype.UpdateKind, out *engine.Output) (*engine.Recorder, *deploy.Snapshot, error) {
	target, err := s.target(ctx)
	if err != nil {
		return nil, nil, err
	}
	if kind == apitype.PreviewUpdate {
		seen, err := s.call(ctx, kind, target, pulumiengine.NewTestJournal(), out)
		return seen, nil, err
	}
	if err := s.Begin(); err != nil {
		return nil, nil, err
	}
	journal := pulumiengine.NewTestJournal()
	seen, err := s.call(ctx, kind, target, journal, out)
	snapshot, recordErr := s.record(journal, target)
	return seen, snapshot, errors.Join(err, recordErr)
}

func (s *Stack) call(ctx context.Context, kind apitype.UpdateKind, target *deploy.Target,
	journal *pulumiengine.TestJournal, out *engine.Output,
) (*engine.Recorder, error) {
	cancelCtx, source := cancel.NewContext(ctx)
	defer source.Terminate()
	used := &plugins{stack: s}
	defer used.close() // before the source ends, with which the engine closes the host too
	opts := pulumiengine.UpdateOptions{
		Parallel: int32(4 * runtime.GOMAXPROCS(0)), SkipPluginPreInstall: true, HostFactory: used.open,
	}
	events := s.watch(kind, out)
	info := pulumiengine.UpdateInfo{Root: s.Path("work"), Project: s.project, Target: target}
	_, _, err := operations[kind].run(info, &pulumiengine.Context{
		Cancel: cancelCtx, Events: events.in, SnapshotManager: journal, BackendClient: &deploytest.BackendClient{},
	}, opts, kind == apitype.PreviewUpdate)
	seen, watchErr := events.wait()
	contract.IgnoreClose(journal)
	return seen, errors.Join(err, watchErr)
}

// record adds the journal's entries to the state.
func (s *Stack) record(journal *pulumiengine.TestJournal, target *deploy.Target) (*deploy.Snapshot, error) {
	snapshot, err := journal.Entries().Snap(target.Snapshot)
	if err == nil {
		err = s.save(snapshot)
	}
	if err != nil {
		return nil, fmt.Errorf("recording the changes: %w", err)
	}
	return snapshot, s.Recorded()
}

// target returns the stack's configuration, checked against the project's, and its
// state.
func (s *Stack) target(ctx context.Context) (*deploy.Target, error) {
	snapshot, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	encrypter, decrypter := snapshot.SecretsManager.Encrypter(), snapshot.SecretsManager.Decrypter()
	settings, err := s.options.ConfigMap(ctx, encrypter)
	if err != nil {
		return nil, err
	}
	if _, ok := settings[config.MustMakeKey("pulumi", "autonaming")]; ok {
		return nil, errors.New("pulumi:autonaming: only the CLI has it, remove it or run with the CLI")
	}
	err = workspace.ValidateStackConfigAndApplyProjectConfig(ctx, s.name.String(), s.project, esc.Value{}, settings, encrypter, decrypter)
	if err != nil {
		return nil, fmt.Errorf("validating stack config: %w", err)
	}
	return &deploy.Target{
		Name: s.name, Organization: organization, Config: settings, Decrypter: decrypter, Snapshot: snapshot,
	}, nil
}
