package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// RoomError says that a run cannot record what it does, most likely since the disk is
// full. The engine itself would try again for half a minute with every resource.
type RoomError struct {
	Dir     string
	Bytes   int64 // that could not be written
	Started bool  // the run was stopped by it
	Cause   error
}

// Error names the folder and the cause.
func (e *RoomError) Error() string {
	text := fmt.Sprintf("%d KB cannot be written to %s: %v", e.Bytes>>10, e.Dir, e.Cause)
	if e.Started {
		text = "the run was stopped: " + text
	}
	return text
}

// Unwrap returns the cause.
func (e *RoomError) Unwrap() error { return e.Cause }

const (
	// roomBefore is what a run needs at its start, beside stateCopies times its state: it
	// keeps a backup and a history.
	roomBefore  = 8 << 20
	stateCopies = 8
	// roomDuring is what a run needs for its next step, beside its state.
	roomDuring = 64 << 10
	// checkRoomEvery is how often that is checked.
	checkRoomEvery = time.Second
)

// checkRoom returns an error if a run could not record what it does.
func (f *Folder) checkRoom() error { return f.tryRoom(roomBefore, stateCopies) }

// tryRoom writes what a number of bytes and copies of the state take to a file, and
// removes it.
func (f *Folder) tryRoom(bytes, copies int64) (err error) {
	for _, pattern := range []string{"*.json", "*.json.*.tmp"} {
		files, err := filepath.Glob(filepath.Join(stateDir(f.dir), "stacks", "*", pattern))
		if err != nil {
			return err
		}
		for _, path := range files {
			if info, err := os.Stat(path); err == nil {
				bytes += copies * info.Size()
			}
		}
	}
	path := f.Path("room")
	err = os.WriteFile(path, make([]byte, bytes), 0o600)
	if removed := os.Remove(path); !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	if err != nil {
		return &RoomError{Dir: f.dir, Bytes: bytes, Cause: err}
	}
	return nil
}

// whileRoom ends the context it returns, with a *RoomError as its cause, as soon as a run
// cannot record what it does any more. The caller must call stop.
func (f *Folder) whileRoom(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	go func() {
		tick := time.NewTicker(checkRoomEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			var full *RoomError
			if err := f.tryRoom(roomDuring, 1); errors.As(err, &full) {
				full.Started = true
				cancel(full)
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}
