package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
)

// paths returns the project's folder, which has the nearest Pulumi.yaml in or above
// the working folder, and the stack's folder in it.
func (s *session) paths() (root, dir string, err error) {
	here, err := filepath.Abs(s.dir)
	if err != nil {
		return "", "", err
	}
	for root = here; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "Pulumi.yaml")); err == nil {
			return root, filepath.Join(root, ".portico", s.stack), nil
		}
		if root == filepath.Dir(root) {
			return "", "", fmt.Errorf("%w: no Pulumi.yaml in %s or above it: run portico in the project's folder", errUsage, here)
		}
	}
}

// existing returns the paths of a stack that an earlier up made.
func (s *session) existing() (root, dir string, err error) {
	root, dir, err = s.paths()
	if err != nil {
		return root, dir, err
	}
	if _, err = os.Stat(filepath.Join(dir, "state")); errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w: there is no stack %q%s: portico up --stack %s makes it", errUsage, s.stack, others(root), s.stack)
	}
	return root, dir, err
}

// others lists the stacks of a project.
func others(root string) string {
	folders, err := filepath.Glob(filepath.Join(root, ".portico", "*", "state"))
	if err != nil || len(folders) == 0 {
		return ""
	}
	var names []string
	for _, folder := range folders {
		names = append(names, filepath.Base(filepath.Dir(folder)))
	}
	return ", only " + strings.Join(names, ", ")
}

// checkAccount refuses a stack whose account lacks what its state has.
func (s *session) checkAccount(dir string) error { return s.withWayOut(engine.CheckAccount(dir)) }

// readAccount reads the account of the stack in dir, without a lock.
func (s *session) readAccount(dir string) (*core.Account, error) {
	if err := s.checkAccount(dir); err != nil {
		return nil, err
	}
	return core.ReadAccount(engine.AccountPath(dir))
}

// registeredAccount reads the account of a stack that is up.
func (s *session) registeredAccount() (*core.Account, error) {
	_, dir, err := s.existing()
	if err != nil {
		return nil, err
	}
	account, err := s.readAccount(dir)
	if err != nil {
		return nil, err
	}
	return account, s.nothingRegistered(account)
}

// nothingRegistered returns an error if the stack is not up.
func (s *session) nothingRegistered(account *core.Account) error {
	made, err := account.DiffFromSeed()
	if _, left := splitTakenOver(made); err == nil && len(left) == 0 {
		err = fmt.Errorf("%w: nothing of stack %s is registered: portico up --stack %s makes it", errUsage, s.stack, s.stack)
	}
	return err
}
