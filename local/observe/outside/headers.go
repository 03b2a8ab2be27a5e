package outside

import (
	"cmp"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// Answer is what the answer to a request must have.
type Answer struct {
	Request requestpath.Request
	// Headers are those that a distribution adds. One that does not override the origin's may
	// have another value.
	Headers []requestpath.ResponseHeader
}

// AnswersOf predicts the headers of the page, and of a path of each behaviour of the
// distribution that viewers reach by the page's name. Answers without such headers are left
// out.
func AnswersOf(plan requestpath.Plan, page requestpath.Request) []Answer {
	requests := []requestpath.Request{page}
	for _, p := range requestpath.Probes(plan) {
		r := p.Request
		if p.Want == requestpath.WantAnswer && r.Name == page.Name && cmp.Or(r.Scheme, requestpath.SchemeHTTPS) == requestpath.SchemeHTTPS {
			requests = append(requests, r)
		}
	}
	var all []Answer
	for _, r := range requests {
		known := slices.ContainsFunc(all, func(a Answer) bool { return a.Request.URL() == r.URL() })
		if adds := requestpath.Walk(plan, r).Outcome.Adds; !known && len(adds) > 0 {
			all = append(all, Answer{r, adds})
		}
	}
	return all
}

// headers sends a request and compares the headers of its answer.
func (l *look) headers(a Answer) []Finding {
	seen := l.send(a.Request)
	if !seen.Answered() {
		return []Finding{finding(false, "headers of "+a.Request.URL(), "an answer", describe(seen))}
	}
	var all []Finding
	for _, h := range a.Headers {
		got, want := seen.Headers.Get(h.Name), h.Value
		ok := got == h.Value
		if !h.Override {
			want, ok = h.Value+", or the origin's own", got != ""
		}
		all = append(all, finding(ok, h.Name+" of "+a.Request.URL(), want, cmp.Or(got, "none")))
	}
	return all
}
