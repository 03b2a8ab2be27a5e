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

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/stacks"
)

var long = flag.Bool("long", false, "test every variant where tests otherwise make do with one")

// variants returns the variants with a prefix to test: all of them with -long, which make
// verify sets, and otherwise one.
func variants(prefix string) []string {
	all := slices.DeleteFunc(stacks.Variants(), func(v string) bool { return !strings.HasPrefix(v, prefix) })
	if i := max(0, slices.Index(all, stacks.VariantCloudFrontALB)); !*long {
		return all[i : i+1]
	}
	return all
}

// files are a folder, by path.
type files map[string][]byte

// upStacks are the folders of ready stacks that are up, by variant.
var upStacks = func() map[string]func(t testing.TB) files {
	folders := map[string]func(t testing.TB) files{}
	for _, variant := range stacks.Variants() {
		var once sync.Once
		var folder files
		folders[variant] = func(t testing.TB) files {
			once.Do(func() { folder = folderOf(t, variant) })
			require.NotNil(t, folder, "the stack of variant %s did not come up", variant)
			return folder
		}
	}
	return folders
}()

// folderOf brings the stack of a variant up, and reads its folder.
func folderOf(t testing.TB, variant string) files {
	t.Helper()
	dir := t.TempDir()
	variantStack(t, variant, local.WithDir(dir)).Up()
	folder := files{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		folder[name] = data
		return err
	}))
	return folder
}

// upStack is variantStack that is up. Each is a copy of one that came up, which takes a
// tenth of the time.
func upStack(t testing.TB, variant string, more ...local.Option) *local.Stack {
	t.Helper()
	dir := t.TempDir()
	for name, data := range upStacks[variant](t) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	return variantStack(t, variant, append(more, local.WithDir(dir))...)
}
