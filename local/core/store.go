package core

import "sync"

// Store keeps an account and runs operations on it. An operation that changes the
// account runs alone.
type Store interface {
	// Transact runs do on the account. What do changed is kept when it returns nil;
	// when it fails, the account is as it was.
	Transact(do func(*Change) error) error
	// View runs do on the account as it is; do must change nothing.
	View(do func(*Change) error) error
}

// Change is an operation on an account: what it puts and drops, so that it can be
// written down, or undone.
type Change struct {
	account *Account
	done    []edit
	serial  int // of the account before the change
}

// edit is one record that a change has put, or dropped (after is nil).
type edit struct {
	token, region, id string
	before, after     Object
}

func newChange(a *Account) *Change { return &Change{account: a, serial: a.serial} }

func (c *Change) put(token, region, id string, state Object) {
	before, _ := c.account.get(token, region, id)
	c.done = append(c.done, edit{token, region, id, before, state})
	c.account.put(token, region, id, state)
}

func (c *Change) drop(token, region, id string) {
	before, ok := c.account.get(token, region, id)
	if !ok {
		return
	}
	c.done = append(c.done, edit{token, region, id, before, nil})
	c.account.drop(token, region, id)
}

// undo brings the account back to what it was before the change.
func (c *Change) undo() {
	for i := len(c.done) - 1; i >= 0; i-- {
		e := c.done[i]
		if e.before == nil {
			c.account.drop(e.token, e.region, e.id)
		} else {
			c.account.put(e.token, e.region, e.id, e.before)
		}
	}
	c.account.serial = c.serial
}

// empty tells that the change left the account as it was.
func (c *Change) empty() bool { return len(c.done) == 0 && c.account.serial == c.serial }

// run runs do on the account, and undoes what it did when it fails.
func run(a *Account, do func(*Change) error) (*Change, error) {
	c := newChange(a)
	if err := do(c); err != nil {
		c.undo()
		return c, err
	}
	return c, nil
}

// view runs do on the account and takes back whatever it did.
func view(a *Account, do func(*Change) error) error {
	c := newChange(a)
	defer c.undo()
	return do(c)
}

// Memory is an account that this process has to itself.
type Memory struct {
	lock    sync.Mutex
	account *Account
}

// NewMemory keeps an account in memory.
func NewMemory(a *Account) *Memory { return &Memory{account: a} }

// Transact is Store's.
func (m *Memory) Transact(do func(*Change) error) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	_, err := run(m.account, do)
	return err
}

// View is Store's. Looking at an account may build an index: it also runs alone.
func (m *Memory) View(do func(*Change) error) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	return view(m.account, do)
}

// Account is the account as it is now, and as later operations will change it. A
// goroutine that reads it while another one changes it must synchronise with it.
func (m *Memory) Account() *Account { return m.account }
