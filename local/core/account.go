package core

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// globalRegion is the Region of records whose type has no Region.
const globalRegion = "global"

// Account is everything that exists in one local AWS account. It stands for AWS,
// not for Pulumi's state: like AWS it holds the values of secrets, so its file is
// readable by its owner alone.
type Account struct {
	// ID is the account's twelve digits.
	ID string
	// serial counts the ids handed out; the next id derives from it.
	serial int
	tables map[tableKey]*table
}

// tableKey names the records of one type in one Region.
type tableKey struct{ token, region string }

//go:embed seed.json
var seed []byte

// Seed is the account that every new stack starts with: a hosted zone, a network
// and two running instances.
func Seed() (*Account, error) {
	a, err := readSeed()
	if err != nil {
		return nil, fmt.Errorf("reading the seed: %w", err)
	}
	return a.clone(), nil
}

var readSeed = sync.OnceValues(func() (*Account, error) {
	a := &Account{}
	return a, json.Unmarshal(seed, a)
})

// clone is an account with the same records, which neither changes with the other.
func (a *Account) clone() *Account {
	out := &Account{ID: a.ID, serial: a.serial, tables: make(map[tableKey]*table, len(a.tables))}
	for key, t := range a.tables {
		out.tables[key] = &table{records: maps.Clone(t.records)}
	}
	return out
}

// accountJSON is the form in which an account is written as one document.
type accountJSON struct {
	ID        string                                  `json:"accountId"`
	Serial    int                                     `json:"serial"`
	Resources map[string]map[string]map[string]Object `json:"resources"` // by type, Region and id
}

// UnmarshalJSON reads an account strictly: a misspelt key is an error.
func (a *Account) UnmarshalJSON(raw []byte) error {
	in, err := decodeStrictly[accountJSON](raw)
	if err != nil {
		return err
	}
	if in.ID == "" {
		return errors.New("it has no accountId")
	}
	*a = Account{ID: in.ID, serial: in.Serial}
	for token, regions := range in.Resources {
		for region, records := range regions {
			for id, state := range records {
				if err := a.read(token, region, id, state); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// read stores a record from a file. Somebody may have edited it, and services rely on
// the kinds of its values.
func (a *Account) read(token, region, id string, state Object) error {
	var faults []*Refusal
	if state != nil && state.Str("id") != id {
		faults = append(faults, Invalid("", "id", "must be that of the record"))
	}
	if s := properties.Resources[token]; s != nil {
		for key, kind := range s.Inputs {
			for _, f := range conform(kind, state[key], key) {
				if strings.HasPrefix(f.Message, incorrectType) { // what is missing may be an output
					faults = append(faults, f)
				}
			}
		}
	}
	if err := JoinRefusals(token+" "+id, faults); err != nil {
		return err
	}
	a.put(token, region, id, state)
	return nil
}

// MarshalJSON writes the account as one document.
func (a *Account) MarshalJSON() ([]byte, error) {
	out := accountJSON{ID: a.ID, Serial: a.serial, Resources: map[string]map[string]map[string]Object{}}
	for key, t := range a.tables {
		if out.Resources[key.token] == nil {
			out.Resources[key.token] = map[string]map[string]Object{}
		}
		out.Resources[key.token][key.region] = t.records
	}
	return json.Marshal(out)
}

// Types are the Pulumi types of which the account holds at least one, sorted.
func (a *Account) Types() []string { return a.names(func(key tableKey) string { return key.token }) }

// Regions are the Regions in which the account holds anything, "global" among them,
// sorted.
func (a *Account) Regions() []string { return a.names(func(key tableKey) string { return key.region }) }

func (a *Account) names(of func(tableKey) string) []string {
	var out []string
	for key := range a.tables {
		out = append(out, of(key))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Get is the state of one resource in whatever Region; nil when there is none.
// The map must not be changed.
func (a *Account) Get(token, id string) map[string]any {
	for _, region := range a.Regions() {
		if state, ok := a.get(token, region, id); ok {
			return state
		}
	}
	return nil
}

// All are the states of all resources of a type in all Regions, in the order of
// Region and id. The maps must not be changed.
func (a *Account) All(token string) []map[string]any {
	var out []map[string]any
	for _, region := range a.Regions() {
		if t := a.tables[tableKey{token, region}]; t != nil {
			for _, state := range t.sorted() {
				out = append(out, state)
			}
		}
	}
	return out
}

// DiffFromSeed names what was added to, removed from and changed in the account
// since it was seeded, as "+ type region/id", "- ..." and "~ ...". It is empty
// after everything a program made was destroyed: what AWS itself keeps is left out.
func (a *Account) DiffFromSeed() ([]string, error) {
	s, err := Seed()
	if err != nil {
		return nil, err
	}
	was, is := s.flat(), a.flat()
	var out []string
	for key, state := range is {
		if old, ok := was[key]; !ok {
			out = append(out, "+ "+key)
		} else if !reflect.DeepEqual(Plain(old), Plain(state)) {
			out = append(out, "~ "+key)
		}
	}
	for key := range was {
		if _, ok := is[key]; !ok {
			out = append(out, "- "+key)
		}
	}
	slices.Sort(out)
	return out, nil
}

// flat is every record, but those that AWS keeps, by "type region/id".
func (a *Account) flat() map[string]Object {
	out := map[string]Object{}
	for key, t := range a.tables {
		if keptRecords[key.token] {
			continue
		}
		for id, state := range t.records {
			out[key.token+" "+key.region+"/"+id] = state
		}
	}
	return out
}

// get is the record of a type with an id in one Region.
func (a *Account) get(token, region, id string) (Object, bool) {
	t := a.tables[tableKey{token, region}]
	if t == nil {
		return nil, false
	}
	state, ok := t.records[id]
	return state, ok
}

// put stores a record in place of one with the same id, or drops that one when it has
// no state, with the table that this leaves empty.
func (a *Account) put(token, region, id string, state Object) {
	key := tableKey{token, region}
	t := a.tables[key]
	if t == nil {
		t = &table{records: map[string]Object{}}
	}
	t.put(id, state)
	if len(t.records) == 0 {
		delete(a.tables, key)
		return
	}
	if a.tables == nil {
		a.tables = map[tableKey]*table{}
	}
	a.tables[key] = t
}
