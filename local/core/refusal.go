package core

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Refusal is AWS, or the real provider's schema, refusing something.
type Refusal struct {
	Code     string // AWS's error code, such as "DuplicateListener"; "" for the schema's
	Property string // the input it is about; "" when it is about several
	Message  string // in AWS's words where they are known
}

// Error has the form that the real provider prints: the code, where there is one,
// then the message.
func (r *Refusal) Error() string {
	if r.Code == "" {
		return r.Message
	}
	return r.Code + ": " + r.Message
}

// Named is the text of a refusal in which its input is named.
func (r *Refusal) Named() string {
	text := r.Error()
	if r.Property == "" || strings.Contains(text, r.Property) {
		return text
	}
	return r.Property + ": " + text
}

// Unsupported stands in place of AWS's error code for what has no rules here.
const Unsupported = "unsupported by the local AWS"

// Refuse is a refusal that is about more than one input.
func Refuse(code, format string, a ...any) error {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, a...)}
}

// Invalid is a refusal of one input, whose name begins the message.
func Invalid(code, property, format string, a ...any) *Refusal {
	return &Refusal{Code: code, Property: property, Message: property + " " + fmt.Sprintf(format, a...)}
}

// Missing is the schema's refusal of inputs that lack a required one.
func Missing(path string) *Refusal {
	return &Refusal{Property: path,
		Message: fmt.Sprintf("Missing required argument: %q is required, but no definition was found", path)}
}

// unsupportedError says that the local AWS does not know a type or a function.
func unsupportedError(what, token string) error {
	return fmt.Errorf("%s: the %s %s has no rules there", Unsupported, what, token)
}

// JoinRefusals is one error for everything that a check found; nil for nothing.
func JoinRefusals(token string, refusals []*Refusal) error {
	if len(refusals) == 0 {
		return nil
	}
	var lines []string
	for _, r := range refusals {
		lines = append(lines, r.Named())
	}
	slices.Sort(lines)
	return fmt.Errorf("%s: %s", token, strings.Join(lines, "; "))
}

// Noun is a type in words: "aws:ec2/securityGroup:SecurityGroup" is a security group.
func Noun(token string) string {
	name := token[strings.LastIndex(token, ":")+1:]
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
