package components

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// literal is the value of an input that was given as a plain string. Such a value
// can be checked before anything is registered; that of an output cannot.
func literal(in pulumi.StringInput) (value string, ok bool) {
	s, ok := in.(pulumi.String)
	return string(s), ok
}
