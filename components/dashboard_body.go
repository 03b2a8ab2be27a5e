package components

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/firstboot"
)

// Sizes of widgets on the grid, which has 24 columns.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const (
	gridColumns  = 24
	titleHeight  = 1
	graphWidth   = 8
	graphHeight  = 6
	statesHeight = 4
)

// graph is one graph of a row.
type graph struct {
	title  string
	series []series
}

// series is one line of a graph.
type series struct {
	label string
	metric
}

// layout places widgets in rows.
type layout struct {
	widgets pulumi.Array
	y       int
}

func (l *layout) add(kind string, x, width, height int, properties pulumi.Map) {
	l.widgets = append(l.widgets, pulumi.Map{
		"type": pulumi.String(kind), "x": pulumi.Int(x), "y": pulumi.Int(l.y), "width": pulumi.Int(width), "height": pulumi.Int(height),
		"properties": properties,
	})
}

func (l *layout) title(markdown string) {
	l.add("text", 0, gridColumns, titleHeight, pulumi.Map{"markdown": pulumi.String(markdown)})
	l.y += titleHeight
}

// row is a hop's graphs under its title.
func (l *layout) row(title, region string, graphs ...graph) {
	l.title("## " + title)
	for i, g := range graphs {
		metrics := pulumi.Array{}
		for _, s := range g.series {
			metric := pulumi.Array{pulumi.String(s.namespace), pulumi.String(s.name)}
			for _, d := range s.dimensions {
				metric = append(metric, pulumi.String(d.name), d.value)
			}
			metrics = append(metrics, append(metric, pulumi.Map{"label": pulumi.String(s.label), "stat": pulumi.String(s.stat)}))
		}
		l.add("metric", i*graphWidth, graphWidth, graphHeight, pulumi.Map{
			"title": pulumi.String(g.title), "region": pulumi.String(region), "view": pulumi.String("timeSeries"),
			"period": pulumi.Int(oneMinute), "metrics": metrics,
		})
	}
	l.y += graphHeight
}

// states are those of alarms.
func (l *layout) states(alarms []*Alarms) {
	var arns pulumi.StringArray
	for _, a := range alarms {
		for _, kind := range slices.Sorted(maps.Keys(a.MetricAlarms)) {
			arns = append(arns, a.MetricAlarms[kind].Arn)
		}
		for _, instance := range slices.Sorted(maps.Keys(a.InstanceAlarms)) {
			arns = append(arns, a.InstanceAlarms[instance].Arn)
		}
	}
	if len(arns) > 0 {
		l.add("alarm", 0, gridColumns, statesHeight, pulumi.Map{"title": pulumi.String("Alarms"), "alarms": arns})
		l.y += statesHeight
	}
}

// body is the dashboard, hop by hop.
func (c *Dashboard) body() pulumi.Map {
	l := &layout{}
	l.title("# The request path: viewer, web ACL, distribution, load balancer, targets, tasks")
	l.states(c.args.Alarms)
	for _, w := range c.args.WebAcls {
		l.webACL(w)
	}
	for _, f := range c.args.Fronts {
		l.distribution(f)
	}
	for _, b := range c.args.LoadBalancers {
		l.loadBalancer(b, c.region)
	}
	for _, r := range c.args.routes() {
		l.targets(r, c.region)
	}
	for _, s := range c.args.Services {
		l.tasks(s, c.region)
	}
	for _, i := range c.args.Instances {
		l.instance(i, c.region)
	}
	for _, d := range c.args.Domains {
		region := c.region
		if d.ForCloudFront() {
			region = awstable.CloudFrontRegion
		}
		l.row("Certificate "+d.name, region, graph{"Days until it ends", []series{{d.DomainName(), d.daysLeft()}}})
	}
	return pulumi.Map{"widgets": l.widgets}
}

func (l *layout) webACL(w *WebAcl) {
	l.row("Web ACL "+w.name+": what it does with requests", w.region,
		graph{"Requests", []series{
			{"Allowed", w.metric("AllowedRequests")}, {"Counted", w.metric("CountedRequests")}, {"Blocked", w.metric("BlockedRequests")},
		}})
}

func (l *layout) distribution(f *CloudFrontFront) {
	l.row("Distribution "+f.name+": what viewers get", awstable.CloudFrontRegion,
		graph{"Requests", []series{{"Requests", f.metric("Requests", "Sum")}}},
		graph{"Errors, percent of requests", []series{
			{"5xx", f.metric("5xxErrorRate", "Average")}, {"4xx", f.metric("4xxErrorRate", "Average")},
		}},
		graph{"Bytes to viewers", []series{{"Bytes", f.metric("BytesDownloaded", "Sum")}}})
}

func (l *layout) loadBalancer(b *SecuredALB, region string) {
	l.row("Load balancer "+b.name+": what it answers itself", region,
		graph{"Requests", []series{{"Requests", b.metric("RequestCount")}}},
		graph{"Answers of its own", []series{
			{"5xx", b.metric("HTTPCode_ELB_5XX_Count")}, {"4xx", b.metric("HTTPCode_ELB_4XX_Count")},
		}},
		graph{"Connections", []series{
			{"Active", b.metric("ActiveConnectionCount")}, {"Rejected", b.metric("RejectedConnectionCount")},
			{"TLS errors of clients", b.metric("ClientTLSNegotiationErrorCount")},
		}})
}

func (l *layout) targets(r *ServiceRoute, region string) {
	l.row("Targets of route "+r.name+": what the application answers", region,
		graph{"Answers", []series{
			{"2xx", r.metric("HTTPCode_Target_2XX_Count", "Sum")}, {"4xx", r.metric("HTTPCode_Target_4XX_Count", "Sum")},
			{"5xx", r.metric("HTTPCode_Target_5XX_Count", "Sum")},
		}},
		graph{"Seconds to answer", []series{
			{"p50", r.metric("TargetResponseTime", "p50")}, {"p95", r.metric("TargetResponseTime", "p95")},
		}},
		graph{"Targets", []series{
			{"Healthy", r.metric("HealthyHostCount", "Minimum")}, {"Unhealthy", r.metric("UnHealthyHostCount", "Maximum")},
		}})
}

func (l *layout) tasks(s *PrivateFargateService, region string) {
	const insights, ecs = "ECS/ContainerInsights", "AWS/ECS"
	l.row("Tasks of service "+s.name, region,
		graph{"Tasks, with Container Insights", []series{
			{"Desired", s.metric(insights, "DesiredTaskCount")}, {"Running", s.metric(insights, "RunningTaskCount")},
		}},
		graph{"CPU, percent", []series{{"CPU", s.metric(ecs, "CPUUtilization")}}},
		graph{"Memory, percent", []series{{"Memory", s.metric(ecs, "MemoryUtilization")}}})
}

// instance has its metrics, and what it reports about its certificate.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
func (l *layout) instance(i *TLSInstance, region string) {
	ec2 := func(name, stat string) metric {
		return metric{"AWS/EC2", name, stat, []dimension{{"InstanceId", i.InstanceId}}}
	}
	l.row("Instance "+i.name, region,
		graph{"Failed status checks", []series{{"Failed", ec2("StatusCheckFailed", "Maximum")}}},
		graph{"CPU, percent", []series{{"CPU", ec2("CPUUtilization", "Average")}}},
		graph{"Days until its certificate ends", []series{{i.OriginDomainName(), metric{
			firstboot.MetricNamespace, firstboot.MetricName, "Minimum",
			[]dimension{{firstboot.MetricDimension, pulumi.String(i.OriginDomainName())}},
		}}}})
}
