package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/portico-iac/portico/local/engine"
)

// self is how the user started this program.
func (s *session) self() string { return os.Args[0] }

// withWayOut adds to an error about the files of a stack the commands that lead out of it.
func (s *session) withWayOut(err error) error {
	var lost *engine.LostError
	var account *engine.AccountError
	var state *engine.StateError
	var full *engine.RoomError
	var open *engine.OpenError
	var ways []string
	refresh := fmt.Sprintf("%s refresh --stack %s", s.self(), s.stack)
	reset := fmt.Sprintf("delete the stack and its account, and start from the seed: %s reset --stack %s", s.self(), s.stack)
	switch {
	case errors.As(err, &lost):
		ways = []string{
			"put the file of stack " + s.stack + " back", "forget what it lacks, so that the next up makes that again: " + refresh, reset,
		}
	case errors.As(err, &account):
		ways = []string{"put the file of stack " + s.stack + " back", reset}
	case errors.As(err, &state) && state.Backup != "":
		ways = []string{fmt.Sprintf("take the state of before the last change: cp %s %s && %s", state.Backup, state.Path, refresh), reset}
	case errors.As(err, &state), errors.As(err, &open):
		ways = []string{reset}
	case errors.As(err, &full) && full.Started:
		ways = []string{"make room there, and run the same command again", reset}
	case errors.As(err, &full):
		ways = []string{"make room there, and run the same command again"}
	default:
		return err
	}
	return fmt.Errorf("%w\n  %s", err, strings.Join(ways, "; or\n  "))
}

// runEngine runs one operation of the engine. If it fails, it says how to go on.
func (s *session) runEngine(ctx context.Context, stack *engine.Stack, kind apitype.UpdateKind) (*engine.Result, error) {
	result, err := stack.Run(ctx, kind)
	if err == nil {
		return result, nil
	}
	if stack.WasKilled() {
		fmt.Fprintf(s.stderr, "an earlier run was killed: resources that it created but did not record\n"+
			"are still in the account %s, as they would be on AWS.\nStart from the seed again: %s reset --stack %s\n",
			stack.Path(filepath.Base(engine.AccountPath(""))), s.self(), s.stack)
	}
	return result, s.withWayOut(err)
}
