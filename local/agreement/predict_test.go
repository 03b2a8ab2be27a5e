package agreement

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// Predict predicts the outcome of a request, as returned by [Setup.Request], from the
// plan.
func (s *Setup) Predict(request requestpath.Request) requestpath.Trace {
	return requestpath.Walk(s.Plan, request)
}

// PredictRegistered predicts the outcome from the plan that is read from the
// registered resources.
func (s *Setup) PredictRegistered(request requestpath.Request) (requestpath.Trace, error) {
	list, err := s.Driver.Invoke(prefixListFunction, props{"name": requestpath.OriginFacing})
	if err != nil {
		return requestpath.Trace{}, fmt.Errorf("finding CloudFront's prefix list: %w", err)
	}
	model, err := registered.Read(s.resources(), registered.Options{
		Servers: s.Servers, OriginFacing: []string{fmt.Sprint(list["id"])}, Live: true,
	})
	if err != nil {
		return requestpath.Trace{}, fmt.Errorf("reading the registered resources: %w", err)
	}
	request.Headers = slices.Clone(request.Headers)
	for i, h := range request.Headers {
		request.Headers[i] = model.Header(h.Name, h.Value)
	}
	return requestpath.Walk(model.Plan, request), nil
}

// resources returns all records of the account, in a stable order.
func (s *Setup) resources() []registered.Resource {
	var all []registered.Resource
	account := s.Driver.Account()
	for _, token := range account.Types() {
		for _, state := range account.All(token) {
			id, _ := state["id"].(string)
			all = append(all, registered.Resource{Type: token, ID: id, State: state})
		}
	}
	return all
}
