package registered

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/glob"
	"github.com/portico-iac/portico/requestpath"
)

// encryptedHeader stands for the name of a header that is encrypted together
// with its value: the header that the rules want.
const encryptedHeader = "(name encrypted: the one that the rules want)"

// values replaces the values of headers that must not be shown. Which headers
// those are follows from the distributions: all that they add.
type values struct {
	// known are in the order in which they came.
	known []knownValue
	// guarded are the headers whose values are replaced, in lower case; secret are
	// the names of those with secret values by that.
	guarded map[string]bool
	secret  map[string]string
}

// knownValue has its header and text in lower case.
type knownValue struct{ header, text, id string }

func newValues() *values {
	return &values{guarded: map[string]bool{}, secret: map[string]string{}}
}

// guard has the values of a header replaced from now on.
func (v *values) guard(header string, secret bool) {
	v.guarded[strings.ToLower(header)] = true
	if secret && header != "" {
		v.secret[strings.ToLower(header)] = header
	}
}

// id stands for a value of a header. Equal values have equal ids, whatever the
// header: a load balancer compares them without regard to case.
func (v *values) id(header, value string) string {
	header, value = strings.ToLower(header), strings.ToLower(value)
	id, distinct := "", map[string]bool{}
	for _, known := range v.known {
		distinct[known.id] = true
		if known.text != value {
			continue
		}
		if id = known.id; known.header == header {
			return id
		}
	}
	id = cmp.Or(id, fmt.Sprintf("value-%d", len(distinct)+1))
	v.known = append(v.known, knownValue{header, value, id})
	return id
}

// secretID stands for the value of a header that cannot be read. All such values
// of one header are taken to be equal: what a distribution adds and what a rule wants is
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
		for _, known := range v.known {
			if known.header == strings.ToLower(header) && glob.Match(strings.ToLower(pattern), known.text) {
				matching = append(matching, known.id)
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
	if !m.values.guards(name) {
		return requestpath.Header{Name: name, Value: value}
	}
	header, text := strings.ToLower(name), strings.ToLower(value)
	for _, known := range m.values.known {
		if known.header == header && (known.text == text || strings.ContainsAny(known.text, "*?") && glob.Match(known.text, text)) {
			return requestpath.Header{Name: name, Value: known.id}
		}
	}
	return requestpath.Header{Name: name, Value: "another value"}
}

// readHeaders finds the headers whose values are not to be shown: those that
// distributions add, and those of which a rule's values are secret.
func (r *reader) readHeaders() {
	encrypted := false
	for _, d := range r.all[typeDistribution] {
		encrypted = encrypted || d.secret("origins")
		for _, origin := range d.blocks("origins") {
			for _, h := range origin.blocks("customHeaders") {
				r.values.guard(h.str("name"), h.secret("value"))
				r.headerValue(h)
			}
		}
	}
	for _, rule := range r.all[typeListenerRule] {
		encrypted = encrypted || rule.secret("conditions")
		for _, c := range rule.blocks("conditions") {
			if header := c.block("httpHeader"); hasSecret(header) {
				r.values.guard(header.str("httpHeaderName"), true)
			}
		}
	}
	if encrypted {
		r.values.guard(r.values.secretHeader(), false)
	}
}

// headerValue stands for the value of a header that a distribution adds.
func (r *reader) headerValue(header object) string {
	if header.secret("value") {
		return r.values.secretID(header.str("name"))
	}
	return r.values.id(header.str("name"), header.str("value"))
}

// secretHeader is the only header with encrypted values and a readable name.
func (v *values) secretHeader() string {
	if len(v.secret) != 1 {
		return encryptedHeader
	}
	return slices.Collect(maps.Values(v.secret))[0]
}

// wantedHeader is how a note speaks of such a header.
func wantedHeader(header string) string {
	if header == encryptedHeader {
		return "the header that the rules want"
	}
	return "header " + header + " as the rules want it"
}

// hasSecret says whether a value of a header condition is a secret.
func hasSecret(block object) bool {
	return slices.ContainsFunc(valuesOf(block), func(v any) bool {
		_, encrypted := v.(Secret)
		_, readable := v.(SecretText)
		return encrypted || readable
	})
}

func (v *values) guards(header string) bool { return v.guarded[strings.ToLower(header)] }
