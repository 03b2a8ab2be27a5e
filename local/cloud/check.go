package cloud

import (
	"fmt"
	"slices"
	"strings"
)

// check validates the inputs of a resource as the real provider and AWS would,
// as far as that needs no look at the account. It returns the inputs as they are
// to be created: with default tags and an automatic name.
func (p *provider) check(k *kind, logical string, olds, news object, randomSeed []byte) (object, []*refusal) {
	faults := conform(k.inputs, map[string]any(news), "")
	faults = append(faults, k.unsupported(news)...)
	faults = append(faults, k.missing(news)...)
	if len(faults) > 0 {
		return nil, faults
	}
	in := p.withDefaultTags(k, news.without(defaultsKey))
	in, fault := k.autoname.name(logical, olds, in, randomSeed)
	if fault != nil {
		return nil, []*refusal{fault}
	}
	effective := k.defaults.with(in)
	for _, rule := range k.rules {
		if fault := rule(effective); fault != nil {
			faults = append(faults, fault)
		}
	}
	return in, faults
}

// unsupported refuses inputs that exist but that the kind has no facts for.
func (k *kind) unsupported(in object) []*refusal {
	var out []*refusal
	fields := fieldsOf(k.inputs)
	for _, key := range in.keys() {
		if _, exists := fields[key]; exists && k.changes[key] == 0 {
			out = append(out, &refusal{property: key, message: fmt.Sprintf(
				"unsupported by the local AWS: the input %q of %s has no rules there", key, k.token)})
		}
	}
	return out
}

// missing refuses the absence of required lists and maps, of which the SDK's
// type cannot tell that they are required.
func (k *kind) missing(in object) []*refusal {
	var out []*refusal
	for _, key := range k.required {
		field := fieldsOf(k.inputs)[key]
		empty := in.known(key) && in.list(key) != nil && len(in.list(key)) == 0
		if empty || !in.has(key) && !isRequired(field) {
			out = append(out, missing(key))
		}
	}
	return out
}

// withDefaultTags adds the provider's default tags to the tags of a resource,
// which win where both name a key.
// https://www.pulumi.com/docs/iac/clouds/aws/guides/tags/ (inferred: the merged
// tags are inputs, as the provider of generation 6 has them)
func (p *provider) withDefaultTags(k *kind, in object) object {
	if len(p.defaultTags) == 0 || k.changes["tags"] == 0 || in.has("tags") && in.object("tags") == nil {
		return in
	}
	return in.with(object{"tags": map[string]any(p.defaultTags.with(in.object("tags")))})
}

// joinFaults is one error for everything a check found.
func joinFaults(token string, faults []*refusal) error {
	if len(faults) == 0 {
		return nil
	}
	var lines []string
	for _, f := range faults {
		line := f.Error()
		if f.property != "" && !strings.Contains(line, f.property) {
			line = f.property + ": " + line
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return fmt.Errorf("%s: %s", token, strings.Join(lines, "; "))
}
