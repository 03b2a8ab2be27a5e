package main

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// refresh brings the state to what the account has. It is the way on after the account
// has changed behind the engine's back.
func refresh(ctx context.Context, s *session) error {
	if _, _, err := s.existing(); err != nil {
		return err
	}
	s.opening()
	stack, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer stack.Close()
	result, err := s.runEngine(ctx, stack, apitype.RefreshUpdate)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(map[string]any{"changes": result.Counts})
	}
	fmt.Fprintf(s.stdout, "\n%s\nMake again what is gone, and undo what has changed:\n  %s up --stack %s\n", describeChanges(result), s.self(), s.stack)
	return nil
}
