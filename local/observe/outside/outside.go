// Package outside checks a deployment over the network, knowing its names: HTTP is
// redirected, TLS is as it should be, CloudFront answers, and nothing else does. Of one whose
// resources are known too, it compares the headers that the distribution adds.
package outside

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

// Deployment is the deployment to check.
type Deployment struct {
	// Page is the request that viewers send, over HTTPS. Required.
	Page requestpath.Request
	// CloudFront says that CloudFront must answer. Around implies it.
	// Default: who answers is noted and not judged.
	CloudFront bool
	// Around are the names and addresses behind CloudFront, which must not answer
	// from here: the origin's name, the load balancer's own name. Default: none.
	Around []string
	// Answers are those whose headers are compared; see [AnswersOf]. Default: none; the page's
	// security headers are noted and not judged.
	Answers []Answer
	// Now is the time at which the certificate is judged. Default: the current time.
	Now time.Time
}

// Verdicts of a [Finding].
const (
	// Pass: it is as it should be.
	Pass = "ok"
	// Fail: it is not.
	Fail = "FAIL"
	// Note: reported, but not judged.
	Note = "note"
)

// Finding is one line of the report.
type Finding struct {
	// Check says what was checked, Want what should be seen.
	Check string `json:"check"`
	Want  string `json:"want"`
	// Got is what was seen.
	Got string `json:"got"`
	// Verdict is Pass, Fail or Note.
	Verdict string `json:"verdict"`
}

// Look makes every check. An error means that the deployment cannot be checked.
func Look(ctx context.Context, via observe.Network, d Deployment) ([]Finding, error) {
	if d.Now.IsZero() {
		d.Now = time.Now()
	}
	l := &look{Deployment: d, ctx: ctx, via: via}
	checks := []func() []Finding{l.redirect, l.front, l.oldTLS, l.overQUIC}
	for _, name := range d.Around {
		for _, r := range []requestpath.Request{{Name: name}, {Name: name, Host: d.Page.Name}, {Name: name, Scheme: requestpath.SchemeHTTP}} {
			checks = append(checks, func() []Finding { return l.around(r) })
		}
	}
	for _, a := range d.Answers {
		checks = append(checks, func() []Finding { return l.headers(a) })
	}
	found := make([][]Finding, len(checks))
	var all sync.WaitGroup
	for i, check := range checks {
		all.Go(func() { found[i] = check() })
	}
	all.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return slices.Concat(found...), l.broken
}

// look is one run of the checks.
type look struct {
	Deployment
	ctx context.Context
	via observe.Network

	mu     sync.Mutex
	broken error
}

// send sends a request and keeps the error when it cannot be sent.
func (l *look) send(r requestpath.Request) observe.Observation {
	seen, err := observe.Send(l.ctx, l.via, r)
	if err != nil {
		l.mu.Lock()
		l.broken = err
		l.mu.Unlock()
	}
	return seen
}

func finding(ok bool, check, want, got string) Finding {
	f := Finding{Check: check, Want: want, Got: got, Verdict: Fail}
	if ok {
		f.Verdict = Pass
	}
	return f
}

func note(check, got string) Finding { return Finding{Check: check, Got: got, Verdict: Note} }

// describe returns the status, or why there is no answer.
func describe(seen observe.Observation) string {
	if seen.Answered() || seen.Detail == "" {
		return seen.String()
	}
	return seen.String() + " (" + strings.Join(strings.Fields(seen.Detail), " ") + ")"
}

// redirect sends the request over plain HTTP.
func (l *look) redirect() []Finding {
	r := l.Page
	r.Scheme, r.Port = requestpath.SchemeHTTP, 0
	seen := l.send(r)
	to, err := url.Parse(seen.Location)
	ok := seen.Status/100 == 3 && err == nil && to.Scheme == requestpath.SchemeHTTPS && to.Hostname() == r.Name
	got := describe(seen)
	if seen.Location != "" {
		got += " to " + seen.Location
	}
	return []Finding{finding(ok, "plain HTTP is redirected", "3xx to https://"+r.Name, got)}
}

// around sends a request past CloudFront, which must get no answer or a 403. Any
// certificate is accepted. A name that cannot be resolved proves nothing: it may be
// misspelt.
func (l *look) around(r requestpath.Request) []Finding {
	check := "no way around: " + r.URL()
	if r.Host != "" {
		check += ", Host " + r.Host
	}
	r.IgnoreCertificate = true
	seen := l.send(r)
	resolved := seen.Address.IsValid()
	got := seen.String()
	switch {
	case seen.Reason == requestpath.NameNotFound:
		got = "there is no such name: nothing is proved"
	case !resolved:
		got = "the name cannot be looked up: nothing is proved"
	}
	ok := resolved && !seen.Answered() || seen.Status == 403
	return []Finding{finding(ok, check, "no answer, or 403", got)}
}
