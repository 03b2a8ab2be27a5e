package engine

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// fewerStarts is a Pulumi CLI that is not started for commands of the Automation API
// that are not needed. A start takes a quarter of a second, and twice that with secrets.
type fewerStarts struct {
	auto.PulumiCommand
	masked string // what the last "stack output" printed, in which "[secret]" stands for every secret
}

// Run runs the CLI, unless to select a stack, since every command names its stack, to read
// the history, or to show the secrets of outputs that have none.
func (c *fewerStarts) Run(ctx context.Context, dir string, stdin io.Reader, out, problems []io.Writer, env []string, args ...string) (
	stdout, stderr string, code int, err error,
) {
	if len(args) < 2 || args[0] != "stack" {
		return c.PulumiCommand.Run(ctx, dir, stdin, out, problems, env, args...)
	}
	showSecrets := slices.Contains(args, "--show-secrets")
	switch {
	case args[1] == "history":
		return "[]", "", 0, nil
	case args[1] == "select":
		return "", "", 0, nil
	case args[1] == "output" && showSecrets && c.masked != "" && !strings.Contains(c.masked, "[secret]"):
		return c.masked, "", 0, nil
	}
	stdout, stderr, code, err = c.PulumiCommand.Run(ctx, dir, stdin, out, problems, env, args...)
	if args[1] == "output" && !showSecrets {
		c.masked = stdout
	}
	return stdout, stderr, code, err
}
