package local

import (
	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/requestpath"
)

// Plan describes the request paths of the resources that are registered now.
func (s *Stack) Plan() requestpath.Plan {
	s.t.Helper()
	return s.model().Fronted()
}

// Explain predicts the outcome of a request and of the redirects after it, from the
// resources that are registered now.
func (s *Stack) Explain(request requestpath.Request) requestpath.Chain {
	s.t.Helper()
	return s.model().Follow(request)
}

// Check predicts the outcome of every request that the account's distributions and
// load balancers should answer or reject.
func (s *Stack) Check() []requestpath.Result {
	s.t.Helper()
	return requestpath.Check(s.Plan())
}

func (s *Stack) model() *registered.Model {
	s.t.Helper()
	m, err := prediction.ModelOf(s.Account(), s.predicted(), s.objects)
	s.check(err)
	return m
}
