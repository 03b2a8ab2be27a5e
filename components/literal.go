package components

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// literal is the value of an input that was given as a plain string. Such a value
// can be checked before anything is registered; that of an output cannot.
func literal(in pulumi.StringInput) (value string, ok bool) {
	s, ok := in.(pulumi.String)
	return string(s), ok
}

// literals is literal for a list, all of whose elements were given as plain
// strings.
func literals(in pulumi.StringArrayInput) (values []string, ok bool) {
	list, ok := in.(pulumi.StringArray)
	for _, element := range list {
		value, plain := literal(element)
		values, ok = append(values, value), ok && plain
	}
	return values, ok
}
