package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// This file checks promises of the library, with this module as the importer: a
// program is short, and what only the library's own development needs stays out
// of an importer's module graph.

const library = "github.com/portico-iac/portico"

func goTool(t *testing.T, dir string, args ...string) string {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = dir
	out, err := command.Output()
	require.NoError(t, err, "go %v", args)
	return string(out)
}

// modFile is what these tests read of a go.mod.
type modFile struct {
	Require []struct {
		Path     string
		Indirect bool
	}
	Tool []struct{ Path string }
}

func readModFile(t *testing.T, dir string) modFile {
	t.Helper()
	var mod modFile
	require.NoError(t, json.Unmarshal([]byte(goTool(t, dir, "mod", "edit", "-json")), &mod))
	require.NotEmpty(t, mod.Require)
	return mod
}

// direct is what the module's own packages import.
func (m modFile) direct() []string {
	var paths []string
	for _, r := range m.Require {
		if !r.Indirect {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

func (m modFile) requires(module string) bool {
	for _, r := range m.Require {
		if r.Path == module {
			return true
		}
	}
	return false
}

// tools are the modules of the tools that the module pins.
func (m modFile) tools() []string {
	var paths []string
	for _, r := range m.Require {
		for _, tool := range m.Tool {
			if strings.HasPrefix(tool.Path, r.Path+"/") {
				paths = append(paths, r.Path)
			}
		}
	}
	return paths
}

// pulumiEngine stands in the module graph of every Pulumi program in Go, because
// a module that the SDK needs requires it. No package of it is compiled.
const pulumiEngine = "github.com/pulumi/pulumi/pkg/v3"

func TestImportersGetNothingOfLocalOrTools(t *testing.T) {
	root, local, tools := readModFile(t, "../.."), readModFile(t, "../../local"), readModFile(t, "../../tools")
	require.Contains(t, local.tools(), pulumiEngine)
	unwanted := []string{library + "/local", library + "/tools", "github.com/quic-go/quic-go", "github.com/miekg/dns"}
	for _, module := range slices.Concat(local.direct(), local.tools(), tools.tools()) {
		if module != library && !root.requires(module) {
			unwanted = append(unwanted, module)
		}
	}
	graph := strings.Fields(goTool(t, ".", "list", "-m", "-f", "{{.Path}}", "all"))
	compiled := strings.Fields(goTool(t, ".", "list", "-deps", "-test", "-f", "{{with .Module}}{{.Path}}{{end}}", "./..."))
	require.Contains(t, graph, library)
	require.Contains(t, compiled, library)
	for _, module := range unwanted {
		assert.False(t, slices.Contains(compiled, module), "%s is compiled", module)
		if module != pulumiEngine {
			assert.False(t, slices.Contains(graph, module), "%s is in the module graph", module)
		}
	}
}

// TestLibraryRequiresLittle: whatever joins this list, every importer gets.
func TestLibraryRequiresLittle(t *testing.T) {
	root := readModFile(t, "../..")
	assert.ElementsMatch(t, []string{
		"github.com/pulumi/pulumi/sdk/v3", "github.com/pulumi/pulumi-aws/sdk/v6", "github.com/pulumi/pulumi-random/sdk/v4",
		"github.com/stretchr/testify",
		// The SDK's own protocol, which componentstest speaks.
		"google.golang.org/grpc", "google.golang.org/protobuf",
	}, root.direct())
	assert.False(t, root.requires(pulumiEngine))
}
