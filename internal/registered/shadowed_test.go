package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
)

func TestShadowed(t *testing.T) {
	r := site()
	second := func(priority float64, conditions ...any) {
		r.set("aws:lb/targetGroup:TargetGroup", "arn:second", "name", "second")
		r.set(ruleType, "arn:second", "listenerArn", "arn:listener")
		r.set(ruleType, "arn:second", "priority", priority)
		r.set(ruleType, "arn:second", "actions", list(state{"type": "forward", "targetGroupArn": "arn:second"}))
		r.set(ruleType, "arn:second", "conditions", conditions)
	}
	r.set(ruleType, "arn:rule", "conditions", list(state{"pathPattern": state{"values": list("/*")}}))
	assert.Empty(t, r.read(t, registered.Options{}).Shadowed())

	second(20, state{"pathPattern": state{"values": list("/api/*")}})
	notes := r.read(t, registered.Options{}).Shadowed()
	require.Len(t, notes, 1)
	assert.Equal(t, ruleType+" arn:second", notes[0].Resource)
	assert.Contains(t, notes[0].Text, "for the path /api/any to port 443 of load balancer web is answered by the rule of priority 10")
	assert.Contains(t, notes[0].Text, "give this rule a priority below 10")

	second(5, state{"pathPattern": state{"values": list("/api/*")}})
	assert.Empty(t, r.read(t, registered.Options{}).Shadowed(), "it comes first")
	second(5, state{"pathPattern": state{"regexValues": list("^/api")}})
	assert.Empty(t, r.read(t, registered.Options{}).Shadowed(), "what it takes is not known")
}
