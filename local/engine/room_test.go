package engine

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// On /dev/full every write fails, as on a full disk.
func fill(t *testing.T, f *Folder) {
	t.Helper()
	require.NoError(t, os.Symlink("/dev/full", f.Path("room")))
}

func TestAFullDiskIsFoundBeforeARun(t *testing.T) {
	f := &Folder{dir: t.TempDir()}
	require.NoError(t, f.checkRoom())
	assert.NoFileExists(t, f.Path("room"))
	fill(t, f)
	var full *RoomError
	require.ErrorAs(t, f.checkRoom(), &full)
	assert.ErrorIs(t, full, syscall.ENOSPC)
	assert.ErrorContains(t, full, "8192 KB cannot be written to "+f.dir+": ")
}

func TestAFullDiskStopsARun(t *testing.T) {
	f := &Folder{dir: t.TempDir()}
	ctx, stop := f.whileRoom(t.Context())
	defer stop()
	fill(t, f)
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the run goes on")
	}
	assert.ErrorContains(t, context.Cause(ctx), "the run was stopped: 64 KB cannot be written to")
}

// A process that is killed can leave the attributes of a file empty, which the engine
// refuses with "EOF".
func TestWhatIsHalfWrittenIsDropped(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, dropHalfWritten(dir), "a new folder has none")
	require.NoError(t, os.MkdirAll(filepath.Join(stateDir(dir), "stacks", "p"), 0o700))
	file := func(name string) string { return filepath.Join(stateDir(dir), "stacks", "p", name) }
	for name, text := range map[string]string{"dev.json": "", "dev.json.attrs": "", "a.json.attrs": `{"user.cache`, "b.json.attrs": "{}"} {
		require.NoError(t, os.WriteFile(file(name), []byte(text), 0o600))
	}
	locks := filepath.Join(stateDir(dir), "locks", "organization", "p", "dev")
	require.NoError(t, os.MkdirAll(locks, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(locks, "held.json"), []byte(`{"pid": 1}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(locks, "cut.json"), []byte(`{"pid`), 0o600))
	require.NoError(t, dropHalfWritten(dir))
	assert.FileExists(t, filepath.Join(locks, "held.json"))
	assert.NoFileExists(t, filepath.Join(locks, "cut.json"))
	assert.FileExists(t, file("dev.json"))
	assert.FileExists(t, file("b.json.attrs"))
	assert.NoFileExists(t, file("dev.json.attrs"))
	assert.NoFileExists(t, file("a.json.attrs"))
}

func TestErrorsOfTheCLIAreToldOnce(t *testing.T) {
	for given, want := range map[string]string{
		"failed to run update: exit status 255\ncode: 255\nstdout: Updating (dev):\n\nstderr: error: no\n\n": "failed to run update: no",
		"could not get outputs: x\ncode: 1\nstdout: \nstderr: \n":                                            "could not get outputs: x\ncode: 1\nstdout: \nstderr: \n",
		"no pulumi": "no pulumi",
	} {
		assert.EqualError(t, plainly(assertedError(given)), want)
	}
	assert.NoError(t, plainly(nil))
}

type assertedError string

func (e assertedError) Error() string { return string(e) }
