package registered

import "github.com/portico-iac/portico/requestpath"

// Model is the plan of some resources with what it leaves open.
type Model struct {
	Plan  requestpath.Plan
	Notes []Note
}

// Read describes what the resources make of a request.
func Read(_ []Resource, _ Options) (*Model, error) {
	return &Model{}, nil
}
