package components

import "fmt"

// Kinds of alarms. They are parts of the names of resources, and sections of alarmPage.
const (
	kindCloudFrontErrors    = "cloudfront-5xx"
	kindBlocked             = "blocked-requests"
	kindLoadBalancerErrors  = "load-balancer-5xx"
	kindRejected            = "rejected-connections"
	kindTargetErrors        = "target-5xx"
	kindUnhealthy           = "unhealthy-hosts"
	kindSlowTargets         = "target-p95"
	kindMissingTasks        = "running-tasks"
	kindFailedDeployment    = "deployment-failed"
	kindCertificate         = "certificate"
	kindInstanceCertificate = "instance-certificate"
)

// fiveMinutes is the period of what is counted; what must last has five of oneMinute.
const (
	oneMinute   = 60
	fiveMinutes = 5 * oneMinute
	oneDay      = 24 * 60 * oneMinute
)

func cloudFrontErrors(c *CloudFrontFront, percent int) alarm {
	return alarm{
		kind: kindCloudFrontErrors, of: c.name, hop: "distribution " + c.name,
		means: fmt.Sprintf("Viewers get 5xx for at least %d %% of their requests, from CloudFront, which does not reach its origin, "+
			"or from what is behind it: the alarms of the hops behind say which", percent),
		metric: c.metric("5xxErrorRate", "Average"), threshold: float64(percent),
		seconds: fiveMinutes, periods: 1, missing: missingIsFine, // no requests
	}
}

// counted is an alarm on what happened at least count times in five minutes. CloudWatch has
// such a metric only when it happened.
func counted(kind, of, hop string, m metric, count int, means string) alarm {
	return alarm{
		kind: kind, of: of, hop: hop, means: fmt.Sprintf(means, count), metric: m, threshold: float64(count),
		seconds: fiveMinutes, periods: 1, missing: missingIsFine,
	}
}

func blockedRequests(c *WebAcl, count int) alarm {
	return counted(kindBlocked, c.name, "web ACL "+c.name, c.metric("BlockedRequests"), count,
		"It blocked at least %d requests in five minutes, which got 403: somebody attacks, or a rule blocks what the application is for")
}

func loadBalancerErrors(c *SecuredALB, count int) alarm {
	return counted(kindLoadBalancerErrors, c.name, "load balancer "+c.name, c.metric("HTTPCode_ELB_5XX_Count"), count,
		"It answered at least %d requests in five minutes with 502, 503 or 504 itself: it has no healthy target, or did not get an answer of one")
}

func rejectedConnections(c *SecuredALB, count int) alarm {
	return counted(kindRejected, c.name, "load balancer "+c.name, c.metric("RejectedConnectionCount"), count,
		"It refused at least %d connections in five minutes: it has as many as it can have")
}

func targetErrors(c *ServiceRoute, count int) alarm {
	return counted(kindTargetErrors, c.name, "targets of route "+c.name, c.metric("HTTPCode_Target_5XX_Count", "Sum"), count,
		"The application answered at least %d requests in five minutes with 5xx")
}

func unhealthyHosts(c *ServiceRoute, count int) alarm {
	return alarm{
		kind: kindUnhealthy, of: c.name, hop: "targets of route " + c.name,
		means: fmt.Sprintf("At least %d of them failed their health checks for five minutes; without a healthy one all get requests, "+
			"and viewers see what they answer", count),
		metric: c.metric("UnHealthyHostCount", "Maximum"), threshold: float64(count),
		seconds: oneMinute, periods: 5, missing: missingIsFine, // no target: the load balancer answers 503
	}
}

func slowTargets(c *ServiceRoute, milliseconds int) alarm {
	return alarm{
		kind: kindSlowTargets, of: c.name, hop: "targets of route " + c.name,
		means:  fmt.Sprintf("One request in twenty waited at least %d ms for their answer, for five minutes", milliseconds),
		metric: c.metric("TargetResponseTime", "p95"), threshold: float64(milliseconds) / 1000,
		seconds: oneMinute, periods: 5, missing: missingIsFine, // no requests
	}
}

func missingTasks(c *PrivateFargateService, count int) alarm {
	const insights = "ECS/ContainerInsights"
	wanted := c.metric(insights, "DesiredTaskCount")
	return alarm{
		kind: kindMissingTasks, of: c.name, hop: "tasks of service " + c.name,
		means:  fmt.Sprintf("At least %d tasks fewer than desired have run for ten minutes: they do not start, or stop again", count),
		metric: c.metric(insights, "RunningTaskCount"), lacks: &wanted, threshold: float64(count),
		seconds: oneMinute, periods: 10, missing: missingIsUnknown, // the cluster has no Container Insights
	}
}

func expiringCertificate(d *CertifiedDomain, days int) alarm {
	at := "load balancer"
	if d.ForCloudFront() {
		at = "distribution"
	}
	return alarm{
		kind: kindCertificate, of: d.name, hop: at + ", TLS",
		means: fmt.Sprintf("The certificate of %s ends in less than %d days and was not renewed; when it has ended, viewers get a warning, "+
			"and CloudFront 502 from a load balancer", d.DomainName(), days),
		metric: d.daysLeft(), below: true, threshold: float64(days),
		seconds: oneDay, periods: 1, missing: missingChangesNothing,
	}
}
