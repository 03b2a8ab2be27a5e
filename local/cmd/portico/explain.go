package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/requestpath/registered"
)

// explain predicts from what is registered, in the stack's account or in a
// deployment; nothing is sent and nothing of the program runs.
func explain(_ context.Context, s *session) error {
	if err := s.explain.check(s.argument); err != nil {
		return err
	}
	model, err := s.model()
	if err != nil {
		return err
	}
	if s.explain.all {
		return s.explainAll(model)
	}
	request, err := s.explain.request(s.argument, model)
	if err != nil {
		return err
	}
	return s.explainOne(model, request)
}

// model reads what is registered.
func (s *session) model() (*registered.Model, error) {
	_, servers, err := readServers(s.servers)
	if err != nil {
		return nil, err
	}
	if s.explain.deployment != "" {
		return deploymentModel(s.explain.deployment, registered.Options{Servers: servers, OriginFacing: s.explain.originFacing})
	}
	account, err := s.account()
	if err != nil {
		return nil, err
	}
	return local.ModelOf(account, servers)
}

// deploymentModel reads a file, or standard input.
func deploymentModel(path string, o registered.Options) (*registered.Model, error) {
	read := func() ([]byte, error) { return os.ReadFile(path) }
	if path == "-" {
		read = func() ([]byte, error) { return io.ReadAll(os.Stdin) }
	}
	raw, err := read()
	if err != nil {
		return nil, fmt.Errorf("%w: --deployment: %w", errUsage, err)
	}
	resources, err := registered.FromDeployment(raw)
	if err != nil {
		return nil, err
	}
	return registered.Read(resources, o)
}

// explained is what --json prints about one request.
type explained struct {
	// OK says that the answer is one that a viewer can use.
	OK bool `json:"ok"`
	requestpath.Chain
	// Undescribed are the notes about things that the request meets and that the
	// prediction does not know.
	Undescribed []registered.Note `json:"undescribed,omitempty"`
	Notes       []registered.Note `json:"notes,omitempty"`
}

func (s *session) explainOne(model *registered.Model, request requestpath.Request) error {
	chain := model.Follow(request)
	out := explained{Chain: chain, Undescribed: met(model, chain), Notes: model.Notes}
	out.OK = chain.Outcome.OK() && len(out.Undescribed) == 0
	if s.json {
		if err := s.printJSON(withoutValues(out)); err != nil {
			return err
		}
	} else {
		printChain(s.stdout, out)
	}
	if !out.OK {
		return errors.New("the request gets no usable answer")
	}
	return nil
}

// met are the notes about what is left out and met on the way.
func met(model *registered.Model, chain requestpath.Chain) []registered.Note {
	var out []registered.Note
	seen := map[string]bool{}
	for _, way := range chain.Ways {
		for _, n := range model.Meets(way) {
			if !seen[n.String()] {
				out = append(out, n)
			}
			seen[n.String()] = true
		}
	}
	return out
}

// withoutValues hides the values of the headers that were given: they may be
// secrets.
func withoutValues(e explained) explained {
	ways := make([]requestpath.Way, len(e.Ways))
	for i, way := range e.Ways {
		ways[i] = way
		ways[i].Request.Headers = nil
		for _, h := range way.Request.Headers {
			ways[i].Request.Headers = append(ways[i].Request.Headers, requestpath.Header{Name: h.Name, Value: "[given]"})
		}
	}
	e.Ways = ways
	return e
}

// explainAll walks every request that has to be answered or rejected.
func (s *session) explainAll(model *registered.Model) error {
	results := requestpath.Check(model.Fronted())
	wrong := 0
	for i := range results {
		results[i].OK = results[i].OK && (results[i].Want != requestpath.WantAnswer || len(met(model, results[i].Chain)) == 0)
		if !results[i].OK {
			wrong++
		}
	}
	if s.json {
		out := map[string]any{
			"ok": wrong == 0, "requests": results, "notes": append([]registered.Note{}, model.Notes...),
		}
		if err := s.printJSON(out); err != nil {
			return err
		}
	} else {
		printResults(s.stdout, model, results)
	}
	switch {
	case len(results) == 0:
		return errors.New("no distribution and no load balancer is registered, so there is nothing to ask")
	case wrong > 0:
		return fmt.Errorf("%d of %d requests would not get what they should", wrong, len(results))
	}
	return nil
}
