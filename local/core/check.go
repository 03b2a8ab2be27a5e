package core

import (
	"fmt"
	"strings"
)

// Check validates the inputs of a resource as the real provider and AWS would, as
// far as that needs no look at the account. It returns the inputs as they are to
// be created: with default tags and an automatic name. olds are the inputs of the
// live resource, nil when there is none.
func (p *Provider) Check(k *Type, logical string, olds, news Object, randomSeed []byte) (Object, []*Refusal) {
	faults := conformBlock(k.signature().Inputs, map[string]any(news), "")
	if len(faults) == 0 {
		for _, rule := range k.Rejects {
			if fault := rule(news); fault != nil {
				faults = append(faults, fault)
			}
		}
	}
	faults = append(faults, k.unsupported(k.signature().Inputs, news, "", "")...)
	faults = append(faults, k.missing(news)...)
	if len(faults) > 0 {
		return nil, faults
	}
	in := p.withDefaultTags(k, news.Without(defaultsKey))
	in, fault := k.Name.name(logical, olds, in, randomSeed)
	if fault != nil {
		return nil, []*Refusal{fault}
	}
	effective := k.Defaults.With(in)
	for _, rule := range k.Rules {
		if fault := rule(effective); fault != nil {
			faults = append(faults, fault)
		}
	}
	return in, faults
}

// unsupported refuses inputs, at any depth, that exist but have no rules here. path
// is where in is, at the same with the indexes of lists.
func (k *Type) unsupported(block fields, in Object, path, at string) []*Refusal {
	var out []*Refusal
	for _, key := range in.Keys() {
		kind, exists := block[key]
		if !exists {
			continue
		}
		listed := Join(path, key)
		if !k.supports(listed) {
			out = append(out, &Refusal{Property: Join(at, key), Message: fmt.Sprintf(
				"%s: the input %q of %s has no rules there", Unsupported, Join(at, key), k.Token)})
			continue
		}
		nested := blockOf(kind)
		if nested == nil {
			continue
		}
		for _, found := range BlocksAt(in, key) {
			out = append(out, k.unsupported(nested, found.Block, listed, Join(at, found.Path))...)
		}
	}
	return out
}

// missing refuses the absence of required lists and maps, of which the SDK's type
// cannot tell that they are required.
func (k *Type) missing(in Object) []*Refusal {
	var out []*Refusal
	for _, key := range k.facts().required() {
		empty := in.Known(key) && in.List(key) != nil && len(in.List(key)) == 0
		told := strings.HasSuffix(k.signature().Inputs[key], "!") // conformBlock has refused it
		if empty || !in.Has(key) && !told {
			out = append(out, Missing(key))
		}
	}
	return out
}

// withDefaultTags adds the provider's default tags to those of a resource, which win.
// https://www.pulumi.com/docs/iac/clouds/aws/guides/tags/ (inferred: the merged
// tags are inputs, as the provider of generation 6 has them)
func (p *Provider) withDefaultTags(k *Type, in Object) Object {
	if len(p.DefaultTags) == 0 || !k.taggable() || in.Has("tags") && in.Block("tags") == nil {
		return in
	}
	return in.With(Object{"tags": map[string]any(p.DefaultTags.With(in.Block("tags")))})
}
