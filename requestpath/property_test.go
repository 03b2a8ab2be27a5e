package requestpath_test

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/pathcases"
	"github.com/portico-iac/portico/requestpath"
)

// randomPlans is how many plans are tried: make verify-plans asks for more.
var randomPlans = flag.Int("plans", 2_000, "how many random plans are followed")

// firstSeed is fixed, so that a failure comes back; its message has the seed.
const firstSeed = 1

func TestRandomPlans(t *testing.T) {
	running := uint64(0)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the last seed is %d", running)
		}
	})
	facts, statuses, reasons := map[string]int{}, map[int]int{}, map[requestpath.Reason]int{}
	for seed := uint64(firstSeed); seed < firstSeed+uint64(*randomPlans); seed++ {
		plan, request := pathcases.Random(seed)
		running = seed
		o := invariants(t, plan, request)
		facts[o.Fact.ID]++
		statuses[o.Status]++
		reasons[o.Reason]++
	}
	t.Logf("statuses %v, reasons %v", statuses, reasons)
	assert.Greater(t, len(facts), 30, "the generator reaches few facts: %v", facts)
	for _, s := range []int{0, 200, 301, 400, 403, 404, 464, 500, 502, 503, 504} {
		assert.Positive(t, statuses[s], "no random plan has status %d", s)
	}
	assert.Greater(t, statuses[200], *randomPlans/20, "hardly a random plan works")
}

// invariants hold for every plan and every request, sensible or not. The outcome is
// returned.
func invariants(t *testing.T, plan requestpath.Plan, request requestpath.Request) requestpath.Outcome {
	t.Helper()
	before := encoded(t, plan)
	chain := requestpath.Follow(plan, request)
	require.Equal(t, encoded(t, chain), encoded(t, requestpath.Follow(plan, request)), "the same twice")
	require.Equal(t, before, encoded(t, plan), "the plan is left alone")
	require.NotEmpty(t, chain.Traces)
	require.LessOrEqual(t, len(chain.Traces), requestpath.MaxRedirects+1)
	explained(t, chain.Outcome)
	for _, w := range chain.Traces {
		explained(t, w.Outcome)
		require.NotEmpty(t, w.Hops)
		for _, h := range w.Hops {
			require.NotEmpty(t, h.Decision, "%+v", h)
		}
		if w.Hop(requestpath.HopDistribution) != nil && w.Outcome.Status != 0 {
			require.NotEmpty(t, w.Outcome.XCache)
		}
	}
	return chain.Outcome
}

func explained(t *testing.T, o requestpath.Outcome) {
	t.Helper()
	require.NotEmpty(t, o.By, "%+v", o)
	require.NotEmpty(t, o.Why, "%+v", o)
	require.NotEmpty(t, o.Fact.ID, "%+v", o)
	if o.Status == 0 {
		require.NotEmpty(t, o.Reason, "%+v", o)
	} else {
		require.True(t, o.Status >= 200 && o.Status <= 599, "%+v", o)
	}
	if !o.OK() {
		require.NotEmpty(t, o.Fix, "%+v", o)
		require.NotEmpty(t, o.Field, "%+v", o)
	}
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// Secrets get into a plan and a request as header values, and into nothing that
// is printed of a trace.
func TestHeaderValuesAreNotRepeated(t *testing.T) {
	for seed := range uint64(2_000) {
		plan, request := pathcases.Random(seed)
		request.Headers = nil // they are the request's own, and printed with it
		assert.NotContains(t, encoded(t, requestpath.Follow(plan, request)), "secret-", "seed %d", seed)
	}
}

// Who looks at no certificate gets what others get, whenever those get anything.
func TestIgnoringCertificatesNeverHurts(t *testing.T) {
	compared := 0
	for seed := range uint64(5_000) {
		plan, request := pathcases.Random(seed)
		request.IgnoreCertificate = false
		strict := requestpath.Walk(plan, request).Outcome
		request.IgnoreCertificate = true
		if strict.Status != 0 {
			compared++
			assert.Equal(t, strict, requestpath.Walk(plan, request).Outcome, "seed %d", seed)
		}
	}
	assert.Greater(t, compared, 1_000)
}

// What a request does not meet changes nothing.
func TestUnrelatedPartsChangeNothing(t *testing.T) {
	for seed := range uint64(3_000) {
		plan, request := pathcases.Random(seed)
		want := requestpath.Walk(plan, request)
		assert.Equal(t, encoded(t, want), encoded(t, requestpath.Walk(withUnrelated(plan, seed), request)), "seed %d", seed)
	}
}

func withUnrelated(p requestpath.Plan, seed uint64) requestpath.Plan {
	p.Records = append(slices.Clone(p.Records), requestpath.Record{Name: "unrelated.example.net", Addresses: []string{"192.0.2.99"}})
	p.Servers = append(slices.Clone(p.Servers), requestpath.Server{Name: "unrelated", Addresses: []string{"192.0.2.99"}})
	p.SecurityGroups = append(slices.Clone(p.SecurityGroups), requestpath.SecurityGroup{Name: "unrelated",
		Ingress: []requestpath.Access{{CIDR: "0.0.0.0/0"}}})
	p.Distributions = append(slices.Clone(p.Distributions), requestpath.Distribution{Name: "unrelated", DomainName: "dunrelated.cloudfront.net"})
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(p.SecurityGroups), func(i, j int) {
		p.SecurityGroups[i], p.SecurityGroups[j] = p.SecurityGroups[j], p.SecurityGroups[i]
	})
	return p
}

// A plan is data: nothing is lost on the way through JSON.
func TestPlansSurviveJSON(t *testing.T) {
	for _, c := range pathcases.All() {
		var plan requestpath.Plan
		var request requestpath.Request
		require.NoError(t, json.Unmarshal([]byte(encoded(t, c.Plan)), &plan))
		require.NoError(t, json.Unmarshal([]byte(encoded(t, c.Request)), &request))
		assert.Equal(t, encoded(t, requestpath.Walk(c.Plan, c.Request)), encoded(t, requestpath.Walk(plan, request)), c.Name)
	}
}

func FuzzWalk(f *testing.F) {
	for _, c := range pathcases.All() {
		plan, err := json.Marshal(c.Plan)
		require.NoError(f, err)
		request, err := json.Marshal(c.Request)
		require.NoError(f, err)
		f.Add(plan, request)
	}
	f.Fuzz(func(t *testing.T, planJSON, requestJSON []byte) {
		var plan requestpath.Plan
		var request requestpath.Request
		if json.Unmarshal(planJSON, &plan) != nil || json.Unmarshal(requestJSON, &request) != nil {
			return
		}
		invariants(t, plan, request)
		for _, r := range requestpath.Check(plan) {
			explained(t, r.Chain.Outcome)
		}
	})
}
