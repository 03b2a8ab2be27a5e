package local_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/accesslog"
	"github.com/portico-iac/portico/local"
	logs "github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/wiretest"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// diagnoses are what is read from the lines of requests that were logged so far.
func diagnoses(t *testing.T, stack *local.Stack, lines *wiretest.Lines) []accesslog.Diagnosis {
	t.Helper()
	var out []accesslog.Diagnosis
	for _, log := range []string{logs.DistributionRequests, logs.LoadBalancerRequests} {
		for _, text := range lines.Of(log) {
			out = append(out, diagnosed(t, stack, text))
		}
	}
	return out
}

func diagnosed(t *testing.T, stack *local.Stack, text string) accesslog.Diagnosis {
	t.Helper()
	line, ok, err := (&accesslog.Reader{}).Read(text)
	require.NoError(t, err, text)
	require.True(t, ok)
	return accesslog.Explain(line, stack.Model())
}

// isLogged asserts that a line of the story's request names hop, cause and fix, as the
// prediction for the request itself does.
func (s story) isLogged(t *testing.T, stack *local.Stack, request requestpath.Request, lines *wiretest.Lines) {
	t.Helper()
	if s.unlogged {
		assert.Empty(t, diagnoses(t, stack, lines), "nothing that writes logs has seen the request")
		return
	}
	named := stack.Explain(request)
	var all []accesslog.Diagnosis
	wanted := s.linesOf(named.Traces[0])
	for end := time.Now().Add(5 * time.Second); len(all) < wanted && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		all = diagnoses(t, stack, lines)
	}
	require.GreaterOrEqual(t, len(all), wanted, "%+v", all)
	for _, d := range all {
		assert.True(t, s.isTold(named.Traces[0].Outcome, d), "the line does not name the cause: %+v", d)
		t.Logf("the line says %d by %s %s: %s; fix: %s; plan: %s %v", d.Status, d.By, d.ByName, d.Why, d.Fix, d.Plan, d.Missing)
	}
}

// isTold says that a line names hop, cause and fix as the prediction does.
func (s story) isTold(predicted requestpath.Outcome, d accesslog.Diagnosis) bool {
	if s.logged != "" {
		return d.By == s.by && d.Status == predicted.Status && strings.Contains(d.Why, s.logged) && d.Fix != ""
	}
	named := d.By == predicted.By && d.Status == predicted.Status && d.Agrees
	switch {
	case s.status != 200:
		return named && strings.Contains(d.Why, s.why) && d.Fix != ""
	case s.blocked: // served, and should not be: who sent it, the line cannot know
		return named && strings.Contains(strings.Join(d.Missing, ""), "rejects it: let ")
	}
	return named && d.Fix == ""
}

// linesOf is how many lines a request leaves: one of each hop that logs. A load balancer
// that blocks a request by its web ACL asks no rule of its own.
func (s story) linesOf(trace requestpath.Trace) int {
	lines := 0
	for _, h := range trace.Hops {
		blocked := trace.Outcome.Fact.ID == "web-acl-at-load-balancer"
		if h.Kind == requestpath.HopDistribution || h.Kind == requestpath.HopLoadBalancer && (blocked || trace.Outcome.Status != 0 && h.Rule != "") {
			lines++
		}
	}
	return lines
}

// What the traffic of the ready stacks logs is what the model predicts, line by line, and
// no line holds the secret of the origin.
func TestLinesOfTheReadyStacks(t *testing.T) {
	for _, variant := range stacks.Variants() {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			lines := &wiretest.Lines{}
			log := local.WithAccessLog(lines.Note)
			var stack *local.Stack
			if variant == stacks.VariantALBEC2 {
				stack = local.New(t, stacks.Program, append(exampleConfig(t, "../examples/configs/c-alb-instance.yaml"), log)...)
				stack.Up()
			} else {
				stack = upStack(t, variant, log)
			}
			logged := 0
			for _, r := range stack.Check() {
				stack.Request(r.Request)
				if by := r.Chain.Traces[0].Outcome.By; by != requestpath.HopOrigin && r.Chain.Traces[0].Outcome.Status != 0 {
					logged++
				}
			}
			require.Eventually(t, func() bool { return len(diagnoses(t, stack, lines)) >= logged }, 5*time.Second, 5*time.Millisecond)
			require.Positive(t, logged)
			for _, d := range diagnoses(t, stack, lines) {
				assert.True(t, d.Agrees, "%+v", d)
				assert.NotEmpty(t, d.By, "%+v", d)
				assert.Equal(t, d.Status >= 400, d.Fix != "", "%+v", d)
			}
			secret := originSecretOf(t, stack)
			assert.Equal(t, variant == stacks.VariantCloudFrontALB || variant == stacks.VariantCloudFrontEC2, secret != "")
			for _, log := range []string{logs.DistributionRequests, logs.LoadBalancerRequests, logs.LoadBalancerConnections} {
				for _, text := range lines.Of(log) {
					assert.False(t, secret != "" && strings.Contains(text, secret), "the secret of the origin is in a line")
				}
			}
			for _, text := range lines.Of(logs.LoadBalancerConnections) {
				assert.NotEmpty(t, diagnosed(t, stack, text).Why)
			}
		})
	}
}

// originSecretOf is the value of the header that the distribution of a stack adds, empty if
// it adds none.
func originSecretOf(t *testing.T, stack *local.Stack) string {
	t.Helper()
	for _, d := range stack.Account().All("aws:cloudfront/distribution:Distribution") {
		origins, _ := d["origins"].([]any)
		for _, o := range origins {
			origin, _ := o.(map[string]any)
			headers, _ := origin["customHeaders"].([]any)
			for _, h := range headers {
				header, _ := h.(map[string]any)
				value, _ := header["value"].(string)
				require.NotEmpty(t, value)
				return value
			}
		}
	}
	return ""
}
