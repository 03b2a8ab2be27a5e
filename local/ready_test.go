package local_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/stacks"
)

var long = flag.Bool("long", false, "test every variant where a test does with one")

// variants are those that a test of all of them, or of all that begin with a prefix, runs
// on; make verify sets -long.
func variants(prefix string) []string {
	if !*long {
		return []string{stacks.VariantCloudFrontALB}
	}
	return slices.DeleteFunc(stacks.Variants(), func(v string) bool { return !strings.HasPrefix(v, prefix) })
}

// upStacks are the folders of ready stacks that are up, by variant.
var upStacks = func() map[string]func(t testing.TB) fstest.MapFS {
	folders := map[string]func(t testing.TB) fstest.MapFS{}
	for _, variant := range stacks.Variants() {
		var once sync.Once
		var folder fstest.MapFS
		folders[variant] = func(t testing.TB) fstest.MapFS {
			once.Do(func() { folder = folderOf(t, variant) })
			require.NotNil(t, folder, "the stack of variant %s did not come up", variant)
			return folder
		}
	}
	return folders
}()

// folderOf brings the stack of a variant up, and reads its folder.
func folderOf(t testing.TB, variant string) fstest.MapFS {
	t.Helper()
	dir := t.TempDir()
	variantStack(t, variant, local.WithDir(dir)).Up()
	folder := fstest.MapFS{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		folder[filepath.ToSlash(name)] = &fstest.MapFile{Data: data, Mode: 0o600}
		return err
	}))
	return folder
}

// upStack is variantStack that is up. Each is a copy of one that came up, which takes a
// tenth of the time.
func upStack(t testing.TB, variant string, more ...local.Option) *local.Stack {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, upStacks[variant](t)))
	return variantStack(t, variant, append(more, local.WithDir(dir))...)
}
