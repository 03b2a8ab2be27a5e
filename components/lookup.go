package components

import (
	"fmt"
	"regexp"
	"strings"
)

// wrapping is what the engine and the provider put around AWS's answer to a lookup.
var wrapping = regexp.MustCompile(`^(?:rpc error: code = \w+ desc = |invocation of \S+ returned an error: |invoking \S+: |1 error occurred:\s*\* )+`)

// lookupError says what was looked up, and what AWS answered.
type lookupError struct {
	what  string
	cause error
}

func lookupFailed(cause error, what string, a ...any) error {
	return &lookupError{fmt.Sprintf(what, a...), cause}
}

func (e *lookupError) Error() string {
	return "looking up " + e.what + ": " + strings.TrimSpace(wrapping.ReplaceAllString(e.cause.Error(), ""))
}

func (e *lookupError) Unwrap() error { return e.cause }
