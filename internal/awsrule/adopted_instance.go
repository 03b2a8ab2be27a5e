package awsrule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What to do about an adopted instance whose port stays open to others than the
// load balancer.
const (
	// OpenIngressRefuse refuses the plan.
	OpenIngressRefuse = "refuse"
	// OpenIngressWarn goes on with a warning.
	OpenIngressWarn = "warn"
)

// InstanceID refuses what is no id of an EC2 instance.
func InstanceID(id string) error {
	return unless(strings.HasPrefix(id, "i-"), "must be the id of an EC2 instance such as i-0123456789abcdef0, got %q", id)
}

// InstanceState refuses an instance that is gone for good, and one that does not run: a
// load balancer does not use such a target.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func InstanceState(state string) error {
	switch state {
	case "terminated", "shutting-down":
		return fmt.Errorf("must be an instance that can run, got one that is %s", state)
	case "stopped", "stopping":
		return fmt.Errorf("must be an instance that runs, got one that is %s: the load balancer would not use it, and viewers would get 503; start it", state)
	}
	return nil
}

// InstanceVPC refuses an instance outside the load balancer's VPC: AWS does not
// register it.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
func InstanceVPC(vpc, loadBalancerVPC string) error {
	return unless(vpc == loadBalancerVPC, "must be an instance in the load balancer's VPC, %s, got one in %s: "+
		"AWS would not register it; put the load balancer into the instance's VPC", loadBalancerVPC, vpc)
}

// InstanceZone refuses an instance in a zone in which the load balancer has no subnet:
// it is not used as a target.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func InstanceZone(zone string, loadBalancerZones []string) error {
	return unless(slices.Contains(loadBalancerZones, zone), "must be an instance in one of the load balancer's zones, %s, got one in %s: "+
		"the load balancer would not use it, and viewers would get 503; give the load balancer a subnet in that zone",
		strings.Join(loadBalancerZones, ", "), zone)
}

// InstanceGroup is which of an instance's security groups gets the rule that
// admits the load balancer: the wanted one, or the only one.
func InstanceGroup(wanted string, groups []string) (string, error) {
	switch {
	case wanted != "" && !slices.Contains(groups, wanted):
		return "", fmt.Errorf("must be one of the instance's groups, %s, got %q", strings.Join(groups, ", "), wanted)
	case wanted != "":
		return wanted, nil
	case len(groups) == 1:
		return groups[0], nil
	case len(groups) == 0:
		return "", errors.New("is required: no security group of the instance was found")
	default:
		return "", fmt.Errorf("is required: choose one of the instance's groups, %s", strings.Join(groups, ", "))
	}
}

// SecurityGroupRule is one inbound rule of an adopted security group.
type SecurityGroupRule struct {
	ID, GroupID      string // of the rule and of the group that it belongs to
	Protocol         string // a name, a number, or "-1" for all
	FromPort, ToPort int    // of TCP and UDP
	Addresses        string // the admitted range or prefix list, "" if a group is admitted
	FromGroup        string // the admitted security group, "" if addresses are
}

func (r SecurityGroupRule) admits(port int) bool {
	switch r.Protocol {
	case "-1":
		return true
	case "tcp", "6":
		return r.FromPort <= port && port <= r.ToPort
	default:
		return false
	}
}

// OpenToAddresses refuses rules that admit addresses to the port: such a
// request bypasses the load balancer.
func OpenToAddresses(rules []SecurityGroupRule, port int) error {
	return openTo(rules, port, func(r SecurityGroupRule) bool { return r.Addresses != "" })
}

// OpenToGroups refuses rules that admit to the port security groups that are not the
// load balancer's.
func OpenToGroups(rules []SecurityGroupRule, port int, loadBalancers func(group string) bool) error {
	return openTo(rules, port, func(r SecurityGroupRule) bool { return r.FromGroup != "" && !loadBalancers(r.FromGroup) })
}

// GroupsAdmitted are the security groups that rules admit to the port.
func GroupsAdmitted(rules []SecurityGroupRule, port int) []string {
	var groups []string
	for _, r := range rules {
		if r.FromGroup != "" && r.admits(port) && !slices.Contains(groups, r.FromGroup) {
			groups = append(groups, r.FromGroup)
		}
	}
	return groups
}

func openTo(rules []SecurityGroupRule, port int, others func(SecurityGroupRule) bool) error {
	var found []string
	for _, r := range rules {
		if r.admits(port) && others(r) {
			found = append(found, fmt.Sprintf("%s of %s (%s%s)", r.ID, r.GroupID, r.Addresses, r.FromGroup))
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.Sort(found)
	return fmt.Errorf("must be reached on port %d through the load balancer only, but these rules admit others, who would get "+
		"200 from the instance itself: %s; remove them, or set openIngress to %q", port, strings.Join(found, ", "), OpenIngressWarn)
}
