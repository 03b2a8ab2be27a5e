package engine

import (
	"fmt"
	"os"

	"github.com/portico-iac/portico/local/provider"
)

// ServeIfPlugin turns this process into a provider and does not return when the
// engine has started it as one. A program that opens stacks calls it first of
// all: the engine starts that same program again as its providers.
func ServeIfPlugin() {
	if !provider.IsPlugin() {
		return
	}
	if err := provider.ServePlugin(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
