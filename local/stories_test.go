// Stories tell the failures that people met on the way to a front door
// of their own: each as a program of raw resources, as one writes it without
// this library.
package local_test

import (
	"cmp"
	"io/fs"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wiretest"
	"github.com/portico-iac/portico/requestpath"
)

// A story is a program that is wrong in one thing, what its viewers see, and the
// program that has it right.
type story struct {
	name          string
	wrong, mended pulumi.RunFunc
	// servers say what answers on the instances: the program cannot know.
	servers map[string]server.Server
	// request is the one that shows it. Default: https://shop.example.com/.
	request requestpath.Request
	// follows says that the viewer follows redirects: what it sees in the end counts.
	follows bool
	// status, or reason when there is no answer, is what the viewer sees, and by
	// whom; fact and why are how the cause is named.
	status    int
	reason    requestpath.Reason
	by        requestpath.HopKind
	fact, why string
	// objects are files in buckets.
	objects map[string]fs.FS
	// mendedServers and mendedRequest are those of the mended program. Default: as
	// before. It answers 200 or mendedStatus, unless blocked says that it lets nobody in.
	mendedServers map[string]server.Server
	mendedRequest requestpath.Request
	mendedStatus  int
	blocked       bool
	// unlogged says that the request leaves no line in any log: it reaches neither a
	// distribution nor a load balancer.
	unlogged bool
	// logged is how the line names the cause where it does not tell what decides, such as
	// the country of the viewer. Default: why, as the prediction has it.
	logged string
}

func TestStories(t *testing.T) {
	for _, s := range slicesOf(sourceA, sourceB, sourceC, sourceD, sourceE, sourceWAF, sourceS3) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.tell(t)
		})
	}
}

func slicesOf(sources ...func() []story) []story {
	var all []story
	for _, source := range sources {
		all = append(all, source()...)
	}
	return all
}

func (s story) tell(t *testing.T) {
	dir := t.TempDir()
	request := s.request
	t.Run("wrong", func(t *testing.T) {
		lines := &wiretest.Lines{}
		stack := local.New(t, s.wrong, local.WithDir(dir), local.WithServers(s.servers), local.WithObjects(s.objects), local.WithAccessLog(lines.Note))
		stack.Up()
		request = s.asked(stack)
		s.isWrong(t, stack, request)
		s.isLogged(t, stack, request, lines)
	})
	if s.mended == nil && s.mendedServers == nil {
		return
	}
	program, servers := s.wrong, s.servers
	if s.mended != nil {
		program = s.mended
	}
	if s.mendedServers != nil {
		servers = s.mendedServers
	}
	if s.mendedRequest.Name != "" {
		request = s.mendedRequest
	}
	t.Run("mended", func(t *testing.T) {
		stack := local.New(t, program, local.WithDir(dir), local.WithServers(servers), local.WithObjects(s.objects))
		stack.Up()
		s.isMended(t, stack, request)
	})
}

// isWrong asserts what the viewer sees, and that the cause is named.
func (s story) isWrong(t *testing.T, stack *local.Stack, request requestpath.Request) {
	t.Helper()
	seen, named := s.seen(t, stack, request), stack.Explain(request).Outcome
	assert.Equal(t, s.status, seen.Status, "what the viewer sees")
	assert.Equal(t, s.reason, seen.Reason, "why the viewer sees nothing")
	assert.Equal(t, s.status, named.Status, "what explain says")
	assert.Equal(t, s.reason, named.Reason, "why there is nothing to see")
	assert.Equal(t, s.by, named.By, "who explain says it is")
	assert.Equal(t, s.fact, named.Fact.ID, named.Why)
	assert.Contains(t, named.Why, s.why)
	if s.status != 200 {
		assert.NotEmpty(t, named.Fix)
	}
	t.Logf("the viewer sees %d%s: %s; fix: %s", seen.Status, seen.Reason, named.Why, named.Fix)
}

// seen is what the viewer sees of a request.
func (s story) seen(t *testing.T, stack *local.Stack, request requestpath.Request) observe.Observation {
	t.Helper()
	seen := stack.Request(request)
	for redirects := 0; s.follows && seen.Location != ""; redirects++ {
		require.Less(t, redirects, requestpath.MaxRedirects)
		seen = stack.Get(seen.Location)
	}
	return seen
}

// asked is the story's request.
func (s story) asked(stack *local.Stack) requestpath.Request {
	request := s.request
	switch request.Name {
	case "":
		request.Name = "shop.example.com"
	case assignedName:
		request.Name, _ = stack.Outputs()["distribution"].Value.(string)
	}
	return request
}

// isMended asserts that the mended program has it right.
func (s story) isMended(t *testing.T, stack *local.Stack, request requestpath.Request) {
	t.Helper()
	seen, named := s.seen(t, stack, request), stack.Explain(request).Outcome
	assert.Equal(t, named.Status, seen.Status, named.Why)
	assert.Equal(t, named.Reason, seen.Reason, named.Why)
	if s.blocked {
		assert.False(t, named.Served(), "the request still gets to %s", named.ByName)
		assert.NotEqual(t, 200, seen.Status)
		return
	}
	assert.Equal(t, cmp.Or(s.mendedStatus, 200), seen.Status, "after the fix: %s", named.Why)
}

// Every source of failures has stories, and no two are called the same.
func TestEverySourceIsTold(t *testing.T) {
	seen := map[string]bool{}
	for letter, source := range map[string]func() []story{"A": sourceA, "B": sourceB, "C": sourceC, "D": sourceD, "E": sourceE, "WAF": sourceWAF, "S3": sourceS3} {
		require.NotEmpty(t, source())
		for _, s := range source() {
			assert.True(t, strings.HasPrefix(s.name, letter+": "), s.name)
			assert.False(t, seen[s.name], s.name)
			seen[s.name] = true
		}
	}
	t.Logf("%d stories", len(seen))
}
