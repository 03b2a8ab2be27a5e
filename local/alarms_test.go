package local_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/sns"
	"github.com/portico-iac/portico/stacks"
)

// alarmNames are the alarms of the account without what makes their names unique.
func alarmNames(stack *local.Stack) []string {
	var all []string
	for _, token := range []string{cloudwatch.MetricAlarmToken, cloudwatch.CompositeAlarmToken} {
		for _, alarm := range stack.Account().All(token) {
			name := core.Object(alarm).Str("id")
			if token == cloudwatch.MetricAlarmToken {
				name = name[:strings.LastIndex(name, "-")]
			}
			all = append(all, name)
		}
	}
	return all
}

// variantAlarms are those that every variant gets from portico:alarms, with its own.
var variantAlarms = map[string][]string{
	stacks.VariantALB: {
		"alarms-certificate-viewer", "alarms-load-balancer-5xx-web", "alarms-rejected-connections-web", "alarms-running-tasks-app",
		"alarms-target-5xx-app", "alarms-target-p95-app", "alarms-unhealthy-hosts-app",
	},
	stacks.VariantCloudFrontALB: {
		"alarms-certificate-origin", "alarms-load-balancer-5xx-web", "alarms-rejected-connections-web", "alarms-running-tasks-app",
		"alarms-target-5xx-app", "alarms-target-p95-app", "alarms-unhealthy-hosts-app",
		"alarms-cloudfront-cloudfront-5xx-front", "alarms-cloudfront-certificate-viewer",
	},
	stacks.VariantCloudFrontVPCALB: {
		"alarms-certificate-origin", "alarms-load-balancer-5xx-web", "alarms-rejected-connections-web", "alarms-running-tasks-app",
		"alarms-target-5xx-app", "alarms-target-p95-app", "alarms-unhealthy-hosts-app",
		"alarms-cloudfront-cloudfront-5xx-front", "alarms-cloudfront-certificate-viewer",
	},
	stacks.VariantCloudFrontEC2: {
		"alarms-cloudfront-cloudfront-5xx-front", "alarms-cloudfront-certificate-viewer", "origin-certificate",
		"portico-test-alarms-instance-certificate-origin",
	},
	stacks.VariantALBEC2: {
		"alarms-certificate-viewer", "alarms-load-balancer-5xx-web", "alarms-rejected-connections-web",
		"alarms-target-5xx-app", "alarms-target-p95-app", "alarms-unhealthy-hosts-app",
	},
}

// alarms is portico:alarms with portico:dashboard, which only make resources of their own.
var alarms = feature{
	on: func(stack *local.Stack) {
		stack.Configure("portico:alarms", map[string]any{"emails": []string{"oncall@example.com"}})
		stack.Configure("portico:dashboard", "true")
	},
	off: func(stack *local.Stack) {
		stack.Configure("portico:alarms", map[string]any{})
		stack.Configure("portico:dashboard", "false")
	},
	assertOn: func(t *testing.T, stack *local.Stack, variant string, steps map[string]int) {
		assert.Equal(t, []string{"create"}, slices.Collect(maps.Keys(steps)))
		assert.ElementsMatch(t, variantAlarms[variant], alarmNames(stack))
		assert.Len(t, stack.Account().All(cloudwatch.DashboardToken), 1)
		assertTold(t, stack)
		assert.Empty(t, silentOf(t, stack), "every alarm watches something")
	},
	assertOff: func(t *testing.T, stack *local.Stack, variant string, steps map[string]int) {
		assert.Equal(t, []string{"delete"}, slices.Collect(maps.Keys(steps)))
		assert.Empty(t, stack.Account().All(cloudwatch.DashboardToken))
		assert.Empty(t, stack.Account().All(cloudwatch.CompositeAlarmToken))
		own := 0
		if variant == stacks.VariantCloudFrontEC2 {
			own = 1 // the instance's
		}
		assert.Len(t, alarmNames(stack), own)
	},
}

// makeTopics makes a topic in each of the Regions of a stack, outside of the stack, and
// returns their ARNs by Region.
func makeTopics(stack *local.Stack) map[string]string {
	arns := map[string]string{}
	stack.Change(func(t *core.Tx) {
		for _, region := range []string{"ap-northeast-1", "us-east-1"} {
			arn := "arn:aws:sns:" + region + ":123456789012:oncall"
			t.In(region).Set(sns.TopicToken, arn, core.Object{"arn": arn, "name": "oncall", "displayName": "On call"})
			arns[region] = arn
		}
	})
	return arns
}

// assertTells asserts that the alarms with actions tell the topic of their Region.
func assertTells(t *testing.T, stack *local.Stack, topics map[string]string) {
	t.Helper()
	assert.Empty(t, stack.Account().All(sns.TopicPolicyToken))
	for _, alarm := range stack.Account().All(cloudwatch.MetricAlarmToken) {
		region := strings.Split(core.Object(alarm).Str("arn"), ":")[3]
		if actions := core.Object(alarm).Strs("alarmActions"); len(actions) > 0 {
			assert.Equal(t, []string{topics[region]}, actions)
		}
	}
}

// A deployment whose tasks raise an alarm is rolled back: the update is red, and the old
// tasks answer every request. Alarms come and go on a service that runs.
func TestADeploymentThatRaisesAnAlarmIsRolledBack(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{"services[0].circuitBreaker": "false"})
	stack.Up()
	first := revisionOf(t, stack)
	stop := askThroughout(t, stack)
	stack.Configure("portico:services[0].deploymentAlarms", []string{"target-5xx", "unhealthy-hosts"})
	assert.ElementsMatch(t, []string{"create app-target-5xx-deployment", "create app-unhealthy-hosts-deployment", "update app"}, names(stack.Up().Changes()))
	assert.Empty(t, stack.Up().Changes())
	assert.Empty(t, stack.Refresh().Changes())
	assert.Empty(t, silentOf(t, stack))

	stack.Configure(imageKey, image+"raises-alarm")
	_, err := stack.TryUp()
	require.ErrorContains(t, err, `PrivateFargateService "app": its tasks must run the revision asked for, `)
	assert.ErrorContains(t, err, "was rolled back to "+first+": alarm(s) detected: app-target-5xx-deployment-")
	assert.ErrorContains(t, err, "or raised one of deploymentAlarms, and ECS has rolled back")
	t.Log(err)
	assert.Equal(t, first, revisionOf(t, stack))

	stack.Configure(imageKey, image+"1.29")
	stack.Up()
	assert.NotEqual(t, first, revisionOf(t, stack))
	stack.Configure("portico:services[0].deploymentAlarms", "")
	assert.ElementsMatch(t, []string{"update app", "delete app-target-5xx-deployment", "delete app-unhealthy-hosts-deployment"}, names(stack.Up().Changes()))
	stop()
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
	assertSeed(t, stack)
}

// assertTold asserts that every alarm tells a topic of its Region that somebody has
// subscribed to.
func assertTold(t *testing.T, stack *local.Stack) {
	t.Helper()
	account := stack.Account()
	subscribed := map[string]bool{}
	for _, s := range account.All(sns.SubscriptionToken) {
		subscribed[core.Object(s).Str("topic")] = true
	}
	for _, token := range []string{cloudwatch.MetricAlarmToken, cloudwatch.CompositeAlarmToken} {
		for _, a := range account.All(token) {
			alarm := core.Object(a)
			if strings.HasPrefix(alarm.Str("id"), "origin-certificate") {
				continue // the instance's own, which a composite alarm passes on
			}
			require.Len(t, alarm.Strs("alarmActions"), 1, alarm.Str("id"))
			assert.True(t, subscribed[alarm.Strs("alarmActions")[0]], alarm.Str("id"))
			assert.Equal(t, alarm.Strs("alarmActions"), alarm.Strs("okActions"))
		}
	}
}

func assertSeed(t *testing.T, stack *local.Stack) {
	t.Helper()
	left, err := stack.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}
