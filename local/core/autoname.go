package core

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// defaultsKey is where the real bridge notes which inputs it chose itself.
const defaultsKey = "__defaults"

// Autoname is how the real provider names a resource that was given no name:
// logical name, hyphen, 7 hex digits; what is longer than MaxLength is refused.
type Autoname struct {
	Property  string
	MaxLength int
	// LowerCase names have the logical name in lower case.
	LowerCase bool
	// Exact names are the logical name alone.
	Exact bool
}

// name adds the automatic name of a resource, where it has none of its own: the one it
// had, or a new one from its logical name.
func (a *Autoname) name(logical string, olds, in Object, randomSeed []byte) (Object, *Refusal) {
	if a == nil || in.Has(a.Property) || in.Has(a.Property+"Prefix") {
		return in, nil
	}
	name := olds.Str(a.Property)
	if name == "" || !isAutonamed(olds, a.Property) {
		name = logical
		if !a.Exact {
			name += "-" + autonameSuffix(randomSeed)
		}
		if a.LowerCase {
			name = strings.ToLower(name)
		}
	}
	if len(name) > a.MaxLength {
		return nil, &Refusal{Property: a.Property, Message: fmt.Sprintf(
			"could not make a name for %q: %q is longer than %d characters; give the resource a shorter logical name, or a %s of its own",
			logical, name, a.MaxLength, a.Property)}
	}
	return in.With(Object{a.Property: name, defaultsKey: List(a.Property)}), nil
}

// autonameSuffix derives from the engine's seed, so that preview and update agree;
// without one it is random.
func autonameSuffix(seed []byte) string {
	sum := sha256.Sum256(seed)
	if len(seed) == 0 {
		_, _ = rand.Read(sum[:]) // it never fails
	}
	return hex.EncodeToString(sum[:])[:7]
}

// isAutonamed tells whether inputs were given the property by the bridge.
func isAutonamed(inputs Object, property string) bool {
	return slices.Contains(inputs.Strs(defaultsKey), property)
}
