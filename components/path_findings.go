package components

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// pathFault is one cause for which ordinary requests fail, or for which requests
// reach a server without passing what stands before it.
type pathFault struct {
	// field is the place in the plan without the names of its parts, such as
	// "targetGroups.protocolVersion".
	field string
	// text says what a request would get, from whom, why, and how to fix it.
	text string
	// bypass says that it is a request that should have been rejected.
	bypass bool
	// disputed says that sources disagree whether it is a fault: a reason to warn only.
	disputed bool
	// cause is the same for the same cause, whatever plan shows it.
	cause string
}

// pathFindings are the results of walking all requests of a plan.
type pathFindings struct {
	faults []pathFault
	// warnings are what the model says about requests that succeed or fail, where
	// its sources disagree for example.
	warnings []string
}

// walkAll walks every ordinary request of the plan, and every request that tries to
// reach a server directly. Requests that fail for the same cause are one fault.
func walkAll(plan requestpath.Plan) pathFindings {
	var f pathFindings
	for _, probe := range requestpath.Probes(plan) {
		result := probe.Walk(plan)
		if !result.OK {
			f.add(faultOf(result))
		}
		if probe.Want != requestpath.WantAnswer {
			continue
		}
		for _, trace := range result.Chain.Traces {
			for _, w := range trace.Outcome.Warnings {
				dispute, _ := trace.Outcome.Dispute() // it is among the faults
				if w.Text != dispute.Text && !slices.Contains(f.warnings, w.Text) {
					f.warnings = append(f.warnings, w.Text)
				}
			}
		}
	}
	return f
}

func (f *pathFindings) add(fault pathFault) {
	if !slices.ContainsFunc(f.faults, func(o pathFault) bool { return o.cause == fault.cause }) {
		f.faults = append(f.faults, fault)
	}
}

// and adds the findings of another plan of the same parts.
func (f pathFindings) and(other pathFindings) pathFindings {
	f.faults, f.warnings = slices.Clone(f.faults), slices.Clone(f.warnings)
	for _, o := range other.faults {
		f.add(o)
	}
	f.warnings = append(f.warnings, other.warnings...)
	return f
}

// without leaves out some faults.
func (f pathFindings) without(some func(pathFault) bool) pathFindings {
	f.faults = slices.DeleteFunc(slices.Clone(f.faults), some)
	return f
}

// certain leaves out the model's warnings, for a plan of which a part is assumed.
func (f pathFindings) certain() pathFindings {
	f.warnings = nil
	return f
}

// of is the fault as one of a field's value, if that is given.
func (f pathFault) of(value string) error {
	switch {
	case value == "":
		return errors.New(f.text)
	case f.disputed:
		return fmt.Errorf("got %q: %s", value, f.text)
	}
	return fmt.Errorf("must not be %q: %s", value, f.text)
}

// partName is the name of a part in a field's path.
var partName = regexp.MustCompile(`\[[^\]]*\]`)

// inThePlan is where a fix is made in the plan, which means nothing to the author of
// the program.
var inThePlan = regexp.MustCompile(` \([a-zA-Z]+\[[^)]*\)`)

func faultOf(r requestpath.Result) pathFault {
	o := r.Chain.Outcome
	f := pathFault{
		field:  partName.ReplaceAllString(o.Field, ""),
		bypass: r.Want == requestpath.WantRejection,
		cause:  strings.Join([]string{o.Field, string(o.Reason), o.Fact.ID, fmt.Sprint(o.Status)}, " "),
	}
	if f.bypass {
		f.cause = bypassCause(o.ByName)
		f.text = fmt.Sprintf("a request %s would get %d from %s: nothing in between rejects it; fix: %s", r.Name, o.Status, who(o), bypassFix(r))
		return f
	}
	last := r.Chain.Traces[len(r.Chain.Traces)-1].Request
	if dispute, ok := o.Dispute(); ok {
		f.disputed, f.text = true, fmt.Sprintf("a request %s may get %s: %s", target(last), what(o), dispute.Text)
		return f
	}
	f.text = fmt.Sprintf("a request %s would get %s: %s", target(last), what(o), o.Why)
	if o.Fix != "" {
		f.text += "; fix: " + inThePlan.ReplaceAllString(o.Fix, "")
	}
	return f
}

// bypassFix is how to keep requests from bypassing what stands before the server.
func bypassFix(r requestpath.Result) string {
	if r.Chain.Traces[0].Hop(requestpath.HopBucket) != nil {
		return "let the bucket's policy grant the distribution alone, and block public access"
	}
	if r.Chain.Traces[0].Hop(requestpath.HopLoadBalancer) != nil {
		return "let the load balancer admit CloudFront alone, and of its requests only those with an origin secret"
	}
	if r.Request.From.Kind == requestpath.FromCloudFront {
		return "let the server ask for the origin secret that the distribution sends"
	}
	return "let the server's security groups admit on its port only what stands before it"
}

// bypassCause is the cause of a fault that requests reach the server directly.
func bypassCause(server string) string { return "around " + server }

// target names the request by its URL, unless its name is a stand-in.
func target(q requestpath.Request) string {
	if q.Name == requestpath.AssignedDistributionName {
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
	case requestpath.HopDistribution:
		return "CloudFront"
	case requestpath.HopLoadBalancer:
		return "the load balancer"
	case requestpath.HopDNS:
		return "DNS"
	case requestpath.HopBucket:
		return "the bucket " + o.ByName
	}
	return "the server " + o.ByName
}
