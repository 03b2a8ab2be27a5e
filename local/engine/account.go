package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/portico-iac/portico/local/core"
)

// AccountPath is the file of the local AWS account of the stack in dir.
func AccountPath(dir string) string { return filepath.Join(dir, "account.jsonl") }

// LostError says that a stack's account lacks resources that are in the stack's state.
// A run would take them for unchanged.
type LostError struct {
	Account string // the account's file
	Gone    bool   // the file does not exist
	Lost    int    // how many resources the account lacks
	Total   int    // how many it should have
	Example string // type and id of one that it lacks
}

// Error says how many resources are lost, and names the file.
func (e *LostError) Error() string {
	if e.Gone {
		return fmt.Sprintf("the state has %d resources, but the account's file %s is gone", e.Total, e.Account)
	}
	return fmt.Sprintf("the account's file %s lacks %d of the %d resources in the state, such as %s: it was cut or emptied, or belongs to another stack",
		e.Account, e.Lost, e.Total, e.Example)
}

// AccountError says that the file of an account cannot be read.
type AccountError struct{ Cause error }

// Error names the file and the cause.
func (e *AccountError) Error() string { return e.Cause.Error() }

// Unwrap returns the cause.
func (e *AccountError) Unwrap() error { return e.Cause }

// CheckAccount returns a *LostError if the account of the stack in dir lacks resources
// that are in its state, an *AccountError if the account cannot be read, and a *StateError
// if the state cannot. While a run has the state locked, or after one was killed, both may
// differ, and nothing is checked.
func CheckAccount(dir string) error {
	if locked, err := stateIsLocked(dir); err != nil || locked {
		return err
	}
	resources, err := resourcesInState(dir)
	if err != nil || len(resources) == 0 {
		return err
	}
	e := &LostError{Account: AccountPath(dir), Total: len(resources)}
	if _, err := os.Stat(e.Account); errors.Is(err, os.ErrNotExist) {
		e.Gone, e.Lost = true, e.Total
		return e
	}
	account, err := core.ReadAccount(e.Account)
	if err != nil {
		return &AccountError{err}
	}
	for _, r := range resources {
		if account.Get(r.Type, r.ID) == nil {
			e.Lost++
			e.Example = r.Type + " " + r.ID
		}
	}
	if e.Lost == 0 {
		return nil
	}
	return e
}
