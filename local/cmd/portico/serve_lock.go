package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/portico-iac/portico/local/engine"
)

// takeLock ensures that no other process serves the stack. The lock's file has the id
// of the process.
func (v *serving) takeLock() error {
	path := v.file(lockFile)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	var err error
	v.lock, err = engine.Lock(path)
	if errors.Is(err, engine.ErrBusy) {
		pid, _ := os.ReadFile(path) // without the id the message is still useful
		return fmt.Errorf("stack %s is served already, by process %s, which serves every change too; its ports are in %s",
			v.stack, strings.TrimSpace(string(pid)), v.file(servingFile))
	}
	if err != nil {
		return err
	}
	if err = v.lock.Truncate(0); err == nil {
		_, err = fmt.Fprintln(v.lock, os.Getpid())
	}
	if err != nil {
		return errors.Join(err, engine.Unlock(v.lock))
	}
	return nil
}

// servedBy returns the id of the process that serves the stack in dir, "" if there is
// none.
func servedBy(dir string) string {
	path := trafficFile(dir, lockFile)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	lock, err := engine.Lock(path)
	if err == nil {
		_ = engine.Unlock(lock) // nothing was written to it
		return ""
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}

// unlock removes the list of ports and releases the lock. If the folder was removed
// meanwhile, the list may be another process's, and stays.
func (v *serving) unlock() error {
	var err error
	mine, errMine := v.lock.Stat()
	there, errThere := os.Stat(v.lock.Name())
	if errMine == nil && errThere == nil && os.SameFile(mine, there) {
		err = os.RemoveAll(v.file(servingFile))
	}
	return errors.Join(err, engine.Unlock(v.lock))
}
