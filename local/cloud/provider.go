package cloud

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// provider is one provider instance: a package, the Region it was configured
// for, and the account it acts on.
type provider struct {
	pkg         string // "aws" or "random"
	catalog     *catalog
	store       store
	region      string
	defaultTags object
	clock       func() time.Time
}

// unsupportedError says that the local AWS has no rules for something. Nothing
// is let through on the guess that AWS would take it.
func unsupportedError(what, token string) error {
	return fmt.Errorf("unsupported by the local AWS: the %s %s has no rules there", what, token)
}

// kind looks a type up.
func (p *provider) kind(token string) (*kind, error) {
	k, ok := p.catalog.kinds[token]
	if !ok || !strings.HasPrefix(token, p.pkg+":") {
		return nil, unsupportedError("type", token)
	}
	return k, nil
}

// transact runs one operation that may change the account.
func (p *provider) transact(do func(*tx) error) error {
	return p.store.transact(func(a *Account) error { return do(p.txOn(a)) })
}

// view runs one operation that only looks at the account.
func (p *provider) view(do func(*tx) error) error {
	return p.store.view(func(a *Account) error { return do(p.txOn(a)) })
}

func (p *provider) txOn(a *Account) *tx {
	return &tx{account: a, catalog: p.catalog, region: p.region, accountID: a.ID, clock: p.clock}
}

// create makes a resource and returns its id and full state.
func (p *provider) create(k *kind, inputs object) (id string, state object, err error) {
	in := k.defaults.with(inputs.without(defaultsKey))
	if holdsUnknown(in) {
		return "", nil, fmt.Errorf("%s: an input is not known", k.token)
	}
	err = p.transact(func(t *tx) error {
		var out object
		if id, out, err = k.create(t, in); err != nil {
			return err
		}
		if state, err = k.fullState(id, in, out); err != nil {
			return err
		}
		if _, taken := t.get(k.token, id); taken {
			return fmt.Errorf("the id %s is taken", id)
		}
		if !k.stateless {
			t.set(k.token, id, state)
		}
		return nil
	})
	if err != nil {
		return "", nil, fmt.Errorf("creating %s: %w", k.token, err)
	}
	return id, state, nil
}

// update changes a resource in place and returns its new full state.
func (p *provider) update(k *kind, id string, oldState, oldInputs, inputs object) (state object, err error) {
	in := k.defaults.with(inputs.without(defaultsKey))
	err = p.transact(func(t *tx) error {
		old, ok := t.get(k.token, id)
		if k.stateless {
			old, ok = oldState, true
		}
		if !ok {
			return fmt.Errorf("the %s '%s' does not exist", noun(k.token), id)
		}
		in = unchangedAsLive(old, k.defaults.with(oldInputs), in)
		var out object
		if k.update != nil {
			if out, err = k.update(t, id, old, in); err != nil {
				return err
			}
		}
		if old, ok = t.get(k.token, id); !ok { // update may have set other parts of it
			old = oldState
		}
		if state, err = k.fullState(id, old.without(k.dropped(oldInputs, in)...).with(in), out); err != nil {
			return err
		}
		if !k.stateless {
			t.set(k.token, id, state)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("updating %s %s: %w", k.token, id, err)
	}
	return state, nil
}

// unchangedAsLive is new inputs in which those that did not change have the
// values they have in AWS by now: an update sends what changed, so that, say, a
// count that autoscaling has set stays.
func unchangedAsLive(live, oldInputs, in object) object {
	out := maps.Clone(in)
	for key := range in {
		if oldInputs.has(key) && live.has(key) && same(oldInputs[key], in[key], false) {
			out[key] = live[key]
		}
	}
	return out
}

// dropped are the inputs that were taken away and do not keep their values.
func (k *kind) dropped(old, new object) []string {
	var out []string
	for _, key := range old.keys() {
		if !new.has(key) && !slices.Contains(k.keeps, key) {
			out = append(out, key)
		}
	}
	return out
}

// fullState is the full state of a resource. Outputs that its type does not have are
// a mistake of the kind.
func (k *kind) fullState(id string, in, out object) (object, error) {
	state := in.with(out, object{"id": id})
	fields := fieldsOf(k.state)
	if _, ok := fields["tagsAll"]; ok && k.changes["tags"] != 0 {
		state["tagsAll"] = map[string]any(object{}.with(in.object("tags")))
	}
	for key := range state {
		if _, ok := fields[key]; !ok && key != "id" {
			return nil, fmt.Errorf("the rules of %s made the output %q, which the type does not have", k.token, key)
		}
	}
	return asObject(plain(state)), nil
}

// previewCreate is what is known of a resource before it is made: its inputs,
// and that everything else will come.
func (k *kind) previewCreate(inputs object) object {
	state := k.defaults.with(inputs.without(defaultsKey))
	fields := fieldsOf(k.state)
	for key := range fields {
		if !state.has(key) {
			state[key] = unknown{}
		}
	}
	if _, ok := fields["tagsAll"]; ok && k.changes["tags"] != 0 {
		state["tagsAll"] = state["tags"]
	}
	return state
}

// previewUpdate is what a resource will be after an update as far as it is
// known: outputs stay, inputs are replaced.
func (k *kind) previewUpdate(oldState, oldInputs, inputs object) object {
	in := k.defaults.with(inputs.without(defaultsKey))
	state := oldState.without(k.dropped(oldInputs, in)...).with(in)
	if state.has("tagsAll") {
		state["tagsAll"] = state["tags"]
	}
	return state
}

// read is the current state of a resource and the inputs that would make it so;
// false when it is gone. oldState is empty when it is read by its id alone.
func (p *provider) read(k *kind, id string, oldState, oldInputs object) (state, inputs object, ok bool, err error) {
	if k.stateless {
		return oldState, oldInputs, oldState != nil, nil
	}
	err = p.view(func(t *tx) error {
		state, ok = t.get(k.token, id)
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
		if k.changes[key] != 0 && k.effect(key, oldInputs[key], state[key]) != 0 {
			inputs[key] = state[key]
		}
	}
	return state, inputs, true, nil
}

// importedInputs are the inputs that would make a resource that exists already.
func (k *kind) importedInputs(state object) object {
	inputs := object{}
	for key, v := range state {
		if k.changes[key] != 0 && v != "" && !same(v, k.defaults[key], true) && !same(v, nil, true) {
			inputs[key] = v
		}
	}
	return inputs
}

// remove deletes a resource; one that is gone already is no error.
func (p *provider) remove(k *kind, id string) error {
	if k.stateless {
		return nil
	}
	err := p.transact(func(t *tx) error {
		state, ok := t.get(k.token, id)
		if !ok {
			return nil
		}
		if k.remove != nil {
			if err := k.remove(t, id, state); err != nil {
				return err
			}
		}
		t.drop(k.token, id)
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting %s %s: %w", k.token, id, err)
	}
	return nil
}

// invoke runs a function. Its result echoes the arguments, as the real
// provider's does.
func (p *provider) invoke(token string, args object) (result object, err error) {
	i, ok := p.catalog.invokes[token]
	if !ok || !strings.HasPrefix(token, p.pkg+":") {
		return nil, unsupportedError("function", token)
	}
	faults := conform(i.inputs, map[string]any(args), "")
	for _, key := range args.keys() {
		if i.supported != nil && !slices.Contains(i.supported, key) && len(faults) == 0 {
			faults = append(faults, &refusal{property: key, message: fmt.Sprintf(
				"unsupported by the local AWS: the argument %q of %s has no rules there", key, token)})
		}
	}
	if err := joinFaults(token, faults); err != nil {
		return nil, err
	}
	err = p.view(func(t *tx) error {
		result, err = i.run(t, args)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", token, err)
	}
	return asObject(plain(args.with(result))), nil
}
