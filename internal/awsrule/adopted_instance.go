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

// InstanceState refuses an instance that is gone for good.
func InstanceState(state string) error {
	gone := state == "terminated" || state == "shutting-down"
	return unless(!gone, "must be an instance that can run, got one that is %s", state)
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

// OpenToGroups refuses rules that admit to the port another security group than
// the load balancer's.
func OpenToGroups(rules []SecurityGroupRule, port int, loadBalancerGroup string) error {
	return openTo(rules, port, func(r SecurityGroupRule) bool { return r.FromGroup != "" && r.FromGroup != loadBalancerGroup })
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
