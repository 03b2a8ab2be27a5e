package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestARuleHasTheOutputsOfAWS(t *testing.T) {
	b := newBalanced(t)
	group := b.group("web", nil)
	id, _ := b.create(listenerRuleToken, "rule", b.ruleInputs(group, 7))
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener-rule/app/web-[0-9a-f]{7}/[0-9a-f]{16}/[0-9a-f]{16}/[0-9a-f]{16}$`, id)
	_, next := b.create(listenerRuleToken, "next", b.ruleInputs(group, 8).without("priority"))
	assert.Equal(t, 8, next.integer("priority"), "the one after the last")
}

func TestPriorities(t *testing.T) {
	b := newBalanced(t)
	group := b.group("web", nil)
	b.create(listenerRuleToken, "one", b.ruleInputs(group, 1))
	two, _ := b.create(listenerRuleToken, "two", b.ruleInputs(group, 2))
	b.refused(listenerRuleToken, "x", b.ruleInputs(group, 1), "PriorityInUse: Priority '1' is currently in use")
	b.refused(listenerRuleToken, "x", b.ruleInputs(group, 0), "priority must be 1-50000, got 0")
	b.refused(listenerRuleToken, "x", b.ruleInputs(group, 50001), "priority must be 1-50000, got 50001")
	b.create(listenerRuleToken, "last", b.ruleInputs(group, 50000))
	b.create(listenerRuleToken, "plain", b.ruleInputs(group, 1).with(object{"listenerArn": b.plain}))

	moved := b.ruleInputs(group, 3)
	d := b.changeOf(listenerRuleToken, two, moved)
	assert.Equal(t, []string{"conditions", "priority"}, d.changed)
	assert.Empty(t, d.replaces, "a priority changes in place")
	b.update(listenerRuleToken, two, moved)
	_, err := b.tryUpdate(listenerRuleToken, two, b.ruleInputs(group, 1))
	assert.ErrorContains(t, err, "PriorityInUse")
}

func TestALoadBalancerHas100Rules(t *testing.T) {
	b := newBalanced(t)
	group := b.group("web", nil)
	b.change(func(t *tx) {
		for n := range 100 {
			t.set(listenerRuleToken, t.hex(16), b.ruleInputs(group, n+1).with(object{"listenerArn": b.plain}))
		}
	})
	b.refused(listenerRuleToken, "one-more", b.ruleInputs(group, 1), "TooManyRules")
}

func TestARuleRefersToWhatThereIs(t *testing.T) {
	b := newBalanced(t)
	group := b.group("web", nil)
	b.refused(listenerRuleToken, "r", b.ruleInputs(group, 1).with(object{"listenerArn": "arn"}), "ListenerNotFound")
	b.refused(listenerRuleToken, "r", b.ruleInputs("arn", 1), "TargetGroupNotFound")
	b.refused(listenerRuleToken, "r", b.ruleInputs(group, 1).without("conditions"), "conditions")
	b.refused(listenerRuleToken, "r", b.ruleInputs(group, 1).with(object{"actions": []any{}}), "actions")
	down := object{"type": "redirect", "redirect": object{"statusCode": "HTTP_301", "protocol": "HTTP"}}
	b.refused(listenerRuleToken, "r", b.ruleInputs(group, 1).with(object{"actions": []any{down}}), "Redirecting from HTTPS to HTTP")
	id, _ := b.create(listenerRuleToken, "r", b.ruleInputs(group, 1))
	_, err := b.tryUpdate(listenerRuleToken, id, b.ruleInputs("arn", 1))
	assert.ErrorContains(t, err, "TargetGroupNotFound")
	d := b.changeOf(listenerRuleToken, id, b.ruleInputs(group, 1).with(object{"listenerArn": b.plain}))
	assert.Equal(t, []string{"listenerArn"}, d.replaces)
}

func values(kind string, values ...string) object {
	return object{kind: object{"values": list(values...)}}
}

func header(name string, values ...string) object {
	return object{"httpHeader": object{"httpHeaderName": name, "values": list(values...)}}
}

func query(value string) object { return object{"queryStrings": []any{object{"value": value}}} }

func TestWhatConditionsCannotBe(t *testing.T) {
	b := newBalanced(t)
	group := b.group("web", nil)
	long := strings.Repeat("a", 129)
	for name, tc := range map[string]struct {
		conditions []any
		want       string
	}{
		"empty":             {[]any{object{}}, "conditions[0] must be exactly one of"},
		"two kinds":         {[]any{pathCondition("/").with(values("hostHeader", "a.b"))}, "conditions[0] must be exactly one of"},
		"two hosts":         {[]any{values("hostHeader", "a.bc"), values("hostHeader", "b.bc")}, "can have only one hostHeader"},
		"two paths":         {[]any{pathCondition("/a"), pathCondition("/b")}, "can have only one pathPattern"},
		"six values":        {[]any{pathCondition("/1", "/2", "/3"), values("hostHeader", "a.bc", "b.bc", "c.bc")}, "at most 5 values in one rule, got 6"},
		"six with query":    {[]any{pathCondition("/1", "/2", "/3", "/4", "/5"), query("a")}, "at most 5 values in one rule, got 6"},
		"six wildcards":     {[]any{pathCondition("/*/*/?", "/*/*/?")}, "at most 5 wildcards in one rule, got 6"},
		"query wildcards":   {[]any{query("******")}, "at most 5 wildcards in one rule, got 6"},
		"no value":          {[]any{pathCondition()}, "conditions[0].pathPattern.values must have at least one value"},
		"long host":         {[]any{values("hostHeader", long+".com")}, "hostHeader.values must be 1-128"},
		"host without dot":  {[]any{values("hostHeader", "localhost")}, "must have a dot with only letters behind the last"},
		"host with digits":  {[]any{values("hostHeader", "10.0.0.1")}, "must have a dot with only letters behind the last"},
		"host with port":    {[]any{values("hostHeader", "a.com:80")}, "hostHeader.values must be 1-128"},
		"long path":         {[]any{pathCondition("/" + long)}, "pathPattern.values must be 1-128"},
		"path with query":   {[]any{pathCondition("/a#b")}, "pathPattern.values must be 1-128"},
		"Host header":       {[]any{header("Host", "a")}, "must not be Host"},
		"long header name":  {[]any{header(strings.Repeat("a", 41), "a")}, "httpHeaderName must be 1-40"},
		"header name":       {[]any{header("X Y", "a")}, "httpHeaderName must be 1-40"},
		"long header value": {[]any{header("X", long)}, "httpHeader.values must be 1-128 printable"},
		"method":            {[]any{values("httpRequestMethod", "get")}, "must be 1-40 of the characters A-Z"},
		"source":            {[]any{values("sourceIp", "10.0.0.1")}, "must be an IPv4 or IPv6 CIDR block"},
		"long query":        {[]any{query(long)}, "queryStrings[0].value must have at most 128 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.refused(listenerRuleToken, "r", b.ruleInputs(group, 1).with(object{"conditions": tc.conditions}), tc.want)
		})
	}
}

func TestARefusedHeaderValueIsNotShown(t *testing.T) {
	secret := strings.Repeat("s3cret", 30)
	b := newBalanced(t)
	_, _, err := b.tryCreate(listenerRuleToken, "r", b.ruleInputs(b.group("web", nil), 1).with(object{
		"conditions": []any{header("X-Origin-Verify", secret)}}))
	assert.Error(t, err)
	assert.NotContains(t, err.Error(), "s3cret")
}

func TestWhatConditionsCanBe(t *testing.T) {
	b := newBalanced(t)
	group := b.group("web", nil)
	for n, conditions := range [][]any{
		{values("hostHeader", strings.Repeat("a", 124)+".com", "*.example.com")},
		{pathCondition("/"+strings.Repeat("a", 127), "/a_b-c.d$~\"'@:+&")},
		{header("X-A", "1"), header("X-B", "2", "3"), pathCondition("/*"), values("hostHeader", "?.bc")},
		{values("httpRequestMethod", "GET", "M-SEARCH"), values("sourceIp", "10.0.0.0/8", "2001:db8::/32")},
		{pathCondition("/*/*/*/*/*")},
	} {
		b.create(listenerRuleToken, "r", b.ruleInputs(group, n+1).with(object{"conditions": conditions}))
	}
}

func TestTheOrderOfConditionsMeansNothing(t *testing.T) {
	b := newBalanced(t)
	in := b.ruleInputs(b.group("web", nil), 1)
	id, _ := b.create(listenerRuleToken, "r", in.with(object{
		"conditions": []any{pathCondition("/a", "/b"), values("hostHeader", "a.bc")}}))
	d := b.changeOf(listenerRuleToken, id, in.with(object{
		"conditions": []any{values("hostHeader", "a.bc"), pathCondition("/b", "/a")}}))
	assert.Empty(t, d.changed)
}
