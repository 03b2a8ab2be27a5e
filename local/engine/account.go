package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// AccountPath is the file of the local AWS account of the stack in dir.
func AccountPath(dir string) string { return filepath.Join(dir, "account.jsonl") }

// LostResources counts the resources in the state of the stack in dir if the account's
// file is gone. A run would take them for unchanged.
func LostResources(dir string) (int, error) {
	if _, err := os.Stat(AccountPath(dir)); !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "state", ".pulumi", "stacks", "*", "*.json"))
	if err != nil {
		return 0, err
	}
	total := 0
	for _, file := range files {
		count, err := countResources(file)
		if err != nil {
			return 0, err
		}
		total += count
	}
	return total, nil
}

// countResources counts the resources in a file of the state, without components and
// providers.
func countResources(file string) (int, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					Type   string
					Custom bool
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &state); err != nil {
		return 0, fmt.Errorf("reading the state %s: %w", file, err)
	}
	count := 0
	for _, r := range state.Checkpoint.Latest.Resources {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
			count++
		}
	}
	return count, nil
}
