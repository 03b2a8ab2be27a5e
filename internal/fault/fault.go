// Package fault collects everything that is wrong with one set of arguments,
// so that a user reads all faults at once, each with the path of its field.
package fault

import (
	"errors"
	"fmt"
)

// Fault is one thing that is wrong, with the field that it is due to.
type Fault struct {
	// Component and Name are whose argument it is, for example SecuredALB and "web";
	// "" for a key of the configuration.
	Component, Name string
	// Path of the field, "" for the component as a whole.
	Path string
	Err  error
}

// Error is the fault with its field, as a user of the component names it.
func (f *Fault) Error() string {
	text := f.Err.Error()
	if f.Path != "" {
		text = f.Path + ": " + text
	}
	if f.Component != "" {
		text = fmt.Sprintf("%s %q: %s", f.Component, f.Name, text)
	}
	return text
}

func (f *Fault) Unwrap() error { return f.Err }

// List is the faults found so far in one subject.
type List struct {
	component, name string
	names           Names
	errs            []error
}

// Names gives a fault the path alone by which a user knows its field, a key of the
// configuration, in place of component, name and path; "" leaves the fault as it is.
type Names func(Fault) string

// NamesKey is the key under which a program's context has the Names for faults that its
// components find when outputs become known: those are not returned to the program.
type NamesKey struct{}

// New starts a list for a component of the given type and name.
func New(component, name string) *List { return &List{component: component, name: name} }

// NamedBy has Err rename the faults, if there are names.
func (l *List) NamedBy(names Names) *List {
	l.names = names
	return l
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
	if err != nil {
		l.errs = append(l.errs, &Fault{l.component, l.name, path, err})
	}
}

// Join records faults that were found elsewhere.
func (l *List) Join(err error) {
	if err != nil {
		l.errs = append(l.errs, err)
	}
}

// Err is nil when nothing was recorded, else all faults joined, one per line.
func (l *List) Err() error {
	err := errors.Join(l.errs...)
	if err == nil || l.names == nil {
		return err
	}
	return Rename(err, l.names)
}

// Index is the path of element i of the list at path: Index("hosts", 2) is
// "hosts[2]".
func Index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// Rename renames every fault in err. Other errors stay as they are.
func Rename(err error, names Names) error {
	if joined, is := err.(interface{ Unwrap() []error }); is {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, Rename(one, names))
		}
		return errors.Join(all...)
	}
	var f *Fault
	if errors.As(err, &f) {
		if to := names(*f); to != "" {
			return &Fault{Path: to, Err: f.Err}
		}
	}
	return err
}
