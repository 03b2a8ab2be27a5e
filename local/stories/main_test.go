// Package stories tells the failures that people met on the way to a front door
// of their own: each as a program of raw resources, as one writes it without
// this library.
package stories

import (
	"testing"

	"github.com/portico-iac/portico/local"
)

func TestMain(m *testing.M) { local.Main(m) }
