package balancer

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/portico-iac/portico/local/cloud"
)

// groupState is what counts of a registered target group.
type groupState struct {
	ARN, Name, Protocol, ProtocolVersion, TargetType string
	Port                                             int
	HealthCheck                                      checkState
}

// checkState is what was given of a health check.
type checkState struct {
	Protocol, Port, Path, Matcher        string
	Interval, Timeout                    float64
	HealthyThreshold, UnhealthyThreshold int
}

// groupsOf reads the target groups that the listeners of a load balancer forward
// to.
func groupsOf(account *cloud.Account, b Balancer) (map[string]TargetGroup, error) {
	out := map[string]TargetGroup{}
	for _, l := range b.Listeners {
		for _, action := range l.actions() {
			for _, share := range action.Forward {
				group, err := groupOf(account, b, share.TargetGroup)
				if err != nil {
					return nil, err
				}
				out[share.TargetGroup] = group
			}
		}
	}
	return out, nil
}

func groupOf(account *cloud.Account, b Balancer, arn string) (TargetGroup, error) {
	state := account.Get(groupToken, arn)
	if state == nil {
		return TargetGroup{}, fmt.Errorf("there is no target group %s in the account", arn)
	}
	s, err := cloud.StateOf[groupState](state)
	if err != nil {
		return TargetGroup{}, err
	}
	g, err := s.group()
	if err == nil {
		g.Targets, err = targetsOf(account, b, s)
	}
	if err != nil {
		return g, fmt.Errorf("target group %q: %w", s.Name, err)
	}
	return g, nil
}

func (s groupState) group() (TargetGroup, error) {
	g := TargetGroup{Name: s.Name, ARN: s.ARN, Secure: s.Protocol == "HTTPS", Version: cmp.Or(s.ProtocolVersion, VersionHTTP1)}
	switch {
	case s.TargetType != "instance" && s.TargetType != "ip":
		return g, fmt.Errorf("targetType: cannot serve %q, only instance and ip", s.TargetType)
	case s.Protocol != "HTTP" && s.Protocol != "HTTPS":
		return g, fmt.Errorf("protocol: cannot serve %q, only HTTP and HTTPS", s.Protocol)
	case !slices.Contains([]string{VersionHTTP1, VersionHTTP2, VersionGRPC}, g.Version):
		return g, fmt.Errorf("protocolVersion: cannot serve %q", s.ProtocolVersion)
	}
	var err error
	g.Check, err = s.HealthCheck.check(g.Version)
	return g, err
}

// check fills in what was not given.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html,
// the thresholds are the provider's
func (s checkState) check(version string) (Check, error) {
	c := Check{
		Secure: s.Protocol == "HTTPS", Path: cmp.Or(s.Path, "/"), Matcher: cmp.Or(s.Matcher, "200"),
		Interval: cmp.Or(s.Interval, 30), Timeout: cmp.Or(s.Timeout, 5),
		Healthy: cmp.Or(s.HealthyThreshold, 3), Unhealthy: cmp.Or(s.UnhealthyThreshold, 3),
	}
	if version == VersionGRPC {
		c.Path, c.Matcher = cmp.Or(s.Path, "/AWS.ALB/healthcheck"), cmp.Or(s.Matcher, "12")
	}
	if s.Port == "" || s.Port == "traffic-port" {
		return c, nil
	}
	port, err := strconv.Atoi(s.Port)
	if err != nil {
		return c, fmt.Errorf("healthCheck.port: must be traffic-port or a number, got %q", s.Port)
	}
	c.Port = port
	return c, nil
}

// targetsOf are the targets of a group: those that are attached, then the tasks
// that ECS registered, in the order they were started.
func targetsOf(account *cloud.Account, b Balancer, g groupState) ([]Target, error) {
	attached, err := attachedTo(account, g)
	if err != nil {
		return nil, err
	}
	tasks, err := tasksIn(account, g.ARN)
	if err != nil {
		return nil, err
	}
	var out []Target
	for _, t := range append(attached, tasks...) {
		same := func(other Target) bool { return other.ID == t.ID && other.Port == t.Port }
		if slices.ContainsFunc(out, same) {
			continue
		}
		if t.Unused == "" {
			t.Unused = outside(account, b, t.Address)
		}
		out = append(out, t)
	}
	return out, nil
}

// attachedTo are the targets that are attached to a group.
func attachedTo(account *cloud.Account, g groupState) ([]Target, error) {
	attachments, err := cloud.States[struct {
		TargetGroupARN, TargetID string
		Port                     int
	}](account, attachmentToken)
	if err != nil {
		return nil, err
	}
	var out []Target
	for _, a := range attachments {
		if a.TargetGroupARN != g.ARN {
			continue
		}
		t := Target{ID: a.TargetID, Port: cmp.Or(a.Port, g.Port)}
		if g.TargetType == "instance" {
			t, err = ofInstance(account, t)
		} else {
			t.Address, err = netip.ParseAddr(a.TargetID)
		}
		if err != nil {
			return nil, fmt.Errorf("target %q: %w", a.TargetID, err)
		}
		out = append(out, t)
	}
	return out, nil
}

// ofInstance fills in where an instance is. One that does not run is unused.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func ofInstance(account *cloud.Account, t Target) (Target, error) {
	state := account.Get(instanceToken, t.ID)
	if state == nil {
		return t, fmt.Errorf("there is no such instance in the account")
	}
	s, err := cloud.StateOf[struct{ PrivateIP, InstanceState string }](state)
	if err != nil {
		return t, err
	}
	if s.InstanceState != "running" {
		t.Unused = "the instance is " + s.InstanceState
	}
	t.Address, err = netip.ParseAddr(s.PrivateIP)
	return t, err
}

// tasksIn are the tasks that ECS registered with a group.
func tasksIn(account *cloud.Account, group string) ([]Target, error) {
	type task struct {
		PrivateIP string
		StartedAs int
		Targets   []struct {
			TargetGroupARN string
			Port           int
		}
	}
	tasks, err := cloud.States[task](account, taskToken)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(tasks, func(a, b task) int { return a.StartedAs - b.StartedAs })
	var out []Target
	for _, t := range tasks {
		for _, registered := range t.Targets {
			if registered.TargetGroupARN != group {
				continue
			}
			address, err := netip.ParseAddr(t.PrivateIP)
			if err != nil {
				return nil, fmt.Errorf("task at %q: %w", t.PrivateIP, err)
			}
			out = append(out, Target{ID: t.PrivateIP, Address: address, Port: registered.Port})
		}
	}
	return out, nil
}

// outside says that an address is in an Availability Zone in which the load
// balancer has no subnet, so that it does not get traffic; "" otherwise.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func outside(account *cloud.Account, b Balancer, address netip.Addr) string {
	for _, state := range account.All(subnetToken) {
		s, err := cloud.StateOf[struct{ ID, VPCID, AvailabilityZone, CidrBlock, IPv6CidrBlock string }](state)
		if err != nil || s.VPCID != b.VPC || !within(address, s.CidrBlock, s.IPv6CidrBlock) {
			continue
		}
		enabled := func(own Subnet) bool { return own.Zone == s.AvailabilityZone }
		if !slices.ContainsFunc(b.Subnets, enabled) {
			return "the load balancer has no subnet in " + s.AvailabilityZone
		}
		return ""
	}
	return ""
}

func within(address netip.Addr, blocks ...string) bool {
	return slices.ContainsFunc(blocks, func(block string) bool {
		prefix, err := netip.ParsePrefix(block)
		return err == nil && prefix.Contains(address)
	})
}
