package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/stacks"
)

type command struct {
	name        string
	summary     string
	takesConfig bool
	takesJSON   bool
	run         func(context.Context, *session) error
	// flags adds the options that only this command has; nil: none.
	flags func(*options, *flag.FlagSet)
	// argument is the command's argument, as help shows it; "": none.
	argument string
}

// commands are in the order in which help lists them.
var commands = []command{
	{"up", "Bring a stack up on its local AWS", true, true, up, upFlags, ""},
	{"preview", "Show what up would do, without doing it", true, true, preview, nil, ""},
	{"destroy", "Take a stack down and compare its account with the seed", false, true, destroy, nil, ""},
	{"explain", "Print the path of a request, hop by hop, as predicted from the registered resources", false, true, explain, explainFlags, "[URL]"},
	{"verify", "Send every request that a stack or a deployment should answer or reject, and compare with the prediction", false, true, verifyCommand, verifyFlags, ""},
	{"serve", "Serve a stack that is up on loopback, until Ctrl-C", false, false, serve, serveFlags, ""},
	{"outputs", "Print the outputs of the last up", false, true, outputs, nil, ""},
	{"export", "Print the stack's deployment as JSON, with secrets encrypted", false, false, export, nil, ""},
	{"refresh", "Bring a stack's state to what its local account has, and forget resources that are gone", false, true, refresh, nil, ""},
	{"reset", "Delete a stack and its account, whatever state they are in; the next up starts from the seed", false, false, reset, nil, ""},
}

// session is one run of a command.
type session struct {
	*options
	terminal
	// keep saves the options about the configuration for later runs; nil before they are
	// accepted.
	keep func() error
	// kept says that this was done, printed that stdout has its JSON.
	kept, printed bool
}

// progress is where the engine's output goes.
func (s *session) progress() io.Writer {
	if s.json {
		return s.stderr
	}
	return s.stdout
}

func (s *session) opening() {
	fmt.Fprintf(s.progress(), "opening stack %s with the Pulumi CLI ...\n", s.stack)
}

// open opens the stack with its configuration, which keep can save.
func (s *session) open(ctx context.Context) (*engine.Stack, error) {
	root, dir, err := s.paths()
	if err != nil {
		return nil, err
	}
	if err := s.checkAccount(dir); err != nil {
		return nil, err
	}
	kept, err := loadSettings(dir)
	if err != nil {
		return nil, err
	}
	kept.add(s.options)
	config, err := kept.resolve(root, s.stack)
	if err != nil {
		return nil, err
	}
	if err := checkConfig(s.stack, config); err != nil {
		return nil, err
	}
	s.keep = func() error { return kept.save(dir) }
	s.opening()
	stack, err := s.openEngine(ctx, root, dir, config)
	if err != nil {
		return nil, err
	}
	if err := s.checkAccount(dir); err != nil { // again: now no run of before is left
		stack.Close()
		return nil, err
	}
	return stack, nil
}

// openExisting opens a stack that an earlier up made. It needs no configuration,
// since the program does not run.
func (s *session) openExisting(ctx context.Context) (*engine.Stack, error) {
	root, dir, err := s.existing()
	if err != nil {
		return nil, err
	}
	return s.openEngine(ctx, root, dir, nil)
}

func (s *session) openEngine(ctx context.Context, root, dir string, config map[string]any) (*engine.Stack, error) {
	if err := engine.CheckState(dir); err != nil {
		return nil, s.withWayOut(err)
	}
	stack, err := engine.Open(ctx, engine.Options{
		Dir: dir, ProjectFile: filepath.Join(root, "Pulumi.yaml"), Stack: s.stack,
		Program: stacks.Program, Config: config, Progress: s.progress(),
	})
	return stack, s.withWayOut(err)
}

func upFlags(o *options, flags *flag.FlagSet) {
	serversFlag(o, flags)
	flags.BoolVar(&o.serve, "serve", false, "then serve the stack on loopback until Ctrl-C, as portico serve does")
}

func up(ctx context.Context, s *session) error {
	if s.serve && s.json {
		return fmt.Errorf("%w: portico up: --serve prints no JSON: run portico serve after it", errUsage)
	}
	if err := s.bringUp(ctx); err != nil || s.json {
		return err
	}
	if s.serve {
		return serve(ctx, s)
	}
	return s.printNext()
}

// printNext says how to go on after up.
func (s *session) printNext() error {
	_, dir, err := s.paths()
	if err != nil {
		return err
	}
	serving := fmt.Sprintf("Its servers have stopped. Keep them running, with curl commands to try:\n  %s serve --stack %s", s.self(), s.stack)
	if pid := servedBy(dir); pid != "" {
		serving = fmt.Sprintf("Process %s serves it, and serves every change; its ports are in\n  %s", pid, trafficFile(dir, servingFile))
	}
	fmt.Fprintf(s.stdout, "\n%s\nTake the stack down again:\n  %s destroy --stack %s\n", serving, s.self(), s.stack)
	return nil
}

func (s *session) bringUp(ctx context.Context) error {
	stack, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer stack.Close()
	result, err := s.runEngine(ctx, stack, apitype.UpdateUpdate)
	if err == nil || result.Applied {
		s.kept = true
		err = errors.Join(err, s.keep())
	}
	if err != nil {
		return err
	}
	if !s.json {
		fmt.Fprintf(s.stdout, "\n%s\n\n", describeChanges(result))
		printOutputs(s.stdout, result.Outputs)
		fmt.Fprint(s.stdout, "\nSending every request that it should answer or reject, over loopback ...\n\n")
	}
	account, err := stack.Account()
	if err != nil {
		return err
	}
	rows, err := s.verifyAccount(ctx, account)
	if err != nil {
		return err
	}
	if s.json {
		err = s.printJSON(map[string]any{
			"changes": changes(result), "outputs": plainOutputs(result.Outputs), "requests": rows,
		})
	} else {
		s.printVerified(rows)
		s.printWrong(rows)
	}
	return errors.Join(err, checkPrediction(rows))
}

func preview(ctx context.Context, s *session) error {
	stack, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer stack.Close()
	result, err := s.runEngine(ctx, stack, apitype.PreviewUpdate)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(map[string]any{"changes": changes(result)})
	}
	fmt.Fprintf(s.stdout, "\n%s\n", describeChanges(result))
	return nil
}

func outputs(ctx context.Context, s *session) error {
	stack, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer stack.Close()
	values, err := stack.Outputs(ctx)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(plainOutputs(values))
	}
	if len(values) == 0 {
		return fmt.Errorf("stack %q has no outputs: portico up --stack %s makes them", s.stack, s.stack)
	}
	printOutputs(s.stdout, values)
	return nil
}

func export(ctx context.Context, s *session) error {
	stack, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer stack.Close()
	deployment, err := stack.Export(ctx)
	if err != nil {
		return err
	}
	return s.printJSON(deployment)
}

func reset(_ context.Context, s *session) error {
	root, dir, err := s.paths()
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: there is no stack %q%s: nothing was deleted", errUsage, s.stack, others(root))
	}
	if err := engine.Remove(dir); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "stack %s and its local account are deleted\n", s.stack)
	return nil
}
