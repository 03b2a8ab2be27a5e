package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// explain predicts from the resources that are registered in the stack's account
// or in a deployment. It sends nothing and does not run the program.
func explain(_ context.Context, s *session) error {
	if err := s.checkExplain(); err != nil {
		return err
	}
	model, err := s.model()
	if err != nil {
		return err
	}
	if s.explain.all {
		return s.explainAll(model)
	}
	if s.explain.logLine != "" {
		return s.explainLines(model)
	}
	request, err := s.explain.request(s.argument, model)
	if err != nil {
		return err
	}
	return s.explainOne(model, request)
}

func (s *session) model() (*registered.Model, error) {
	if s.explain.deployment != "" {
		return s.deploymentModel(s.explain.deployment)
	}
	account, err := s.registeredAccount()
	if err != nil {
		return nil, err
	}
	model, _, err := s.modelOf(account)
	return model, err
}

// deploymentModel reads a deployment from a file, or from standard input.
func (s *session) deploymentModel(path string) (*registered.Model, error) {
	var raw []byte
	var err error
	if path == "-" {
		raw, err = io.ReadAll(s.stdin)
	} else {
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: --deployment: %w", errUsage, err)
	}
	resources, err := registered.FromDeployment(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: --deployment %s: %w", errUsage, path, err)
	}
	o := registered.Options{OriginFacing: s.explain.originFacing}
	if o.Servers, err = registered.NameServers(s.servers, resources, o); err != nil {
		return nil, s.wrongServers(err)
	}
	return registered.Read(resources, o)
}

// explained is what --json prints about one request.
type explained struct {
	// OK says that a viewer can use the answer.
	OK bool `json:"ok"`
	unknown
	requestpath.Chain
	Notes []registered.Note `json:"notes,omitempty"`
}

// unknown says whether, and why, the registered resources leave the outcome open.
type unknown struct {
	Unknown     bool              `json:"unknown"`
	Undescribed []registered.Note `json:"undescribed,omitempty"`
}

func (s *session) explainOne(model *registered.Model, request requestpath.Request) error {
	chain := model.Follow(request)
	doubts := append(unknownParts(model, chain), model.Unsure(request, usable)...)
	out := explained{Chain: chain, unknown: unknown{len(doubts) > 0, doubts}, Notes: model.Notes}
	out.OK = usable(chain) && !out.Unknown
	if s.json {
		hideValues(chain)
		if err := s.printJSON(out); err != nil {
			return err
		}
	} else {
		printChain(s.stdout, out)
	}
	switch {
	case out.Unknown:
		return errors.New("it is not known whether the request gets a usable answer")
	case !out.OK:
		return errors.New("the request gets no usable answer")
	}
	return nil
}

func usable(chain requestpath.Chain) bool { return chain.Outcome.OK() }

func rejected(chain requestpath.Chain) bool { return !chain.Outcome.Served() }

// unknownParts returns the notes about parts of the path that the model leaves out, and
// about a failure on which its sources disagree.
func unknownParts(model *registered.Model, chain requestpath.Chain) []registered.Note {
	var out []registered.Note
	if dispute, ok := chain.Outcome.Dispute(); ok {
		out = append(out, registered.Note{Resource: chain.Outcome.Field, Text: dispute.Text})
	}
	seen := map[string]bool{}
	for _, trace := range chain.Traces {
		for _, n := range model.Meets(trace) {
			if !seen[n.String()] {
				out = append(out, n)
			}
			seen[n.String()] = true
		}
	}
	return out
}

// hideValues hides the values of the given headers, which may be secrets.
func hideValues(chain requestpath.Chain) {
	for _, trace := range chain.Traces {
		for i := range trace.Request.Headers {
			trace.Request.Headers[i].Value = "[given]"
		}
	}
}

// judgement is one request of --all.
type judgement struct {
	requestpath.Result
	unknown
}

func judgements(model *registered.Model) []judgement {
	var all []judgement
	for _, r := range requestpath.Check(model.Fronted()) {
		judge := rejected
		var doubts []registered.Note
		if r.Want == requestpath.WantAnswer {
			judge, doubts = usable, unknownParts(model, r.Chain)
		}
		doubts = append(doubts, model.Unsure(r.Request, judge)...)
		r.OK = r.OK && len(doubts) == 0
		all = append(all, judgement{r, unknown{len(doubts) > 0, doubts}})
	}
	return all
}

// explainAll explains every request that should be answered or rejected. It does not
// fail because of unknown outcomes.
func (s *session) explainAll(model *registered.Model) error {
	results := judgements(model)
	wrong, open := 0, 0
	for _, r := range results {
		switch {
		case r.Unknown:
			open++
		case !r.OK:
			wrong++
		}
	}
	if s.json {
		out := map[string]any{
			"ok": wrong+open == 0, "unknown": open, "requests": append([]judgement{}, results...), "notes": append([]registered.Note{}, model.Notes...),
			"shadowed": append([]registered.Note{}, model.Shadowed()...), "silent": append([]registered.Note{}, model.Silent()...),
		}
		if err := s.printJSON(out); err != nil {
			return err
		}
	} else {
		printResults(s.stdout, model, results)
	}
	switch {
	case len(results) == 0:
		return errors.New("no distribution and no load balancer is registered: there is nothing to request")
	case wrong > 0:
		return fmt.Errorf("%d of %d requests would not get what they should", wrong, len(results))
	}
	return nil
}
