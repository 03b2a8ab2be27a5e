package registered

import (
	"maps"
	"slices"
	"strings"
)

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
