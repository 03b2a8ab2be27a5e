package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

func destroy(ctx context.Context, s *session) error {
	_, dir, err := s.existing()
	if err == nil {
		err = s.checkAccount(dir)
	}
	if err != nil {
		return err
	}
	s.opening()
	stack, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer stack.Close()
	result, err := s.runEngine(ctx, stack, apitype.DestroyUpdate)
	if err != nil {
		return err
	}
	account, err := stack.Account()
	if err != nil {
		return err
	}
	differences, err := account.DiffFromSeed()
	if err != nil {
		return err
	}
	takenOver, left := splitTakenOver(differences)
	if s.json {
		report := map[string]any{"changes": changes(result), "left": left, "recordsTakenOver": takenOver}
		if err := s.printJSON(report); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("the account differs from its seed, perhaps because a run was killed or the seed has changed:\n  %s\n"+
			"start from the seed again: %s reset --stack %s", strings.Join(left, "\n  "), s.self(), s.stack)
	}
	if err := stack.Settled(); err != nil || s.json {
		return err
	}
	fmt.Fprintf(s.stdout, "\n%s; the account is back to its seed\n", describeChanges(result))
	for _, record := range takenOver {
		fmt.Fprintf(s.stdout, "except for %s, which the stack had taken over:\ndestroy deletes it and does not restore the old value\n", record)
	}
	return nil
}

// splitTakenOver separates deleted DNS records of the seed from the other
// differences between an account and its seed. A stack deletes a record of the seed
// only if it was configured to take it over.
func splitTakenOver(differences []string) (takenOver, left []string) {
	for _, difference := range differences {
		// The id of a record is ZONE_name_TYPE.
		record := strings.Split(difference, "_")
		if strings.HasPrefix(difference, "- aws:route53/record:Record ") && len(record) >= 3 {
			takenOver = append(takenOver, fmt.Sprintf("the %s record of %s", record[len(record)-1], strings.Join(record[1:len(record)-1], "_")))
		} else {
			left = append(left, difference)
		}
	}
	return takenOver, left
}
