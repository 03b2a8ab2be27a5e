package registered

import "strings"

// readHeaders finds the headers whose values are not to be shown: those that
// distributions add, and those of which a rule's values are secret.
func (r *reader) readHeaders() {
	for _, d := range r.all[typeDistribution] {
		for _, origin := range d.blocks("origins") {
			for _, h := range origin.blocks("customHeaders") {
				r.values.guard(h.str("name"))
				r.headerValue(h)
			}
		}
		if d.secret("origins") {
			r.values.guard(r.secretHeader())
		}
	}
	for _, rule := range r.all[typeListenerRule] {
		for _, c := range rule.blocks("conditions") {
			if header := c.block("httpHeader"); hasSecret(header) {
				r.values.guard(header.str("httpHeaderName"))
			}
		}
		if rule.secret("conditions") {
			r.values.guard(r.secretHeader())
		}
	}
}

// headerValue stands for the value of a header that a distribution adds.
func (r *reader) headerValue(header object) string {
	if header.secret("value") {
		return r.values.secretID(header.str("name"))
	}
	return r.values.id(header.str("name"), header.str("value"))
}

// secretHeader is the header of which values are encrypted while its name is not,
// if there is just one.
func (r *reader) secretHeader() string {
	names := map[string]string{}
	for _, d := range r.all[typeDistribution] {
		for _, origin := range d.blocks("origins") {
			for _, h := range origin.blocks("customHeaders") {
				if h.secret("value") && h.str("name") != "" {
					names[strings.ToLower(h.str("name"))] = h.str("name")
				}
			}
		}
	}
	for _, rule := range r.all[typeListenerRule] {
		for _, c := range rule.blocks("conditions") {
			if header := c.block("httpHeader"); hasSecret(header) && header.str("httpHeaderName") != "" {
				names[strings.ToLower(header.str("httpHeaderName"))] = header.str("httpHeaderName")
			}
		}
	}
	if len(names) == 1 {
		for _, name := range names {
			return name
		}
	}
	return encryptedHeader
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
	for _, v := range valuesOf(block) {
		switch v.(type) {
		case Secret, SecretText:
			return true
		}
	}
	return false
}

func (v *values) guards(header string) bool { return v.guarded[strings.ToLower(header)] }
