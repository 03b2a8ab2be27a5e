// Package verify holds prediction against observation: it sends every request
// that a plan has to answer or to reject, and compares what comes back with what
// requestpath says.
package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// Verdicts of a [Row].
const (
	// OK: predicted and observed alike, and what the request is to get.
	OK = "ok"
	// Differs: predicted and observed are not alike.
	Differs = "DIFFERS"
	// Unanswered: predicted and observed alike, but a viewer's ordinary request
	// gets no useful answer.
	Unanswered = "NOT ANSWERED"
	// Unrejected: predicted and observed alike, but a way around the front leads
	// to a server.
	Unrejected = "NOT REJECTED"
)

// Row is one request with what it was to get and what it got.
type Row struct {
	// Name and Want are the probe's.
	Name    string              `json:"name"`
	Want    string              `json:"want"`
	Request requestpath.Request `json:"request"`
	// Expected is what the model predicts, Observed what the traffic shows: the
	// statuses of all redirects, who answered, X-Cache.
	Expected string `json:"expected"`
	Observed string `json:"observed"`
	// Differences name what is not alike.
	Differences []string `json:"differences,omitempty"`
	Verdict     string   `json:"verdict"`
	// Why and Fix are the model's, where the verdict is not OK.
	Why string `json:"why,omitempty"`
	Fix string `json:"fix,omitempty"`
}

// Recorder notes what happens at the hops, so that an answer can be told by whom
// it is. Its Note is a wire.Sink. The zero value is ready.
type Recorder struct {
	mu     sync.Mutex
	events []wire.Event
}

// Note keeps an event.
func (r *Recorder) Note(e wire.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// drain returns what was noted, and forgets it.
func (r *Recorder) drain() []wire.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.events
	r.events = nil
	return all
}

// All sends every probe of the plan over via, one after the other, and compares.
// The recorder is the sink of the traffic behind via; without one nobody says
// who answered. An error is a request that cannot be sent.
func All(ctx context.Context, via observe.Via, plan requestpath.Plan, recorder *Recorder) ([]Row, error) {
	if recorder == nil {
		recorder = &Recorder{}
	}
	var rows []Row
	for _, result := range requestpath.Check(plan) {
		recorder.drain()
		chain, err := observe.Follow(ctx, via, result.Request, 0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", result.Name, err)
		}
		rows = append(rows, compare(result, chain, recorder.drain()))
	}
	return rows, nil
}

// compare makes the row of one probe.
func compare(predicted requestpath.Result, seen observe.Chain, events []wire.Event) Row {
	row := Row{
		Name: predicted.Name, Want: predicted.Want, Request: predicted.Request,
		Expected: expected(predicted.Chain), Observed: observed(seen, events),
		Differences: differences(predicted.Chain, seen, events), Verdict: OK,
	}
	switch {
	case len(row.Differences) > 0:
		row.Verdict = Differs
	case !predicted.OK && predicted.Want == requestpath.WantRejection:
		row.Verdict = Unrejected
	case !predicted.OK:
		row.Verdict = Unanswered
	}
	if row.Verdict != OK {
		row.Why, row.Fix = predicted.Chain.Outcome.Why, predicted.Chain.Outcome.Fix
	}
	if row.Verdict == Unrejected && row.Fix == "" {
		row.Fix = predicted.Chain.Closing()
	}
	return row
}

func expected(chain requestpath.Chain) string {
	var parts []string
	for _, w := range chain.Ways[:len(chain.Ways)-1] {
		parts = append(parts, fmt.Sprint(w.Outcome.Status))
	}
	o := chain.Outcome
	last := observe.Observation{Status: o.Status, Reason: o.Reason}.String()
	if o.Status != 0 {
		last = by(last, string(o.By), o.ByName)
	}
	return told(append(parts, last), o.XCache)
}

func observed(chain observe.Chain, events []wire.Event) string {
	var parts []string
	for _, o := range chain.Seen[:len(chain.Seen)-1] {
		parts = append(parts, o.String())
	}
	o := chain.Outcome
	last := o.String()
	if e, ok := answerer(events); ok && o.Answered() {
		last = by(last, e.Hop, e.Name)
	}
	return told(append(parts, last), o.XCache)
}

func by(what, hop, name string) string { return strings.TrimSpace(what + " by " + hop + " " + name) }

func told(parts []string, xCache string) string {
	text := strings.Join(parts, ", then ")
	if xCache != "" {
		text += "; " + xCache
	}
	return text
}

// answerer is the hop that made the last answer itself.
func answerer(events []wire.Event) (wire.Event, bool) {
	for _, e := range slices.Backward(events) {
		if e.Kind == wire.Request && e.Answered {
			return e, true
		}
	}
	return wire.Event{}, false
}

// differences are what a viewer could tell apart, and who answered.
func differences(predicted requestpath.Chain, seen observe.Chain, events []wire.Event) []string {
	var all []string
	differ := func(what string, want, got any) {
		if want != got {
			all = append(all, fmt.Sprintf("%s: expected %v, observed %v", what, want, got))
		}
	}
	differ("requests", len(predicted.Ways), len(seen.Seen))
	for i := range min(len(predicted.Ways), len(seen.Seen)) {
		want, got := predicted.Ways[i].Outcome, seen.Seen[i]
		differ("status", want.Status, got.Status)
		differ("reason", want.Reason, got.Reason)
		differ("X-Cache", want.XCache, got.XCache)
		differ("Location", want.Location, got.Location)
	}
	want, got := predicted.Outcome, seen.Outcome
	if want.Reason == requestpath.RedirectLoop || got.Reason == requestpath.RedirectLoop {
		differ("reason", want.Reason, got.Reason)
	}
	if e, ok := answerer(events); ok && got.Answered() {
		differ("answered by", fmt.Sprintf("%s %s", want.By, want.ByName), fmt.Sprintf("%s %s", e.Hop, e.Name))
	}
	return all
}
