package registered

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// Silent are notes about alarms that watch nothing and so never fire. AWS takes any
// dimension: a metric may come later. That something is not registered is only said where
// everything that there is is among the resources.
func (m *Model) Silent() []Note { return m.silent }

func (r *reader) readAlarms() {
	for _, alarm := range r.all[typeAlarm] {
		r.readAlarm(alarm, "dimensions", alarm.object)
		for i, query := range alarm.blocks("metricQueries") {
			r.readAlarm(alarm, fmt.Sprintf("metricQueries[%d].metric.dimensions", i), query.block("metric"))
		}
	}
}

func (r *reader) readAlarm(alarm *resource, property string, metric object) {
	why := ""
	region, name, dimensions := alarm.region(), metric.str("metricName"), metric.block("dimensions")
	switch metric.str("namespace") {
	case "AWS/ApplicationELB":
		why = r.silentLoadBalancer(region, name, dimensions)
	case "AWS/CloudFront":
		why = r.silentDistribution(region, dimensions)
	case "AWS/WAFV2":
		why = r.silentWebACL(region, dimensions)
	case "AWS/CertificateManager":
		why = r.silentCertificate(region, dimensions)
	case "AWS/ECS", "ECS/ContainerInsights":
		why = r.silentService(region, dimensions)
	}
	if why != "" {
		r.silent = append(r.silent, Note{Resource: alarm.label(), Property: property, Text: "it watches nothing, so it never fires: " + why})
	}
}

var (
	loadBalancerSuffix = regexp.MustCompile(`^app/[^/:]+/[0-9a-f]+$`)
	targetGroupSuffix  = regexp.MustCompile(`^targetgroup/[^/:]+/[0-9a-f]+$`)
)

// silentLoadBalancer says why there is no such metric of a load balancer.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (r *reader) silentLoadBalancer(region, name string, dimensions object) string {
	balancer, group := dimensions.str("LoadBalancer"), dimensions.str("TargetGroup")
	const byEnd = "CloudWatch names it by the end of its ARN, such as %q; give the arnSuffix"
	switch {
	case balancer == "":
		return "every metric of a load balancer has the dimension LoadBalancer, those of its targets too; add the load balancer's arnSuffix"
	case !loadBalancerSuffix.MatchString(balancer):
		return fmt.Sprintf("LoadBalancer is %q, but "+byEnd, balancer, "app/web/50dc6c495c0c9188")
	case group != "" && !targetGroupSuffix.MatchString(group):
		return fmt.Sprintf("TargetGroup is %q, but "+byEnd, group, "targetgroup/web/943f017f100becff")
	case group == "" && (name == "HealthyHostCount" || name == "UnHealthyHostCount"):
		return name + " is counted for each target group; add TargetGroup, with the target group's arnSuffix"
	case !r.registered(typeLoadBalancer, region, "loadbalancer/"+balancer):
		return fmt.Sprintf("no load balancer %s is registered in %s, where the alarm is", balancer, region)
	case group != "" && !r.registered(typeTargetGroup, region, group):
		return fmt.Sprintf("no target group %s is registered in %s, where the alarm is", group, region)
	}
	return ""
}

// silentDistribution says why there is no such metric of a distribution.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
func (r *reader) silentDistribution(region string, dimensions object) string {
	id := dimensions.str("DistributionId")
	switch {
	case id == "" || dimensions.str("Region") != "Global":
		return "every metric of a distribution has the dimensions DistributionId and Region, which is \"Global\"; give both"
	case region != "" && region != awstable.CloudFrontRegion:
		return fmt.Sprintf("it is in %s, and CloudFront has its metrics in %s; make the alarm there", region, awstable.CloudFrontRegion)
	case r.options.Live && r.one(typeDistribution, id) == nil:
		return fmt.Sprintf("no distribution %s is registered", id)
	}
	return ""
}

// silentWebACL says why there is no such metric of a web ACL.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
func (r *reader) silentWebACL(region string, dimensions object) string {
	name, of := dimensions.str("WebACL"), dimensions.str("Region")
	if name == "" || dimensions.str("Rule") == "" {
		return "every metric of a web ACL has the dimensions WebACL and Rule, which is the name of the metric of a rule or \"ALL\"; give both"
	}
	if region != "" && of != "" && of != region {
		return fmt.Sprintf("Region is %q, and a web ACL has its metrics where it is; make the alarm there", of)
	}
	scope := "CLOUDFRONT"
	if of != "" {
		scope = "REGIONAL"
	}
	known := slices.ContainsFunc(r.all[typeWebACL], func(acl *resource) bool {
		return acl.block("visibilityConfig").str("metricName") == name && acl.str("scope") == scope
	})
	if r.options.Live && !known {
		return fmt.Sprintf("no web ACL of scope %s with the name of metric %q is registered; one of scope REGIONAL has the dimension Region as well", scope, name)
	}
	return ""
}

// silentCertificate says why there is no such metric of a certificate.
// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
func (r *reader) silentCertificate(region string, dimensions object) string {
	arn := dimensions.str("CertificateArn")
	parts := strings.Split(arn, ":")
	switch {
	case len(parts) < 6 || parts[2] != "acm":
		return fmt.Sprintf("CertificateArn must be the ARN of a certificate, got %q", arn)
	case region != "" && parts[3] != region:
		return fmt.Sprintf("the certificate is in %s and the alarm in %s; make the alarm where the certificate is", parts[3], region)
	case r.options.Live && r.one("aws:acm/certificate:Certificate", arn) == nil:
		return fmt.Sprintf("no certificate %s is registered", arn)
	}
	return ""
}

// silentService says why there is no such metric of a service.
// Sourced: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
func (r *reader) silentService(region string, dimensions object) string {
	for _, d := range []struct{ dimension, kind, arn string }{
		{"ClusterName", "aws:ecs/cluster:Cluster", "cluster/"}, {"ServiceName", typeService, "service/" + dimensions.str("ClusterName") + "/"},
	} {
		name := dimensions.str(d.dimension)
		switch {
		case strings.ContainsAny(name, ":/"):
			return fmt.Sprintf("%s is %q, but CloudWatch goes by the name alone; give the name", d.dimension, name)
		case name != "" && !r.registered(d.kind, region, d.arn+name):
			return fmt.Sprintf("no %s %s is registered in %s, where the alarm is", strings.TrimSuffix(d.dimension, "Name"), name, region)
		}
	}
	if dimensions.str("ClusterName") == "" {
		return "every metric of ECS has the dimension ClusterName; add it"
	}
	return ""
}

// registered says whether there is a resource of a type whose ARN is of the Region and ends
// in this. It is taken to be there where not everything is among the resources.
func (r *reader) registered(kind, region, end string) bool {
	return !r.options.Live || region == "" || slices.ContainsFunc(r.all[kind], func(one *resource) bool {
		arn := one.str("arn")
		if arn == "" {
			arn = one.id
		}
		return one.region() == region && strings.HasSuffix(arn, ":"+end)
	})
}
