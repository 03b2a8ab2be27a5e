package requestpath_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/requestpath"
)

// redirecting is one server that answers everything with a redirect.
func redirecting(status int, location string) requestpath.Plan {
	return requestpath.Plan{
		Records: []requestpath.Record{{Name: "www.example.com", Addresses: []string{"198.51.100.20"}}},
		Servers: []requestpath.Server{{
			Name: "server", Addresses: []string{"198.51.100.20"}, SecurityGroups: []string{"open"},
			Listeners: []requestpath.ServerListener{{Port: 80, Answer: requestpath.Answer{Status: status, Location: location}}},
		}},
		SecurityGroups: []requestpath.SecurityGroup{{Name: "open", Ingress: []requestpath.Access{{CIDR: "0.0.0.0/0"}}}},
	}
}

var plain = requestpath.Request{Scheme: requestpath.SchemeHTTP, Name: "www.example.com"}

func TestFollowEndsAtTheLimit(t *testing.T) {
	plan := redirecting(302, "/next/#{path}")
	chain := requestpath.Follow(plan, plain)
	assert.Len(t, chain.Traces, requestpath.MaxRedirects+1)
	assert.Equal(t, requestpath.RedirectLoop, chain.Outcome.Reason)
	assert.Equal(t, 302, chain.Outcome.Status)
	assert.Contains(t, chain.Outcome.Why, "one more than the 20")
	assert.False(t, chain.Outcome.OK())
}

func TestFollowFindsALoop(t *testing.T) {
	chain := requestpath.Follow(redirecting(302, "/"), plain)
	assert.Len(t, chain.Traces, 1)
	assert.Contains(t, chain.Outcome.Why, "leads back")
	assert.NotContains(t, chain.Outcome.Why, "distribution")
}

func TestFollowStopsWhereNothingIsToBeFollowed(t *testing.T) {
	for name, location := range map[string]string{
		"none": "", "another scheme": "ftp://www.example.com/", "no URL": "http://[", "an app": "app:open",
	} {
		t.Run(name, func(t *testing.T) {
			chain := requestpath.Follow(redirecting(301, location), plain)
			require.Len(t, chain.Traces, 1)
			assert.True(t, chain.Outcome.OK())
		})
	}
}

func TestFollowKeepsOrChangesTheMethod(t *testing.T) {
	for status, want := range map[int]string{301: "GET", 302: "GET", 303: "GET", 307: "POST", 308: "POST"} {
		post := plain
		post.Method = "POST"
		chain := requestpath.Follow(redirecting(status, "/#{path}x"), post)
		require.Greater(t, len(chain.Traces), 1)
		assert.Equal(t, want, chain.Traces[1].Request.Method, "%d", status)
	}
}

// What stood in for a name does not stand in for another one.
func TestFollowForgetsConnectTo(t *testing.T) {
	r := plain
	r.ConnectTo = "198.51.100.20"
	chain := requestpath.Follow(redirecting(302, "http://other.example.com/"), r)
	require.Len(t, chain.Traces, 2)
	assert.Equal(t, "other.example.com", chain.Traces[1].Request.ConnectTo)
	assert.Equal(t, requestpath.NameNotFound, chain.Outcome.Reason)
}
