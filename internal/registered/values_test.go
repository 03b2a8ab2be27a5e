package registered_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// Equal values of a header have equal names in the plan, and none is in it.
func TestSecretsStayOutOfPlans(t *testing.T) {
	r := site()
	public(r)
	r.set(ruleType, "arn:rule", "conditions", list(state{"httpHeader": state{
		"httpHeaderName": "x-origin-verify", "values": list("the one before", "a secret"),
	}}))
	m := r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
	raw, err := json.Marshal(m)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "a secret")
	assert.NotContains(t, string(raw), "the one before")
	assert.Equal(t, []string{"value-2", "value-1"}, m.Plan.LoadBalancers[0].Listeners[0].Rules[0].Conditions[0].Values)
	assert.Equal(t, 200, viewer(m).Status)

	r.set(ruleType, "arn:rule", "conditions", list(state{"httpHeader": state{"httpHeaderName": "X-Origin-Verify", "values": list("the one before")}}))
	o := viewer(r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}}))
	assert.Equal(t, 403, o.Status, "the rule does not accept what the distribution sends")
	assert.NotContains(t, o.Why+o.Fix, "the one before")
}

// A request with the header is judged as the load balancer would judge its value.
func TestHeadersOfRequests(t *testing.T) {
	cases := map[string]struct {
		accepted []any
		given    string
		status   int
	}{
		"the right value":           {list("a secret"), "a secret", 200},
		"in other letters":          {list("a secret"), "A Secret", 200},
		"a wrong one":               {list("a secret"), "wrong", 403},
		"the name of the right one": {list("a secret"), "value-1", 403},
		"one that is accepted too":  {list("a secret", "another"), "another", 200},
		"one that fits a pattern":   {list("a s?cre*"), "a secretary", 200},
		"one that does not":         {list("a s?cre*"), "a scret", 403},
		"any":                       {list("*"), "whatever", 200},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			public(r)
			r.set(ruleType, "arn:rule", "conditions", list(state{"httpHeader": state{"httpHeaderName": "X-Origin-Verify", "values": c.accepted}}))
			m := r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
			o := requestpath.Walk(m.Plan, requestpath.Request{
				Name: "alb.example.com", From: requestpath.Source{Kind: requestpath.FromCloudFront},
				Headers: []requestpath.Header{m.Header("x-origin-verify", c.given)},
			}).Outcome
			assert.Equal(t, c.status, o.Status, o.Why)
			assert.Equal(t, 200, viewer(m).Status, "what the distribution sends is accepted")
		})
	}
	m := site().read(t, registered.Options{})
	assert.Equal(t, requestpath.Header{Name: "X-Team", Value: "a"}, m.Header("X-Team", "a"), "one that nobody adds stays")
}

// Comparing a pattern of several stars with a long value takes no time worth
// noticing. A matcher that tries every star again takes several seconds for it.
func TestPatternsOfManyStars(t *testing.T) {
	r := site()
	public(r)
	value := strings.Repeat("a", 60)
	r.set(ruleType, "arn:rule", "conditions", list(state{"httpHeader": state{
		"httpHeaderName": "X-Origin-Verify", "values": list(value, strings.Repeat("a*", 7)+"b"),
	}}))
	start := time.Now()
	m := r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
	assert.Equal(t, "another value", m.Header("X-Origin-Verify", value+"c").Value, "no pattern matches it")
	assert.Less(t, time.Since(start), 2*time.Second)
}
