package agreement

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// predict predicts the outcomes of requests in a row, as returned by [Setup.Request]. With
// follow they are followed to where redirects end.
func predict(plan requestpath.Plan, requests []requestpath.Request, pass int, follow bool) []requestpath.Trace {
	session := requestpath.NewSession(plan)
	var out []requestpath.Trace
	for i, request := range requests {
		if i == len(requests)-1 {
			session.Pass(pass)
		}
		if !follow {
			out = append(out, session.Walk(request))
			continue
		}
		chain := session.Follow(request)
		last := chain.Traces[len(chain.Traces)-1]
		last.Outcome = chain.Outcome
		out = append(out, last)
	}
	return out
}

// registered is the plan that is read from the registered resources, with the requests as
// it has them.
func (s *Setup) registered(requests []requestpath.Request) (requestpath.Plan, []requestpath.Request, error) {
	list, err := s.Driver.Invoke(prefixListFunction, props{"name": requestpath.OriginFacing})
	if err != nil {
		return requestpath.Plan{}, nil, fmt.Errorf("finding CloudFront's prefix list: %w", err)
	}
	model, err := registered.Read(s.resources(), registered.Options{
		Servers: s.Servers, OriginFacing: []string{fmt.Sprint(list["id"])}, Live: true, Objects: keys(s.Plan),
	})
	if err != nil {
		return requestpath.Plan{}, nil, fmt.Errorf("reading the registered resources: %w", err)
	}
	requests = slices.Clone(requests)
	for i := range requests {
		headers := slices.Clone(requests[i].Headers)
		for j, h := range headers {
			headers[j] = model.Header(h.Name, h.Value)
		}
		requests[i].Headers = headers
	}
	return model.Plan, requests, nil
}

// keys are those of the objects of the buckets.
func keys(p requestpath.Plan) map[string][]string {
	out := map[string][]string{}
	for _, b := range p.Buckets {
		out[b.Name] = b.Keys
	}
	return out
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
