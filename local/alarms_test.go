package local_test

import (
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

// Every variant gets its alarms and its dashboard, on a stack that serves, and loses them
// again.
func TestAlarmsOfEveryVariant(t *testing.T) {
	want := map[string][]string{
		stacks.VariantALB: {
			"alarms-certificate-viewer", "alarms-load-balancer-5xx-web", "alarms-rejected-connections-web", "alarms-running-tasks-app",
			"alarms-target-5xx-app", "alarms-target-p95-app", "alarms-unhealthy-hosts-app",
		},
		stacks.VariantCloudFrontALB: {
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
	for variant, names := range want {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			stack := variantStack(t, variant)
			stack.Up()
			before := alarmNames(stack)
			stop := askThroughout(t, stack)

			stack.Configure("portico:alarms", map[string]any{"emails": []string{"oncall@example.com"}})
			stack.Configure("portico:dashboard", "true")
			for _, step := range stack.Up().Changes() {
				assert.Equal(t, "create", step.Op, step.URN)
			}
			assert.ElementsMatch(t, names, alarmNames(stack))
			assert.Len(t, stack.Account().All(cloudwatch.DashboardToken), 1)
			assert.Empty(t, stack.Up().Changes(), "the second update")
			assert.Empty(t, stack.Refresh().Changes())
			assertTold(t, stack)
			assert.Empty(t, silentOf(t, stack), "every alarm watches something")

			stack.Configure("portico:alarms", map[string]any{})
			stack.Configure("portico:dashboard", "false")
			for _, step := range stack.Up().Changes() {
				assert.Equal(t, "delete", step.Op, step.URN)
			}
			stop()
			assert.Equal(t, before, alarmNames(stack))
			assert.Empty(t, stack.Up().Changes())
			stack.Destroy()
			assertSeed(t, stack)
		})
	}
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
