package balancer

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/portico-iac/portico/local/traffic/account"
)

// groupsOf are the target groups that the listeners of a load balancer forward to,
// by ARN.
func groupsOf(r *account.Resources, b Balancer) (map[string]TargetGroup, error) {
	out := map[string]TargetGroup{}
	for _, l := range b.Listeners {
		for _, action := range l.actions() {
			for _, share := range action.Forward {
				group, err := groupOf(r, b, share.TargetGroup)
				if err != nil {
					return nil, err
				}
				out[share.TargetGroup] = group
			}
		}
	}
	return out, nil
}

func groupOf(r *account.Resources, b Balancer, arn string) (TargetGroup, error) {
	registered, _ := r.TargetGroup(arn)
	targets, err := targetsOf(r, b, registered)
	if err != nil {
		return TargetGroup{}, fmt.Errorf("target group %q: %w", registered.Name, err)
	}
	return TargetGroup{
		Name: registered.Name, ARN: arn, Secure: registered.Protocol == "HTTPS", Version: registered.ProtocolVersion,
		Check: checkOf(registered.HealthCheck, registered.ProtocolVersion), Targets: targets,
	}, nil
}

// checkOf fills in what was not given of a health check. Port 0 is the traffic port.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html,
// the thresholds are the provider's
func checkOf(h account.HealthCheck, version string) Check {
	path, matcher := "/", "200"
	if version == VersionGRPC {
		path, matcher = "/AWS.ALB/healthcheck", "12"
	}
	port, _ := strconv.Atoi(h.Port)
	return Check{
		Secure: h.Protocol == "HTTPS", Port: port, Path: cmp.Or(h.Path, path), Matcher: cmp.Or(h.Matcher, matcher),
		Interval: cmp.Or(h.Interval, 30), Timeout: cmp.Or(h.Timeout, 5),
		Healthy: cmp.Or(h.HealthyThreshold, 3), Unhealthy: cmp.Or(h.UnhealthyThreshold, 3),
	}
}

// targetsOf are the targets of a group: those that are attached, then the tasks
// that ECS registered, in the order they were started.
func targetsOf(r *account.Resources, b Balancer, g account.TargetGroup) ([]Target, error) {
	var out []Target
	add := func(t Target, err error) error {
		if err != nil {
			return fmt.Errorf("target %q: %w", t.ID, err)
		}
		same := func(other Target) bool { return other.ID == t.ID && other.Port == t.Port }
		if !slices.ContainsFunc(out, same) {
			t.Unused = cmp.Or(t.Unused, outsideZones(r, b, t.Address))
			out = append(out, t)
		}
		return nil
	}
	for _, a := range r.Attachments {
		if a.TargetGroupARN != g.ARN {
			continue
		}
		if err := add(attachedTarget(r, g, a)); err != nil {
			return nil, err
		}
	}
	for _, task := range r.Tasks {
		for _, registered := range task.Targets {
			if registered.TargetGroupARN != g.ARN {
				continue
			}
			if err := add(addressTarget(task.PrivateIP, registered.Port)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// attachedTarget is the target of an attachment. An instance that does not run is
// unused.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func attachedTarget(r *account.Resources, g account.TargetGroup, a account.Attachment) (Target, error) {
	port := cmp.Or(a.Port, g.Port)
	if g.TargetType != "instance" {
		return addressTarget(a.TargetID, port)
	}
	instance, ok := r.Instance(a.TargetID)
	if !ok {
		return Target{ID: a.TargetID}, errors.New("there is no such instance in the account")
	}
	t, err := addressTarget(instance.PrivateIP, port)
	t.ID = instance.ID
	if instance.InstanceState != "running" {
		t.Unused = "the instance is " + instance.InstanceState
	}
	return t, err
}

// addressTarget is a target that is registered under its address.
func addressTarget(address string, port int) (Target, error) {
	parsed, err := netip.ParseAddr(address)
	return Target{ID: address, Address: parsed, Port: port}, err
}

// outsideZones says that an address is in an Availability Zone in which the load
// balancer has no subnet, so that it does not get traffic; "" otherwise.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func outsideZones(r *account.Resources, b Balancer, address netip.Addr) string {
	i := slices.IndexFunc(r.Subnets, func(s account.Subnet) bool { return s.VPCID == b.VPC && s.Contains(address) })
	if i < 0 {
		return ""
	}
	zone := r.Subnets[i].AvailabilityZone
	if slices.ContainsFunc(b.Subnets, func(own Subnet) bool { return own.Zone == zone }) {
		return ""
	}
	return "the load balancer has no subnet in " + zone
}
