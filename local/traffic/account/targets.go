package account

// Service is an ECS service.
type Service struct {
	ID            string `json:"id"`
	Name          string
	LoadBalancers []struct {
		TargetGroupARN string `json:"targetGroupArn"`
		ContainerPort  int
	}
}

// Task is a running task of a service, with its registrations in target groups.
// Resources.Tasks has them in the order in which they were started.
type Task struct {
	Service        string
	SubnetID       string `json:"subnetId"`
	PrivateIP      string `json:"privateIp"`
	SecurityGroups []string
	StartedAs      int
	Targets        []struct {
		TargetGroupARN string `json:"targetGroupArn"`
		Port           int
	}
}

// TargetGroup is a target group of a load balancer.
type TargetGroup struct {
	ARN             string `json:"arn"`
	Name            string
	Protocol        string
	ProtocolVersion string
	TargetType      string
	Port            int
	HealthCheck     HealthCheck
}

// HealthCheck is what was given of a target group's health check.
type HealthCheck struct {
	Protocol, Port, Path, Matcher        string
	Interval, Timeout                    float64
	HealthyThreshold, UnhealthyThreshold int
}

// TargetGroup finds a target group by its ARN.
func (r *Resources) TargetGroup(arn string) (TargetGroup, bool) {
	return find(r.TargetGroups, func(g TargetGroup) bool { return g.ARN == arn })
}

// Attachment is a target that a program registered with a target group. Without a
// port it has the group's.
type Attachment struct {
	TargetGroupARN string `json:"targetGroupArn"`
	TargetID       string `json:"targetId"`
	Port           int
}
