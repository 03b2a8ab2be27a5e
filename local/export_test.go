package local

import "github.com/portico-iac/portico/internal/registered"

// Model is the plan of the resources that are registered now.
func (s *Stack) Model() *registered.Model {
	s.t.Helper()
	return s.model()
}
