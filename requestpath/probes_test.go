package requestpath_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/pathcases"
	"github.com/portico-iac/portico/requestpath"
)

// planOf is the plan of a case.
func planOf(t *testing.T, source, name string) requestpath.Plan {
	t.Helper()
	all := pathcases.All()
	i := slices.IndexFunc(all, func(c pathcases.Case) bool { return c.Source == source && c.Name == name })
	require.GreaterOrEqual(t, i, 0, "no case %s/%s", source, name)
	return all[i].Plan
}

func TestCheckAsksForEverything(t *testing.T) {
	const answer, rejection = requestpath.WantAnswer, requestpath.WantRejection
	for _, tt := range []struct {
		source, name string
		want         [][2]string
	}{
		{pathcases.SourceB, "HTTP/1.1 to targets on HTTP/1.1", [][2]string{
			{"http://www.example.com/", answer},
			{"https://www.example.com/", answer},
			{"around the distribution to load balancer web", rejection},
			{"another distribution, without the header, to load balancer web", rejection},
			{"another distribution, with a wrong header, to load balancer web", rejection},
			{"around the front to server task, 10.0.11.20 port 8080", rejection},
		}},
		{pathcases.SourceD, "row 2", [][2]string{
			{"http://www.example.com/", answer},
			{"https://www.example.com/", answer},
			{"around the front to server instance, 198.51.100.20 port 443", rejection},
			{"around the front to server instance, 10.0.1.20 port 443", rejection},
		}},
		{pathcases.SourceD, "secret: through CloudFront", [][2]string{
			{"http://www.example.com/", answer},
			{"https://www.example.com/", answer},
			{"another distribution, without the header, to server instance", rejection},
			{"another distribution, with a wrong header, to server instance", rejection},
			{"around the front to server instance, 198.51.100.20 port 443", rejection},
			{"around the front to server instance, 10.0.1.20 port 443", rejection},
		}},
		{pathcases.SourceD, "row 4", [][2]string{
			{"http://d111111abcdef8.cloudfront.net/", answer},
			{"https://d111111abcdef8.cloudfront.net/", answer},
			{"around the front to server instance, 198.51.100.20 port 443", rejection},
			{"around the front to server instance, 10.0.1.20 port 443", rejection},
		}},
		{pathcases.SourceC, "https to the load balancer, whatever certificate the instance has", [][2]string{
			{"https://www.example.com/", answer},
			{"around the front to server instance, 198.51.100.20 port 443", rejection},
			{"around the front to server instance, 10.0.1.20 port 443", rejection},
		}},
		{pathcases.SourceE, "several services: each rule its own", [][2]string{
			{"http://www.example.com/api", answer},
			{"https://www.example.com/api", answer},
			{"http://www.example.com/", answer},
			{"https://www.example.com/", answer},
			{"around the front to server task, 10.0.11.20 port 8080", rejection},
			{"around the front to server api, 10.0.12.30 port 8080", rejection},
		}},
	} {
		t.Run(tt.source+"/"+tt.name, func(t *testing.T) {
			var got [][2]string
			for _, r := range requestpath.Check(planOf(t, tt.source, tt.name)) {
				got = append(got, [2]string{r.Name, r.Want})
				assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestCheckFindsFaults(t *testing.T) {
	for _, tt := range []struct {
		source, name string
		faulty       []string
	}{
		{pathcases.SourceD, "row 6", []string{"http://www.example.com/", "https://www.example.com/"}},
		{pathcases.SourceB, "no prefix list: around CloudFront, the header still refuses", nil},
		{pathcases.SourceB, "prefix list: through CloudFront", []string{"another distribution, with a wrong header, to load balancer web"}},
		{pathcases.SourceC, "the instance's group left open: around the load balancer",
			[]string{"around the front to server instance, 198.51.100.20 port 443"}},
		{pathcases.SourceA, "a name of its own that leads to the load balancer", []string{"around the distribution to load balancer web"}},
		{pathcases.SourceOrigin, "http-only, Host forwarded: a loop", []string{"http://www.example.com/", "https://www.example.com/"}},
		{pathcases.SourceDNS, "internal load balancer from inside", nil},
	} {
		t.Run(tt.source+"/"+tt.name, func(t *testing.T) {
			var faulty []string
			for _, r := range requestpath.Check(planOf(t, tt.source, tt.name)) {
				if !r.OK {
					faulty = append(faulty, r.Name)
				}
			}
			assert.Equal(t, tt.faulty, faulty)
		})
	}
}

// Without asking for the header an instance answers any distribution.
func TestAServerThatDoesNotAskForTheHeader(t *testing.T) {
	plan := planOf(t, pathcases.SourceD, "secret: through CloudFront")
	plan.Servers[0].Listeners[0].RequiredHeader = nil
	var faulty []string
	for _, r := range requestpath.Check(plan) {
		if !r.OK {
			faulty = append(faulty, r.Name)
			assert.Equal(t, "nothing in between rejects it: let instance ask for a header that only your distribution adds", r.Chain.Closing())
		}
	}
	assert.Equal(t, []string{
		"another distribution, without the header, to server instance", "another distribution, with a wrong header, to server instance",
	}, faulty)
}

// An internal load balancer is asked from the VPC, and not to answer the internet.
func TestProbesOfAnInternalLoadBalancer(t *testing.T) {
	var from, rejected []string
	for _, r := range requestpath.Check(planOf(t, pathcases.SourceDNS, "internal load balancer from inside")) {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		if r.Want == requestpath.WantAnswer {
			from = append(from, r.Request.From.Kind)
		} else if strings.HasPrefix(r.Name, "the internet, ") {
			rejected = append(rejected, r.Name)
			assert.Equal(t, requestpath.Timeout, r.Chain.Outcome.Reason)
			assert.Equal(t, "private-address", r.Chain.Outcome.Fact.ID)
		}
	}
	assert.Contains(t, from, requestpath.FromVPC)
	assert.NotContains(t, from, "")
	assert.Equal(t, []string{"the internet, to load balancer web"}, rejected)
}

// Every probe is a different request, and has a name of its own.
func TestProbesAreNamedOnce(t *testing.T) {
	for seed := range uint64(2_000) {
		plan, _ := pathcases.Random(seed)
		seen := map[string]bool{}
		for _, p := range requestpath.Probes(plan) {
			assert.False(t, seen[p.Name], "seed %d: %s", seed, p.Name)
			seen[p.Name] = true
		}
	}
}

// A load balancer that is open to some addresses alone is asked from one of them.
func TestProbesComeFromWhereTheLoadBalancerIsOpen(t *testing.T) {
	plan := planOf(t, pathcases.SourceE, "https")
	for i := range plan.SecurityGroups {
		if plan.SecurityGroups[i].Name == "alb" {
			for j := range plan.SecurityGroups[i].Ingress {
				plan.SecurityGroups[i].Ingress[j].CIDR = "192.0.2.8/29"
			}
		}
	}
	var rejected []string
	for _, r := range requestpath.Check(plan) {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		if r.Want == requestpath.WantAnswer {
			assert.Equal(t, "192.0.2.8", r.Request.From.Address, r.Name)
		} else {
			rejected = append(rejected, r.Name)
		}
	}
	assert.Equal(t, "another address, 203.0.113.10, to load balancer web", rejected[0])
}

// The address that must be rejected is none that a rule names.
func TestAnotherAddressIsOutsideTheRanges(t *testing.T) {
	plan := planOf(t, pathcases.SourceE, "https")
	for i := range plan.SecurityGroups {
		if g := &plan.SecurityGroups[i]; g.Name == "alb" {
			g.Ingress = []requestpath.Access{{FromPort: 443, ToPort: 443, CIDR: "203.0.113.0/24"}, {FromPort: 443, ToPort: 443, CIDR: "198.51.100.0/24"}}
		}
	}
	var tried []requestpath.Result
	for _, r := range requestpath.Check(plan) {
		if strings.HasPrefix(r.Name, "another address") {
			tried = append(tried, r)
		}
	}
	require.Len(t, tried, 1)
	assert.Equal(t, "192.0.2.10", tried[0].Request.From.Address)
	assert.Equal(t, requestpath.Timeout, tried[0].Chain.Outcome.Reason)
	assert.True(t, tried[0].OK)
}

// Targets that speak gRPC alone are called so.
func TestProbesOfGRPCAreCalls(t *testing.T) {
	plan := planOf(t, pathcases.SourceE, "https")
	plan.TargetGroups[0].ProtocolVersion = requestpath.VersionGRPC
	plan.Servers[0].Listeners[0].Versions = []string{requestpath.HTTP2, requestpath.GRPC}
	results := requestpath.Check(plan)
	assert.Equal(t, "https://www.example.com/ (gRPC)", results[0].Name)
	for _, r := range results {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
	}
}
