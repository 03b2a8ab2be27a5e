package local_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// givenInstance is what the variant for an existing instance needs of the seed.
var givenInstance = map[string]any{
	"instanceTarget.instanceId": "i-05eed0c105ed00001", "network.existing.vpcId": "vpc-05eed000000000001",
	"network.existing.publicSubnetIds": []string{"subnet-05eed00000000000a", "subnet-05eed00000000000c"},
}

// variantStack is a ready stack with what its variant needs and no more.
func variantStack(t testing.TB, variant string, more ...local.Option) *local.Stack {
	t.Helper()
	if variant == stacks.VariantALBEC2 {
		return readyStack(t, variant, givenInstance, more...)
	}
	return readyStack(t, variant, nil, more...)
}

// accepted are requests of the examples that are not as wanted, by design, with
// the reason.
var accepted = map[string]any{
	// The example's instance stays open until nobody has its old address any more.
	"c-alb-instance": "around the front to server i-05eed00b300000001, 203.0.113.80 port 443",
}

// assertAnswersAndRejects asserts that whatever a stack registers answers what it has to and
// rejects the rest, as read from the account, and that a deployment tells the same.
func assertAnswersAndRejects(t *testing.T, name string, stack *local.Stack) {
	t.Helper()
	answers := 0
	for _, r := range stack.Check() {
		if r.Want == requestpath.WantAnswer {
			answers++
		}
		assert.True(t, r.OK || accepted[name] == r.Name, "%s: %+v", r.Name, r.Chain.Outcome)
	}
	assert.Positive(t, answers, "requests that have to be answered")
	assertNoSecret(t, stack)
	assertDeploymentTellsTheSame(t, stack)
}

// assertNoSecret fails when the origin secret is anywhere in the plan.
func assertNoSecret(t *testing.T, stack *local.Stack) {
	t.Helper()
	plan := stack.Plan()
	if len(plan.Distributions) == 0 || len(plan.Distributions[0].Origins[0].Headers) == 0 {
		return
	}
	raw, err := json.Marshal(plan)
	require.NoError(t, err)
	sent, accepted := originSecrets(t, stack)
	for _, secret := range append(accepted, sent) {
		assert.Greater(t, len(secret), 31)
		assert.NotContains(t, string(raw), secret)
	}
	assert.Equal(t, "value-1", plan.Distributions[0].Origins[0].Headers[0].Value)
}

// assertDeploymentTellsTheSame compares what is predicted of a deployment, whose
// secrets are encrypted, with what is predicted of the account.
func assertDeploymentTellsTheSame(t *testing.T, stack *local.Stack) {
	t.Helper()
	resources, err := registered.FromDeployment(stack.Deployment())
	require.NoError(t, err)
	model, err := registered.Read(resources, registered.Options{})
	require.NoError(t, err)
	predicted := func(results []requestpath.Result) map[string]string {
		out := map[string]string{}
		for _, r := range results {
			if !strings.HasPrefix(r.Name, "around the front") { // whose address is not the same
				o := r.Chain.Outcome
				out[r.Name] = strings.TrimSpace(string(o.By) + " " + o.ByName + " " + o.XCache + " " + string(o.Reason))
			}
		}
		return out
	}
	assert.Equal(t, predicted(stack.Check()), predicted(requestpath.Check(model.Fronted())))
}

// What stands in the account besides the stack is explained too, and is no front
// of the stack.
func TestExplainKnowsTheWholeAccount(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantALB)
	chain := stack.Explain(requestpath.Request{Scheme: requestpath.SchemeHTTP, Name: "app.example.com", Path: "/x", Query: "y=1"})
	require.Len(t, chain.Traces, 2)
	assert.Equal(t, 301, chain.Traces[0].Outcome.Status)
	assert.Equal(t, 200, chain.Outcome.Status)
	assert.Equal(t, requestpath.HopTarget, chain.Outcome.By)

	legacy := stack.Explain(requestpath.Request{Scheme: requestpath.SchemeHTTP, Name: "legacy.example.com"})
	assert.Equal(t, 200, legacy.Outcome.Status)
	assert.Equal(t, "i-05eed00b300000001", legacy.Outcome.ByName)
	for _, s := range stack.Plan().Servers {
		assert.NotEqual(t, "i-05eed00b300000001", s.Name, "nothing of the stack stands before it")
	}
}

// A server answers what the caller says that it does.
func TestPlansTakeWhatServersAnswer(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantALBEC2)
	for _, c := range []struct {
		server registered.Server
		want   int
	}{
		{registered.Server{Listeners: []requestpath.ServerListener{{Port: 443, Protocol: "HTTPS", Answer: requestpath.Answer{Status: 404}}}}, 404},
		{registered.Server{Listeners: []requestpath.ServerListener{{Port: 8080}}}, 502},
		{registered.Server{Listeners: []requestpath.ServerListener{{Port: 443, Protocol: "HTTPS"}}, Health: requestpath.Draining}, 503},
	} {
		model, err := prediction.ModelOf(stack.Account(), map[string]registered.Server{"i-05eed0c105ed00001": c.server}, nil)
		require.NoError(t, err)
		o := requestpath.Walk(model.Fronted(), requestpath.Request{Name: "app.example.com"}).Outcome
		assert.Equal(t, c.want, o.Status, o.Why)
	}
}
