// Package verify sends every request that a plan should answer or reject, and compares
// the observations with the predictions of requestpath.
package verify

import (
	"context"
	"fmt"
	"strings"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

// Verdicts of a [Row].
const (
	// OK: the observation is as predicted, and as it should be.
	OK = "ok"
	// Differs: the observation is not as predicted.
	Differs = "DIFFERS"
	// Unanswered: as predicted, but a viewer's ordinary request gets no useful
	// answer.
	Unanswered = "NOT ANSWERED"
	// Unrejected: as predicted, but a request around the distribution or load
	// balancer reaches a server.
	Unrejected = "NOT REJECTED"
)

// Row is one request with its expected and observed outcome.
type Row struct {
	// Name and Want are the probe's.
	Name    string              `json:"name"`
	Want    string              `json:"want"`
	Request requestpath.Request `json:"request"`
	// Expected and Observed have the statuses of all redirects, who answered, X-Cache.
	Expected string `json:"expected"`
	Observed string `json:"observed"`
	// Differences are the fields in which the two differ.
	Differences []string `json:"differences,omitempty"`
	Verdict     string   `json:"verdict"`
	// Why and Fix are the model's, where the verdict is not OK.
	Why string `json:"why,omitempty"`
	Fix string `json:"fix,omitempty"`
}

// All sends every probe of the plan over via. The recorder must be the sink of the
// traffic behind via. An error means that a request cannot be sent.
func All(ctx context.Context, via observe.Network, plan requestpath.Plan, recorder *Recorder) ([]Row, error) {
	var rows []Row
	session := requestpath.NewSession(plan)
	for _, probe := range requestpath.Probes(plan) {
		result := probe.WalkIn(session)
		exchanges, err := Follow(ctx, via, result.Request, recorder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", result.Name, err)
		}
		row := Row{
			Name: result.Name, Want: result.Want, Request: result.Request,
			Expected: expectedText(result.Chain), Observed: observedText(exchanges),
			Differences: differences(plan, result.Chain, exchanges),
		}
		row.judge(result)
		rows = append(rows, row)
	}
	return rows, nil
}

// Follow sends a request and follows its redirects. The recorder must be the sink of the
// traffic behind via.
func Follow(ctx context.Context, via observe.Network, request requestpath.Request, recorder *Recorder) ([]Exchange, error) {
	recorder.Take()
	var exchanges []Exchange
	err := observe.Follow(ctx, via, request, func(o observe.Observation) {
		exchanges = append(exchanges, Exchange{Observation: o, Events: recorder.Take()})
	})
	return exchanges, err
}

// judge fills in the verdict, and for one that is not OK the model's reason and fix.
func (r *Row) judge(predicted requestpath.Result) {
	switch {
	case len(r.Differences) > 0:
		r.Verdict = Differs
	case predicted.OK:
		r.Verdict = OK
		return
	case predicted.Want == requestpath.WantRejection:
		r.Verdict = Unrejected
	default:
		r.Verdict = Unanswered
	}
	r.Why, r.Fix = predicted.Chain.Outcome.Why, predicted.Chain.Outcome.Fix
	if r.Verdict == Unrejected && r.Fix == "" {
		r.Fix = predicted.Chain.Closing()
	}
}

// Statuses returns the status of each request of a chain, or the reason why there is none.
func Statuses(chain requestpath.Chain) []string {
	var all []string
	for _, w := range chain.Traces {
		all = append(all, observe.Observation{Status: w.Outcome.Status, Reason: w.Outcome.Reason}.String())
	}
	last := chain.Outcome
	all[len(all)-1] = observe.Observation{Status: last.Status, Reason: last.Reason}.String()
	return all
}

func expectedText(chain requestpath.Chain) string {
	o := chain.Outcome
	last := Outcome{By: o.By, ByName: o.ByName, XCache: o.XCache}
	if o.Status == 0 {
		last.By = ""
	}
	return inOneLine(Statuses(chain), last)
}

func observedText(exchanges []Exchange) string {
	var statuses []string
	for _, x := range exchanges {
		statuses = append(statuses, x.String())
	}
	return inOneLine(statuses, Observed(exchanges[len(exchanges)-1]))
}

func inOneLine(statuses []string, last Outcome) string {
	text := strings.Join(statuses, ", then ")
	if last.By != "" {
		text = strings.TrimSpace(fmt.Sprintf("%s by %s %s", text, last.By, last.ByName))
	}
	if last.XCache != "" {
		text += "; " + last.XCache
	}
	return text
}

// differences compares each request of a chain, without the handshakes with an origin and
// the rules: hops keep connections open and may report late, so these events may belong to
// another probe.
func differences(plan requestpath.Plan, predicted requestpath.Chain, exchanges []Exchange) []string {
	var all []string
	if len(predicted.Traces) != len(exchanges) {
		all = append(all, fmt.Sprintf("requests: expected %d, observed %d", len(predicted.Traces), len(exchanges)))
	}
	for i := range min(len(predicted.Traces), len(exchanges)) {
		trace := predicted.Traces[i]
		if i == len(predicted.Traces)-1 {
			trace.Outcome = predicted.Outcome
		}
		want, got := Predicted(plan, trace), Observed(exchanges[i])
		want.SNI, want.Rule = got.SNI, got.Rule
		all = append(all, Differences(want, got)...)
	}
	return all
}
