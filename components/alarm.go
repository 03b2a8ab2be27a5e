package components

import (
	"fmt"
	"path"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarmPage has a section of the name of each kind of alarm: what it means and what to do.
const alarmPage = "https://github.com/portico-iac/portico/blob/main/docs/troubleshooting.md#"

// metric is one metric of CloudWatch, as alarms and dashboards name it.
type metric struct {
	namespace, name string
	// stat is Average, Maximum, Minimum, Sum or a percentile.
	stat       string
	dimensions []dimension
}

// dimension is one of the names that identify a metric. AWS does not check them: an alarm
// with a wrong one watches nothing.
type dimension struct {
	name  string
	value pulumi.StringInput
}

func (m metric) dimensionMap() pulumi.StringMap {
	all := pulumi.StringMap{}
	for _, d := range m.dimensions {
		all[d.name] = d.value
	}
	return all
}

// metric of the load balancer itself, counted.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (c *SecuredALB) metric(name string) metric {
	return metric{"AWS/ApplicationELB", name, "Sum", []dimension{{"LoadBalancer", c.LoadBalancer.ArnSuffix}}}
}

// metric of the targets of the route, for which AWS wants the load balancer as well.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (c *ServiceRoute) metric(name, stat string) metric {
	return metric{"AWS/ApplicationELB", name, stat, []dimension{
		{"TargetGroup", c.TargetGroup.ArnSuffix}, {"LoadBalancer", c.listener.loadBalancerSuffix},
	}}
}

// metric in the namespace ECS/ContainerInsights, which needs Container Insights, or AWS/ECS.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
func (c *PrivateFargateService) metric(namespace, name string) metric {
	cluster := c.ClusterArn.ApplyT(path.Base).(pulumi.StringOutput)
	return metric{namespace, name, "Average", []dimension{{"ClusterName", cluster}, {"ServiceName", c.ServiceName}}}
}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
func (c *CloudFrontFront) metric(name, stat string) metric {
	return metric{"AWS/CloudFront", name, stat, []dimension{
		{"DistributionId", c.DistributionId}, {"Region", pulumi.String("Global")},
	}}
}

// https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
func (d *CertifiedDomain) daysLeft() metric {
	return metric{"AWS/CertificateManager", "DaysToExpiry", "Minimum", []dimension{{"CertificateArn", d.CertificateArn}}}
}

// alarm is one alarm on a metric.
type alarm struct {
	// kind is what it is about, and the section of alarmPage; of is the name of what it
	// watches. Together they name the resource.
	kind, of string
	// hop is where on the request path it looks, and means what its being raised says.
	hop, means string
	metric     metric
	// lacks is a metric of which metric should be no less: the alarm watches how much it
	// is.
	lacks *metric
	// below says that it is raised below the threshold, not at it or above.
	below     bool
	threshold float64
	// seconds is the period, of which all of so many in a row must be over the threshold.
	seconds, periods int
	// missing is what a period without data counts as, and why.
	missing string
}

// What a period without data counts as.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const (
	// missingIsFine: the metric is there only when something happened, or for requests.
	missingIsFine = "notBreaching"
	// missingChangesNothing: an expired certificate has no metric any more, and its alarm
	// must not end.
	missingChangesNothing = "ignore"
	// missingIsUnknown: the alarm says INSUFFICIENT_DATA.
	missingIsUnknown = "missing"
)

func (a alarm) name() string { return a.kind + "-" + a.of }

// describeAlarm is what those who are told read.
func describeAlarm(hop, means, kind string) string {
	return fmt.Sprintf("Hop: %s. %s. What to do: %s%s", hop, means, alarmPage, kind)
}

// register makes the alarm, with the same actions when it is raised and when it is over.
func (a alarm) register(
	ctx *pulumi.Context, owner string, actions pulumi.ArrayInput, tags map[string]string, opts ...pulumi.ResourceOption,
) (*cloudwatch.MetricAlarm, error) {
	operator := "GreaterThanOrEqualToThreshold"
	if a.below {
		operator = "LessThanThreshold"
	}
	args := &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(describeAlarm(a.hop, a.means, a.kind)),
		ComparisonOperator: pulumi.String(operator),
		Threshold:          pulumi.Float64(a.threshold),
		EvaluationPeriods:  pulumi.Int(a.periods),
		TreatMissingData:   pulumi.String(a.missing),
		AlarmActions:       actions,
		OkActions:          actions,
		Tags:               resourceTags(tags),
	}
	if a.lacks == nil {
		a.watchMetric(args)
	} else {
		a.watchDifference(args)
	}
	return cloudwatch.NewMetricAlarm(ctx, owner+"-"+a.name(), args, opts...)
}

func (a alarm) watchMetric(args *cloudwatch.MetricAlarmArgs) {
	args.Namespace, args.MetricName = pulumi.String(a.metric.namespace), pulumi.String(a.metric.name)
	args.Dimensions, args.Period = a.metric.dimensionMap(), pulumi.Int(a.seconds)
	if a.metric.stat[0] == 'p' {
		args.ExtendedStatistic = pulumi.String(a.metric.stat)
	} else {
		args.Statistic = pulumi.String(a.metric.stat)
	}
}

// watchDifference has CloudWatch compute what is missing.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
func (a alarm) watchDifference(args *cloudwatch.MetricAlarmArgs) {
	query := func(id string, m metric) cloudwatch.MetricAlarmMetricQueryArgs {
		return cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String(id), Metric: cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace: pulumi.String(m.namespace), MetricName: pulumi.String(m.name), Dimensions: m.dimensionMap(),
			Stat: pulumi.String(m.stat), Period: pulumi.Int(a.seconds),
		}}
	}
	args.MetricQueries = cloudwatch.MetricAlarmMetricQueryArray{
		cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String("missing"), Expression: pulumi.String("wanted - there"), ReturnData: pulumi.Bool(true),
			Label: pulumi.String("Missing"),
		},
		query("wanted", *a.lacks), query("there", a.metric),
	}
}
