package engine

import (
	"context"
	"io"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// fewerStarts is a Pulumi CLI that is not started for what the Automation API asks
// and nobody needs here: a start takes more than half a second.
type fewerStarts struct {
	auto.PulumiCommand
	// state is the file in which the CLI keeps the only stack there is.
	state string
}

// Run runs the CLI. Every command names its stack, so a stack that exists need not
// be selected, and nobody reads the history.
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
