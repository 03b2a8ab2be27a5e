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

// Folder is everything that one stack keeps between runs: the state, the key of
// its secrets and the account. One process at a time holds it.
type Folder struct {
	dir  string
	lock *os.File
}

// unrecordedFile is there while a run in process works, which records the state
// at its end.
const unrecordedFile = "unrecorded"

const lockFile = "lock"

// OpenFolder makes the folder if there is none and holds it until Close.
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

// Begin marks the folder: what is done now is not recorded before Recorded.
func (f *Folder) Begin() error { return os.WriteFile(f.Path(unrecordedFile), nil, 0o600) }

// Recorded takes the mark of Begin away.
func (f *Folder) Recorded() error { return os.Remove(f.Path(unrecordedFile)) }

// Path is a file of the folder.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// Close gives the folder back; nothing was written to the file that is closed.
func (f *Folder) Close() { _ = f.lock.Close() }

// Lock opens a file and locks it, without waiting, until it is closed or the process
// ends.
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

// Remove deletes the folder of a stack with everything in it, its local account
// too. It refuses while a run works on it.
func Remove(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lock, err := Lock(filepath.Join(dir, lockFile))
	if err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(dir), lock.Close())
}

// AccountPath is the file of the stack's local AWS account.
func (f *Folder) AccountPath() string { return AccountPath(f.dir) }

// Account is what exists in the stack's local AWS now.
func (f *Folder) Account() (*core.Account, error) { return core.ReadAccount(f.AccountPath()) }

// Interrupted says that a run of the CLI was killed and has left its lock in the
// state. The folder is ours, so no run works on it now.
func (f *Folder) Interrupted(project, stack string) (bool, error) {
	locks, err := os.ReadDir(f.Path(filepath.Join("state", ".pulumi", "locks", "organization", project, stack)))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return len(locks) > 0, err
}

// newPassphrase is one for all folders that this process makes: deriving a key
// from a passphrase takes a third of a second.
var newPassphrase = sync.OnceValue(rand.Text)

// Passphrase is the key of the state's secrets, made at random with the folder.
func (f *Folder) Passphrase() (string, error) {
	raw, err := os.ReadFile(f.Path("passphrase"))
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return string(raw), err
	}
	text := newPassphrase()
	return text, os.WriteFile(f.Path("passphrase"), []byte(text), 0o600)
}
