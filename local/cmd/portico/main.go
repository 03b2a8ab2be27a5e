// Command portico runs the ready stacks on an embedded local AWS: the real
// Pulumi engine with a provider that enforces AWS's rules. It needs no AWS account.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/portico-iac/portico/local/engine"
)

// Exit codes, as `portico help` lists them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// errUsage marks a wrong command line; the error that wraps it says why.
var errUsage = errors.New("usage")

func main() {
	engine.ServeIfPlugin()
	_ = os.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true") // does not matter on loopback
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr})
	stop()
	os.Exit(code)
}

// terminal is where a command runs.
type terminal struct {
	dir            string // the folder to search for the project; "": the working folder
	stdin          io.Reader
	stdout, stderr io.Writer
}

func run(ctx context.Context, args []string, at terminal) int {
	stdout, stderr := at.stdout, at.stderr
	if len(args) == 0 {
		printUsage(stderr)
		return exitUsage
	}
	if args[0] == "help" && len(args) > 1 {
		args = []string{args[1], "--help"}
	}
	if args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		printUsage(stdout)
		return exitOK
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		fmt.Fprintf(stderr, "portico: unknown command %q, see: portico help\n", args[0])
		return exitUsage
	}
	opts, err := parseOptions(commands[i], args[1:], stdout)
	if errors.Is(err, errHelp) {
		return exitOK
	}
	s := &session{options: opts, terminal: at}
	if err == nil {
		err = commands[i].run(ctx, s)
	}
	code := s.report(ctx, args[0], err)
	if wantsJSON := commands[i].takesJSON && slices.ContainsFunc(args, isJSONFlag); err != nil && wantsJSON && !s.printed {
		if err := s.printJSON(map[string]any{"error": err.Error(), "exitCode": code}); err != nil {
			fmt.Fprintln(stderr, "portico:", err)
		}
	}
	return code
}

// isJSONFlag says whether an argument asks for JSON, on a wrong command line too.
func isJSONFlag(arg string) bool {
	return slices.Contains([]string{"--json", "-json", "--json=true", "-json=true"}, arg)
}

// report says on stderr why a command failed, and returns the exit code.
func (s *session) report(ctx context.Context, command string, err error) int {
	if err == nil {
		return exitOK
	}
	code := exitFailed
	var engineError *engine.RunError
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(s.stderr, "portico: interrupted; run the same command again to continue")
		return exitInterrupted
	case errors.Is(err, errUsage):
		code = exitUsage
		fmt.Fprintln(s.stderr, "portico:", err)
	case errors.As(err, &engineError) && engineError.Diagnosed():
		fmt.Fprintf(s.stderr, "portico: %s of stack %s failed, the diagnostics above say why\n", command, s.stack)
	default:
		fmt.Fprintln(s.stderr, "portico:", err)
	}
	if s.options != nil && command == "up" && (len(s.config) > 0 || s.configFile != "") {
		if s.kept {
			fmt.Fprintln(s.stderr, "portico: the configuration of this run is kept for the next one; --config KEY= removes a value")
		} else {
			fmt.Fprintln(s.stderr, "portico: nothing was changed, so the configuration of this run is not kept")
		}
	}
	return code
}
