// Package inprocess runs Pulumi programs with the real Pulumi engine in this process,
// for tests: it needs no CLI and no provider process, and a run takes a fraction of a
// second. Each run leaves an idle listening socket and three goroutines behind, a
// failed one also the calls that its program was waiting for.
package inprocess

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/local/provider"
)

// organization is the name that the CLI uses when the state is in a folder.
const organization = "organization"

// Stack is not safe for concurrent use.
type Stack struct {
	*engine.Folder
	options engine.Options
	project *workspace.Project
	name    tokens.StackName
	// account is what all instances of the providers of all runs work on.
	account *core.Store
	// provider creates an instance of a package's provider for the engine at an address.
	provider func(pkg, engine string) (pulumirpc.ResourceProviderServer, error)
}

// Open opens the stack's folder until Close.
func Open(opts engine.Options) (*Stack, error) {
	name, err := tokens.ParseStackName(opts.Stack)
	if err != nil {
		return nil, fmt.Errorf("stack %q: %w", opts.Stack, err)
	}
	project, err := projectOf(opts)
	if err != nil {
		return nil, err
	}
	folder, err := engine.OpenFolder(opts.Dir)
	if err != nil {
		return nil, err
	}
	s := &Stack{Folder: folder, options: opts, project: project, name: name, account: core.NewFile(engine.AccountPath(opts.Dir))}
	s.provider = func(pkg, address string) (pulumirpc.ResourceProviderServer, error) {
		return provider.New(pkg, s.account, address)
	}
	interrupted, err := s.Interrupted(string(project.Name), opts.Stack)
	if interrupted {
		err = errors.New("a run of the CLI in this folder was interrupted: let the CLI continue it first")
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Account reads what all runs work on.
func (s *Stack) Account() (*core.Account, error) { return s.account.Account() }

// Close releases the folder and the account.
func (s *Stack) Close() {
	s.account.Close()
	s.Folder.Close()
}

func projectOf(opts engine.Options) (*workspace.Project, error) {
	if opts.ProjectFile != "" {
		return workspace.LoadProject(opts.ProjectFile)
	}
	return &workspace.Project{
		Name: tokens.PackageName(opts.Project), Runtime: workspace.NewProjectRuntimeInfo("go", nil),
	}, nil
}
