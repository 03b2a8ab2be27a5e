package core

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
)

// Store keeps an account, in memory or in a file, and runs operations on it.
type Store struct {
	lock    sync.Mutex
	account *Account
	path    string   // of the file; "" for an account in memory
	read    int64    // how many bytes of the file account has
	start   int64    // how many of them are the first line
	held    *os.File // what account was read from; while it is open, no other file gets its inode
}

// NewMemory keeps an account in memory.
func NewMemory(a *Account) *Store { return &Store{account: a} }

// NewFile keeps an account in the file at path, which is made by the first change;
// until then the account is the seed.
func NewFile(path string) *Store { return &Store{path: path} }

// Account is the account as it is now; later operations do not change it.
func (s *Store) Account() (a *Account, err error) {
	err = s.locked(syscall.LOCK_SH, func(*os.File) error {
		a = s.account.clone()
		return nil
	})
	return a, err
}

// Transact runs do on the account, which nobody else sees or changes meanwhile. When
// do fails, the account is as it was.
func (s *Store) Transact(do func(*Change) error) error {
	return s.locked(syscall.LOCK_EX, func(file *os.File) error {
		c := newChange(s.account)
		err := do(c)
		if err == nil && file != nil && !c.empty() {
			if err = s.write(file, c); err != nil {
				err = fmt.Errorf("writing the local AWS account: %w", err)
			}
		}
		if err != nil {
			c.undo()
		}
		return err
	})
}

// View runs do on the account as it is; do must change nothing.
func (s *Store) View(do func(*Change) error) error {
	return s.locked(syscall.LOCK_SH, func(*os.File) error {
		c := newChange(s.account)
		defer c.undo()
		return do(c)
	})
}

// Change is an operation on an account: what it puts and drops, so that it can be
// written down, or undone.
type Change struct {
	account *Account
	done    []edit
	serial  int // of the account before the change
	// warnings are what services say about a change that succeeds.
	warnings []string
}

// edit is one record that a change has put, or dropped when it has no state.
type edit struct {
	Type   string `json:"type"`
	Region string `json:"region"`
	ID     string `json:"id"`
	State  Object `json:"state,omitempty"`
	before Object
}

func newChange(a *Account) *Change { return &Change{account: a, serial: a.serial} }

// put stores a record, or drops it when it has no state.
func (c *Change) put(token, region, id string, state Object) {
	before, ok := c.account.get(token, region, id)
	if state == nil && !ok {
		return
	}
	c.done = append(c.done, edit{token, region, id, state, before})
	c.account.put(token, region, id, state)
}

// undo brings the account back to what it was before the change.
func (c *Change) undo() {
	for _, e := range slices.Backward(c.done) {
		c.account.put(e.Type, e.Region, e.ID, e.before)
	}
	c.account.serial = c.serial
}

// empty tells that the change left the account as it was.
func (c *Change) empty() bool { return len(c.done) == 0 && c.account.serial == c.serial }
