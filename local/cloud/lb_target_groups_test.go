package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestATargetGroupHasWhatAWSFillsIn(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(targetGroupToken, "web", object{"port": 8080.0, "protocol": "HTTP", "vpcId": seededVpc})
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web-[0-9a-f]{7}/[0-9a-f]{16}$`, id)
	assert.Regexp(t, `^targetgroup/web-[0-9a-f]{7}/[0-9a-f]{16}$`, state.str("arnSuffix"))
	assert.Equal(t, "instance", state.str("targetType"))
	assert.Equal(t, "HTTP1", state.str("protocolVersion"))
	assert.Equal(t, 300, state.integer("deregistrationDelay"))
	assert.Equal(t, object{
		"enabled": true, "healthyThreshold": 3.0, "interval": 30.0, "matcher": "200", "path": "/", "port": "traffic-port",
		"protocol": "HTTP", "timeout": 5.0, "unhealthyThreshold": 3.0,
	}, state.object("healthCheck"))
}

func TestAHealthCheckIsFilledIn(t *testing.T) {
	check := effectiveHealthCheck(object{"protocolVersion": "GRPC", "healthCheck": object{"interval": 10.0}})
	assert.Equal(t, "12", check.str("matcher"))
	assert.Equal(t, "/AWS.ALB/healthcheck", check.str("path"))
	assert.Equal(t, 10, check.integer("interval"))
	assert.Equal(t, 5, check.integer("timeout"))
}

func TestWhatATargetGroupCannotBe(t *testing.T) {
	c := newTestCloud(t)
	c.create(targetGroupToken, "x", groupInputs(object{"name": "taken"}))
	check := func(more object) object { return object{"healthCheck": more} }
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"name":                 {object{"name": "-web"}, "ValidationError: name must be 1-32"},
		"name taken":           {object{"name": "taken"}, "DuplicateTargetGroupName"},
		"port 0":               {object{"port": 0.0}, "port must be 1-65535, got 0"},
		"port 65536":           {object{"port": 65536.0}, "port must be 1-65535, got 65536"},
		"TCP":                  {object{"protocol": "TCP"}, "unsupported by the local AWS"},
		"lambda":               {object{"targetType": "lambda"}, "unsupported by the local AWS"},
		"HTTP3":                {object{"protocolVersion": "HTTP3"}, "protocolVersion must be one of"},
		"IPv6 instances":       {object{"targetType": "instance", "ipAddressType": "ipv6"}, "only with targetType ip"},
		"no such VPC":          {object{"vpcId": "vpc-0"}, "The VPC ID 'vpc-0' is not found"},
		"delay":                {object{"deregistrationDelay": 3601.0}, "deregistrationDelay must be 0-3600, got 3601"},
		"slow start 29":        {object{"slowStart": 29.0}, "slowStart must be 0 or 30-900 seconds, got 29"},
		"slow start 901":       {object{"slowStart": 901.0}, "slowStart must be 0 or 30-900 seconds, got 901"},
		"slow start, weighted": {object{"slowStart": 30.0, "loadBalancingAlgorithmType": "weighted_random"}, "needs loadBalancingAlgorithmType round_robin"},
		"algorithm":            {object{"loadBalancingAlgorithmType": "any"}, "loadBalancingAlgorithmType must be one of"},
		"anomalies":            {object{"loadBalancingAnomalyMitigation": "on"}, "can be on only with"},
		"cross-zone":           {object{"loadBalancingCrossZoneEnabled": "yes"}, "must be one of true, false"},
		"sticky type":          {object{"stickiness": object{"type": "source_ip"}}, "stickiness.type must be one of"},
		"sticky duration":      {object{"stickiness": object{"type": "lb_cookie", "cookieDuration": 604801.0}}, "stickiness.cookieDuration must be 1-604800"},
		"sticky without name":  {object{"stickiness": object{"type": "app_cookie"}}, "stickiness.cookieName is required"},
		"reserved cookie":      {object{"stickiness": object{"type": "app_cookie", "cookieName": "AWSALBAPP"}}, "must not begin with AWSALB"},
		"interval 4":           {check(object{"interval": 4.0, "timeout": 2.0}), "healthCheck.interval must be 5-300, got 4"},
		"interval 301":         {check(object{"interval": 301.0}), "healthCheck.interval must be 5-300, got 301"},
		"timeout 1":            {check(object{"timeout": 1.0}), "healthCheck.timeout must be 2-120, got 1"},
		"timeout 121":          {check(object{"timeout": 121.0, "interval": 300.0}), "healthCheck.timeout must be 2-120, got 121"},
		"timeout = interval":   {check(object{"timeout": 30.0}), "timeout is 30 s, interval is 30 s"},
		"interval = timeout":   {check(object{"interval": 5.0}), "timeout is 5 s, interval is 5 s"},
		"healthy 1":            {check(object{"healthyThreshold": 1.0}), "healthyThreshold must be 2-10, got 1"},
		"unhealthy 11":         {check(object{"unhealthyThreshold": 11.0}), "unhealthyThreshold must be 2-10, got 11"},
		"disabled":             {check(object{"enabled": false}), "healthCheck.enabled must be true"},
		"path":                 {check(object{"path": "health"}), "healthCheck.path must be a path that begins with /"},
		"port name":            {check(object{"port": "http"}), "healthCheck.port must be traffic-port or 1-65535"},
		"TCP check":            {check(object{"protocol": "TCP"}), "healthCheck.protocol must be one of HTTP, HTTPS"},
		"matcher 199":          {check(object{"matcher": "199-299"}), "must be codes or ranges of codes in 200-499"},
		"matcher 500":          {check(object{"matcher": "200,500"}), "must be codes or ranges of codes in 200-499"},
		"matcher backwards":    {check(object{"matcher": "299-200"}), "must be codes or ranges of codes in 200-499"},
		"matcher words":        {check(object{"matcher": "ok"}), "must be codes or ranges of codes in 200-499"},
		"gRPC matcher":         {check(object{"matcher": "200"}).with(object{"protocolVersion": "GRPC"}), "must be codes or ranges of codes in 0-99"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(targetGroupToken, "web", groupInputs(tc.in), tc.want)
		})
	}
}

func TestWhatATargetGroupCanBe(t *testing.T) {
	c := newTestCloud(t)
	for _, more := range []object{
		{"port": 1.0}, {"port": 65535.0}, {"protocol": "HTTPS", "protocolVersion": "GRPC"}, {"targetType": "instance"},
		{"deregistrationDelay": 0.0}, {"slowStart": 30.0}, {"slowStart": 900.0},
		{"healthCheck": object{"interval": 5.0, "timeout": 4.0, "healthyThreshold": 2.0, "unhealthyThreshold": 10.0}},
		{"healthCheck": object{"matcher": "200,301-399,499", "port": "8081", "path": "/health?x=1", "protocol": "HTTPS"}},
		{"healthCheck": object{"matcher": "0-99"}, "protocolVersion": "GRPC"},
		{"stickiness": object{"type": "app_cookie", "cookieName": "session", "enabled": true}},
		{"loadBalancingAlgorithmType": "weighted_random", "loadBalancingAnomalyMitigation": "on"},
		{"ipAddressType": "ipv6"},
	} {
		c.create(targetGroupToken, "web"+c.serial(), groupInputs(more))
	}
	for _, missing := range []string{"port", "protocol", "vpcId"} {
		c.refused(targetGroupToken, "web", groupInputs(nil).without(missing), missing)
	}
}

func TestWhatAChangeOfATargetGroupDoes(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(targetGroupToken, "web", groupInputs(object{"healthCheck": object{"path": "/a"}}))
	for property, value := range map[string]any{
		"port": 81.0, "protocol": "HTTPS", "protocolVersion": "HTTP2", "targetType": "instance", "name": "other", "vpcId": "vpc-1",
		"ipAddressType": "ipv6",
	} {
		d := c.changeOf(targetGroupToken, id, groupInputs(object{property: value}))
		assert.Equal(t, []string{property}, d.replaces)
	}
	assert.Empty(t, c.changeOf(targetGroupToken, id, groupInputs(nil)).changed, "a health check stays when it is taken away")
	updated := c.update(targetGroupToken, id, groupInputs(object{"healthCheck": object{"path": "/b"}}))
	assert.Equal(t, "/b", updated.object("healthCheck").str("path"))
	assert.Equal(t, state.str("arn"), updated.str("arn"))
}

func TestATargetGroupInUseStays(t *testing.T) {
	b := newBalanced(t)
	byRule, byListener := b.group("rule", nil), b.group("listener", nil)
	rule, _ := b.create(listenerRuleToken, "rule", b.ruleInputs(byRule, 1))
	b.update(listenerToken, b.plain, b.listenerInputs(80, object{"defaultActions": []any{forwardTo(byListener)}}))
	for _, group := range []string{byRule, byListener} {
		assert.Equal(t, []string{b.balancer}, b.balancersOf(group))
		assert.ErrorContains(t, b.tryDelete(targetGroupToken, group),
			"ResourceInUse: Target group '"+group+"' is currently in use by a listener or a rule")
	}
	b.delete(listenerRuleToken, rule)
	b.delete(targetGroupToken, byRule)
}

func TestTargets(t *testing.T) {
	c := newTestCloud(t)
	instances, addresses := c.group("i", object{"targetType": "instance"}), c.group("ip", nil)
	vpc, _ := c.create(vpcToken, "other", object{"cidrBlock": "10.30.0.0/16"})
	foreign := c.group("foreign", object{"targetType": "instance", "vpcId": vpc})
	target := func(group, id string) object { return object{"targetGroupArn": group, "targetId": id} }
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"no such group":    {target("arn", seededInstance), "TargetGroupNotFound"},
		"no such instance": {target(instances, "i-0"), "InvalidTarget"},
		"another VPC":      {target(foreign, seededInstance), "are not in the target group VPC '" + vpc + "'"},
		"address outside":  {target(addresses, "10.30.0.4"), "is not within a subnet of the VPC"},
		"no address":       {target(addresses, seededInstance), "is not a valid IPv4 or IPv6 address"},
		"port":             {target(instances, seededInstance).with(object{"port": 65536.0}), "port must be 1-65535"},
		"availabilityZone": {target(addresses, "10.20.0.4").with(object{"availabilityZone": "all"}), "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(targetGroupAttachmentToken, "target", tc.in, tc.want)
		})
	}
	c.t = t
	id, _ := c.create(targetGroupAttachmentToken, "i", target(instances, seededInstance).with(object{"port": 443.0}))
	c.create(targetGroupAttachmentToken, "ip", target(addresses, "10.20.0.4"))
	d := c.changeOf(targetGroupAttachmentToken, id, target(instances, seededInstance).with(object{"port": 444.0}))
	assert.Equal(t, []string{"port"}, d.replaces)
	c.delete(targetGroupToken, instances)
	assert.Nil(t, c.state(targetGroupAttachmentToken, id), "targets are deregistered with their group")
}

func TestAStoppedInstanceIsNoTarget(t *testing.T) {
	c := newTestCloud(t)
	group := c.group("i", object{"targetType": "instance"})
	c.change(func(t *tx) {
		instance, _ := t.get(instanceToken, seededInstance)
		t.set(instanceToken, seededInstance, instance.with(object{"instanceState": "stopped"}))
	})
	c.refused(targetGroupAttachmentToken, "i", object{"targetGroupArn": group, "targetId": seededInstance},
		"InvalidTarget: The following targets are not in a running state")
}
