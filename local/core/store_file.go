package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// File is an account in a file that several processes share: every provider
// instance is a process of its own.
//
// The file is a log. Its first line is the account as it was at first, every
// further line is one operation: an operation costs what it touches, whatever the
// size of the account. A process reads what others have appended since it last
// looked. A process that is killed while it appends leaves a line without an end,
// which nobody reads and the next one to append cuts off.
type File struct {
	path string

	lock    sync.Mutex
	account *Account
	inode   uint64
	read    int64 // how many bytes of the file account has
}

// NewFile keeps an account in the file at path, which is made by the first change;
// until then the account is the seed.
func NewFile(path string) *File { return &File{path: path} }

// ReadAccount reads the account in the file at path. A file that does not exist
// yet reads as the seed.
func ReadAccount(path string) (*Account, error) {
	f := NewFile(path)
	if err := f.locked(syscall.LOCK_SH, func(*os.File) error { return nil }); err != nil {
		return nil, err
	}
	return f.account, nil
}

// operation is one line of the log.
type operation struct {
	Serial int      `json:"serial"`
	Edits  []record `json:"edits,omitempty"`
}

// record is a resource that an operation put, or dropped when it has no state.
type record struct {
	Type   string `json:"type"`
	Region string `json:"region"`
	ID     string `json:"id"`
	State  Object `json:"state,omitempty"`
}

// Transact is Store's: other processes wait meanwhile.
func (f *File) Transact(do func(*Change) error) error {
	return f.locked(syscall.LOCK_EX, func(file *os.File) error {
		c, err := run(f.account, do)
		if err != nil || c.empty() {
			return err
		}
		if err := f.append(file, c); err != nil {
			c.undo()
			return fmt.Errorf("writing the local AWS account: %w", err)
		}
		return nil
	})
}

// View is Store's; other processes may look at the same time.
func (f *File) View(do func(*Change) error) error {
	return f.locked(syscall.LOCK_SH, func(*os.File) error { return view(f.account, do) })
}

// locked runs do with the account as it is now, while this process has the lock on
// its file. file is nil when there is none yet and the lock is a shared one.
func (f *File) locked(how int, do func(file *os.File) error) (err error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	flags := os.O_RDWR | os.O_CREATE
	if how == syscall.LOCK_SH {
		flags = os.O_RDONLY
	}
	file, err := os.OpenFile(f.path, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) && how == syscall.LOCK_SH {
		if err := f.reset(); err != nil {
			return err
		}
		return do(nil)
	}
	if err != nil {
		return fmt.Errorf("opening the local AWS account: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }() // which releases the lock
	if err := syscall.Flock(int(file.Fd()), how); err != nil {
		return fmt.Errorf("locking the local AWS account: %w", err)
	}
	if err := f.catchUp(file); err != nil {
		return fmt.Errorf("reading the local AWS account %s: %w", f.path, err)
	}
	return do(file)
}

// reset forgets what was read: the account is the seed again.
func (f *File) reset() (err error) {
	f.read, f.inode = 0, 0
	f.account, err = Seed()
	return err
}

// catchUp reads what was appended to the file since the last look. A file that was
// replaced or cut is read from its start.
func (f *File) catchUp(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	inode := info.Sys().(*syscall.Stat_t).Ino
	if f.account == nil || inode != f.inode || info.Size() < f.read {
		if err := f.reset(); err != nil {
			return err
		}
		f.inode = inode
	}
	raw, err := io.ReadAll(io.NewSectionReader(file, f.read, info.Size()-f.read))
	if err != nil {
		return err
	}
	for {
		line, rest, complete := bytes.Cut(raw, []byte{'\n'})
		if !complete {
			return f.mayBeCutOff(line)
		}
		if err := f.apply(line); err != nil {
			f.account = nil // what was applied is not all there is
			return err
		}
		f.read += int64(len(line)) + 1
		raw = rest
	}
}

// mayBeCutOff refuses a first line without an end that no killed process can have
// left: the file is something else, and stays as it is.
func (f *File) mayBeCutOff(line []byte) error {
	first, err := firstLine()
	if err == nil && f.read == 0 && !bytes.HasPrefix(first, line) {
		err = errors.New("its first line is not an account")
	}
	return err
}

// firstLine is the first line of every log: the seed.
func firstLine() ([]byte, error) {
	start, err := Seed()
	if err != nil {
		return nil, err
	}
	return appendLine(nil, start)
}

// apply brings the account up to date with one line of the log.
func (f *File) apply(line []byte) error {
	if f.read == 0 {
		a := &Account{}
		if err := json.Unmarshal(line, a); err != nil {
			return fmt.Errorf("its first line is not an account: %w", err)
		}
		f.account = a
		return nil
	}
	op, err := decodeStrictly[operation](line)
	if err != nil {
		return fmt.Errorf("at byte %d: %w", f.read, err)
	}
	f.account.serial = op.Serial
	for _, r := range op.Edits {
		if r.State == nil {
			f.account.drop(r.Type, r.Region, r.ID)
		} else {
			f.account.put(r.Type, r.Region, r.ID, r.State)
		}
	}
	return nil
}

// append writes a change to the end of the file, after cutting off what a killed
// process left half written.
func (f *File) append(file *os.File, c *Change) error {
	var lines []byte
	if f.read == 0 {
		var err error
		if lines, err = firstLine(); err != nil {
			return err
		}
	}
	op := operation{Serial: c.account.serial}
	for _, e := range c.done {
		op.Edits = append(op.Edits, record{e.token, e.region, e.id, e.after})
	}
	lines, err := appendLine(lines, op)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Chmod(0o600), file.Truncate(f.read)); err != nil {
		return err
	}
	if _, err := file.WriteAt(lines, f.read); err != nil {
		return errors.Join(err, file.Truncate(f.read))
	}
	f.read += int64(len(lines))
	return nil
}

func appendLine(lines []byte, v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return append(append(lines, raw...), '\n'), nil
}
