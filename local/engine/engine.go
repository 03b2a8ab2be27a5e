// Package engine runs Pulumi programs through the real Pulumi engine on a local
// AWS account. Everything a stack needs lives in one folder: the CLI's home with
// the providers in it, the state, the passphrase and the account.
package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/local/cloud"
)

// MinimumPulumi is the oldest Pulumi CLI that the engine is driven with: the one
// it is tested with. Older ones lack options of the Automation API.
const MinimumPulumi = "3.250.0"

// ErrBusy says that another run holds the stack's folder.
var ErrBusy = errors.New("another run is working on this stack: wait for it to end")

// Options say what to run and where.
type Options struct {
	// Dir holds everything of the stack, between runs too; it is made when it
	// does not exist. Required.
	Dir string
	// Project is the name of the Pulumi project. Default: that of ProjectFile.
	Project string
	// ProjectFile is a Pulumi.yaml whose typed configuration applies. Default: none.
	ProjectFile string
	// Stack is the name of the stack. Required.
	Stack string
	// Program is what to run. Required.
	Program pulumi.RunFunc
	// Config is the stack's whole configuration by full key ("aws:region"). A
	// string is taken as it is, anything else as a structured value.
	Config map[string]any
	// KeepConfig leaves the stack's configuration as the last run had it, for what
	// does not run the program.
	KeepConfig bool
	// Progress gets the engine's own output. Default: none.
	Progress io.Writer
}

// Stack is an opened stack. It is not safe for concurrent use.
type Stack struct {
	stack    auto.Stack
	dir      string
	progress io.Writer
	lock     *os.File
}

// Open prepares the folder and the stack in it. It takes a lock on the folder
// that Close gives back; a run that died earlier is cleaned up after.
func Open(ctx context.Context, opts Options) (*Stack, error) {
	s := &Stack{dir: opts.Dir, progress: opts.Progress}
	if s.progress == nil {
		s.progress = io.Discard
	}
	for _, dir := range []string{opts.Dir, s.path("work"), s.path("state"), s.path("home")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	if err := s.takeLock(); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, opts); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close gives the folder back; nothing was written to the file that is closed.
func (s *Stack) Close() { _ = s.lock.Close() }

// Remove deletes the folder of a stack with everything in it, its local account
// too. It refuses while a run works on it.
func Remove(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	s := &Stack{dir: dir}
	if err := s.takeLock(); err != nil {
		return err
	}
	defer s.Close()
	return os.RemoveAll(dir)
}

// killedFile marks a folder in which a run was killed.
const killedFile = "killed"

// WasKilled says that some run of this stack was killed, so that the account may
// hold what that run made without recording it.
func (s *Stack) WasKilled() bool {
	_, err := os.Stat(s.path(killedFile))
	return err == nil
}

// Settled says that the account is known to hold nothing unrecorded any more.
func (s *Stack) Settled() error {
	if !s.WasKilled() {
		return nil
	}
	return os.Remove(s.path(killedFile))
}

// Account is what exists in the stack's local AWS now.
func (s *Stack) Account() (*cloud.Account, error) { return cloud.ReadAccount(AccountPath(s.dir)) }

func (s *Stack) path(name string) string { return filepath.Join(s.dir, name) }

// takeLock holds the folder for this process; the kernel lets go of it when the
// process ends, however it ends.
func (s *Stack) takeLock() error {
	f, err := os.OpenFile(s.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.Join(ErrBusy, f.Close())
	}
	s.lock = f
	return nil
}

func (s *Stack) prepare(ctx context.Context, opts Options) error {
	command, err := findPulumi()
	if err != nil {
		return err
	}
	if err := s.installProviders(); err != nil {
		return err
	}
	key, err := s.passphrase()
	if err != nil {
		return err
	}
	project, err := s.writeProject(opts)
	if err != nil {
		return err
	}
	s.stack, err = auto.UpsertStackInlineSource(ctx, opts.Stack, project, opts.Program,
		auto.WorkDir(s.path("work")), auto.PulumiHome(s.path("home")), auto.Pulumi(command), auto.EnvVars(s.environment(key)))
	if err != nil {
		return fmt.Errorf("opening stack %q: %w", opts.Stack, err)
	}
	// The folder is ours, so a lock in the state was left by a run that died.
	if err := s.resume(ctx, project, opts.Stack); err != nil {
		return err
	}
	if opts.KeepConfig {
		return nil
	}
	return s.writeConfig(opts)
}

// findPulumi prefers the CLI beside this program (bin/pulumi beside
// bin/portico) to the one on the PATH.
func findPulumi() (auto.PulumiCommand, error) {
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
}

// installProviders links this very program as the providers' plugins: see
// ServeIfPlugin.
func (s *Stack) installProviders() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for pkg, version := range cloud.Versions {
		dir := filepath.Join(s.path("home"), "plugins", "resource-"+pkg+"-v"+version)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		link := filepath.Join(dir, cloud.PluginName(pkg))
		if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := os.Symlink(self, link); err != nil {
			return err
		}
	}
	return nil
}

// passphrase is the key of the state's secrets, made once and at random.
func (s *Stack) passphrase() (string, error) {
	raw, err := os.ReadFile(s.path("passphrase"))
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return string(raw), err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	text := hex.EncodeToString(key)
	return text, os.WriteFile(s.path("passphrase"), []byte(text), 0o600)
}

// environment is what the CLI runs with. The passphrase is given by value: a
// PULUMI_CONFIG_PASSPHRASE of the caller's would win over a file's.
func (s *Stack) environment(passphrase string) map[string]string {
	return map[string]string{
		cloud.AccountEnv:                              AccountPath(s.dir),
		"PULUMI_BACKEND_URL":                          "file://" + s.path("state"),
		"PULUMI_CONFIG_PASSPHRASE":                    passphrase,
		"PULUMI_SKIP_UPDATE_CHECK":                    "true",
		"PULUMI_SKIP_CONFIRMATIONS":                   "true",
		"PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK":    "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		// A caller's providers must not take the place of the local AWS.
		"PULUMI_DEBUG_PROVIDERS": "",
	}
}

// writeProject puts a copy of the project file into the working folder, so that
// the engine writes nothing into the user's tree.
func (s *Stack) writeProject(opts Options) (string, error) {
	target := filepath.Join(s.path("work"), "Pulumi.yaml")
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
	return string(project.Name), os.WriteFile(target, raw, 0o600)
}

// resume goes on after a run that was killed: it takes away the lock that the
// state's backend keeps for it, and settles the operations of which nobody knows
// how they ended by what the account holds. What such a run had made without
// noting it stays in the account.
func (s *Stack) resume(ctx context.Context, project, stack string) error {
	locks := filepath.Join(s.path("state"), ".pulumi", "locks", "organization", project, stack)
	entries, err := os.ReadDir(locks)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(s.progress, "an earlier run was interrupted: comparing the state with what exists")
	if err := os.WriteFile(s.path(killedFile), nil, 0o600); err != nil {
		return err
	}
	if err := s.stack.Cancel(ctx); err != nil {
		return fmt.Errorf("taking the lock of an interrupted run away: %w", err)
	}
	if _, err := s.stack.Refresh(ctx, optrefresh.ClearPendingCreates()); err != nil {
		return fmt.Errorf("going on after an interrupted run: %w", err)
	}
	return nil
}

// writeConfig puts exactly opts.Config into the stack's configuration file,
// beside what the engine itself keeps in it.
func (s *Stack) writeConfig(opts Options) error {
	path := filepath.Join(s.path("work"), "Pulumi."+opts.Stack+".yaml")
	project, err := workspace.LoadProject(filepath.Join(s.path("work"), "Pulumi.yaml"))
	if err != nil {
		return err
	}
	sink := diag.DefaultSink(s.progress, s.progress, diag.FormatOptions{Color: "never"})
	file, err := workspace.LoadProjectStack(sink, project, path)
	if err != nil {
		return err
	}
	file.Config = config.Map{}
	for name, value := range opts.Config {
		key, err := config.ParseKey(name)
		if err != nil {
			return fmt.Errorf("configuration %q: %w", name, err)
		}
		if file.Config[key], err = configValue(value); err != nil {
			return fmt.Errorf("configuration %q: %w", name, err)
		}
	}
	return file.Save(path)
}

func configValue(value any) (config.Value, error) {
	if text, ok := value.(string); ok {
		return config.NewValue(text), nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return config.Value{}, err
	}
	return config.NewObjectValue(string(raw)), nil
}
