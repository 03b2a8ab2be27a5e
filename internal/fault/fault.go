// Package fault collects everything that is wrong with one set of arguments,
// so that a user reads all faults at once, each with the path of its field.
package fault

import (
	"errors"
	"fmt"
)

// List is the faults found so far in one subject, for example
// `SecuredALB "web"`. The zero value is not usable: call New.
type List struct {
	subject string
	errs    []error
}

// New starts a list for a component of the given type and name.
func New(component, name string) *List {
	return &List{subject: fmt.Sprintf("%s %q", component, name)}
}

// ForConfig starts a list whose paths are configuration keys, which need no
// subject in front of them.
func ForConfig() *List { return &List{} }

// Addf records one fault of the field at path. The message says what is
// allowed, the value given and how to mend it; it starts in lower case and has
// no full stop.
func (l *List) Addf(path, format string, a ...any) {
	l.Check(path, fmt.Errorf(format, a...))
}

// Check records err as a fault of the field at path; nil records nothing.
func (l *List) Check(path string, err error) {
	if err == nil {
		return
	}
	switch {
	case l.subject == "":
		err = fmt.Errorf("%s: %w", path, err)
	case path == "":
		err = fmt.Errorf("%s: %w", l.subject, err)
	default:
		err = fmt.Errorf("%s: %s: %w", l.subject, path, err)
	}
	l.errs = append(l.errs, err)
}

// Err is nil when nothing was recorded, else all faults joined, one per line.
func (l *List) Err() error { return errors.Join(l.errs...) }

// Index is the path of element i of the list at path: Index("hosts", 2) is
// "hosts[2]".
func Index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
