package controls

import (
	"slices"
	"strings"
)

const (
	typeVPC          = "aws:ec2/vpc:Vpc"
	typeSubnet       = "aws:ec2/subnet:Subnet"
	typeFlowLog      = "aws:ec2/flowLog:FlowLog"
	typeEndpoint     = "aws:ec2/vpcEndpoint:VpcEndpoint"
	typeDefaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	typeNetworkACL   = "aws:ec2/networkAcl:NetworkAcl"
	typeACLRule      = "aws:ec2/networkAclRule:NetworkAclRule"
	typeBlock        = "aws:vpc/blockPublicAccessOptions:BlockPublicAccessOptions"
)

// networks are the controls of VPCs.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html
var networks = []Control{
	{
		ID: "EC2.2", CIS: "6.5", Title: "The VPC's default security group is closed",
		check: each("VPC", func(r *resources, v resource) string {
			all := r.about(v, "vpcId", typeDefaultGroup)
			closed := len(all) > 0 && !slices.ContainsFunc(all, func(g resource) bool {
				return len(g.blocks("ingress")) > 0 || len(g.blocks("egress")) > 0
			})
			return unless(closed, "leaves it open")
		}, typeVPC),
	},
	{
		ID: "EC2.6", CIS: "4.7", Title: "Flow logs of rejected traffic are on",
		Why: "a log needs a bucket, which costs and which somebody has to keep",
		Set: "`logBucket.retentionDays`, in a program `NetworkArgs.LogBucket`",
		check: each("VPC", func(r *resources, v resource) string {
			rejected := func(l resource) bool {
				return slices.Contains([]string{"ALL", "REJECT"}, l.text("trafficType"))
			}
			return unless(slices.ContainsFunc(r.about(v, "vpcId", typeFlowLog), rejected), "has none")
		}, typeVPC),
	},
	{
		ID: "EC2.15", Title: "Subnets assign no public addresses by themselves",
		check: alone("subnet", func(s resource) string {
			return unless(!s.flag("mapPublicIpOnLaunch"), "assigns them")
		}, typeSubnet),
	},
	{
		ID: "EC2.16", Title: "No unused network ACLs",
		check: alone("network ACL", func(a resource) string {
			return unless(len(a.texts("subnetIds")) > 0, "is of no subnet")
		}, typeNetworkACL),
	},
	{
		ID: "EC2.21", CIS: "6.2", Title: "Network ACLs keep the world from ports 22 and 3389",
		check: each("network ACL", openToAdministration, typeNetworkACL),
	},
	{
		ID: "EC2.172", Title: "VPC Block Public Access is on",
		Why: "it is a setting of the account and the Region, and would cut off the public subnets that a stack needs",
		Set: "`aws ec2 modify-vpc-block-public-access-options`, with an exclusion of the stack's VPC",
		check: accountSetting("VPC", []string{typeVPC}, typeBlock, func(b resource) bool {
			return slices.Contains([]string{"block-bidirectional", "block-ingress"}, b.text("internetGatewayBlockMode"))
		}),
	},
	endpoint("EC2.10", "EC2 API", "ec2"),
	endpoint("EC2.55", "ECR API", "ecr.api"),
	endpoint("EC2.56", "ECR registry", "ecr.dkr"),
	endpoint("EC2.57", "Systems Manager", "ssm"),
	endpoint("EC2.58", "Incident Manager contacts", "ssm-contacts"),
	endpoint("EC2.60", "Incident Manager", "ssm-incidents"),
}

// endpoint is the control that asks for an interface endpoint of a service, used or not.
func endpoint(id, name, service string) Control {
	return Control{
		ID: id, Title: "VPC endpoint of " + name,
		Why: "an interface endpoint costs by the hour and zone, and " + endpointUse(service),
		Set: `"` + service + "\" among `network.interfaceEndpoints`, in a program `NetworkArgs.InterfaceEndpoints`; variant `cloudfront-ec2` makes none",
		check: each("VPC", func(r *resources, v resource) string {
			has := func(e resource) bool {
				return e.text("vpcEndpointType") == "Interface" && strings.HasSuffix(e.text("serviceName"), "."+service)
			}
			return unless(slices.ContainsFunc(r.about(v, "vpcId", typeEndpoint), has), "has none")
		}, typeVPC),
	}
}

// endpointUse is what a ready stack does without the endpoint.
func endpointUse(service string) string {
	switch service {
	case "ecr.api", "ecr.dkr":
		return "tasks fetch images through NAT; with `network.nat` none it is there"
	case "ssm":
		return "a `TLSInstance` reaches the service over the internet"
	}
	return "nothing in a stack calls the service"
}

// openToAdministration says of a network ACL whether its entries admit everyone to SSH
// or RDP. AWS does not look at a VPC's default network ACL.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-21
func openToAdministration(r *resources, a resource) string {
	entries := a.blocks("ingress")
	for _, rule := range r.about(a, "networkAclId", typeACLRule) {
		if !rule.flag("egress") {
			entries = append(entries, rule)
		}
	}
	for _, e := range entries {
		protocol, from, to := e.text("protocol"), e.number("fromPort"), e.number("toPort")
		if !slices.Contains([]string{"tcp", "6", "-1", "all"}, protocol) ||
			e.text("action") != "allow" && e.text("ruleAction") != "allow" ||
			e.text("cidrBlock") != everyIPv4 && e.text("ipv6CidrBlock") != everyIPv6 {
			continue
		}
		for _, port := range administration {
			if protocol == "-1" || protocol == "all" || from <= port && port <= to {
				return "admits everyone"
			}
		}
	}
	return ""
}
