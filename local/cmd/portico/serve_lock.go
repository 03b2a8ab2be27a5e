package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockFile holds the number of the process that serves the stack.
const lockFile = "serving.lock"

// servingLock makes sure that one process at a time serves a stack.
type servingLock struct {
	dir  string
	file *os.File
}

// lockServing takes the lock; the kernel lets go of it when the process ends,
// however it ends.
func lockServing(stack, stackDir string) (*servingLock, error) {
	l := &servingLock{dir: filepath.Join(stackDir, trafficDir)}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	if l.file, err = os.OpenFile(filepath.Join(l.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(l.refusal(stack, err), l.file.Close())
	}
	err = errors.Join(l.file.Truncate(0), write(l.file, fmt.Sprintln(os.Getpid())))
	if err != nil {
		return nil, errors.Join(err, l.file.Close())
	}
	return l, nil
}

// refusal is why the lock could not be taken: another process holds it, or what
// the kernel says.
func (l *servingLock) refusal(stack string, err error) error {
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("locking %s: %w", l.file.Name(), err)
	}
	pid, _ := io.ReadAll(l.file) // the message says less without it
	return fmt.Errorf("stack %s is served already, by process %s, which serves every change too: its ports are in %s",
		stack, strings.TrimSpace(string(pid)), filepath.Join(l.dir, servingFile))
}

func write(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// end removes what was written down and lets go. What another process has
// written since the folder was removed stays.
func (l *servingLock) end() error {
	var err error
	mine, errMine := l.file.Stat()
	there, errThere := os.Stat(l.file.Name())
	if errMine == nil && errThere == nil && os.SameFile(mine, there) {
		err = os.RemoveAll(filepath.Join(l.dir, servingFile))
	}
	return errors.Join(err, l.file.Close())
}
