package pathplan

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// What is done about a plan whose ordinary requests fail.
const (
	// Refuse makes it an error.
	Refuse = "refuse"
	// Warn goes on with a warning.
	Warn = "warn"
)

// Fault is one cause for which ordinary requests fail, or for which requests find
// a way around what stands before a server.
type Fault struct {
	// Field is the place in the plan without the names of its parts, such as
	// "targetGroups.protocolVersion".
	Field string
	// Text says what a request would get, from whom, why, and the change that
	// mends it.
	Text string
	// Around says that it is a request that should have been rejected.
	Around bool
	// Cause is the same for the same cause, whatever plan shows it.
	Cause string
}

// Findings are what walking all requests of a plan brought to light.
type Findings struct {
	Faults []Fault
	// Warnings are what the model says about requests that succeed or fail, where
	// its sources disagree for example.
	Warnings []string
}

// Check walks every ordinary request of the plan, and every way around its
// fronts. Requests that fail for the same cause are one fault.
func Check(plan requestpath.Plan) Findings {
	var f Findings
	for _, probe := range requestpath.Probes(plan) {
		result := probe.Walk(plan)
		if !result.OK {
			f.add(faultOf(result))
		}
		if probe.Want != requestpath.WantAnswer {
			continue
		}
		for _, way := range result.Chain.Ways {
			for _, w := range way.Outcome.Warnings {
				if !slices.Contains(f.Warnings, w.Text) {
					f.Warnings = append(f.Warnings, w.Text)
				}
			}
		}
	}
	return f
}

func (f *Findings) add(fault Fault) {
	if !slices.ContainsFunc(f.Faults, func(o Fault) bool { return o.Cause == fault.Cause }) {
		f.Faults = append(f.Faults, fault)
	}
}

// And adds the findings of another plan of the same parts.
func (f Findings) And(other Findings) Findings {
	f.Faults, f.Warnings = slices.Clone(f.Faults), slices.Clone(f.Warnings)
	for _, o := range other.Faults {
		f.add(o)
	}
	f.Warnings = append(f.Warnings, other.Warnings...)
	return f
}

// Without leaves out the faults that are due to the field.
func (f Findings) Without(field string) Findings {
	f.Faults = slices.DeleteFunc(slices.Clone(f.Faults), func(o Fault) bool { return o.Field == field })
	return f
}

// Ordinary are the faults of requests that should have been answered.
func (f Findings) Ordinary() Findings {
	f.Faults = slices.DeleteFunc(slices.Clone(f.Faults), func(o Fault) bool { return o.Around })
	return f
}

// Blames says whether a fault is due to the field.
func (f Findings) Blames(field string) bool {
	return slices.ContainsFunc(f.Faults, func(o Fault) bool { return o.Field == field })
}

// Certain leaves out the model's warnings, for a plan of which a part is assumed.
func (f Findings) Certain() Findings {
	f.Warnings = nil
	return f
}

// Of is the fault as one of a field's value, if that is given.
func (f Fault) Of(value string) error {
	if value == "" {
		return errors.New(f.Text)
	}
	return fmt.Errorf("must not be %q: %s", value, f.Text)
}

// Refusal is a fault with the field that makes a warning of it.
func Refusal(fault error, field string) error {
	return fmt.Errorf("%w; or set %s to %q", fault, field, Warn)
}

// named is the name of a part in a field's path.
var named = regexp.MustCompile(`\[[^\]]*\]`)

// inThePlan is where a fix is made in the plan, which means nothing to who wrote
// the program.
var inThePlan = regexp.MustCompile(` \([a-zA-Z]+\[[^)]*\)`)

func faultOf(r requestpath.Result) Fault {
	o := r.Chain.Outcome
	f := Fault{
		Field:  named.ReplaceAllString(o.Field, ""),
		Around: r.Want == requestpath.WantRejection,
		Cause:  strings.Join([]string{o.Field, string(o.Reason), o.Fact.ID, fmt.Sprint(o.Status)}, " "),
	}
	if f.Around {
		f.Cause = CauseAround(o.ByName)
		f.Text = fmt.Sprintf("a request %s would get %d from %s: nothing in between rejects it; fix: %s", r.Name, o.Status, who(o), closing(r))
		return f
	}
	last := r.Chain.Ways[len(r.Chain.Ways)-1].Request
	f.Text = fmt.Sprintf("a request %s would get %s: %s", target(last), what(o), o.Why)
	if o.Fix != "" {
		f.Text += "; fix: " + inThePlan.ReplaceAllString(o.Fix, "")
	}
	return f
}

// closing is the change that closes a way around.
func closing(r requestpath.Result) string {
	if r.Chain.Ways[0].Hop(requestpath.HopBalancer) != nil {
		return "let the load balancer admit CloudFront alone, and of its requests only those with an origin secret"
	}
	return "let the server's security groups admit on its port only what stands before it"
}

// CauseAround is the cause of a Fault about a way around what stands before the
// server.
func CauseAround(server string) string { return "around " + server }

// target names the request by its URL, unless its name is a stand-in.
func target(q requestpath.Request) string {
	if q.Name == requestpath.AssignedEdgeName {
		return "through CloudFront"
	}
	return "for " + q.URL()
}

// what says what the viewer gets and from whom.
func what(o requestpath.Outcome) string {
	switch {
	case o.Reason == requestpath.RefusedByAWS:
		return "no answer, as AWS refuses " + who(o)
	case o.Reason == requestpath.RedirectLoop:
		return fmt.Sprintf("%d from %s without end", o.Status, who(o))
	case o.Status == 0:
		return fmt.Sprintf("no answer (%s) at %s", o.Reason, who(o))
	}
	return fmt.Sprintf("%d from %s", o.Status, who(o))
}

func who(o requestpath.Outcome) string {
	switch o.By {
	case requestpath.HopEdge:
		return "CloudFront"
	case requestpath.HopBalancer:
		return "the load balancer"
	case requestpath.HopDNS:
		return "DNS"
	}
	return "the server " + o.ByName
}
