package cloud

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
)

// globalRegion is where records live whose type knows no Region.
const globalRegion = "global"

// Account is all that exists in one local AWS account. It stands for AWS, not
// for Pulumi's state: like AWS it holds the values of secrets, so its file is
// readable by its owner alone.
type Account struct {
	// ID is the twelve digits of the account.
	ID string `json:"accountId"`
	// Serial counts the ids handed out; the next id derives from it.
	Serial int `json:"serial"`
	// Resources holds the state of everything by Pulumi type, Region ("global" for
	// types without one) and id.
	Resources map[string]map[string]map[string]object `json:"resources"`
}

//go:embed seed.json
var seed []byte

// Seed is the account as every new stack finds it: a hosted zone, a network and
// two running instances that were there before.
func Seed() (*Account, error) {
	a, err := decodeAccount(seed)
	if err != nil {
		return nil, fmt.Errorf("reading the seed: %w", err)
	}
	return a, nil
}

// ReadAccount reads the account file at path; a file that does not exist yet
// reads as the seed.
func ReadAccount(path string) (*Account, error) {
	a, _, err := readAccount(path)
	return a, err
}

// readAccount is ReadAccount with what the file holds; nil when there is none.
func readAccount(path string) (*Account, []byte, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		a, err := Seed()
		return a, nil, err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the local AWS account: %w", err)
	}
	a, err := decodeAccount(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the local AWS account %s: %w", path, err)
	}
	return a, raw, nil
}

// decodeAccount reads an account strictly: a misspelt key in a seed is an error.
func decodeAccount(raw []byte) (*Account, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	a := &Account{}
	if err := dec.Decode(a); err != nil {
		return nil, err
	}
	if a.ID == "" || dec.More() {
		return nil, errors.New("it is not one JSON object with an accountId")
	}
	if a.Resources == nil {
		a.Resources = map[string]map[string]map[string]object{}
	}
	return a, nil
}

// Types are the Pulumi types of which the account holds at least one, sorted.
func (a *Account) Types() []string {
	return slices.Sorted(maps.Keys(a.Resources))
}

// Get is the state of one resource, wherever it lives; nil when there is none.
// The map must not be changed.
func (a *Account) Get(token, id string) map[string]any {
	for _, region := range a.Resources[token] {
		if state, ok := region[id]; ok {
			return state
		}
	}
	return nil
}

// All are the states of all resources of a type in all Regions, in the order of
// Region and id. The maps must not be changed.
func (a *Account) All(token string) []map[string]any {
	var out []map[string]any
	regions := a.Resources[token]
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		for _, id := range slices.Sorted(maps.Keys(regions[region])) {
			out = append(out, regions[region][id])
		}
	}
	return out
}

// DiffFromSeed names what was added to, removed from and changed in the account
// since it was seeded, as "+ type region/id", "- ..." and "~ ...". It is empty
// after everything a program made was destroyed.
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
		} else if !reflect.DeepEqual(plain(old), plain(state)) {
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

// flat is every record by "type region/id".
func (a *Account) flat() map[string]object {
	out := map[string]object{}
	for token, regions := range a.Resources {
		for region, records := range regions {
			for id, state := range records {
				out[token+" "+region+"/"+id] = state
			}
		}
	}
	return out
}

// get is the record of a type with an id in one Region.
func (a *Account) get(token, region, id string) (object, bool) {
	state, ok := a.Resources[token][region][id]
	return state, ok
}

// put stores a record.
func (a *Account) put(token, region, id string, state object) {
	if a.Resources[token] == nil {
		a.Resources[token] = map[string]map[string]object{}
	}
	if a.Resources[token][region] == nil {
		a.Resources[token][region] = map[string]object{}
	}
	a.Resources[token][region][id] = state
}

// drop removes a record, and the maps that it leaves empty.
func (a *Account) drop(token, region, id string) {
	delete(a.Resources[token][region], id)
	if len(a.Resources[token][region]) == 0 {
		delete(a.Resources[token], region)
	}
	if len(a.Resources[token]) == 0 {
		delete(a.Resources, token)
	}
}
