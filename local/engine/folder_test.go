package engine

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASecondRunIsRefused(t *testing.T) {
	dir := t.TempDir()
	first, err := OpenFolder(dir)
	require.NoError(t, err)
	_, err = OpenFolder(dir)
	assert.ErrorIs(t, err, ErrBusy)
	assert.ErrorIs(t, Remove(dir), ErrBusy)
	first.Close()
	require.NoError(t, Remove(dir))
	assert.NoDirExists(t, dir)
}

// What a run in process did is lost with the process, so that nothing may go on
// with the state of before.
func TestAFolderWhoseRunWasKilledIsRefused(t *testing.T) {
	dir := t.TempDir()
	killed, err := OpenFolder(dir)
	require.NoError(t, err)
	require.NoError(t, killed.Begin())
	killed.Close()
	_, err = OpenFolder(dir)
	assert.ErrorContains(t, err, "was killed before it recorded what it did")
	require.NoError(t, Remove(dir))
}

// Only a lock that another has is another run; what else goes wrong is said.
func TestAFileThatCannotBeLockedIsNoOtherRun(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "lock"))
	require.NoError(t, err)
	require.NoError(t, file.Close())
	err = flock(file)
	assert.NotErrorIs(t, err, ErrBusy)
	assert.ErrorIs(t, err, syscall.EBADF)
	assert.ErrorContains(t, err, "locking "+file.Name())
}

// A process that is being started shares the open file of a lock until it runs its own
// program: the lock is released all the same.
func TestALockIsReleasedThoughAnotherProcessHasItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	lock, err := Lock(path)
	require.NoError(t, err)
	shared, err := syscall.Dup(int(lock.Fd()))
	require.NoError(t, err)
	defer func() { assert.NoError(t, syscall.Close(shared)) }()
	require.NoError(t, Unlock(lock))
	again, err := Lock(path)
	require.NoError(t, err)
	require.NoError(t, Unlock(again))
}
