package engine

import (
	"context"
	"io"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// fewerStarts is a Pulumi CLI that is not started for commands of the Automation API
// that are not needed. A start takes more than half a second.
type fewerStarts struct {
	auto.PulumiCommand
	state string // the file of the stack's state
}

// Run runs the CLI, unless to select a stack that exists, since every command names its
// stack, or to read the history.
func (c fewerStarts) Run(ctx context.Context, dir string, stdin io.Reader, out, problems []io.Writer, env []string, args ...string) (
	stdout, stderr string, code int, err error,
) {
	if len(args) > 1 && args[0] == "stack" {
		switch args[1] {
		case "history":
			return "[]", "", 0, nil
		case "select":
			if _, err := os.Stat(c.state); err == nil {
				return "", "", 0, nil
			}
		}
	}
	return c.PulumiCommand.Run(ctx, dir, stdin, out, problems, env, args...)
}
