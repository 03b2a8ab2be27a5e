package componentstest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

const stackReference = "pulumi:pulumi:StackReference"

// What an Option declares to exist.
const (
	subnetKind   = "subnet"
	routesKind   = "route table of subnet"
	imageKind    = "image"
	instanceKind = "instance"
	ruleKind     = "security group rule"
	stackKind    = "stack"
)

// exists makes lookups by id find something, with these properties. In their texts,
// {region} stands for the Region of the provider that is asked.
func (s *settings) exists(kind, id string, properties object) {
	if s.existing[kind] == nil {
		s.existing[kind] = map[string]object{}
	}
	s.existing[kind][id] = properties
}

// find returns what exists, as the provider of a Region does.
func (s *settings) find(kind, id, region, option string) (object, error) {
	properties, ok := s.existing[kind][id]
	if !ok {
		return nil, fmt.Errorf("no %s %q: declare it by componentstest.%s", kind, id, option)
	}
	found := object{"id": id}
	for key, value := range properties {
		if text, is := value.(string); is {
			value = strings.ReplaceAll(text, "{region}", region)
		}
		found[key] = value
	}
	return found, nil
}

// byID answers a lookup whose argument at a path is the id of what an Option declares.
func byID(path, kind, option string) func(lookup) (object, error) {
	return func(l lookup) (object, error) { return l.engine.settings.find(kind, l.arg(path), l.region, option) }
}

// WithStackReference makes the outputs of another stack, named as
// pulumi.NewStackReference names it, for example "acme/platform/prod". A value
// made by resource.MakeSecret is secret. Default: none; a program that refers to
// a stack which was not given fails.
func WithStackReference(stack string, outputs map[string]any) Option {
	return func(s *settings) { s.exists(stackKind, stack, object{"name": stack, "outputs": outputs}) }
}

// Subnet is a subnet that exists before the program does.
type Subnet struct {
	ID        string // "subnet-...", required
	Zone      string // the name of its availability zone, such as "ap-northeast-1a"
	CidrBlock string // IPv4, such as "10.0.0.0/24"
	// Public says that the subnet's default route leads to an internet gateway, and not
	// to a NAT gateway.
	Public bool
}

// WithVpc makes subnets of a VPC that lookups find. Default: none.
func WithVpc(id string, subnets ...Subnet) Option {
	return func(s *settings) {
		for _, subnet := range subnets {
			s.exists(subnetKind, subnet.ID, object{
				"vpcId": id, "availabilityZone": subnet.Zone, "availabilityZoneId": zoneID(subnet.Zone), "cidrBlock": subnet.CidrBlock, "arn": regional("ec2", "subnet/"+subnet.ID),
			})
			s.exists(routesKind, subnet.ID, subnet.routeTable(id))
		}
	}
}

// routeTable is the one that is associated with the subnet, as a lookup returns it.
func (s Subnet) routeTable(vpc string) object {
	route := object{"cidrBlock": "0.0.0.0/0", "gatewayId": "", "natGatewayId": "nat-" + digits(vpc, 17)}
	if s.Public {
		route["gatewayId"], route["natGatewayId"] = "igw-"+digits(vpc, 17), ""
	}
	id := "rtb-" + digits(s.ID, 17)
	return object{"routeTableId": id, "vpcId": vpc, "subnetId": s.ID, "routes": []any{route}}
}

// WithImage makes a machine image of that architecture, "arm64" or "x86_64",
// that lookups find. Default: none.
func WithImage(id, architecture string) Option {
	return func(s *settings) {
		s.exists(imageKind, id, object{
			"imageId": id, "architecture": architecture, "state": "available", "arn": "arn:aws:ec2:{region}::image/" + id,
		})
	}
}

// Instance is a running instance that exists before the program does.
type Instance struct {
	ID string // "i-...", required
	// SubnetID is that of a subnet given to WithVpc. Of an instance in any other subnet it
	// is not known where it stands, and not checked.
	SubnetID string
	State    string  // Default: "running"
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

// WithInstance makes running instances, with their security groups, that
// lookups find. Default: none.
func WithInstance(instances ...Instance) Option {
	return func(s *settings) {
		for _, i := range instances {
			var groups []any
			for _, group := range i.Groups {
				groups = append(groups, group.ID)
				for _, rule := range group.Rules {
					s.exists(ruleKind, rule.ID, rule.of(group.ID))
				}
			}
			s.exists(instanceKind, i.ID, object{
				"instanceId": i.ID, "instanceState": cmp.Or(i.State, "running"), "subnetId": i.SubnetID,
				"vpcSecurityGroupIds": groups, "publicIp": i.PublicIP, "associatePublicIpAddress": i.PublicIP != "",
				"privateIp": "10.0.0.10", "arn": regional("ec2", "instance/"+i.ID),
			})
		}
	}
}

// registered is the first resource of a type that the program registered and that fits,
// nil if there is none.
func (e *engine) registered(kind string, fits func(*Resource) bool) *Resource {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, urn := range slices.Sorted(maps.Keys(e.resources)) {
		if r := e.resources[urn]; r.Type == kind && fits(r) {
			return r
		}
	}
	return nil
}

// getSubnet finds what WithVpc declares and what the program registered. The subnets of an
// instance and of a load balancer that is found are found too, with nothing known of them.
func getSubnet(l lookup) (object, error) {
	id := l.arg("id")
	found, err := l.engine.settings.find(subnetKind, id, l.region, "WithVpc")
	if err == nil {
		return found, nil
	}
	answer := object{"id": id, "vpcId": "", "availabilityZone": "", "cidrBlock": "", "arn": regional("ec2", "subnet/"+id)}
	subnet := l.engine.registered("aws:ec2/subnet:Subnet", func(r *Resource) bool { return r.ID == id })
	if subnet != nil {
		for _, property := range []string{"vpcId", "availabilityZone", "cidrBlock"} {
			answer[property] = text(subnet.Outputs, property)
		}
		return answer, nil
	}
	ofInstance := slices.ContainsFunc(slices.Collect(maps.Values(l.engine.settings.existing[instanceKind])), func(i object) bool {
		return i["subnetId"] == id
	})
	if ofInstance || strings.HasPrefix(id, foundSubnet) {
		return answer, nil
	}
	return nil, err
}

// getInstance finds what WithInstance declares, in the zone of its subnet, and what the
// program registered.
func getInstance(l lookup) (object, error) {
	own := l.engine.registered("aws:ec2/instance:Instance", func(r *Resource) bool { return r.ID == l.arg("instanceId") })
	if own != nil {
		return object{
			"id": own.ID, "instanceId": own.ID, "instanceState": "running", "subnetId": text(own.Outputs, "subnetId"),
			"vpcSecurityGroupIds": own.Output("vpcSecurityGroupIds"), "privateIp": text(own.Outputs, "privateIp"),
			"publicIp": text(own.Outputs, "publicIp"), "availabilityZone": text(own.Outputs, "availabilityZone"),
		}, nil
	}
	found, err := l.engine.settings.find(instanceKind, l.arg("instanceId"), l.region, "WithInstance")
	if err != nil {
		return nil, err
	}
	id, _ := found["subnetId"].(string)
	found["availabilityZone"] = ""
	if subnet, known := l.engine.settings.existing[subnetKind][id]; known {
		found["availabilityZone"] = subnet["availabilityZone"]
	}
	return found, nil
}

// getSecurityGroup finds any group; those of the program with their descriptions.
func getSecurityGroup(l lookup) object {
	id := l.arg("id")
	found := object{"id": id, "name": id, "description": "", "arn": regional("ec2", "security-group/"+id)}
	group := l.engine.registered("aws:ec2/securityGroup:SecurityGroup", func(r *Resource) bool { return r.ID == id })
	if group != nil {
		found["description"], found["vpcId"] = text(group.Outputs, "description"), text(group.Outputs, "vpcId")
	}
	return found
}

// VPCOriginGroupID is the security group that CloudFront has in every VPC with a VPC origin.
const VPCOriginGroupID = "sg-0c10d0f0000000000"

// getSecurityGroups finds CloudFront's group for VPC origins, and nothing else.
func getSecurityGroups(l lookup) object {
	ids := []any{}
	if filters, _ := at(l.args, "filters").([]any); slices.ContainsFunc(filters, func(f any) bool {
		values, _ := f.(object)["values"].([]any)
		return slices.Contains(values, any(awstable.VPCOriginGroup))
	}) {
		ids = append(ids, VPCOriginGroupID)
	}
	return object{"id": l.region, "ids": ids, "arns": []any{}, "vpcIds": []any{}}
}

// getInternetGateway finds one in any VPC.
func getInternetGateway(l lookup) object {
	vpc, _ := at(l.args, "filters[0].values[0]").(string)
	return object{"id": "igw-" + vpc, "internetGatewayId": "igw-" + vpc, "attachments": []any{object{"state": "available", "vpcId": vpc}}}
}

// of is the rule of a group as a lookup returns it: what does not apply is "".
func (r Rule) of(group string) object {
	return object{
		"securityGroupRuleId": r.ID, "securityGroupId": group, "isEgress": r.Egress,
		"ipProtocol": cmp.Or(r.Protocol, "tcp"), "fromPort": r.FromPort, "toPort": r.ToPort,
		"cidrIpv4": r.CidrIpv4, "cidrIpv6": r.CidrIpv6, "prefixListId": r.PrefixListID,
		"referencedSecurityGroupId": r.GroupID, "description": "",
		"arn": regional("ec2", "security-group-rule/"+r.ID),
	}
}

// getSecurityGroupRules answers the filter "group-id", the one that finds the
// rules of a group.
func getSecurityGroupRules(l lookup) (object, error) {
	var groups []any
	filters, _ := at(l.args, "filters").([]any)
	for _, filter := range filters {
		f, _ := filter.(object)
		if f["name"] != "group-id" {
			return nil, fmt.Errorf("componentstest finds security group rules by group-id only, not by %v", f["name"])
		}
		values, _ := f["values"].([]any)
		groups = append(groups, values...)
	}
	ids := []any{}
	rules := l.engine.settings.existing[ruleKind]
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		if slices.Contains(groups, rules[id]["securityGroupId"]) {
			ids = append(ids, id)
		}
	}
	return object{"id": l.region, "ids": ids}, nil
}
