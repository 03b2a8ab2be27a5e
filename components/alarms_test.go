package components_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	typeComposite   = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	typeEventRule   = "aws:cloudwatch/eventRule:EventRule"
	typeEventTarget = "aws:cloudwatch/eventTarget:EventTarget"
	typeTopic       = "aws:sns/topic:Topic"
	typeSubscribed  = "aws:sns/topicSubscription:TopicSubscription"
)

// webAlarms is a load balancer with a service, and the alarms of both.
func webAlarms(t *testing.T, changes ...func(*components.AlarmsArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		u := use{t: t, ctx: ctx}
		web := u.alb()
		args := &components.AlarmsArgs{
			Emails:        []string{"oncall@example.com"},
			LoadBalancers: []*components.SecuredALB{web}, Services: []*components.PrivateFargateService{u.service(web)},
			Domains: []*components.CertifiedDomain{u.domain("app")},
		}
		for _, change := range changes {
			change(args)
		}
		_, err := components.NewAlarms(ctx, "oncall", args)
		return err
	}
}

// Each alarm watches the metric of its hop by exactly AWS's dimensions.
func TestWhatAlarmsWatch(t *testing.T) {
	g := componentstest.Deploy(t, webAlarms(t), existing()...)
	loadBalancer := map[string]any{"LoadBalancer": g.One(t, typeLoadBalancer).Output("arnSuffix")}
	targets := map[string]any{"LoadBalancer": loadBalancer["LoadBalancer"], "TargetGroup": g.One(t, typeTargetGroup).Output("arnSuffix")}
	const atLeast, fine = "GreaterThanOrEqualToThreshold", "notBreaching"
	for name, want := range map[string]map[string]any{
		"oncall-load-balancer-5xx-web": {
			"namespace": "AWS/ApplicationELB", "metricName": "HTTPCode_ELB_5XX_Count", "statistic": "Sum", "dimensions": loadBalancer,
			"threshold": 10, "period": 300, "evaluationPeriods": 1, "comparisonOperator": atLeast, "treatMissingData": fine,
		},
		"oncall-rejected-connections-web": {
			"metricName": "RejectedConnectionCount", "statistic": "Sum", "dimensions": loadBalancer, "threshold": 1, "period": 300,
			"treatMissingData": fine,
		},
		"oncall-target-5xx-app": {
			"metricName": "HTTPCode_Target_5XX_Count", "statistic": "Sum", "dimensions": targets, "threshold": 10, "treatMissingData": fine,
		},
		"oncall-unhealthy-hosts-app": {
			"metricName": "UnHealthyHostCount", "statistic": "Maximum", "dimensions": targets, "threshold": 1,
			"period": 60, "evaluationPeriods": 5, "treatMissingData": fine,
		},
		"oncall-target-p95-app": {
			"metricName": "TargetResponseTime", "extendedStatistic": "p95", "dimensions": targets, "threshold": 3, "treatMissingData": fine,
		},
		"oncall-certificate-app": {
			"namespace": "AWS/CertificateManager", "metricName": "DaysToExpiry", "statistic": "Minimum", "threshold": 21, "period": 86400,
			"comparisonOperator": "LessThanThreshold", "treatMissingData": "ignore",
		},
		"oncall-running-tasks-app": {
			"metricQueries[0].expression": "wanted - there", "metricQueries[0].returnData": true,
			"metricQueries[1].metric.metricName": "DesiredTaskCount", "metricQueries[2].metric.metricName": "RunningTaskCount",
			"metricQueries[2].metric.namespace": "ECS/ContainerInsights", "metricQueries[2].metric.stat": "Average",
			"threshold": 1, "evaluationPeriods": 10, "comparisonOperator": atLeast, "treatMissingData": "missing",
		},
	} {
		alarm := g.Get(t, typeAlarm, name)
		for property, value := range want {
			assert.Equal(t, value, alarm.Input(property), "%s: %s", name, property)
		}
		assert.Equal(t, []any{g.One(t, typeTopic).Output("arn")}, alarm.Input("alarmActions"), name)
		assert.Equal(t, alarm.Input("alarmActions"), alarm.Input("okActions"), name)
	}
	assert.Len(t, g.OfType(typeAlarm), 7)
	tasks := g.Get(t, typeAlarm, "oncall-running-tasks-app")
	service, cluster := g.One(t, "aws:ecs/service:Service"), g.One(t, typeCluster)
	assert.Equal(t, service.Output("name"), tasks.Input("metricQueries[1].metric.dimensions.ServiceName"))
	assert.True(t, strings.HasSuffix(cluster.Output("arn").(string), "/"+tasks.Input("metricQueries[1].metric.dimensions.ClusterName").(string)))
}

// CloudFront's are in us-east-1, and tell the topic there.
func TestAlarmsOfADistribution(t *testing.T) {
	g := deployUse(t, "Alarms, of a distribution")
	alarm := g.Get(t, typeAlarm, "cdn-oncall-cloudfront-5xx-cdn")
	assert.Equal(t, map[string]any{"DistributionId": g.One(t, typeDistribution).ID, "Region": "Global"}, alarm.Input("dimensions"))
	assert.Equal(t, "5xxErrorRate", alarm.Input("metricName"))
	for _, a := range g.OfType(typeAlarm) {
		assert.Equal(t, []any{someFrontTopicArn}, a.Input("alarmActions"), a.Name)
		assert.Contains(t, a.Output("arn"), ":us-east-1:", a.Name)
	}
	assert.Empty(t, g.OfType(typeTopic), "the topics exist")
	assert.Empty(t, g.OfType(typeSubscribed))
}

// What is told says which hop it is, and its page is there.
func TestEveryAlarmHasItsPage(t *testing.T) {
	page, err := os.ReadFile("../docs/troubleshooting.md")
	require.NoError(t, err)
	operations, err := os.ReadFile("../docs/operations.md")
	require.NoError(t, err)
	link := regexp.MustCompile(`^Hop: [^.]+\. .+\. What to do: https://github\.com/portico-iac/portico/blob/main/docs/troubleshooting\.md#([a-z0-9-]+)$`)
	kinds := map[string]bool{}
	check := func(text any) {
		t.Helper()
		found := link.FindStringSubmatch(text.(string))
		require.NotNil(t, found, text)
		assert.Contains(t, string(page), "\n### "+found[1]+"\n")
		assert.Contains(t, string(operations), "\n| `"+found[1]+"` | ")
		assert.LessOrEqual(t, len(text.(string)), 1024)
		kinds[found[1]] = true
	}
	for _, name := range []string{"Alarms, most", "Alarms, of a distribution", "WebAcl, for a load balancer"} {
		g := deployUse(t, name)
		for _, a := range append(g.OfType(typeAlarm), g.OfType(typeComposite)...) {
			if !strings.HasSuffix(a.Name, "small-certificate") { // the instance's own
				check(a.Input("alarmDescription"))
			}
		}
		for _, target := range g.OfType(typeEventTarget) {
			check(strings.Trim(target.Input("inputTransformer.inputTemplate").(string), `"`))
		}
	}
	assert.Len(t, kinds, 11)
}

func TestFailedDeploymentsAreTold(t *testing.T) {
	g := componentstest.Deploy(t, webAlarms(t), existing()...)
	var pattern map[string]any
	require.NoError(t, json.Unmarshal([]byte(g.One(t, typeEventRule).Input("eventPattern").(string)), &pattern))
	assert.Equal(t, map[string]any{
		"source": []any{"aws.ecs"}, "detail-type": []any{"ECS Deployment State Change"},
		"resources": []any{g.One(t, "aws:ecs/service:Service").ID}, "detail": map[string]any{"eventName": []any{"SERVICE_DEPLOYMENT_FAILED"}},
	}, pattern)
	target := g.One(t, typeEventTarget)
	assert.Equal(t, g.One(t, typeTopic).Output("arn"), target.Input("arn"))
	assert.Equal(t, g.One(t, typeEventRule).Output("name"), target.Input("rule"))
	policy := g.One(t, "aws:sns/topicPolicy:TopicPolicy").Input("policy").(string)
	assert.Contains(t, policy, `"Principal":{"Service":"events.amazonaws.com"}`)
	assert.Contains(t, policy, `"ArnLike":{"aws:SourceArn":["arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:*"]}`)
}

// The alarm of an instance is passed on, not made again.
func TestTheAlarmOfAnInstanceIsPassedOn(t *testing.T) {
	g := deployUse(t, "Alarms, most")
	own := g.Get(t, typeAlarm, "small-certificate")
	composite := g.One(t, typeComposite)
	assert.Equal(t, `ALARM("`+own.Output("name").(string)+`")`, composite.Input("alarmRule"))
	assert.Equal(t, "project-stack-oncall-instance-certificate-small", composite.Input("alarmName"))
	assert.False(t, own.Has("alarmActions"))
}

func TestAlarmsSwitchedOff(t *testing.T) {
	off := pulumi.IntRef(0)
	g := componentstest.Deploy(t, webAlarms(t, func(a *components.AlarmsArgs) {
		a.LoadBalancerErrors, a.RejectedConnections, a.TargetErrors, a.UnhealthyHosts = off, off, off, off
		a.TargetP95Milliseconds, a.MissingTasks, a.CertificateDays, a.FailedDeployments = off, off, off, pulumi.BoolRef(false)
	}), existing()...)
	assert.Empty(t, g.OfType(typeAlarm))
	assert.Empty(t, g.OfType(typeEventRule))
	assert.Empty(t, g.OfType(typeEventTarget))
}

func TestRefusedAlarms(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*components.AlarmsArgs)
		want   string
	}{
		"nobody":         {func(a *components.AlarmsArgs) { a.Emails = nil }, `emails: or topicArns is required`},
		"two ways":       {func(a *components.AlarmsArgs) { a.TopicArns = []string{someTopicArn} }, `topicArns: must not be given beside emails`},
		"no address":     {func(a *components.AlarmsArgs) { a.Emails = []string{"oncall"} }, `emails[0]: must be an e-mail address such as "oncall@example.com", got "oncall"`},
		"address twice":  {func(a *components.AlarmsArgs) { a.Emails = append(a.Emails, a.Emails...) }, `emails[1]: is a duplicate`},
		"threshold":      {func(a *components.AlarmsArgs) { a.CloudFrontErrorPercent = pulumi.IntRef(101) }, `cloudFrontErrorPercent: must be 0-100 %, got 101; 0 makes no such alarm`},
		"negative":       {func(a *components.AlarmsArgs) { a.MissingTasks = pulumi.IntRef(-1) }, `missingTasks: must be 0-5000, got -1`},
		"nil":            {func(a *components.AlarmsArgs) { a.LoadBalancers = append(a.LoadBalancers, nil) }, `loadBalancers[1]: must be a component, got nil`},
		"service twice":  {func(a *components.AlarmsArgs) { a.Services = append(a.Services, a.Services...) }, `services[1]: is there twice`},
		"tags":           {func(a *components.AlarmsArgs) { a.Tags = map[string]string{"aws:x": "y"} }, `tags: must not have the key "aws:x"`},
		"another Region": {func(a *components.AlarmsArgs) { a.Emails, a.TopicArns = nil, []string{someFrontTopicArn} }, `topicArns: must have a topic in ap-northeast-1, where the stack is, got ["` + someFrontTopicArn + `"]`},
		"a distribution too": {func(a *components.AlarmsArgs) {
			front, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com"})
			assert.NoError(t, err)
			a.Fronts = []*components.CloudFrontFront{front}
		}, `fronts: and domains and webAcls for CloudFront must not be watched together with anything else`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(webAlarms(t, tt.change), existing()...)
			assert.ErrorContains(t, err, `Alarms "oncall": `+tt.want)
			assert.Empty(t, g.OfType(typeAlarm))
			assert.Empty(t, g.OfType(typeTopic))
		})
	}
}

func TestAlarmsInTheWrongRegion(t *testing.T) {
	_, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		front, err := components.NewCloudFrontFront(ctx, "cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com"})
		if err != nil {
			return err
		}
		_, err = components.NewAlarms(ctx, "oncall", &components.AlarmsArgs{
			Emails: []string{"oncall@example.com"}, Fronts: []*components.CloudFrontFront{front},
		})
		return err
	})
	assert.ErrorContains(t, err, `Alarms "oncall": fronts: must be watched in us-east-1, where CloudFront has its metrics, got a provider in "ap-northeast-1"; `+
		`pass pulumi.Provider with the result of USEast1Provider`)
}

// A route that comes later would not be watched.
func TestAlarmsComeAfterTheirRoutes(t *testing.T) {
	_, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		u := use{t: t, ctx: ctx}
		web := u.alb()
		if _, err := components.PlanServiceRoute("late", &components.ServiceRouteArgs{
			LoadBalancer: web, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-late"),
		}); err != nil {
			return err
		}
		_, err := components.NewAlarms(ctx, "oncall", &components.AlarmsArgs{
			Emails: []string{"oncall@example.com"}, LoadBalancers: []*components.SecuredALB{web},
		})
		return err
	})
	assert.ErrorContains(t, err, `Alarms "oncall": loadBalancers: must have routes that are registered, got route "late"`)
}
