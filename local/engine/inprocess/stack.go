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

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
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
}

// Open opens the stack's folder until Close. The stack is made in account.
func Open(opts engine.Options, account *core.Store) (*Stack, error) {
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
	s := &Stack{Folder: folder, options: opts, project: project, name: name, account: account}
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

func projectOf(opts engine.Options) (*workspace.Project, error) {
	if opts.ProjectFile != "" {
		return workspace.LoadProject(opts.ProjectFile)
	}
	return &workspace.Project{
		Name: tokens.PackageName(opts.Project), Runtime: workspace.NewProjectRuntimeInfo("go", nil),
	}, nil
}
