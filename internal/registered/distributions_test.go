package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

const distributionType = "aws:cloudfront/distribution:Distribution"

// What goes on to the origin is up to policies, AWS's or one's own, or to the
// older forwarded values.
func TestForwarding(t *testing.T) {
	const own, ownCache = "aws:cloudfront/originRequestPolicy:OriginRequestPolicy", "aws:cloudfront/cachePolicy:CachePolicy"
	headers := func(behaviour string, names ...any) state {
		return state{"headersConfig": state{"headerBehavior": behaviour, "headers": state{"items": list(names...)}}, "queryStringsConfig": state{"queryStringBehavior": "none"}}
	}
	type forwards struct{ host, headers, query bool }
	cases := map[string]struct {
		behaviour state
		also      resources
		want      forwards
		noted     string
	}{
		"nothing":                      {state{}, nil, forwards{}, ""},
		"AllViewer":                    {state{"originRequestPolicyId": "216adef6-5c7f-47e4-b989-5492eafa07d3"}, nil, forwards{true, true, true}, ""},
		"AllViewerExceptHostHeader":    {state{"originRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac"}, nil, forwards{false, true, true}, ""},
		"HostHeaderOnly":               {state{"originRequestPolicyId": "bf0718e1-ba1e-49d1-88b1-f726733018ae"}, nil, forwards{host: true}, ""},
		"in the cache key":             {state{"cachePolicyId": "83da9c7e-98b4-4e11-a168-04f0df8e2c65"}, nil, forwards{host: true}, ""},
		"in the cache key, with query": {state{"cachePolicyId": "4cc15a8a-d715-48a4-82b8-cc0b614638fe"}, nil, forwards{host: true, query: true}, ""},
		"unheard of":                   {state{"originRequestPolicyId": "p"}, nil, forwards{}, "defaultCacheBehavior.originRequestPolicyId"},
		"one's own, all":               {state{"originRequestPolicyId": "p"}, resources{{own, "p"}: headers("allViewer")}, forwards{host: true, headers: true}, ""},
		"one's own, all but Host":      {state{"originRequestPolicyId": "p"}, resources{{own, "p"}: headers("allExcept", "Host")}, forwards{headers: true}, ""},
		"one's own, all but another":   {state{"originRequestPolicyId": "p"}, resources{{own, "p"}: headers("allExcept", "Cookie2")}, forwards{host: true, headers: true}, "headersConfig.headers"},
		"one's own, Host":              {state{"originRequestPolicyId": "p"}, resources{{own, "p"}: headers("whitelist", "HOST")}, forwards{host: true}, ""},
		"one's own, some":              {state{"originRequestPolicyId": "p"}, resources{{own, "p"}: headers("whitelist", "Accept")}, forwards{}, "headersConfig.headers"},
		"one's own, query": {state{"originRequestPolicyId": "p"}, resources{{own, "p"}: {"queryStringsConfig": state{"queryStringBehavior": "whitelist"}}},
			forwards{query: true}, "queryStringsConfig"},
		"one's own cache key": {state{"cachePolicyId": "p"}, resources{{ownCache, "p"}: {"parametersInCacheKeyAndForwardedToOrigin": headers("whitelist", "Host")}}, forwards{host: true}, ""},
		"forwarded values":    {state{"forwardedValues": state{"headers": list("Host"), "queryString": true}}, nil, forwards{host: true, query: true}, ""},
		"all values":          {state{"forwardedValues": state{"headers": list("*")}}, nil, forwards{host: true, headers: true}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			c.behaviour["targetOriginId"] = "alb"
			r.set(distributionType, "E1", "defaultCacheBehavior", c.behaviour)
			for key, s := range c.also {
				r[key] = s
			}
			m := r.read(t, registered.Options{})
			o := m.Plan.Distributions[0].Default
			assert.Equal(t, c.want, forwards{o.ForwardsHost, o.ForwardsHeaders, o.ForwardsQuery})
			assert.Equal(t, c.noted != "", noted(m, c.noted) != "")
		})
	}
}

func TestOriginGroupsAndErrorPages(t *testing.T) {
	r := site()
	r.set(distributionType, "E1", "customErrorResponses", list(
		state{"errorCode": 503.0, "errorCachingMinTtl": 5.0}, state{"errorCode": 404.0, "responseCode": "200", "responsePagePath": "/404.html"}))
	r.set(distributionType, "E1", "originGroups", list(state{"originId": "group", "failoverCriteria": state{"statusCodes": list(502.0, 503.0)}, "members": list(state{"originId": "alb"}, state{"originId": "other"})}))
	r.set(distributionType, "E1", "defaultCacheBehavior", state{"targetOriginId": "group"})
	m := r.read(t, registered.Options{})
	require.Len(t, m.Plan.Distributions, 1)
	assert.Equal(t, []requestpath.OriginGroup{{ID: "group", Primary: "alb", Secondary: "other", Statuses: []int{502, 503}}}, m.Plan.Distributions[0].OriginGroups)
	assert.Equal(t, []requestpath.ErrorResponse{
		{Status: 404, PagePath: "/404.html", PageStatus: 200}, {Status: 503, MinTTLSeconds: 5},
	}, m.Plan.Distributions[0].ErrorResponses)
}

// Each path meets the behaviour whose pattern fits first, whatever the default
// one's origin is.
func TestBehavioursByPath(t *testing.T) {
	r := site()
	public(r)
	d := r[[2]string{distributionType, "E1"}]
	r.set(distributionType, "E1", "origins", append(d["origins"].([]any), state{"originId": "bucket", "vpcOriginConfig": state{}}))
	api := d["defaultCacheBehavior"].(state)
	ordered := func(pattern, origin string) state {
		return state{"pathPattern": pattern, "targetOriginId": origin, "viewerProtocolPolicy": "https-only", "allowedMethods": api["allowedMethods"]}
	}
	r.set(distributionType, "E1", "orderedCacheBehaviors", list(ordered("api/old/*", "bucket"), ordered("/api/*", "alb")))
	r.set(distributionType, "E1", "defaultCacheBehavior", state{"targetOriginId": "bucket", "viewerProtocolPolicy": "allow-all"})
	m := r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
	for path, described := range map[string]bool{"/": false, "/index.html": false, "/api/x": true, "/api/": true, "/api/old/x": false} {
		chain := m.Follow(requestpath.Request{Name: "www.example.com", Path: path})
		assert.Equal(t, described, chain.Outcome.OK(), path)
		assert.Equal(t, described, chain.Outcome.Reason != requestpath.NotDescribed, path)
		assert.Equal(t, described, len(m.Unsure(requestpath.Request{Name: "www.example.com", Path: path}, usable)) == 0, path)
	}
	plain := m.Follow(requestpath.Request{Scheme: "http", Name: "www.example.com", Path: "/api/x"})
	assert.Equal(t, 403, plain.Outcome.Status, "the behaviour's own policy counts")
}

const recordType = "aws:route53/record:Record"

func TestRecords(t *testing.T) {
	r := resources{
		{"aws:route53/zone:Zone", "Z1"}:       {"name": "example.com"},
		{"aws:route53/zone:Zone", "Z2"}:       {"name": "example.com", "vpcs": list(state{"vpcId": "vpc-1"})},
		{recordType, "apex"}:                  {"zoneId": "Z1", "name": "", "type": "A", "records": list("192.0.2.1")},
		{recordType, "relative"}:              {"zoneId": "Z1", "name": "www", "type": "AAAA", "records": list("2001:db8::1")},
		{recordType, "dotted"}:                {"zoneId": "Z1", "name": "Dot.example.com.", "type": "CNAME", "records": list("WWW.example.com.")},
		{recordType, "wildcard"}:              {"zoneId": "Z1", "fqdn": `\052.example.com`, "type": "A", "records": list("192.0.2.2")},
		{recordType, "hidden"}:                {"zoneId": "Z2", "fqdn": "www.example.com", "type": "A", "records": list("10.0.0.1")},
		{recordType, "elsewhere"}:             {"zoneId": "Z3", "fqdn": "example.net", "type": "A", "records": list("192.0.2.3")},
		{recordType, "validation"}:            {"zoneId": "Z1", "fqdn": "_x.example.com", "type": "CNAME", "records": list("_y.acm-validations.aws.")},
		{recordType, "mail"}:                  {"zoneId": "Z1", "fqdn": "example.com", "type": "MX", "records": list("10 mail")},
		{recordType, "lighter"}:               {"zoneId": "Z1", "fqdn": "w.example.com", "type": "A", "records": list("192.0.2.4"), "setIdentifier": "a", "weightedRoutingPolicies": list(state{"weight": 1.0})},
		{recordType, "mainly"}:                {"zoneId": "Z1", "fqdn": "w.example.com", "type": "A", "records": list("192.0.2.5"), "setIdentifier": "b", "weightedRoutingPolicies": list(state{"weight": 9.0})},
		{recordType, "first of all"}:          {"zoneId": "Z1", "fqdn": "f.example.com", "type": "A", "records": list("192.0.2.6"), "setIdentifier": "a", "failoverRoutingPolicies": list(state{"type": "SECONDARY"})},
		{recordType, "primary, though later"}: {"zoneId": "Z1", "fqdn": "f.example.com", "type": "A", "records": list("192.0.2.7"), "setIdentifier": "b", "failoverRoutingPolicies": list(state{"type": "PRIMARY"})},
	}
	r[[2]string{"aws:route53/zone:Zone", "Z4"}] = state{"name": "dev.example.com"}
	r[[2]string{recordType, "below"}] = state{"zoneId": "Z4", "name": "api", "type": "A", "records": list("192.0.2.8")}
	m := r.read(t, registered.Options{})
	assert.ElementsMatch(t, []requestpath.Record{
		{Name: "api.dev.example.com", Type: "A", Addresses: []string{"192.0.2.8"}, Zone: "dev.example.com"},
		{Name: "_x.example.com", Type: "CNAME", Alias: "_y.acm-validations.aws"},
		{Name: "example.com", Type: "A", Addresses: []string{"192.0.2.1"}},
		{Name: "www.example.com", Type: "AAAA", Addresses: []string{"2001:db8::1"}},
		{Name: "dot.example.com", Type: "CNAME", Alias: "www.example.com"},
		{Name: "*.example.com", Type: "A", Addresses: []string{"192.0.2.2"}},
		{Name: "www.example.com", Type: "A", Addresses: []string{"10.0.0.1"}, PrivateZone: true},
		{Name: "example.net", Type: "A", Addresses: []string{"192.0.2.3"}},
		{Name: "w.example.com", Type: "A", Addresses: []string{"192.0.2.5"}},
		{Name: "f.example.com", Type: "A", Addresses: []string{"192.0.2.7"}},
	}, m.Plan.Records)
	assert.Contains(t, noted(m, "zoneId"), "Z3")
	assert.NotEmpty(t, noted(m, "setIdentifier"))
}

// A wildcard does not answer for a name that exists, were it by the record of a
// certificate below it.
func TestWildcardsAndNamesThatExist(t *testing.T) {
	r := resources{
		{"aws:route53/zone:Zone", "Z1"}: {"name": "example.com"},
		{recordType, "wildcard"}:        {"zoneId": "Z1", "fqdn": "*.example.com", "type": "A", "records": list("192.0.2.2")},
		{recordType, "validation"}:      {"zoneId": "Z1", "fqdn": "_x.shop.example.com", "type": "CNAME", "records": list("_y.acm-validations.aws.")},
		{recordType, "text"}:            {"zoneId": "Z1", "fqdn": "note.example.com", "type": "TXT", "records": list("x")},
	}
	plan := r.read(t, registered.Options{}).Plan
	for name, want := range map[string]requestpath.Reason{
		"any.example.com": requestpath.Timeout, "shop.example.com": requestpath.NameNotFound, "note.example.com": requestpath.NameNotFound,
	} {
		assert.Equal(t, want, requestpath.Walk(plan, requestpath.Request{Name: name}).Outcome.Reason, name)
	}
}
