// Package outside checks a deployment over the network, knowing only its names:
// HTTP is redirected, TLS is as it should be, CloudFront answers, and nothing else
// does.
package outside

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

// Deployment is the deployment to check.
type Deployment struct {
	// URL is the one that viewers open, with the scheme https. Required.
	URL string
	// CloudFront says that CloudFront must answer. Around implies it.
	// Default: who answers is noted and not judged.
	CloudFront bool
	// Around are the names and addresses behind CloudFront, which must not answer
	// from here: the origin's name, the load balancer's own name. Default: none.
	Around []string
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

// minimumDays is how many more days a certificate has to be valid. ACM and the
// clients of Let's Encrypt renew earlier than that.
// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
const minimumDays = 14

// Look makes every check. An error means that the deployment cannot be checked.
func Look(ctx context.Context, via observe.Network, d Deployment) ([]Finding, error) {
	l, err := newLook(ctx, via, d)
	if err != nil {
		return nil, err
	}
	checks := []func() []Finding{l.redirect, l.front, l.oldTLS, l.overQUIC}
	for _, name := range d.Around {
		checks = append(checks, func() []Finding { return l.around(name) })
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
	var findings []Finding
	for _, f := range found {
		findings = append(findings, f...)
	}
	return findings, l.broken
}

// look is one run of the checks.
type look struct {
	ctx    context.Context
	via    observe.Network
	d      Deployment
	now    time.Time
	wanted requestpath.Request

	mu     sync.Mutex
	broken error
}

// CheckURL refuses a URL that cannot be checked: it must have the scheme https and
// a host; its port, if any, must be from 1 to 65535.
func CheckURL(text string) error {
	_, err := readURL(text)
	return err
}

func readURL(text string) (*url.URL, error) {
	at, err := url.Parse(text)
	if err != nil || at.Scheme != requestpath.SchemeHTTPS || at.Hostname() == "" {
		return nil, fmt.Errorf("url: must be like https://www.example.com/, got %q", text)
	}
	if _, err := strconv.ParseUint(at.Port(), 10, 16); at.Port() != "" && (err != nil || at.Port() == "0") {
		return nil, fmt.Errorf("url: its port must be one from 1 to 65535, got %q", text)
	}
	return at, nil
}

func newLook(ctx context.Context, via observe.Network, d Deployment) (*look, error) {
	at, err := readURL(d.URL)
	if err != nil {
		return nil, err
	}
	l := &look{ctx: ctx, via: via, d: d, now: d.Now}
	if l.now.IsZero() {
		l.now = time.Now()
	}
	port, _ := strconv.Atoi(at.Port()) // a parsed URL's port is empty or digits
	l.wanted = requestpath.Request{Name: at.Hostname(), Port: port, Path: at.EscapedPath(), Query: at.RawQuery}
	return l, nil
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

// redirect asks over plain HTTP.
func (l *look) redirect() []Finding {
	r := l.wanted
	r.Scheme, r.Port = requestpath.SchemeHTTP, 0
	seen := l.send(r)
	to, err := url.Parse(seen.Location)
	ok := seen.Status/100 == 3 && err == nil && to.Scheme == requestpath.SchemeHTTPS && to.Hostname() == r.Name
	got := seen.String()
	if seen.Location != "" {
		got += " to " + seen.Location
	}
	return []Finding{finding(ok, "plain HTTP is redirected", "3xx to https://"+r.Name, detailed(got, seen))}
}

// detailed adds why there is no answer.
func detailed(got string, seen observe.Observation) string {
	if seen.Answered() || seen.Detail == "" {
		return got
	}
	return got + " (" + strings.Join(strings.Fields(seen.Detail), " ") + ")"
}

// around sends requests past CloudFront: to the name itself, and to it with the
// viewers' Host header. Any certificate is accepted.
func (l *look) around(name string) []Finding {
	asks := []requestpath.Request{{Name: name}, {Name: name, Host: l.wanted.Name}, {Name: name, Scheme: requestpath.SchemeHTTP}}
	whats := []string{"https://" + name + "/", "https://" + name + "/, Host " + l.wanted.Name, "http://" + name + "/"}
	findings := make([]Finding, len(asks))
	var all sync.WaitGroup
	for i, r := range asks {
		all.Go(func() {
			r.IgnoreCertificate = true
			seen := l.send(r)
			findings[i] = finding(closed(seen), "no way around: "+whats[i], "no answer, or 403", gotAround(seen))
		})
	}
	all.Wait()
	return findings
}

// closed says that a request past CloudFront was sent and got no answer or a 403.
func closed(seen observe.Observation) bool {
	return seen.Address.IsValid() && !seen.Answered() || seen.Status == 403
}

// gotAround is what a request past CloudFront got. A name that cannot be resolved
// proves nothing: it may be misspelt.
func gotAround(seen observe.Observation) string {
	switch {
	case seen.Address.IsValid():
		return seen.String()
	case seen.Reason == requestpath.NameNotFound:
		return "there is no such name: nothing is proved"
	}
	return "the name cannot be looked up: nothing is proved"
}
