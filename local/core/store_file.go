package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// The file of an account is a log that several processes share: every provider instance
// is one. Its first line is an account, every further line one operation on it. A process
// reads what others have appended since it last looked. One that is killed while it
// appends leaves a line without an end, which nobody reads and the next append cuts off.

// A log is replaced by its account when it is longer than compactAbove bytes and than
// compactRatio times its first line.
const (
	compactAbove = 1 << 20
	compactRatio = 8
)

// ReadAccount reads the account in the file at path. A file that does not exist
// yet reads as the seed.
func ReadAccount(path string) (*Account, error) {
	s := NewFile(path)
	defer s.Close()
	return s.Account()
}

// Close releases the file of an account that is in one. The next operation would open it
// again.
func (s *Store) Close() {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.held != nil {
		_ = s.held.Close() // it was only read, or written and is complete
		s.held, s.account = nil, nil
	}
}

// operation is one line of the log.
type operation struct {
	Serial int    `json:"serial"`
	Edits  []edit `json:"edits,omitempty"`
}

// locked runs do with the account as it is now, under the lock on its file. file is nil
// in memory, and under a shared lock before there is a file.
func (s *Store) locked(how int, do func(file *os.File) error) (err error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.path == "" {
		return do(nil)
	}
	file, err := s.open(how)
	if errors.Is(err, fs.ErrNotExist) && how == syscall.LOCK_SH {
		s.read = 0
		if s.account, err = Seed(); err != nil {
			return err
		}
		return do(nil)
	}
	if err != nil {
		return fmt.Errorf("opening the local AWS account: %w", err)
	}
	defer func() { err = errors.Join(err, s.unlock(file)) }()
	if err := s.catchUp(file); err != nil {
		return fmt.Errorf("reading the local AWS account %s: %w", s.path, err)
	}
	return do(file)
}

// open opens and locks the file. One that is replaced before it is locked is let go.
func (s *Store) open(how int) (*os.File, error) {
	flags := os.O_RDWR | os.O_CREATE
	if how == syscall.LOCK_SH {
		flags = os.O_RDONLY
	}
	for {
		file, err := os.OpenFile(s.path, flags, 0o600)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(file.Fd()), how)
		if err == nil && s.isAtPath(file) {
			return file, nil
		}
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
	}
}

// isAtPath tells whether a file, if there is one, is what the path names now.
func (s *Store) isAtPath(file *os.File) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(s.path)
	return err == nil && os.SameFile(opened, now)
}

// unlock releases the lock, and the file unless the account was read from it.
func (s *Store) unlock(file *os.File) error {
	if file == s.held {
		return syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
	}
	return file.Close()
}

// catchUp reads what was appended to the file since the last look. A file that was
// replaced or cut is read from its start.
func (s *Store) catchUp(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if s.account == nil || info.Size() < s.read || !s.isAtPath(s.held) {
		s.read, s.account = 0, nil
		_ = s.held.Close() // nil at first
		s.held = file
	}
	raw, err := io.ReadAll(io.NewSectionReader(file, s.read, info.Size()-s.read))
	if err != nil {
		return err
	}
	for {
		line, rest, complete := bytes.Cut(raw, []byte{'\n'})
		if !complete {
			if s.read == 0 {
				return s.begin(line)
			}
			return nil
		}
		if err := s.apply(line); err != nil {
			s.account = nil // what was applied is not all there is
			return err
		}
		s.read += int64(len(line)) + 1
		raw = rest
	}
}

// begin takes the seed for the account of a log without a whole line, and refuses a
// beginning of one that no killed process can have left.
func (s *Store) begin(line []byte) error {
	first, err := firstLine()
	if err == nil && !bytes.HasPrefix(first, line) {
		err = errors.New("its first line is not an account")
	}
	if err == nil {
		s.account, err = Seed()
	}
	return err
}

// firstLine is the first line of a new log: the seed.
func firstLine() ([]byte, error) {
	start, err := Seed()
	if err != nil {
		return nil, err
	}
	return appendLine(nil, start)
}

// apply brings the account up to date with one line of the log.
func (s *Store) apply(line []byte) error {
	if s.read == 0 {
		a := &Account{}
		if err := json.Unmarshal(line, a); err != nil {
			return fmt.Errorf("its first line is not an account: %w", err)
		}
		s.account, s.start = a, int64(len(line))
		return nil
	}
	op, err := decodeStrictly[operation](line)
	if err != nil {
		return fmt.Errorf("at byte %d: %w", s.read, err)
	}
	s.account.serial = op.Serial
	for _, e := range op.Edits {
		if err := s.account.read(e.Type, e.Region, e.ID, e.State); err != nil {
			return fmt.Errorf("at byte %d: %w", s.read, err)
		}
	}
	return nil
}

// write makes a change last: as a line of the log, or in a new log.
func (s *Store) write(file *os.File, c *Change) error {
	if s.read > compactAbove && s.read > compactRatio*s.start {
		return s.compact()
	}
	return s.append(file, operation{c.account.serial, c.done})
}

// compact puts a log that begins with the account as it is now in place of the file, by
// a rename: a process that is killed leaves one or the other. The next operation reads it.
func (s *Store) compact() error {
	line, err := appendLine(nil, s.account)
	if err != nil {
		return err
	}
	replacement := s.path + ".new"
	if err := os.WriteFile(replacement, line, 0o600); err != nil {
		return err
	}
	return os.Rename(replacement, s.path)
}

// append writes an operation to the end of the file, after cutting off what a killed
// process left half written.
func (s *Store) append(file *os.File, op operation) (err error) {
	var lines []byte
	if s.read == 0 {
		if lines, err = firstLine(); err != nil {
			return err
		}
	}
	if lines, err = appendLine(lines, op); err != nil {
		return err
	}
	if err := errors.Join(file.Chmod(0o600), file.Truncate(s.read)); err != nil {
		return err
	}
	if _, err := file.WriteAt(lines, s.read); err != nil {
		return errors.Join(err, file.Truncate(s.read))
	}
	s.read += int64(len(lines))
	return nil
}

func appendLine(lines []byte, v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return append(append(lines, raw...), '\n'), nil
}
