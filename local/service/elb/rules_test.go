package elb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/elb"
)

func TestARuleHasTheOutputsOfAWS(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	id, _ := b.Create(elb.ListenerRuleToken, "rule", b.RuleInputs(group, 7))
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener-rule/app/web-[0-9a-f]{7}/[0-9a-f]{16}/[0-9a-f]{16}/[0-9a-f]{16}$`, id)
	_, next := b.Create(elb.ListenerRuleToken, "next", b.RuleInputs(group, 8).Without("priority"))
	assert.Equal(t, 8, next.Int("priority"), "the one after the last")
}

func TestPriorities(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	b.Create(elb.ListenerRuleToken, "one", b.RuleInputs(group, 1))
	two, _ := b.Create(elb.ListenerRuleToken, "two", b.RuleInputs(group, 2))
	b.Refused(elb.ListenerRuleToken, "x", b.RuleInputs(group, 1), "PriorityInUse: Priority '1' is currently in use")
	b.Refused(elb.ListenerRuleToken, "x", b.RuleInputs(group, 0), "priority must be 1-50000, got 0")
	b.Refused(elb.ListenerRuleToken, "x", b.RuleInputs(group, 50001), "priority must be 1-50000, got 50001")
	b.Create(elb.ListenerRuleToken, "last", b.RuleInputs(group, 50000))
	b.Create(elb.ListenerRuleToken, "plain", b.RuleInputs(group, 1).With(core.Object{"listenerArn": b.Plain}))

	moved := b.RuleInputs(group, 3)
	d := b.ChangeOf(elb.ListenerRuleToken, two, moved)
	assert.Equal(t, []string{"conditions", "priority"}, d.Changed)
	assert.Empty(t, d.Replaces, "a priority changes in place")
	b.Update(elb.ListenerRuleToken, two, moved)
	_, err := b.TryUpdate(elb.ListenerRuleToken, two, b.RuleInputs(group, 1))
	assert.ErrorContains(t, err, "PriorityInUse")
}

func TestALoadBalancerHas100Rules(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	b.Change(func(t *core.Tx) {
		for n := range 100 {
			t.Set(elb.ListenerRuleToken, t.Hex(16), b.RuleInputs(group, n+1).With(core.Object{"listenerArn": b.Plain}))
		}
	})
	b.Refused(elb.ListenerRuleToken, "one-more", b.RuleInputs(group, 1), "TooManyRules")
}

func TestARuleRefersToWhatThereIs(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	b.Refused(elb.ListenerRuleToken, "r", b.RuleInputs(group, 1).With(core.Object{"listenerArn": "arn"}), "ListenerNotFound")
	b.Refused(elb.ListenerRuleToken, "r", b.RuleInputs("arn", 1), "TargetGroupNotFound")
	b.Refused(elb.ListenerRuleToken, "r", b.RuleInputs(group, 1).Without("conditions"), "conditions")
	b.Refused(elb.ListenerRuleToken, "r", b.RuleInputs(group, 1).With(core.Object{"actions": []any{}}), "actions")
	down := core.Object{"type": "redirect", "redirect": core.Object{"statusCode": "HTTP_301", "protocol": "HTTP"}}
	b.Refused(elb.ListenerRuleToken, "r", b.RuleInputs(group, 1).With(core.Object{"actions": []any{down}}), "Redirecting from HTTPS to HTTP")
	id, _ := b.Create(elb.ListenerRuleToken, "r", b.RuleInputs(group, 1))
	_, err := b.TryUpdate(elb.ListenerRuleToken, id, b.RuleInputs("arn", 1))
	assert.ErrorContains(t, err, "TargetGroupNotFound")
	d := b.ChangeOf(elb.ListenerRuleToken, id, b.RuleInputs(group, 1).With(core.Object{"listenerArn": b.Plain}))
	assert.Equal(t, []string{"listenerArn"}, d.Replaces)
}

func values(kind string, values ...string) core.Object {
	return core.Object{kind: core.Object{"values": core.List(values...)}}
}

func header(name string, values ...string) core.Object {
	return core.Object{"httpHeader": core.Object{"httpHeaderName": name, "values": core.List(values...)}}
}

func query(value string) core.Object {
	return core.Object{"queryStrings": []any{core.Object{"value": value}}}
}

func TestWhatConditionsCannotBe(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	long := strings.Repeat("a", 129)
	for name, tc := range map[string]struct {
		conditions []any
		want       string
	}{
		"empty":             {[]any{core.Object{}}, "conditions[0] must be exactly one of"},
		"two kinds":         {[]any{cloudtest.PathCondition("/").With(values("hostHeader", "a.b"))}, "conditions[0] must be exactly one of"},
		"two hosts":         {[]any{values("hostHeader", "a.bc"), values("hostHeader", "b.bc")}, "can have only one hostHeader"},
		"two paths":         {[]any{cloudtest.PathCondition("/a"), cloudtest.PathCondition("/b")}, "can have only one pathPattern"},
		"six values":        {[]any{cloudtest.PathCondition("/1", "/2", "/3"), values("hostHeader", "a.bc", "b.bc", "c.bc")}, "at most 5 values in one rule, got 6"},
		"six with query":    {[]any{cloudtest.PathCondition("/1", "/2", "/3", "/4", "/5"), query("a")}, "at most 5 values in one rule, got 6"},
		"six wildcards":     {[]any{cloudtest.PathCondition("/*/*/?", "/*/*/?")}, "at most 5 wildcards in one rule, got 6"},
		"query wildcards":   {[]any{query("******")}, "at most 5 wildcards in one rule, got 6"},
		"no value":          {[]any{cloudtest.PathCondition()}, "conditions[0].pathPattern.values must have at least one value"},
		"long host":         {[]any{values("hostHeader", long+".com")}, "hostHeader.values must be 1-128"},
		"host without dot":  {[]any{values("hostHeader", "localhost")}, "must be names with only letters after the last dot"},
		"host with digits":  {[]any{values("hostHeader", "10.0.0.1")}, "must be names with only letters after the last dot"},
		"host with port":    {[]any{values("hostHeader", "a.com:80")}, "hostHeader.values must be 1-128"},
		"long path":         {[]any{cloudtest.PathCondition("/" + long)}, "pathPattern.values must be 1-128"},
		"path with query":   {[]any{cloudtest.PathCondition("/a#b")}, "pathPattern.values must be 1-128"},
		"Host header":       {[]any{header("Host", "a")}, "must not be Host"},
		"long header name":  {[]any{header(strings.Repeat("a", 41), "a")}, "httpHeaderName must be 1-40"},
		"header name":       {[]any{header("X Y", "a")}, "httpHeaderName must be 1-40"},
		"long header value": {[]any{header("X", long)}, "httpHeader.values must be 1-128 printable"},
		"method":            {[]any{values("httpRequestMethod", "get")}, "must be 1-40 of the characters A-Z"},
		"source":            {[]any{values("sourceIp", "10.0.0.1")}, "must be an IPv4 or IPv6 CIDR block"},
		"long query":        {[]any{query(long)}, "queryStrings[0].value must have at most 128 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			b.For(t).Refused(elb.ListenerRuleToken, "r", b.RuleInputs(group, 1).With(core.Object{"conditions": tc.conditions}), tc.want)
		})
	}
}

func TestARefusedHeaderValueIsNotShown(t *testing.T) {
	secret := strings.Repeat("s3cret", 30)
	b := cloudtest.NewBalanced(t)
	_, _, err := b.TryCreate(elb.ListenerRuleToken, "r", b.RuleInputs(b.TargetGroup("web", nil), 1).With(core.Object{
		"conditions": []any{header("X-Origin-Verify", secret)}}))
	assert.Error(t, err)
	assert.NotContains(t, err.Error(), "s3cret")
}

func TestWhatConditionsCanBe(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	for n, conditions := range [][]any{
		{values("hostHeader", strings.Repeat("a", 124)+".com", "*.example.com")},
		{cloudtest.PathCondition("/"+strings.Repeat("a", 127), "/a_b-c.d$~\"'@:+&")},
		{header("X-A", "1"), header("X-B", "2", "3"), cloudtest.PathCondition("/*"), values("hostHeader", "?.bc")},
		{values("httpRequestMethod", "GET", "M-SEARCH"), values("sourceIp", "10.0.0.0/8", "2001:db8::/32")},
		{cloudtest.PathCondition("/*/*/*/*/*")},
	} {
		b.Create(elb.ListenerRuleToken, "r", b.RuleInputs(group, n+1).With(core.Object{"conditions": conditions}))
	}
}

func TestTheOrderOfConditionsMeansNothing(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	in := b.RuleInputs(b.TargetGroup("web", nil), 1)
	id, _ := b.Create(elb.ListenerRuleToken, "r", in.With(core.Object{
		"conditions": []any{cloudtest.PathCondition("/a", "/b"), values("hostHeader", "a.bc")}}))
	d := b.ChangeOf(elb.ListenerRuleToken, id, in.With(core.Object{
		"conditions": []any{values("hostHeader", "a.bc"), cloudtest.PathCondition("/b", "/a")}}))
	assert.Empty(t, d.Changed)
}
