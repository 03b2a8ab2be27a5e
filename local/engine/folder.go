package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/portico-iac/portico/local/core"
)

// ErrBusy says that another process holds the lock of a stack.
var ErrBusy = errors.New("another run is working on this stack: wait for it to end")

// Folder is what a stack keeps between runs: the state, the key of its secrets and the
// account. Only one process has it open.
type Folder struct {
	dir  string
	lock *os.File
}

const (
	lockFile = "lock"
	// unrecordedFile exists during a run in process, which records the state at its end.
	unrecordedFile = "unrecorded"
)

// OpenFolder opens the folder until Close. It creates the folder if there is none.
func OpenFolder(dir string) (*Folder, error) {
	f := &Folder{dir: dir}
	for _, name := range []string{"", "work", "state", "home"} {
		if err := os.MkdirAll(f.Path(name), 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if f.lock, err = Lock(f.Path(lockFile)); err != nil {
		return nil, err
	}
	if _, err := os.Stat(f.Path(unrecordedFile)); err == nil {
		f.Close()
		return nil, fmt.Errorf("a run in %s was killed before it recorded what it did: remove the folder", dir)
	}
	return f, nil
}

// Begin marks the folder: changes are not recorded until Recorded.
func (f *Folder) Begin() error { return os.WriteFile(f.Path(unrecordedFile), nil, 0o600) }

// Recorded removes the mark of Begin.
func (f *Folder) Recorded() error { return os.Remove(f.Path(unrecordedFile)) }

// Path returns the path of a file in the folder.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// Close releases the folder.
func (f *Folder) Close() { _ = Unlock(f.lock) } // nothing was written to it

// Lock opens a file and locks it, without waiting, until Unlock or the end of the
// process.
func Lock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Unlock releases a lock and closes its file. Closing alone would not do: a process
// that is just being started has the file open too, until it runs its own program.
func Unlock(file *os.File) error {
	return errors.Join(syscall.Flock(int(file.Fd()), syscall.LOCK_UN), file.Close())
}

func flock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrBusy
	}
	if err != nil {
		return fmt.Errorf("locking %s: %w", file.Name(), err)
	}
	return nil
}

// Remove deletes the folder of a stack, and with it the local account. It fails during
// a run.
func Remove(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lock, err := Lock(filepath.Join(dir, lockFile))
	if err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(dir), Unlock(lock))
}

// Account reads the stack's local AWS account.
func (f *Folder) Account() (*core.Account, error) { return core.ReadAccount(AccountPath(f.dir)) }

// Interrupted says whether a run of the CLI was killed, which leaves its lock in the
// state.
func (f *Folder) Interrupted(project, stack string) (bool, error) {
	locks, err := os.ReadDir(f.Path(filepath.Join("state", ".pulumi", "locks", "organization", project, stack)))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return len(locks) > 0, err
}

// newPassphrase returns the same passphrase for all new folders of this process, since
// deriving a key from one takes a third of a second.
var newPassphrase = sync.OnceValue(rand.Text)

// Passphrase returns the key of the state's secrets, which is random for a new folder.
func (f *Folder) Passphrase() (string, error) {
	raw, err := os.ReadFile(f.Path("passphrase"))
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return string(raw), err
	}
	text := newPassphrase()
	return text, os.WriteFile(f.Path("passphrase"), []byte(text), 0o600)
}
