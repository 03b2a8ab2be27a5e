package cloud

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// defaultsKey is where the real bridge notes, among the inputs, which of them it
// chose itself.
const defaultsKey = "__defaults"

// autonameDigits are the random characters of an automatic name.
const autonameDigits = 7

// name gives a resource the automatic name that the real bridge would give it:
// the one it had, or a new one from its logical name. Both are noted as chosen.
func (a *autoname) name(logical string, olds, in object, randomSeed []byte) (object, *refusal) {
	if a == nil || in.has(a.property) || in.has(a.property+"Prefix") {
		return in, nil
	}
	name := olds.str(a.property)
	if name == "" || !isAutonamed(olds, a.property) {
		var err error
		name, err = resource.NewUniqueName(randomSeed, logical+"-", autonameDigits, a.maxLength, nil)
		if err != nil {
			return nil, &refusal{property: a.property, message: fmt.Sprintf(
				"could not make a name for %q: %v; give the resource a shorter logical name, or a %s of its own",
				logical, err, a.property)}
		}
	}
	return in.with(object{a.property: name, defaultsKey: list(a.property)}), nil
}

// isAutonamed tells whether inputs were given the property by the bridge.
func isAutonamed(inputs object, property string) bool {
	return slices.Contains(inputs.strs(defaultsKey), property)
}
