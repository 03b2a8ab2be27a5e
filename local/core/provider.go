package core

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Provider is one provider instance: a package, the Region it was configured for,
// and the account it acts on.
type Provider struct {
	Package     string // "aws" or "random"
	Catalog     *Catalog
	Store       *Store
	Region      string
	DefaultTags Object
	Clock       func() time.Time
	// Warn gets what services say about an operation that has succeeded. Default: nobody.
	Warn func(message string)
}

// Type looks a type of the provider's package up.
func (p *Provider) Type(token string) (*Type, error) { return p.Catalog.Type(p.Package, token) }

// Transact runs one operation that may change the account.
func (p *Provider) Transact(do func(*Tx) error) error {
	var warnings []string
	err := p.Store.Transact(func(c *Change) error {
		err := do(p.tx(c))
		warnings = c.warnings
		return err
	})
	if err != nil || p.Warn == nil {
		return err
	}
	for _, message := range warnings {
		p.Warn(message)
	}
	return nil
}

// Change runs do on the account, as something outside of Pulumi would change it.
func (p *Provider) Change(do func(*Tx)) error {
	return p.Transact(func(t *Tx) error { do(t); return nil })
}

func (p *Provider) view(do func(*Tx) error) error {
	return p.Store.View(func(c *Change) error { return do(p.tx(c)) })
}

func (p *Provider) tx(c *Change) *Tx {
	return &Tx{change: c, catalog: p.Catalog, region: p.Region, clock: p.Clock}
}

// Create makes a resource and returns its id and full state.
func (p *Provider) Create(k *Type, inputs Object) (id string, state Object, err error) {
	in := k.Defaults.With(inputs.Without(defaultsKey))
	if HoldsUnknown(map[string]any(in)) {
		return "", nil, fmt.Errorf("%s: an input is not known", k.Token)
	}
	err = p.Transact(func(t *Tx) error {
		if id, state, err = t.create(k, in); err != nil || k.Stateless {
			return err
		}
		if _, taken := t.Get(k.Token, id); taken {
			return fmt.Errorf("the id %s is taken", id)
		}
		t.Set(k.Token, id, state)
		return nil
	})
	if err != nil {
		return "", nil, fmt.Errorf("creating %s: %w", k.Token, err)
	}
	return id, state, nil
}

// Create makes and stores another resource than the one the operation is about.
func (t *Tx) Create(token string, in Object) (id string, state Object, err error) {
	k, ok := t.catalog.types[token]
	if !ok {
		return "", nil, unsupportedError("type", token)
	}
	if id, state, err = t.create(k, k.Defaults.With(in)); err == nil {
		t.Set(token, id, state)
	}
	return id, state, err
}

// create checks what the table of types says of a new resource, and makes it.
func (t *Tx) create(k *Type, in Object) (id string, state Object, err error) {
	if err := t.checkQuotas(k, in); err != nil {
		return "", nil, err
	}
	if err := t.checkReferences(k.References, in); err != nil {
		return "", nil, err
	}
	if err := t.checkUnique(k, "", in); err != nil {
		return "", nil, err
	}
	id, arn, err := t.identify(k, in)
	if err != nil {
		return "", nil, err
	}
	out := t.filled(k.Fills.Without(in.Keys()...), in.With(Object{"id": id}))
	if arn != "" {
		out["arn"] = arn
	}
	if k.Create != nil {
		more, err := k.Create(t, id, in)
		if err != nil {
			return "", nil, err
		}
		out = out.With(more)
	}
	state, err = k.fullState(id, in, out)
	return id, state, err
}

// Update changes a resource in place and returns its new full state. oldState is
// what Pulumi's state has of it: all there is of a stateless one.
func (p *Provider) Update(k *Type, id string, oldState, oldInputs, inputs Object) (state Object, err error) {
	in := k.Defaults.With(inputs.Without(defaultsKey))
	oldInputs = k.AsLeft(oldState, oldInputs)
	err = p.Transact(func(t *Tx) error {
		old, ok := t.Get(k.Token, id)
		if k.Stateless {
			old, ok = oldState, true
		}
		if !ok {
			return fmt.Errorf("the %s '%s' does not exist", Noun(k.Token), id)
		}
		in = unchangedAsLive(old, k.Defaults.With(oldInputs), in)
		if err := t.checkReferences(k.References, changed(old, in)); err != nil {
			return err
		}
		if err := t.checkUnique(k, id, in); err != nil {
			return err
		}
		var out Object
		if k.Update != nil {
			if out, err = k.Update(t, id, old, in); err != nil {
				return err
			}
		}
		if live, ok := t.Get(k.Token, id); ok { // Update may have set other parts of it
			old = live
		}
		if state, err = k.fullState(id, old.Without(k.dropped(oldInputs, in)...).With(in), out); err != nil {
			return err
		}
		if !k.Stateless {
			t.Set(k.Token, id, state)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("updating %s %s: %w", k.Token, id, err)
	}
	return state, nil
}

// unchangedAsLive is new inputs in which those that did not change have the
// values they have in AWS by now: an update sends what changed, so that, say, a
// count that autoscaling has set stays.
func unchangedAsLive(live, oldInputs, in Object) Object {
	out := maps.Clone(in)
	for key := range in {
		if oldInputs.Has(key) && live.Has(key) && Equal(oldInputs[key], in[key], false) {
			out[key] = live[key]
		}
	}
	return out
}

// changed are the inputs that differ from the live ones: only these are sent.
func changed(live, in Object) Object {
	out := Object{}
	for key := range in {
		if !Equal(live[key], in[key], true) {
			out[key] = in[key]
		}
	}
	return out
}

// dropped are the inputs that were taken away and do not keep their values.
func (k *Type) dropped(old, news Object) []string {
	var out []string
	for _, key := range old.Keys() {
		if !news.Has(key) && !slices.Contains(k.Keeps, key) {
			out = append(out, key)
		}
	}
	return out
}

// fullState is the full state of a resource. An output that its type lacks is an error
// in its entry in the table.
func (k *Type) fullState(id string, in, out Object) (Object, error) {
	state := in.With(out, Object{"id": id})
	if k.hasTagsAll() {
		state["tagsAll"] = map[string]any(Object{}.With(in.Block("tags")))
	}
	for key := range state {
		if s := k.signature(); key != "id" && s.Inputs[key] == "" && !slices.Contains(s.Outputs, key) {
			return nil, fmt.Errorf("the rules of %s made the output %q, which the type does not have", k.Token, key)
		}
	}
	return AsObject(Plain(map[string]any(state))), nil
}

func (k *Type) hasTagsAll() bool {
	return k.taggable() && slices.Contains(k.signature().Outputs, "tagsAll")
}

// Remove deletes a resource. One that is gone already is no error; one that others
// hold is refused.
func (p *Provider) Remove(k *Type, id string) error {
	if k.Stateless {
		return nil
	}
	err := p.Transact(func(t *Tx) error {
		state, ok := t.Get(k.Token, id)
		if !ok {
			return nil
		}
		if k.Delete != nil {
			if err := k.Delete(t, id, state); err != nil {
				return err
			}
		}
		t.dropDependents(k, state)
		if err := t.checkNotHeld(k, state); err != nil {
			return err
		}
		t.Drop(k.Token, id)
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting %s %s: %w", k.Token, id, err)
	}
	return nil
}

// Invoke runs a function. Like the real provider's, its result repeats the arguments.
func (p *Provider) Invoke(token string, args Object) (result Object, err error) {
	f, ok := p.Catalog.functions[token]
	if !ok || p.Package != "aws" {
		return nil, unsupportedError("function", token)
	}
	faults := conformBlock(properties.Functions[token].Inputs, map[string]any(args), "")
	for _, key := range args.Keys() {
		if f.Inputs != nil && !slices.Contains(f.Inputs, key) && len(faults) == 0 {
			faults = append(faults, &Refusal{Property: key, Message: fmt.Sprintf(
				"%s: the argument %q of %s has no rules there", Unsupported, key, token)})
		}
	}
	if err := JoinRefusals(token, faults); err != nil {
		return nil, err
	}
	err = p.view(func(t *Tx) error {
		result, err = f.Run(t, args)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", token, err)
	}
	return AsObject(Plain(map[string]any(args.With(result)))), nil
}
