// Package wiretest is for tests of what carries traffic on a simulated network.
package wiretest

import (
	"slices"
	"sync"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// Events are what a network has told of, in the order of its telling. Its method Note is
// a wire.Sink. The zero value is ready to use.
type Events struct {
	mu  sync.Mutex
	all []wire.Event
}

// Note keeps an event.
func (e *Events) Note(event wire.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

// Of returns the events of a kind so far.
func (e *Events) Of(kind string) []wire.Event {
	return e.Where(func(event wire.Event) bool { return event.Kind == kind })
}

// Where returns the events so far that fit.
func (e *Events) Where(fits func(wire.Event) bool) []wire.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.all), func(event wire.Event) bool { return !fits(event) })
}
