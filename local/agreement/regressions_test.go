package agreement

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/pathcases"
	"github.com/portico-iac/portico/requestpath"
)

// regressions are disagreements found by cases and random configurations. Each is
// kept as a case of the package internal/pathcases, since a changed generator draws
// another configuration from the same seed.
var regressions = []string{
	"DNS/a wildcard does not reach a name that has names below it",
	"DNS/a private zone of the name without the record, from inside",
	"TLS/distribution: for the assigned name the policy is TLSv1",
	"TLS/of several certificates for the name one that is valid",
	"TLS/of several certificates for the name one that was added",
	"CloudFront-viewer/gRPC enabled without HTTP/2",
	"CloudFront-viewer/gRPC enabled without POST",
	"CloudFront-viewer/HTTP/2 needs TLS 1.2",
	"CloudFront-viewer/the distribution's assigned name",
	"CloudFront-viewer/the origin is the distribution's assigned name",
	"CloudFront-viewer/asked by somebody else's distribution",
	"CloudFront-viewer/the origin is the distribution itself, with TLS that it does not take",
	"CloudFront-origin/the distribution waits no longer than the load balancer tries to connect",
	"CloudFront-origin/the connection is cut, beyond the timeout",
	"ALB-targets/the connection is cut, beyond the idle timeout",
	"ALB-targets/HTTP to a target that wants TLS, any method",
	"ALB-targets/plain HTTP/2 to a target that wants TLS",
	"E/image: NAT, and endpoints that the groups keep it from",
	"E/image: endpoints, the groups go by addresses",
}

// regressionSeeds are disagreements of the current generator.
var regressionSeeds = []uint64{
	301,    // how long a browser may keep the answer to a preflight request
	399,    // the page in place of an error is a redirect
	1086,   // a viewer's Authorization reaches a public bucket
	1241,   // plain HTTP on port 443 is refused before headers are added
	1504,   // a slow HTTP/1.1 server, spoken to in HTTP/2, refuses at once
	20175,  // headers of a distribution that another one asks
	300110, // one query string of several is in the cache key, and so forwarded
}

func TestRegressions(t *testing.T) {
	all := map[string]pathcases.Case{}
	for _, c := range pathcases.All() {
		all[c.Source+"/"+c.Name] = c
	}
	l := newLab(t)
	var trials []trial
	for _, name := range regressions {
		c, ok := all[name]
		require.True(t, ok, "the regression case %s is gone", name)
		plan, err := Adapt(c.Plan, c.Request)
		require.NoError(t, err, name)
		trials = append(trials, trial{name: name, plan: plan, request: c.Request, follow: c.Follow})
	}
	for _, seed := range regressionSeeds {
		tr, err := drawn(seed)
		require.NoError(t, err, "seed %d", seed)
		trials = append(trials, tr)
	}
	done := 0
	l.runAll(t, trials, func(r result) {
		done++
		if r.refused != nil {
			assert.Equal(t, requestpath.RefusedByAWS, r.expected.Outcome.Reason, "%s: %v", r.name, r.refused)
		}
		if len(r.differences) > 0 {
			r.report(t)
		}
	})
	assert.Equal(t, len(trials), done)
}
