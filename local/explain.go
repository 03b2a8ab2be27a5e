package local

import (
	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/requestpath"
)

// Plan is the way of a request through what is registered in the account now; the
// program has no say in it.
func (s *Stack) Plan() requestpath.Plan {
	s.t.Helper()
	plan, err := prediction.PlanOf(s.Account(), s.predicted())
	s.check(err)
	return plan
}

// Explain predicts the outcome of a request, redirects followed, from what is
// registered in the account now.
func (s *Stack) Explain(request requestpath.Request) requestpath.Chain {
	s.t.Helper()
	return s.model().Follow(request)
}

// Check predicts the outcome of every request that the account's distributions
// and balancers have to answer or to reject.
func (s *Stack) Check() []requestpath.Result {
	s.t.Helper()
	return requestpath.Check(s.Plan())
}

func (s *Stack) model() *registered.Model {
	s.t.Helper()
	m, err := prediction.ModelOf(s.Account(), s.predicted())
	s.check(err)
	return m
}
