package componentstest

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const stackReference = "pulumi:pulumi:StackReference"

// stackOutputs is the state of a StackReference.
func (s *settings) stackOutputs(stack string) (resource.PropertyMap, error) {
	outputs, ok := s.stacks[stack]
	if !ok {
		return nil, fmt.Errorf("unknown stack %q: declare it by componentstest.WithStackReference", stack)
	}
	return answer(object{"name": stack, "outputs": outputs})
}

// Subnet is a subnet that exists before the program does.
type Subnet struct {
	ID        string // "subnet-...", required
	Zone      string // the name of its availability zone, such as "ap-northeast-1a"
	CidrBlock string // IPv4, such as "10.0.0.0/24"
}

type existingSubnet struct {
	Subnet
	vpcID string
}

func getSubnet(l lookup) (resource.PropertyMap, error) {
	id := l.arg("id")
	subnet, ok := l.engine.settings.subnets[id]
	if !ok {
		return nil, fmt.Errorf("no subnet %q: declare it by componentstest.WithVpc", id)
	}
	return answer(object{
		"id": id, "vpcId": subnet.vpcID, "availabilityZone": subnet.Zone, "cidrBlock": subnet.CidrBlock,
		"arn": "arn:aws:ec2:" + l.region + ":" + AccountID + ":subnet/" + id,
	})
}

func getAmi(l lookup) (resource.PropertyMap, error) {
	id := l.arg("filters[0].values[0]")
	architecture, ok := l.engine.settings.images[id]
	if !ok {
		return nil, fmt.Errorf("no image %q: declare it by componentstest.WithImage", id)
	}
	return answer(object{
		"id": id, "imageId": id, "architecture": architecture, "state": "available",
		"arn": "arn:aws:ec2:" + l.region + "::image/" + id,
	})
}

// Instance is a running instance that exists before the program does.
type Instance struct {
	ID       string // "i-...", required
	SubnetID string
	PublicIP string  // "" for an instance without one
	Groups   []Group // its security groups
}

// Group is a security group with its rules.
type Group struct {
	ID    string
	Rules []Rule
}

// Rule is one rule of a security group. Exactly one of CidrIpv4, CidrIpv6,
// PrefixListID and GroupID says where it admits from (or lets out to).
type Rule struct {
	ID               string
	Egress           bool
	Protocol         string // "tcp", "udp", "icmp" or "-1" for all. Default: "tcp"
	FromPort, ToPort int

	CidrIpv4, CidrIpv6, PrefixListID, GroupID string
}

func getInstance(l lookup) (resource.PropertyMap, error) {
	id := l.arg("instanceId")
	for _, instance := range l.engine.settings.instances {
		if instance.ID != id {
			continue
		}
		var groups []any
		for _, group := range instance.Groups {
			groups = append(groups, group.ID)
		}
		return answer(object{
			"id": id, "instanceId": id, "instanceState": "running", "subnetId": instance.SubnetID,
			"vpcSecurityGroupIds": groups, "publicIp": instance.PublicIP,
			"availabilityZone": l.region + "a", "privateIp": "10.0.0.10",
			"associatePublicIpAddress": instance.PublicIP != "",
			"arn":                      "arn:aws:ec2:" + l.region + ":" + AccountID + ":instance/" + id,
		})
	}
	return nil, fmt.Errorf("no instance %q: declare it by componentstest.WithInstance", id)
}

// getSecurityGroupRules answers the filter "group-id", the one that finds the
// rules of a group.
func getSecurityGroupRules(l lookup) (resource.PropertyMap, error) {
	wanted := map[string]bool{}
	filters, _ := at(l.args, "filters").([]any)
	for _, filter := range filters {
		f, _ := filter.(object)
		if f["name"] != "group-id" {
			return nil, fmt.Errorf("componentstest finds security group rules by group-id only, not by %v", f["name"])
		}
		values, _ := f["values"].([]any)
		for _, value := range values {
			wanted[fmt.Sprint(value)] = true
		}
	}
	ids := []any{}
	for group, rule := range l.engine.settings.rules() {
		if wanted[group] {
			ids = append(ids, rule.ID)
		}
	}
	return answer(object{"id": l.region, "ids": ids})
}

func getSecurityGroupRule(l lookup) (resource.PropertyMap, error) {
	id := l.arg("securityGroupRuleId")
	for group, rule := range l.engine.settings.rules() {
		if rule.ID == id {
			return answer(rule.found(group, l.region))
		}
	}
	return nil, fmt.Errorf("no security group rule %q: declare it by componentstest.WithInstance", id)
}

// rules yields every rule of the instances' groups with the id of its group.
func (s *settings) rules() iter.Seq2[string, Rule] {
	return func(yield func(string, Rule) bool) {
		for _, instance := range s.instances {
			for _, group := range instance.Groups {
				for _, rule := range group.Rules {
					if !yield(group.ID, rule) {
						return
					}
				}
			}
		}
	}
}

// found is the rule as a lookup returns it: what does not apply is "".
func (r Rule) found(group, region string) object {
	return object{
		"id": r.ID, "securityGroupRuleId": r.ID, "securityGroupId": group, "isEgress": r.Egress,
		"ipProtocol": cmp.Or(r.Protocol, "tcp"), "fromPort": r.FromPort, "toPort": r.ToPort,
		"cidrIpv4": r.CidrIpv4, "cidrIpv6": r.CidrIpv6, "prefixListId": r.PrefixListID,
		"referencedSecurityGroupId": r.GroupID, "description": "",
		"arn": "arn:aws:ec2:" + region + ":" + AccountID + ":security-group-rule/" + r.ID,
	}
}
