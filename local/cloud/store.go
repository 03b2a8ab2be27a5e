package cloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"syscall"
)

// store keeps an account and runs operations on it, one that changes it alone.
type store interface {
	// transact runs do on the account; what do changed is kept when it returns nil,
	// and nothing of it when it fails.
	transact(do func(*Account) error) error
	// view runs do on the account as it is. do must change nothing.
	view(do func(*Account) error) error
}

// memory is an account that this process has to itself.
type memory struct {
	lock    sync.RWMutex
	account *Account
}

// transact hands do maps of its own. The records in them are the account's: nobody
// changes a record, a change puts another one in its place.
func (m *memory) transact(do func(*Account) error) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	next := m.account.copied()
	if err := do(next); err != nil {
		return err
	}
	*m.account = *next
	return nil
}

func (m *memory) view(do func(*Account) error) error {
	m.lock.RLock()
	defer m.lock.RUnlock()
	return do(m.account)
}

// copied is the account in maps of its own, with the same records.
func (a *Account) copied() *Account {
	out := &Account{ID: a.ID, Serial: a.Serial, Resources: make(map[string]map[string]map[string]object, len(a.Resources))}
	for token, regions := range a.Resources {
		out.Resources[token] = make(map[string]map[string]object, len(regions))
		for region, records := range regions {
			out.Resources[token][region] = maps.Clone(records)
		}
	}
	return out
}

// file is an account file that several processes share: every provider
// instance is a process of its own, and all act on one account.
type file struct{ path string }

// transact runs do on the account, alone: other processes wait. What do changed
// is written when it returns nil; when it fails the file stays as it was.
func (s file) transact(do func(*Account) error) error {
	return s.locked(syscall.LOCK_EX, func() error {
		a, before, err := readAccount(s.path)
		if err != nil {
			return err
		}
		if err := do(a); err != nil {
			return err
		}
		after, err := encodeAccount(a)
		if err != nil || bytes.Equal(before, after) {
			return err
		}
		return writeAtomically(s.path, after)
	})
}

// view runs do on the account as it is; others may look at the same time. What do
// changes is lost.
func (s file) view(do func(*Account) error) error {
	return s.locked(syscall.LOCK_SH, func() error {
		a, err := ReadAccount(s.path)
		if err != nil {
			return err
		}
		return do(a)
	})
}

// locked runs do while the account is locked. The lock is a file of its own, since
// the account's is replaced by every write.
func (s file) locked(how int, do func() error) (err error) {
	lock, err := os.OpenFile(s.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("locking the local AWS account: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }() // which releases the lock
	if err := syscall.Flock(int(lock.Fd()), how); err != nil {
		return fmt.Errorf("locking the local AWS account: %w", err)
	}
	return do()
}

func encodeAccount(a *Account) ([]byte, error) {
	raw, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the local AWS account: %w", err)
	}
	return append(raw, '\n'), nil
}

// writeAtomically replaces the file at path in one step, so that a reader never
// sees half of it, whatever happens to this process. Who calls it has the lock:
// what a process that was killed left half written is overwritten.
func writeAtomically(path string, content []byte) error {
	next := path + ".new"
	err := os.WriteFile(next, content, 0o600)
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		return fmt.Errorf("writing the local AWS account: %w", errors.Join(err, os.RemoveAll(next)))
	}
	return nil
}
