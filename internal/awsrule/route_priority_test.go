package awsrule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
)

func TestPlannedPriorityPutsSpecificRoutesFirst(t *testing.T) {
	host, hosts := []string{"api.example.com"}, []string{"*.example.com"}
	rising := [][2][]string{
		{host, {"/" + strings.Repeat("a", 127)}},
		{host, {"/v1/*"}}, {host, {"/*"}}, {hosts, {"/v1/*"}}, {hosts, {"/*"}},
		{nil, {"/v1/users/*"}}, {nil, {"/v1/*"}}, {nil, {"/v1/*", "/*"}},
	}
	last := 999
	for _, c := range rising {
		p := awsrule.PlannedPriority("app", c[0], c[1])
		assert.Greater(t, p, last, "%v", c)
		assert.NoError(t, awsrule.RulePriority(p))
		last = p
	}
	assert.Equal(t, awsrule.PlannedPriority("app", nil, []string{"/*"}), awsrule.PlannedPriority("app", nil, []string{"/v1/*", "/*"}),
		"a route is as specific as its widest path")
	assert.NotEqual(t, awsrule.PlannedPriority("app", nil, nil), awsrule.PlannedPriority("api", nil, nil))
}
