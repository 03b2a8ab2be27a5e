package account

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/elb"
)

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

// HealthCheck is the health check of a target group. Times are in seconds. Port is
// a number or "traffic-port"; Matcher are the codes that count as healthy, for
// example "200,301-399", of gRPC for a group of version GRPC.
type HealthCheck struct {
	Protocol, Port, Path, Matcher        string
	Interval, Timeout                    float64
	HealthyThreshold, UnhealthyThreshold int
}

// readTargetGroups reads the target groups. A state has only what was given of the
// health check; AWS's defaults are added.
func readTargetGroups(a *core.Account, into *[]TargetGroup) error {
	for _, state := range a.All(elb.TargetGroupToken) {
		whole := core.Object(state).With(core.Object{"healthCheck": elb.EffectiveHealthCheck(state)})
		g, err := core.StateOf[TargetGroup](elb.TargetGroupToken, whole)
		if err != nil {
			return err
		}
		*into = append(*into, g)
	}
	return nil
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
