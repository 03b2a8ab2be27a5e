package outside_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/observe/outside"
	"github.com/portico-iac/portico/requestpath"
)

// The page is asked, and each behaviour with a path of its own; a behaviour without a policy
// and other names are not.
func TestAnswersOf(t *testing.T) {
	adds := func(name string) requestpath.ResponseHeaders {
		return requestpath.ResponseHeaders{Add: []requestpath.ResponseHeader{{Name: name, Value: "1", Override: true}}}
	}
	plan := requestpath.Plan{
		Records: []requestpath.Record{
			{Name: "www.example.com", Alias: "d1.cloudfront.net"}, {Name: "other.example.com", Alias: "d1.cloudfront.net"},
			{Name: "origin.example.com", Addresses: []string{"198.51.100.20"}},
		},
		Distributions: []requestpath.Distribution{{
			Name: "E1", DomainName: "d1.cloudfront.net", Aliases: []string{"www.example.com", "other.example.com"},
			Certificate: &requestpath.Certificate{Names: []string{"*.example.com"}},
			Origins:     []requestpath.Origin{{ID: "origin", DomainName: "origin.example.com", ProtocolPolicy: requestpath.HTTPOnly}},
			Default:     requestpath.Behavior{ResponseHeaders: adds("X-Default")},
			Behaviors: []requestpath.Behavior{
				{PathPattern: "/api/*", ResponseHeaders: adds("X-Api")}, {PathPattern: "/plain/*"},
			},
		}},
		Servers: []requestpath.Server{{
			Name: "one", Addresses: []string{"198.51.100.20"}, SecurityGroups: []string{"open"}, Listeners: []requestpath.ServerListener{{Port: 80}},
		}},
		SecurityGroups: []requestpath.SecurityGroup{{Name: "open", Ingress: []requestpath.Access{{CIDR: "0.0.0.0/0"}}}},
	}
	got := map[string]string{}
	for _, a := range outside.AnswersOf(plan, requestpath.Request{Name: "www.example.com", Path: "/page"}) {
		got[a.Request.URL()] = a.Headers[0].Name
	}
	assert.Len(t, got, 3)
	assert.Equal(t, "X-Default", got["https://www.example.com/page"])
	assert.Equal(t, "X-Default", got["https://www.example.com/"])
	delete(got, "https://www.example.com/page")
	delete(got, "https://www.example.com/")
	for url, header := range got {
		assert.Contains(t, url, "https://www.example.com/api/")
		assert.Equal(t, "X-Api", header)
	}
	assert.Empty(t, outside.AnswersOf(plan, requestpath.Request{Name: "origin.example.com"}))
}
