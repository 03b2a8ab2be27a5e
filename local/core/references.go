package core

import (
	"cmp"
	"slices"
)

// checkReferences refuses inputs that name what does not exist, as far as their values
// are known.
func (t *Tx) checkReferences(references []Reference, in Object) error {
	for _, r := range references {
		for _, value := range in.StrsAt(r.Input) {
			if value == "" || t.exists(r, value) {
				continue
			}
			if r.Message != nil {
				return &Refusal{Code: r.Code, Message: r.Message(t, value)}
			}
			return Refuse(r.Code, "%s: the %s '%s' does not exist", r.Input, r.noun(), value)
		}
	}
	return nil
}

func (t *Tx) exists(r Reference, value string) bool {
	if r.Exists != nil && r.Exists(t, value) {
		return true
	}
	return slices.ContainsFunc(r.To, func(token string) bool {
		if r.By == "" {
			_, ok := t.Get(token, value)
			return ok
		}
		return len(t.Where(token, r.By, value)) > 0
	})
}

// noun is what a reference names, in words.
func (r Reference) noun() string {
	if len(r.To) > 0 {
		return Noun(r.To[0])
	}
	return "value"
}

// inventsNames tells whether AWS invents what a reference holds.
func (c *Catalog) inventsNames(r Reference) bool {
	return len(r.To) > 0 && !slices.ContainsFunc(r.To, func(token string) bool {
		k := c.types[token]
		return k == nil || !k.invents(r.By)
	})
}

// invents tells whether a property, "" for the id, has digits that AWS invents.
func (k *Type) invents(property string) bool {
	switch {
	case property == "arn", property == "" && k.ID == "" && k.NewID == nil:
		return hexDigits.MatchString(k.ARN)
	case property == "":
		return k.NewID != nil || hexDigits.MatchString(k.ID)
	}
	return false
}

// checkNotHeld refuses the deletion of what the reference of another resource holds.
func (t *Tx) checkNotHeld(k *Type, state Object) error {
	if k.InUse == "" {
		return nil
	}
	for _, r := range t.catalog.referrers[k.Token] {
		if r.Loose || r.Cascades {
			continue
		}
		for _, user := range t.users(r, state) {
			if r.token != k.Token || user.Str("id") != state.Str("id") {
				return Refuse(k.InUse, "the %s '%s' is in use by the %s '%s' and cannot be deleted",
					Noun(k.Token), state.Str("id"), Noun(r.token), user.Str("id"))
			}
		}
	}
	return nil
}

// dropDependents deletes the resources whose references cascade, and theirs in turn. That
// comes before checkNotHeld: a rule of a group may name the same group as its peer.
func (t *Tx) dropDependents(k *Type, state Object) {
	for _, r := range t.catalog.referrers[k.Token] {
		if !r.Cascades {
			continue
		}
		for _, dependent := range t.users(r, state) {
			t.dropDependents(t.catalog.types[r.token], dependent)
			t.Drop(r.token, dependent.Str("id"))
		}
	}
}

// users are the resources that name one by a reference.
func (t *Tx) users(r referrer, state Object) []Object {
	return t.Where(r.token, r.Input, state.Str(cmp.Or(r.By, "id")))
}

// checkUnique refuses what a resource with another id has already.
func (t *Tx) checkUnique(k *Type, id string, in Object) error {
	for _, u := range k.Unique {
		for _, value := range in.StrsAt(u.Inputs[0]) {
			for _, other := range t.Where(k.Token, u.Inputs[0], value) {
				differs := func(path string) bool { return !Equal(other.At(path), in.At(path), false) }
				if other.Str("id") != id && !slices.ContainsFunc(u.Inputs[1:], differs) {
					return &Refusal{Code: u.Code, Message: fill(u.Message, in.With(Object{u.Inputs[0]: value}))}
				}
			}
		}
	}
	return nil
}

// checkQuotas refuses one resource more than an account may have.
func (t *Tx) checkQuotas(k *Type, in Object) error {
	for _, q := range k.Quotas {
		count := t.Count(k.Token)
		if q.Per != "" {
			count = len(t.Where(k.Token, q.Per, in.Str(q.Per)))
		}
		if count >= q.Most {
			return &Refusal{Code: q.Code, Message: q.Message}
		}
	}
	return nil
}
