package wiretest

import (
	"sync"
	"testing"
	"time"

	"github.com/portico-iac/portico/local/traffic/accesslog"
)

// Lines are lines of access logs, in the order in which they were written. Its method
// Note is an accesslog.Sink. The zero value is ready to use.
type Lines struct {
	mu  sync.Mutex
	all []accesslog.Line
}

// Note keeps a line.
func (l *Lines) Note(line accesslog.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, line)
}

// Of returns the texts of a log's lines so far.
func (l *Lines) Of(log string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, line := range l.all {
		if line.Log == log {
			out = append(out, line.Text)
		}
	}
	return out
}

// Await waits until a log has at least n lines: a request's line follows its response.
func (l *Lines) Await(t testing.TB, log string, n int) []string {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if lines := l.Of(log); len(lines) >= n {
			return lines
		}
	}
	t.Fatalf("the %s log has %d lines, not %d", log, len(l.Of(log)), n)
	return nil
}
