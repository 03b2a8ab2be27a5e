package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/portico-iac/portico/local/cloud"
)

// stateDir is the folder of the engine's backend.
func stateDir(dir string) string { return filepath.Join(dir, "state", ".pulumi") }

// StateError says that the file of a stack's state cannot be read.
type StateError struct {
	Path   string
	Backup string // the state before the last change; "" if that cannot be read either
	Cause  error
}

// Error names the file and the cause.
func (e *StateError) Error() string {
	return fmt.Sprintf("the state %s cannot be read: %v", e.Path, e.Cause)
}

// Unwrap returns the cause.
func (e *StateError) Unwrap() error { return e.Cause }

// CheckState returns a *StateError if the state of the stack in dir cannot be read.
func CheckState(dir string) error {
	_, err := resourcesInState(dir)
	return err
}

// stateResource is a resource of the state, as far as it matters here.
type stateResource struct {
	Type, ID string
	Delete   bool // it is being replaced
}

// resourcesInState are the resources of the stack in dir that its account should have.
func resourcesInState(dir string) ([]stateResource, error) {
	files, err := filepath.Glob(filepath.Join(stateDir(dir), "stacks", "*", "*.json"))
	if err != nil {
		return nil, err
	}
	catalog, err := cloud.Catalog()
	if err != nil {
		return nil, err
	}
	var all []stateResource
	for _, path := range files {
		resources, err := readState(path)
		if err != nil {
			e := &StateError{Path: path, Cause: err}
			if _, err := readState(path + ".bak"); err == nil {
				e.Backup = path + ".bak"
			}
			return nil, e
		}
		for _, r := range resources {
			pkg, _, _ := strings.Cut(r.Type, ":")
			k, err := catalog.Type(pkg, r.Type) // components and providers have none
			if err == nil && !k.Stateless && !r.Delete {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

func readState(path string) ([]stateResource, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var state struct {
		Checkpoint struct {
			Latest struct{ Resources []stateResource }
		}
	}
	if err := json.Unmarshal(raw, &state); err != nil {
		return nil, err
	}
	return state.Checkpoint.Latest.Resources, nil
}

// stateIsLocked says whether a run works on the state of the stack in dir, or was killed.
func stateIsLocked(dir string) (bool, error) {
	locks, err := filepath.Glob(filepath.Join(stateDir(dir), "locks", "*", "*", "*", "*.json"))
	return len(locks) > 0, err
}

// dropHalfWritten removes what a run has left half written because it was killed or the
// disk was full, and what the engine would stumble over: attributes of files, and locks,
// which nobody holds before they are written.
func dropHalfWritten(dir string) error {
	locks := filepath.Join(stateDir(dir), "locks")
	return filepath.WalkDir(stateDir(dir), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		lock := strings.HasPrefix(path, locks) && strings.HasSuffix(path, ".json")
		if err != nil || entry.IsDir() || !lock && !strings.HasSuffix(path, ".attrs") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err == nil && !json.Valid(raw) {
			err = os.Remove(path)
		}
		return err
	})
}

// OpenError says that the engine cannot open a stack, or cannot clean up after a run that
// was killed.
type OpenError struct {
	Doing string
	Cause error
}

// Error says what failed, and why.
func (e *OpenError) Error() string { return e.Doing + ": " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *OpenError) Unwrap() error { return e.Cause }
