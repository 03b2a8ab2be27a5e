package core

import (
	"fmt"
	"slices"
)

// PreviewCreate is what is known of a resource before it is made: its inputs, and
// that everything else will come. A reference whose value is known has to exist.
func (p *Provider) PreviewCreate(k *Type, inputs Object) (Object, error) {
	if err := p.previewReferences(k, inputs); err != nil {
		return nil, fmt.Errorf("creating %s: %w", k.Token, err)
	}
	state := k.Defaults.With(inputs.Without(defaultsKey))
	for _, key := range k.signature().Outputs {
		if !state.Has(key) {
			state[key] = Unknown{}
		}
	}
	if k.hasTagsAll() {
		state["tagsAll"] = state["tags"]
	}
	return state, nil
}

// PreviewUpdate is what a resource will be after an update as far as it is known:
// inputs are replaced, outputs that the update makes anew are not known.
func (p *Provider) PreviewUpdate(k *Type, oldState, oldInputs, inputs Object) (Object, error) {
	if err := p.previewReferences(k, inputs); err != nil {
		return nil, fmt.Errorf("updating %s: %w", k.Token, err)
	}
	in := k.Defaults.With(inputs.Without(defaultsKey))
	oldInputs = k.AsLeft(oldState, oldInputs)
	state := oldState.Without(k.dropped(oldInputs, in)...).With(in)
	if k.hasTagsAll() {
		state["tagsAll"] = state["tags"]
	}
	for _, key := range k.Diff(oldInputs, inputs).Changed {
		for _, output := range slices.Concat(k.Recomputes[key], k.Recomputes[AnyInput]) {
			if !in.Has(output) {
				state[output] = Unknown{}
			}
		}
	}
	return state, nil
}

// previewReferences checks the references that only AWS can have named: an id with
// random digits is known before the update only if its resource exists already. A
// name may be that of a resource which the same update makes.
func (p *Provider) previewReferences(k *Type, inputs Object) error {
	var named []Reference
	for _, r := range k.References {
		if p.Catalog.inventsNames(r) && len(inputs.StrsAt(r.Input)) > 0 {
			named = append(named, r)
		}
	}
	if len(named) == 0 {
		return nil
	}
	return p.view(func(t *Tx) error { return t.checkReferences(named, inputs) })
}
