package cloudtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/portico-iac/portico/local/core"
)

// TypeCases are what the tests of the table need to know about one resource type:
// its entry in service/<service>/testdata/examples.yaml.
type TypeCases struct {
	// Examples are inputs that AWS accepts in the Region ap-northeast-1 of an account
	// as it is seeded, the first with what is required. Required references may be
	// left out. {$example: token} stands for the first example of another type,
	// {$example: token, $own: true} for one made for this example alone, and
	// {$example: token, $region: name} for one in another Region.
	Examples []core.Object
	// Needs are types whose first examples must exist before those of this type,
	// beside the types that it refers to.
	Needs []string
	// Secrets are inputs in which programs put secrets.
	Secrets []string
	// NotReferences are inputs that look like references and are not declared as
	// such, and why.
	NotReferences map[string]string `json:"notReferences"`
	// NotSet are outputs of the real provider that the local AWS leaves out, and why.
	NotSet map[string]string `json:"notSet"`
}

// Cases are the cases of every resource type, by its token.
var Cases = sync.OnceValues(func() (map[string]TypeCases, error) {
	_, here, _, _ := runtime.Caller(0)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(here), "..", "service", "*", "testdata", "examples.yaml"))
	if err != nil {
		return nil, err
	}
	all := map[string]TypeCases{}
	for _, file := range files {
		if err := readCases(file, all); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
})

// readCases adds the cases in a file. They are read as JSON, which has the kinds of
// values that inputs have.
func readCases(file string, all map[string]TypeCases) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var raw any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return err
	}
	asJSON, err := json.Marshal(raw)
	if err != nil {
		return err
	}
	return json.Unmarshal(asJSON, &all)
}

// sample stands in an example for the example of another type.
type sample struct {
	token, region string
	own           bool
}

// sampleOf is what a value of an example stands for; ok is false for an ordinary
// value, region "" for the Region of the example itself.
func sampleOf(v any) (s sample, ok bool) {
	block := core.AsObject(v)
	s.token, ok = block["$example"].(string)
	s.region, s.own = block.Str("$region"), block.Bool("$own")
	return s, ok
}
