package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/portico-iac/portico/local/provider"
)

// MinimumPulumi is the oldest Pulumi CLI that works. Older ones lack options of the
// Automation API.
const MinimumPulumi = "3.250.0"

// killedFile marks a folder in which a run was killed.
const killedFile = "killed"

// Stack is a stack that the CLI works on. It is not safe for concurrent use.
type Stack struct {
	*Folder
	stack    auto.Stack
	progress io.Writer
}

// Open opens the stack's folder until Close, and cleans up after a run that was killed.
func Open(ctx context.Context, opts Options) (*Stack, error) {
	folder, err := OpenFolder(opts.Dir)
	if err != nil {
		return nil, err
	}
	s := &Stack{Folder: folder, progress: orDiscard(opts.Progress)}
	if err := s.prepare(ctx, opts); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// WasKilled says whether a run of this stack was killed. The account may then have
// resources that are not in the state.
func (s *Stack) WasKilled() bool {
	_, err := os.Stat(s.Path(killedFile))
	return err == nil
}

// Settled records that the account has no such resources any more.
func (s *Stack) Settled() error { return os.RemoveAll(s.Path(killedFile)) }

func (s *Stack) prepare(ctx context.Context, opts Options) error {
	command, err := findPulumi()
	if err != nil {
		return err
	}
	if err := s.installProviders(); err != nil {
		return err
	}
	if err := dropHalfWritten(s.dir); err != nil {
		return err
	}
	if opts.Config != nil { // the stack may have to be made
		if err := s.checkRoom(); err != nil {
			return err
		}
	}
	key, err := s.Passphrase()
	if err != nil {
		return err
	}
	project, err := s.writeProject(opts)
	if err != nil {
		return err
	}
	open := auto.NewStackInlineSource
	if _, err := os.Stat(s.Path(filepath.Join("state", ".pulumi", "stacks", project, opts.Stack+".json"))); err == nil {
		open = auto.SelectStackInlineSource
	}
	command = &fewerStarts{PulumiCommand: command}
	s.stack, err = open(ctx, opts.Stack, project, opts.Program,
		auto.WorkDir(s.Path("work")), auto.PulumiHome(s.Path("home")), auto.Pulumi(command), auto.EnvVars(s.environment(key)))
	if err != nil {
		return &OpenError{fmt.Sprintf("opening stack %q in %s", opts.Stack, s.dir), plainly(err)}
	}
	if err := s.resume(ctx, project, opts.Stack); err != nil {
		return err
	}
	if opts.Config == nil {
		return nil
	}
	return s.writeConfig(opts)
}

// findPulumi finds the CLI: the one beside this program (bin/pulumi beside bin/portico),
// or else the one on the PATH. It does so once, since it has to start the CLI.
var findPulumi = sync.OnceValues(func() (auto.PulumiCommand, error) {
	opts := &auto.PulumiCommandOptions{SkipVersionCheck: true} // the SDK's own message names another minimum
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "pulumi")
		if _, err := os.Stat(beside); err == nil && filepath.Base(filepath.Dir(self)) == "bin" {
			opts.Root = filepath.Dir(filepath.Dir(self))
		}
	}
	command, err := auto.NewPulumiCommand(opts)
	if err != nil {
		return nil, fmt.Errorf("a Pulumi CLI of %s or newer is needed on the PATH: %w", MinimumPulumi, err)
	}
	if found := command.Version(); found.LT(semver.MustParse(MinimumPulumi)) {
		return nil, fmt.Errorf("a Pulumi CLI of %s or newer is needed on the PATH, the one there is %s", MinimumPulumi, found)
	}
	return command, nil
})

// installProviders links this program as the providers' plugins: see ServeIfPlugin.
func (s *Stack) installProviders() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for pkg, version := range provider.Versions {
		dir := filepath.Join(s.Path("home"), "plugins", "resource-"+pkg+"-v"+version)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		link := filepath.Join(dir, provider.PluginName(pkg))
		if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := os.Symlink(self, link); err != nil {
			return err
		}
	}
	return nil
}

// environment is the CLI's. A passphrase in a file would not override the caller's
// PULUMI_CONFIG_PASSPHRASE.
func (s *Stack) environment(passphrase string) map[string]string {
	return map[string]string{
		provider.AccountEnv:                           AccountPath(s.dir),
		"PULUMI_BACKEND_URL":                          "file://" + s.Path("state"),
		"PULUMI_CONFIG_PASSPHRASE":                    passphrase,
		"PULUMI_SKIP_UPDATE_CHECK":                    "true",
		"PULUMI_SKIP_CONFIRMATIONS":                   "true",
		"PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK":    "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PULUMI_DEBUG_PROVIDERS":                      "", // the caller's would replace the local AWS
		// The caller's would name the file of the state in another way.
		"PULUMI_DIY_BACKEND_GZIP": "false", "PULUMI_SELF_MANAGED_STATE_GZIP": "false",
		"PULUMI_DIY_BACKEND_ZSTD": "false", "PULUMI_SELF_MANAGED_STATE_ZSTD": "false",
		"PULUMI_DIY_BACKEND_LEGACY_LAYOUT": "false", "PULUMI_SELF_MANAGED_STATE_LEGACY_LAYOUT": "false",
	}
}

func (s *Stack) projectFile() string { return filepath.Join(s.Path("work"), "Pulumi.yaml") }

// writeProject copies the project file into the working folder, so that the engine
// writes nothing into the user's tree. It returns the project's name.
func (s *Stack) writeProject(opts Options) (string, error) {
	if opts.ProjectFile == "" {
		return opts.Project, nil
	}
	project, err := workspace.LoadProject(opts.ProjectFile)
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(opts.ProjectFile)
	if err != nil {
		return "", err
	}
	return string(project.Name), os.WriteFile(s.projectFile(), raw, 0o600)
}

// resume cleans up after a run that was killed: it removes the run's lock and refreshes
// the state, which settles pending operations. Resources that are not in the state stay
// in the account.
func (s *Stack) resume(ctx context.Context, project, stack string) error {
	interrupted, err := s.Interrupted(project, stack)
	if err != nil || !interrupted {
		return err
	}
	fmt.Fprintln(s.progress, "an earlier run was interrupted: comparing the state with what exists")
	if err := os.WriteFile(s.Path(killedFile), nil, 0o600); err != nil {
		return err
	}
	if err := s.stack.Cancel(ctx); err != nil {
		return &OpenError{"removing the lock of an interrupted run in " + s.Path("state"), plainly(err)}
	}
	if _, err := s.stack.Refresh(ctx, optrefresh.ClearPendingCreates()); err != nil {
		return &OpenError{"comparing the state in " + s.Path("state") + " with what exists, after an interrupted run", plainly(err)}
	}
	return nil
}

// writeConfig replaces the configuration in the stack's file, and keeps the engine's own
// fields.
func (s *Stack) writeConfig(opts Options) error {
	path := filepath.Join(s.Path("work"), "Pulumi."+opts.Stack+".yaml")
	project, err := workspace.LoadProject(s.projectFile())
	if err != nil {
		return err
	}
	sink := diag.DefaultSink(s.progress, s.progress, diag.FormatOptions{Color: "never"})
	file, err := workspace.LoadProjectStack(sink, project, path)
	if err != nil {
		return err
	}
	if file.Config, err = opts.ConfigMap(context.Background(), nil); err != nil {
		return err
	}
	return file.Save(path)
}
