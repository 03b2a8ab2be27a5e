package elb_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
)

func TestATargetGroupHasWhatAWSFillsIn(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(elb.TargetGroupToken, "web", core.Object{"port": 8080.0, "protocol": "HTTP", "vpcId": cloudtest.SeededVpc})
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web-[0-9a-f]{7}/[0-9a-f]{16}$`, id)
	assert.Regexp(t, `^targetgroup/web-[0-9a-f]{7}/[0-9a-f]{16}$`, state.Str("arnSuffix"))
	assert.Equal(t, "instance", state.Str("targetType"))
	assert.Equal(t, "HTTP1", state.Str("protocolVersion"))
	assert.Equal(t, 300, state.Int("deregistrationDelay"))
	assert.Equal(t, core.Object{
		"enabled": true, "healthyThreshold": 3.0, "interval": 30.0, "matcher": "200", "path": "/", "port": "traffic-port",
		"protocol": "HTTP", "timeout": 5.0, "unhealthyThreshold": 3.0,
	}, state.Block("healthCheck"))
}

func TestTheHealthCheckOfAGRPCTargetGroup(t *testing.T) {
	_, state := cloudtest.New(t).Create(elb.TargetGroupToken, "grpc", cloudtest.TargetGroupInputs(core.Object{"protocolVersion": "GRPC"}))
	check := state.Block("healthCheck")
	assert.Equal(t, "12", check.Str("matcher"))
	assert.Equal(t, "/AWS.ALB/healthcheck", check.Str("path"))
	assert.Equal(t, 30, check.Int("interval"))
}

func TestWhatATargetGroupCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	c.Create(elb.TargetGroupToken, "x", cloudtest.TargetGroupInputs(core.Object{"name": "taken"}))
	check := func(more core.Object) core.Object { return core.Object{"healthCheck": more} }
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"name":                 {core.Object{"name": "-web"}, "ValidationError: name must be 1-32"},
		"name taken":           {core.Object{"name": "taken"}, "DuplicateTargetGroupName"},
		"port 0":               {core.Object{"port": 0.0}, "port must be 1-65535, got 0"},
		"port 65536":           {core.Object{"port": 65536.0}, "port must be 1-65535, got 65536"},
		"TCP":                  {core.Object{"protocol": "TCP"}, "unsupported by the local AWS"},
		"lambda":               {core.Object{"targetType": "lambda"}, "unsupported by the local AWS"},
		"HTTP3":                {core.Object{"protocolVersion": "HTTP3"}, "protocolVersion must be one of"},
		"IPv6 instances":       {core.Object{"targetType": "instance", "ipAddressType": "ipv6"}, "only with targetType ip"},
		"no such VPC":          {core.Object{"vpcId": "vpc-0"}, "ValidationError: vpcId: the vpc 'vpc-0' does not exist"},
		"delay":                {core.Object{"deregistrationDelay": 3601.0}, "deregistrationDelay must be 0-3600, got 3601"},
		"slow start 29":        {core.Object{"slowStart": 29.0}, "slowStart must be 0 or 30-900 seconds, got 29"},
		"slow start 901":       {core.Object{"slowStart": 901.0}, "slowStart must be 0 or 30-900 seconds, got 901"},
		"slow start, weighted": {core.Object{"slowStart": 30.0, "loadBalancingAlgorithmType": "weighted_random"}, "needs loadBalancingAlgorithmType round_robin"},
		"algorithm":            {core.Object{"loadBalancingAlgorithmType": "any"}, "loadBalancingAlgorithmType must be one of"},
		"anomalies":            {core.Object{"loadBalancingAnomalyMitigation": "on"}, "can be on only with"},
		"cross-zone":           {core.Object{"loadBalancingCrossZoneEnabled": "yes"}, "must be one of true, false"},
		"sticky type":          {core.Object{"stickiness": core.Object{"type": "source_ip"}}, "stickiness.type must be one of"},
		"sticky duration":      {core.Object{"stickiness": core.Object{"type": "lb_cookie", "cookieDuration": 604801.0}}, "stickiness.cookieDuration must be 1-604800"},
		"sticky without name":  {core.Object{"stickiness": core.Object{"type": "app_cookie"}}, "stickiness.cookieName is required"},
		"reserved cookie":      {core.Object{"stickiness": core.Object{"type": "app_cookie", "cookieName": "AWSALBAPP"}}, "must not begin with AWSALB"},
		"interval 4":           {check(core.Object{"interval": 4.0, "timeout": 2.0}), "healthCheck.interval must be 5-300, got 4"},
		"interval 301":         {check(core.Object{"interval": 301.0}), "healthCheck.interval must be 5-300, got 301"},
		"timeout 1":            {check(core.Object{"timeout": 1.0}), "healthCheck.timeout must be 2-120, got 1"},
		"timeout 121":          {check(core.Object{"timeout": 121.0, "interval": 300.0}), "healthCheck.timeout must be 2-120, got 121"},
		"timeout = interval":   {check(core.Object{"timeout": 30.0}), "timeout is 30 s, interval is 30 s"},
		"interval = timeout":   {check(core.Object{"interval": 5.0}), "timeout is 5 s, interval is 5 s"},
		"healthy 1":            {check(core.Object{"healthyThreshold": 1.0}), "healthyThreshold must be 2-10, got 1"},
		"unhealthy 11":         {check(core.Object{"unhealthyThreshold": 11.0}), "unhealthyThreshold must be 2-10, got 11"},
		"disabled":             {check(core.Object{"enabled": false}), "healthCheck.enabled must be true"},
		"path":                 {check(core.Object{"path": "health"}), "healthCheck.path must be a path that begins with /"},
		"port name":            {check(core.Object{"port": "http"}), "healthCheck.port must be traffic-port or 1-65535"},
		"TCP check":            {check(core.Object{"protocol": "TCP"}), "healthCheck.protocol must be one of HTTP, HTTPS"},
		"matcher 199":          {check(core.Object{"matcher": "199-299"}), "must be codes or ranges of codes in 200-499"},
		"matcher 500":          {check(core.Object{"matcher": "200,500"}), "must be codes or ranges of codes in 200-499"},
		"matcher backwards":    {check(core.Object{"matcher": "299-200"}), "must be codes or ranges of codes in 200-499"},
		"matcher words":        {check(core.Object{"matcher": "ok"}), "must be codes or ranges of codes in 200-499"},
		"gRPC matcher":         {check(core.Object{"matcher": "200"}).With(core.Object{"protocolVersion": "GRPC"}), "must be codes or ranges of codes in 0-99"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(elb.TargetGroupToken, "web", cloudtest.TargetGroupInputs(tc.in), tc.want)
		})
	}
}

func TestWhatATargetGroupCanBe(t *testing.T) {
	c := cloudtest.New(t)
	for n, more := range []core.Object{
		{"port": 1.0}, {"port": 65535.0}, {"protocol": "HTTPS", "protocolVersion": "GRPC"}, {"targetType": "instance"},
		{"deregistrationDelay": 0.0}, {"slowStart": 30.0}, {"slowStart": 900.0},
		{"healthCheck": core.Object{"interval": 5.0, "timeout": 4.0, "healthyThreshold": 2.0, "unhealthyThreshold": 10.0}},
		{"healthCheck": core.Object{"matcher": "200,301-399,499", "port": "8081", "path": "/health?x=1", "protocol": "HTTPS"}},
		{"healthCheck": core.Object{"matcher": "0-99"}, "protocolVersion": "GRPC"},
		{"stickiness": core.Object{"type": "app_cookie", "cookieName": "session", "enabled": true}},
		{"loadBalancingAlgorithmType": "weighted_random", "loadBalancingAnomalyMitigation": "on"},
		{"ipAddressType": "ipv6"},
	} {
		c.Create(elb.TargetGroupToken, fmt.Sprintf("web-%d", n), cloudtest.TargetGroupInputs(more))
	}
	for _, missing := range []string{"port", "protocol", "vpcId"} {
		c.Refused(elb.TargetGroupToken, "web", cloudtest.TargetGroupInputs(nil).Without(missing), missing)
	}
}

func TestWhatAChangeOfATargetGroupDoes(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(elb.TargetGroupToken, "web", cloudtest.TargetGroupInputs(core.Object{"healthCheck": core.Object{"path": "/a"}}))
	for property, value := range map[string]any{
		"port": 81.0, "protocol": "HTTPS", "protocolVersion": "HTTP2", "targetType": "instance", "name": "other", "vpcId": "vpc-1",
		"ipAddressType": "ipv6",
	} {
		d := c.ChangeOf(elb.TargetGroupToken, id, cloudtest.TargetGroupInputs(core.Object{property: value}))
		assert.Equal(t, []string{property}, d.Replaces)
	}
	assert.Empty(t, c.ChangeOf(elb.TargetGroupToken, id, cloudtest.TargetGroupInputs(nil)).Changed, "a health check stays when it is taken away")
	updated := c.Update(elb.TargetGroupToken, id, cloudtest.TargetGroupInputs(core.Object{"healthCheck": core.Object{"path": "/b"}}))
	assert.Equal(t, "/b", updated.Block("healthCheck").Str("path"))
	assert.Equal(t, state.Str("arn"), updated.Str("arn"))
}

func TestATargetGroupInUseStays(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	byRule, byListener := b.TargetGroup("rule", nil), b.TargetGroup("listener", nil)
	rule, _ := b.Create(elb.ListenerRuleToken, "rule", b.RuleInputs(byRule, 1))
	b.Update(elb.ListenerToken, b.Plain, b.ListenerInputs(80, core.Object{"defaultActions": []any{cloudtest.ForwardTo(byListener)}}))
	for _, group := range []string{byRule, byListener} {
		b.Change(func(tx *core.Tx) { assert.Equal(t, []string{b.LoadBalancer}, elb.LoadBalancersOf(tx, group)) })
		assert.ErrorContains(t, b.TryDelete(elb.TargetGroupToken, group),
			"ResourceInUse")
	}
	b.Delete(elb.ListenerRuleToken, rule)
	b.Delete(elb.TargetGroupToken, byRule)
}

// At preview an input may not be known yet: a rule that compares another one with it
// has to wait.
func TestRulesOfTargetGroupsWaitForTheOtherInput(t *testing.T) {
	c := cloudtest.New(t)
	k, err := c.Type(elb.TargetGroupToken)
	require.NoError(t, err)
	for unknown, in := range map[string]core.Object{
		"targetType":                 {"ipAddressType": "ipv6"},
		"loadBalancingAlgorithmType": {"loadBalancingAnomalyMitigation": "on"},
		"protocolVersion":            {"healthCheck": map[string]any{"matcher": "0-99"}},
	} {
		in = cloudtest.TargetGroupInputs(in)
		_, faults := c.Check(k, "web", nil, in.With(core.Object{unknown: core.Unknown{}}), nil)
		assert.Empty(t, faults, "%s is not known", unknown)
		_, faults = c.Check(k, "web", nil, in.With(core.Object{"targetType": "instance"}), nil)
		assert.NotEmpty(t, faults, "%s is known", unknown)
	}
}

// Finding the load balancers of a target group costs the same however many rules
// other target groups have.
func TestLoadBalancersOfLooksAtNothingElse(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	b.Create(elb.ListenerRuleToken, "web", b.RuleInputs(group, 1))
	b.Change(func(tx *core.Tx) {
		cost := func() float64 { return testing.AllocsPerRun(10, func() { elb.LoadBalancersOf(tx, group) }) }
		before := cost()
		for n := range 1000 {
			tx.Set(elb.ListenerRuleToken, fmt.Sprint(n), b.RuleInputs(fmt.Sprintf("arn:%d", n), n))
		}
		assert.Equal(t, before, cost())
	})
}

func TestTargets(t *testing.T) {
	c := cloudtest.New(t)
	instances, addresses := c.TargetGroup("i", core.Object{"targetType": "instance"}), c.TargetGroup("ip", nil)
	vpc, _ := c.Create(ec2.VpcToken, "other", core.Object{"cidrBlock": "10.30.0.0/16"})
	foreign := c.TargetGroup("foreign", core.Object{"targetType": "instance", "vpcId": vpc})
	target := func(group, id string) core.Object { return core.Object{"targetGroupArn": group, "targetId": id} }
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"no such group":    {target("arn", cloudtest.SeededInstance), "TargetGroupNotFound"},
		"no such instance": {target(instances, "i-0"), "InvalidTarget"},
		"another VPC":      {target(foreign, cloudtest.SeededInstance), "are not in the target group VPC '" + vpc + "'"},
		"address outside":  {target(addresses, "10.30.0.4"), "is not within a subnet of the VPC"},
		"no address":       {target(addresses, cloudtest.SeededInstance), "is not a valid IPv4 or IPv6 address"},
		"port":             {target(instances, cloudtest.SeededInstance).With(core.Object{"port": 65536.0}), "port must be 1-65535"},
		"availabilityZone": {target(addresses, "10.20.0.4").With(core.Object{"availabilityZone": "all"}), "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(elb.TargetGroupAttachmentToken, "target", tc.in, tc.want)
		})
	}
	id, _ := c.Create(elb.TargetGroupAttachmentToken, "i", target(instances, cloudtest.SeededInstance).With(core.Object{"port": 443.0}))
	c.Create(elb.TargetGroupAttachmentToken, "ip", target(addresses, "10.20.0.4"))
	d := c.ChangeOf(elb.TargetGroupAttachmentToken, id, target(instances, cloudtest.SeededInstance).With(core.Object{"port": 444.0}))
	assert.Equal(t, []string{"port"}, d.Replaces)
	c.Delete(elb.TargetGroupToken, instances)
	assert.Nil(t, c.State(elb.TargetGroupAttachmentToken, id), "targets are deregistered with their group")
}

func TestWhichInstancesAreNoTargets(t *testing.T) {
	c := cloudtest.New(t)
	group := c.TargetGroup("i", core.Object{"targetType": "instance"})
	for id, want := range map[string]string{
		cloudtest.SeededStoppedInstance: "InvalidTarget: The following targets are not in a running state and cannot be registered: '" +
			cloudtest.SeededStoppedInstance + "'",
		cloudtest.EndpointsInstance: "InvalidTarget: The following targets are not in the target group VPC '" +
			cloudtest.SeededVpc + "': '" + cloudtest.EndpointsInstance + "'",
	} {
		c.Refused(elb.TargetGroupAttachmentToken, "i", core.Object{"targetGroupArn": group, "targetId": id}, want)
	}
}

// A target in a zone without a subnet of the load balancer is registered all the same: it
// is unused.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
func TestATargetInAnotherZoneIsRegistered(t *testing.T) {
	c := cloudtest.New(t)
	group := c.TargetGroup("i", core.Object{"targetType": "instance"})
	c.Create(elb.TargetGroupAttachmentToken, "i", core.Object{"targetGroupArn": group, "targetId": cloudtest.SeededThirdZoneInstance})
}
