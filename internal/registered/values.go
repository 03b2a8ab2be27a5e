package registered

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/glob"
	"github.com/portico-iac/portico/requestpath"
)

// encryptedHeader stands for the name of a header that is encrypted together
// with its value: the header that the rules want.
const encryptedHeader = "(name encrypted: the one that the rules want)"

// otherValue stands for a value that no resource has.
const otherValue = "another value"

// values replaces the values of headers that must not be shown. Which headers
// those are follows from the distributions: all that they add.
type values struct {
	// ids are by header and value, both without regard to case.
	ids map[[2]string]string
	// order are the keys of ids as they came.
	order [][2]string
	// guarded are the headers whose values are replaced.
	guarded map[string]bool
}

func newValues() *values {
	return &values{ids: map[[2]string]string{}, guarded: map[string]bool{}}
}

// guard has the values of a header replaced from now on.
func (v *values) guard(header string) { v.guarded[strings.ToLower(header)] = true }

// id stands for a value of a header. Equal values have equal ids, whatever the
// header: a balancer compares them without regard to case.
func (v *values) id(header, value string) string {
	key := [2]string{strings.ToLower(header), strings.ToLower(value)}
	if id, ok := v.ids[key]; ok {
		return id
	}
	id := ""
	for k, known := range v.ids {
		if k[1] == key[1] {
			id = known
		}
	}
	if id == "" {
		id = fmt.Sprintf("value-%d", v.distinct()+1)
	}
	v.ids[key], v.order = id, append(v.order, key)
	return id
}

func (v *values) distinct() int {
	seen := map[string]bool{}
	for _, id := range v.ids {
		seen[id] = true
	}
	return len(seen)
}

// secretID stands for the value of a header that cannot be read. All such values
// of one header are taken to be equal: what an edge adds and what a rule wants is
// one secret as a rule, and two ciphertexts of it differ.
func (v *values) secretID(header string) string { return v.id(header, "\x00encrypted") }

// pattern replaces a condition's value, which may be a pattern: the values that
// it matches stand for it.
func (v *values) pattern(header, pattern string) []string {
	if strings.Trim(pattern, "*?") == "" {
		return []string{pattern}
	}
	var matching []string
	if strings.ContainsAny(pattern, "*?") {
		for _, key := range v.order {
			if key[0] == strings.ToLower(header) && glob.Match(strings.ToLower(pattern), key[1]) {
				matching = append(matching, v.ids[key])
			}
		}
	}
	if id := v.id(header, pattern); !slices.Contains(matching, id) {
		matching = append(matching, id)
	}
	return matching
}

// Header is a header of a request as the plan wants it: the value of one that a
// distribution adds is replaced as it is in the plan.
func (m *Model) Header(name, value string) requestpath.Header {
	h := requestpath.Header{Name: name, Value: value}
	header := strings.ToLower(name)
	if !m.values.guards(name) {
		return h
	}
	for _, key := range m.values.order {
		if key[0] == header && (key[1] == strings.ToLower(value) ||
			strings.ContainsAny(key[1], "*?") && glob.Match(key[1], strings.ToLower(value))) {
			return requestpath.Header{Name: name, Value: m.values.ids[key]}
		}
	}
	h.Value = otherValue
	return h
}
