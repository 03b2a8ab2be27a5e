package controls_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/controls"
	"github.com/portico-iac/portico/internal/registered"
)

type state = map[string]any

// of is a resource with the id and name of its type's first word.
func of(kind string, s state) registered.Resource {
	name := strings.ToLower(kind[strings.LastIndex(kind, ":")+1:])
	return registered.Resource{Type: kind, ID: "id-" + name, Name: name, State: s}
}

func with(s state, key string, value any) state {
	s = maps.Clone(s)
	s[key] = value
	return s
}

func set(all ...registered.Resource) []registered.Resource { return all }

func list(all ...any) []any { return all }

func asJSON(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

// example is what passes a control, and what fails it with which reason.
type example struct {
	pass   [][]registered.Resource
	fail   []registered.Resource
	reason string
}

// Each control passes one set of resources, fails another one with a reason that names
// the resource, and does not apply where there is nothing.
func TestEachControlDecides(t *testing.T) {
	examples := examples()
	ids := map[string]bool{}
	for _, c := range controls.All() {
		t.Run(c.ID, func(t *testing.T) {
			require.False(t, ids[c.ID], "the control is there twice")
			ids[c.ID] = true
			e, ok := examples[c.ID]
			require.True(t, ok, "the control has no example")
			require.NotEmpty(t, e.pass)
			for _, pass := range e.pass {
				assert.Equal(t, controls.Finding{Verdict: controls.Pass}, c.Check(pass), "%v", pass)
			}
			assert.Equal(t, controls.Finding{Verdict: controls.Fail, Reason: e.reason}, c.Check(e.fail))
			nothing := c.Check(nil)
			assert.Equal(t, controls.NotApplicable, nothing.Verdict)
			assert.Regexp(t, `^no .+ is made$`, nothing.Reason)
		})
	}
	for id := range examples {
		assert.True(t, ids[id], "there is no control %s", id)
	}
}

func TestSources(t *testing.T) {
	of := map[string]string{}
	for _, c := range controls.All() {
		of[c.ID] = c.Source()
	}
	const page = "https://docs.aws.amazon.com/securityhub/latest/userguide/"
	assert.Equal(t, page+"elb-controls.html#elb-5", of["ELB.5"])
	assert.Equal(t, page+"cloudfront-controls.html#cloudfront-15", of["CloudFront.15"])
	assert.Equal(t, "https://github.com/cdklabs/cdk-nag/blob/main/RULES.md", of["AwsSolutions-EC28"])
	assert.Equal(t, page+"secretsmanager-controls.html#secretsmanager-1", of["SecretsManager.1"])
}

// Each failure of several resources is named once.
func TestAllFailuresAreNamed(t *testing.T) {
	for _, c := range controls.All() {
		if c.ID == "ELB.6" {
			finding := c.Check([]registered.Resource{
				{Type: "aws:lb/loadBalancer:LoadBalancer", ID: "arn:2", State: state{}},
				{Type: "aws:alb/loadBalancer:LoadBalancer", ID: "arn:1", Name: "old"},
				{Type: "aws:lb/loadBalancer:LoadBalancer", ID: "arn:3", State: state{"enableDeletionProtection": true}},
			})
			assert.Equal(t, "load balancer arn:2 has none; load balancer old has none", finding.Reason)
		}
	}
}
