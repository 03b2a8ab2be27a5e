package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
)

func TestSilent(t *testing.T) {
	const (
		alarmType   = "aws:cloudwatch/metricAlarm:MetricAlarm"
		elb         = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:"
		web         = "app/web/50dc6c495c0c9188"
		group       = "targetgroup/web/943f017f100becff"
		certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
	)
	balancer := func(dimensions state) state {
		return state{"namespace": "AWS/ApplicationELB", "metricName": "HTTPCode_ELB_5XX_Count", "dimensions": dimensions}
	}
	of := func(namespace string, dimensions state) state {
		return state{"namespace": namespace, "metricName": "x", "dimensions": dimensions}
	}
	for name, c := range map[string]struct {
		alarm  state
		region string
		want   string // "" for an alarm that watches something
		live   bool   // only known when everything is registered
	}{
		"load balancer":           {balancer(state{"LoadBalancer": web}), "eu-west-1", "", false},
		"its ARN":                 {balancer(state{"LoadBalancer": elb + "loadbalancer/" + web}), "eu-west-1", `LoadBalancer is "` + elb, false},
		"its name":                {balancer(state{"LoadBalancer": "web"}), "eu-west-1", `such as "app/web/50dc6c495c0c9188"; give the arnSuffix`, false},
		"another load balancer":   {balancer(state{"LoadBalancer": "app/api/50dc6c495c0c9188"}), "eu-west-1", "no load balancer app/api/", true},
		"another Region":          {balancer(state{"LoadBalancer": web}), "us-east-1", "no load balancer " + web + " is registered in us-east-1", true},
		"targets":                 {balancer(state{"LoadBalancer": web, "TargetGroup": group}), "eu-west-1", "", false},
		"targets alone":           {balancer(state{"TargetGroup": group}), "eu-west-1", "add the load balancer's arnSuffix", false},
		"target group's ARN":      {balancer(state{"LoadBalancer": web, "TargetGroup": elb + group}), "eu-west-1", "TargetGroup is", false},
		"another target group":    {balancer(state{"LoadBalancer": web, "TargetGroup": group + "0"}), "eu-west-1", "no target group", true},
		"hosts without a group":   {state{"namespace": "AWS/ApplicationELB", "metricName": "UnHealthyHostCount", "dimensions": state{"LoadBalancer": web}}, "eu-west-1", "add TargetGroup", false},
		"distribution":            {of("AWS/CloudFront", state{"DistributionId": "E1", "Region": "Global"}), "us-east-1", "", false},
		"without Region":          {of("AWS/CloudFront", state{"DistributionId": "E1"}), "us-east-1", `Region, which is "Global"`, false},
		"distribution elsewhere":  {of("AWS/CloudFront", state{"DistributionId": "E1", "Region": "Global"}), "eu-west-1", "CloudFront has its metrics in us-east-1", false},
		"another distribution":    {of("AWS/CloudFront", state{"DistributionId": "E2", "Region": "Global"}), "us-east-1", "no distribution E2", true},
		"certificate":             {of("AWS/CertificateManager", state{"CertificateArn": certificate}), "eu-west-1", "", false},
		"certificate's id":        {of("AWS/CertificateManager", state{"CertificateArn": "1"}), "eu-west-1", "must be the ARN", false},
		"certificate elsewhere":   {of("AWS/CertificateManager", state{"CertificateArn": certificate}), "us-east-1", "make the alarm where the certificate is", false},
		"another certificate":     {of("AWS/CertificateManager", state{"CertificateArn": certificate + "2"}), "eu-west-1", "no certificate", true},
		"service":                 {of("AWS/ECS", state{"ClusterName": "shop", "ServiceName": "web"}), "eu-west-1", "", false},
		"cluster's ARN":           {of("AWS/ECS", state{"ClusterName": "arn:aws:ecs:eu-west-1:123456789012:cluster/shop"}), "eu-west-1", "give the name", false},
		"service without cluster": {of("AWS/ECS", state{}), "eu-west-1", "has the dimension ClusterName", false},
		"another service":         {of("ECS/ContainerInsights", state{"ClusterName": "shop", "ServiceName": "api"}), "eu-west-1", "no Service api", true},
		"web ACL":                 {of("AWS/WAFV2", state{"WebACL": "shop", "Rule": "ALL", "Region": "eu-west-1"}), "eu-west-1", "", false},
		"web ACL without a rule":  {of("AWS/WAFV2", state{"WebACL": "shop"}), "eu-west-1", "has the dimensions WebACL and Rule", false},
		"web ACL without Region":  {of("AWS/WAFV2", state{"WebACL": "shop", "Rule": "ALL"}), "eu-west-1", "no web ACL of scope CLOUDFRONT", true},
		"another web ACL":         {of("AWS/WAFV2", state{"WebACL": "api", "Rule": "ALL", "Region": "eu-west-1"}), "eu-west-1", "no web ACL of scope REGIONAL", true},
		"web ACL elsewhere":       {of("AWS/WAFV2", state{"WebACL": "shop", "Rule": "ALL", "Region": "eu-west-2"}), "eu-west-1", "make the alarm there", false},
		"in a query":              {state{"metricQueries": list(state{"id": "m", "metric": balancer(state{"LoadBalancer": "web"})})}, "eu-west-1", "LoadBalancer is", false},
		"a metric of somebody's":  {of("Shop/Orders", state{"Kind": "paid"}), "eu-west-1", "", false},
		"an expression":           {state{"metricQueries": list(state{"id": "e", "expression": "1"})}, "eu-west-1", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := resources{
				{"aws:lb/loadBalancer:LoadBalancer", elb + "loadbalancer/" + web}:                  {"arn": elb + "loadbalancer/" + web, "loadBalancerType": "application", "name": "web", "dnsName": "web-1.eu-west-1.elb.amazonaws.com"},
				{"aws:lb/targetGroup:TargetGroup", elb + group}:                                    {"arn": elb + group, "name": "web"},
				{"aws:cloudfront/distribution:Distribution", "E1"}:                                 {"domainName": "d1.cloudfront.net"},
				{"aws:acm/certificate:Certificate", certificate}:                                   {"arn": certificate},
				{"aws:wafv2/webAcl:WebAcl", "1"}:                                                   {"name": "shop-1", "scope": "REGIONAL", "visibilityConfig": state{"metricName": "shop"}},
				{"aws:ecs/cluster:Cluster", "arn:aws:ecs:eu-west-1:123456789012:cluster/shop"}:     {"name": "shop"},
				{"aws:ecs/service:Service", "arn:aws:ecs:eu-west-1:123456789012:service/shop/web"}: {"name": "web", "cluster": "shop"},
			}
			c.alarm["arn"] = "arn:aws:cloudwatch:" + c.region + ":123456789012:alarm:x"
			r[[2]string{alarmType, "x"}] = c.alarm
			for _, live := range []bool{false, true} {
				notes := r.read(t, registered.Options{Live: live}).Silent()
				if c.want == "" || c.live && !live {
					assert.Empty(t, notes, "live %v", live)
					continue
				}
				require.Len(t, notes, 1)
				assert.Equal(t, alarmType+" x", notes[0].Resource)
				assert.Contains(t, notes[0].Text, "it watches nothing, so it never fires: ")
				assert.Contains(t, notes[0].Text, c.want)
			}
		})
	}
}
