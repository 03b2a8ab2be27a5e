package agreement

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

var (
	configurations = flag.Int("configurations", 100, "how many random configurations carry traffic")
	firstSeed      = flag.Uint64("seed", 1, "the first seed; with -configurations 1 the only one")
)

// lastLine is the last line that a run prints.
var lastLine string

func TestMain(m *testing.M) {
	code := m.Run()
	if lastLine != "" {
		fmt.Println(lastLine)
	}
	os.Exit(code)
}

// lab registers plans, sends requests through them and compares the outcomes.
type lab struct {
	dir string
	ca  *pki.Authority
	// again counts the trials that were run a second time.
	again int
}

func newLab(t *testing.T) *lab {
	t.Helper()
	dir := t.TempDir()
	ca, err := pki.Load(dir)
	require.NoError(t, err)
	return &lab{dir: dir, ca: ca}
}

// Clocks. With the quick one a second of the plan takes 20 ms, a delay that many
// worlds at once on two cores may cause by themselves. Where time matters, a
// disagreement therefore counts only if it remains with the slow clock and nothing
// else running.
var (
	quick = wire.Clock{Second: 20 * time.Millisecond}
	slow  = wire.Clock{Second: 200 * time.Millisecond}
)

func (l *lab) carrier(clock wire.Clock) Carrier {
	wait := observe.Patience{
		Connect: max(clock.Seconds(10), 400*time.Millisecond), QUIC: max(clock.Seconds(10), 400*time.Millisecond),
		Answer: clock.Seconds(300) + 10*time.Second,
	}
	return Carrier{Dir: l.dir, Clock: clock, Wait: wait}
}

// trial is one plan with one request.
type trial struct {
	name    string
	plan    requestpath.Plan // as Adapt has it
	request requestpath.Request
	follow  bool
	// before are requests before it, and pass the seconds that pass before the last one.
	before []requestpath.Request
	pass   int
	// twice makes the request be sent again.
	twice bool
	// foreign lets functions of somebody else run too.
	foreign bool
}

// result is how a trial ended: a refusal, or two predictions and an
// observation.
type result struct {
	trial
	refused     *Refused
	expected    requestpath.Trace
	carried     verify.Exchange
	again       verify.Exchange // the second time
	differences []string
	setup       *Setup
}

// run registers and carries a trial. An error is a fault of the test.
func (l *lab) run(ctx context.Context, tr trial, clock wire.Clock) (result, error) {
	r := result{trial: tr}
	setup, err := Register(tr.plan, l.ca, tr.foreign)
	if errors.As(err, &r.refused) {
		r.expected = requestpath.Walk(tr.plan, tr.request)
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.setup = setup
	var requests []requestpath.Request
	for _, request := range append(slices.Clone(tr.before), tr.request) {
		requests = append(requests, setup.Request(request))
	}
	if tr.twice {
		requests = append(requests, requests[len(requests)-1])
	}
	expected := predict(setup.Plan, requests, tr.pass, tr.follow)
	plan, sent, err := setup.registered(requests)
	if err != nil {
		return r, err
	}
	carried, err := l.carrier(clock).Carry(ctx, setup, requests, tr.pass, tr.follow)
	if err != nil {
		return r, err
	}
	last := len(requests) - 1
	if tr.twice {
		r.again = carried[last]
		r.differ("the second time: ", verify.Predicted(setup.Plan, expected[last]), verify.Observed(r.again))
		last--
	}
	r.expected, r.carried = expected[last], carried[last]
	if read := predict(plan, sent, tr.pass, false); readable(tr.plan) {
		walked := predict(setup.Plan, requests, tr.pass, false)
		r.differ("from the resources: ", verify.Predicted(setup.Plan, walked[last]), answering(verify.Predicted(setup.Plan, read[last])))
	}
	r.differ("", r.predicted(), verify.Observed(r.carried))
	return r, nil
}

// differ notes the differences of two outcomes.
func (r *result) differ(what string, want, got verify.Outcome) {
	for _, d := range append(verify.Differences(want, got), unexpected(want, got)...) {
		r.differences = append(r.differences, what+d)
	}
}

// answering is a prediction as if it was observed: with the headers that are added alone.
func answering(predicted verify.Outcome) verify.Outcome {
	predicted.Headers = http.Header{}
	for _, h := range predicted.Adds {
		predicted.Headers.Set(h.Name, h.Value)
	}
	return predicted
}

// unexpected are headers that only distributions send, and that one sends without it being
// expected.
func unexpected(want, got verify.Outcome) []string {
	var all []string
	for name := range got.Headers {
		expected := slices.ContainsFunc(want.Adds, func(h requestpath.ResponseHeader) bool { return strings.EqualFold(h.Name, name) })
		edge := strings.HasPrefix(name, "Access-Control-") || name == "X-Edge" || slices.Contains(awstable.SecurityHeaderNames, strings.ToLower(name))
		if edge && !expected {
			all = append(all, fmt.Sprintf("%s: not expected, observed %s", name, got.Headers.Get(name)))
		}
	}
	return all
}

func (r result) predicted() verify.Outcome {
	if r.setup == nil {
		return verify.Predicted(r.plan, r.expected)
	}
	return verify.Predicted(r.setup.Plan, r.expected)
}

// readable says whether the resources tell all that the plan does. Certificate
// Manager does not tell whether the issuer of an imported certificate is trusted.
func readable(p requestpath.Plan) bool {
	for _, b := range p.LoadBalancers {
		for _, l := range b.Listeners {
			if slices.ContainsFunc(l.Certificates, func(c requestpath.Certificate) bool { return c.Trust == requestpath.UnknownIssuer }) {
				return false
			}
		}
	}
	return true
}

// timed says whether the outcome depends on time: a wait on either side, a gateway
// timeout, a connection closed when idle, a fallback from QUIC; a part that is slow
// or has a short timeout; or several targets, which get requests once they pass a
// health check.
func (r result) timed() bool {
	waits := func(f verify.Outcome) bool {
		return f.Status >= 502 && f.Status <= 504 || f.Reason == requestpath.Timeout || f.Reason == requestpath.Reset
	}
	slow := func(s requestpath.Server) bool {
		return slices.ContainsFunc(s.Listeners, func(l requestpath.ServerListener) bool { return l.Answer.DelaySeconds > 0 || l.KeepaliveSeconds > 0 })
	}
	impatient := func(b requestpath.LoadBalancer) bool { return b.IdleTimeoutSeconds > 0 && b.IdleTimeoutSeconds < 60 }
	several := func(g requestpath.TargetGroup) bool { return len(g.Targets) > 1 }
	if slices.ContainsFunc(r.plan.Servers, slow) || slices.ContainsFunc(r.plan.LoadBalancers, impatient) ||
		slices.ContainsFunc(r.plan.TargetGroups, several) || r.pass > 0 || len(r.before) > 0 {
		return true
	}
	fellBack := r.predicted().Protocol == requestpath.HTTP3 && r.carried.Protocol != requestpath.HTTP3
	return fellBack || waits(r.predicted()) || waits(verify.Observed(r.carried)) || waits(verify.Observed(r.again))
}

// runAll runs trials, many at once. A disagreement that may be due to lack of time
// is run again, alone and with the slow clock. done is called for each trial, one
// after the other.
func (l *lab) runAll(t *testing.T, trials []trial, done func(result)) {
	t.Helper()
	var group sync.WaitGroup
	var lock sync.Mutex
	var again []trial
	places := make(chan struct{}, 6*runtime.GOMAXPROCS(0))
	for _, tr := range trials {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			r, err := l.run(t.Context(), tr, quick)
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err != nil:
				t.Errorf("%s: %v", tr.name, err)
			case len(r.differences) > 0 && r.timed():
				t.Logf("%s is run again, alone and slowly: %v", tr.name, r.differences)
				again = append(again, tr)
			default:
				done(r)
			}
		})
	}
	group.Wait()
	for _, tr := range again {
		r, err := l.run(t.Context(), tr, slow)
		if err != nil {
			t.Errorf("%s: %v", tr.name, err)
			continue
		}
		l.again++
		done(r)
	}
}

// report describes a disagreement.
func (r result) report(t *testing.T) {
	t.Helper()
	t.Errorf("%s: prediction and traffic disagree:\n  %v\n  predicted %+v\n  because %s\n  observed  %+v\n  %s\n  events %+v",
		r.name, r.differences, r.predicted(), r.expected.Outcome.Why, verify.Observed(r.carried), r.carried.Detail, r.carried.Events)
}

// unforeseen are refusals that the model need not predict, each with the reason.
var unforeseen = []struct {
	message *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`minimumProtocolVersion must be one of`), "the provider of this version does not know the policy TLSv1.3_2025, AWS does"},
	{regexp.MustCompile(`originSslProtocols(\.items)? must be one of`), "CloudFront has no TLS 1.3 among an origin's protocols: it cannot be asked for"},
}

// unreached are refusals that the model predicts only when the request reaches the
// refused part.
var unreached = regexp.MustCompile(`InvalidViewerCertificate|origin\w*\.customOriginConfig\.https?Port|grpcConfig (needs|must not be enabled for a VPC origin)|is not supported with a target group|` +
	`InvalidLoadBalancerAction|customOriginConfig\.https?Port|vpcOriginEndpointConfig\.https?Port`)

// whyRefused is the reason why the model need not predict a refusal; "": there is none.
func whyRefused(r result) string {
	for _, u := range unforeseen {
		if u.message.MatchString(r.refused.Error()) {
			return u.why
		}
	}
	if unreached.MatchString(r.refused.Error()) {
		return "the request does not reach what AWS refuses"
	}
	return ""
}
