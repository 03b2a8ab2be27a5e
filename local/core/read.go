package core

import "maps"

// Read is the current state of a resource and the inputs that would make it so;
// false when it is gone. oldState is empty when it is read by its id alone.
func (p *Provider) Read(k *Type, id string, oldState, oldInputs Object) (state, inputs Object, ok bool, err error) {
	if k.Stateless {
		return oldState, oldInputs, oldState != nil, nil
	}
	err = p.view(func(t *Tx) error {
		state, ok = t.Get(k.Token, id)
		return nil
	})
	if err != nil || !ok {
		return nil, nil, false, err
	}
	if len(oldState) == 0 {
		return state, k.importedInputs(state), true, nil
	}
	inputs = maps.Clone(oldInputs)
	for key := range oldInputs {
		if k.supports(key) && !k.same(key, oldInputs[key], state[key]) {
			inputs[key] = state[key]
		}
	}
	return state, inputs, true, nil
}

// importedInputs are the inputs that would make a resource that exists already.
func (k *Type) importedInputs(state Object) Object {
	inputs := Object{}
	for key, v := range state {
		if k.supports(key) && v != "" && !Equal(v, k.Defaults[key], true) && !Equal(v, nil, true) {
			inputs[key] = v
		}
	}
	return inputs
}
