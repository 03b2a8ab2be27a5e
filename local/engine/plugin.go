package engine

import (
	"fmt"
	"os"

	"github.com/portico-iac/portico/local/provider"
)

// ServeIfPlugin serves a provider, and does not return, if the engine started this
// process as one. A program that opens stacks must call it first, since the engine
// starts the same program as its providers.
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
