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

// lockFile holds the id of the process that serves the stack.
const lockFile = "serving.lock"

// servingLock ensures that only one process serves a stack.
type servingLock struct {
	dir  string
	file *os.File
}

// lockServing takes the lock, which the kernel releases when the process ends.
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
	if err = l.file.Truncate(0); err == nil {
		_, err = fmt.Fprintln(l.file, os.Getpid())
	}
	if err != nil {
		return nil, errors.Join(err, l.file.Close())
	}
	return l, nil
}

// refusal says why the lock could not be taken: another process holds it, or the
// kernel's error.
func (l *servingLock) refusal(stack string, err error) error {
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("locking %s: %w", l.file.Name(), err)
	}
	pid, _ := io.ReadAll(l.file) // without the id the message is still useful
	return fmt.Errorf("stack %s is served already, by process %s, which serves every change too; its ports are in %s",
		stack, strings.TrimSpace(string(pid)), filepath.Join(l.dir, servingFile))
}

// end removes the list of ports and releases the lock. If the folder was removed
// meanwhile, the list may be another process's, and stays.
func (l *servingLock) end() error {
	var err error
	mine, errMine := l.file.Stat()
	there, errThere := os.Stat(l.file.Name())
	if errMine == nil && errThere == nil && os.SameFile(mine, there) {
		err = os.RemoveAll(filepath.Join(l.dir, servingFile))
	}
	return errors.Join(err, l.file.Close())
}
