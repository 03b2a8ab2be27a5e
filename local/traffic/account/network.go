package account

import (
	"net/netip"
	"slices"
)

// VPC is a virtual network.
type VPC struct {
	ID               string `json:"id"`
	MainRouteTableID string `json:"mainRouteTableId"`
}

// Subnet is a subnet with its address blocks; the one for IPv6 may be empty.
type Subnet struct {
	ID               string `json:"id"`
	VPCID            string `json:"vpcId"`
	AvailabilityZone string
	CIDRBlock        string `json:"cidrBlock"`
	IPv6CIDRBlock    string `json:"ipv6CidrBlock"`
}

// Contains says whether an address is in one of the subnet's blocks.
func (s Subnet) Contains(a netip.Addr) bool {
	return slices.ContainsFunc([]string{s.CIDRBlock, s.IPv6CIDRBlock}, func(text string) bool {
		block, err := netip.ParsePrefix(text)
		return err == nil && block.Contains(a)
	})
}

// Subnet finds a subnet by its id.
func (r *Resources) Subnet(id string) (Subnet, bool) {
	return find(r.Subnets, func(s Subnet) bool { return s.ID == id })
}

// Route is a route of a route table.
type Route struct {
	RouteTableID         string `json:"routeTableId"`
	DestinationCIDRBlock string `json:"destinationCidrBlock"`
	GatewayID            string `json:"gatewayId"`
}

// TableAssociation is which route table a subnet has.
type TableAssociation struct {
	SubnetID     string `json:"subnetId"`
	RouteTableID string `json:"routeTableId"`
}

// SecurityGroupRule is a rule of a security group, for either direction.
type SecurityGroupRule struct {
	SecurityGroupID           string `json:"securityGroupId"`
	IPProtocol                string `json:"ipProtocol"`
	FromPort, ToPort          int
	CIDRv4                    string `json:"cidrIpv4"`
	CIDRv6                    string `json:"cidrIpv6"`
	PrefixListID              string `json:"prefixListId"`
	ReferencedSecurityGroupID string `json:"referencedSecurityGroupId"`
}

// Interface is what has a private address in a subnet.
type Interface struct {
	SubnetID  string `json:"subnetId"`
	PrivateIP string `json:"privateIp"`
}

// Instance is an EC2 instance.
type Instance struct {
	ID               string `json:"id"`
	ARN              string `json:"arn"`
	InstanceState    string
	SubnetID         string   `json:"subnetId"`
	PrivateIP        string   `json:"privateIp"`
	PublicIP         string   `json:"publicIp"`
	PublicDNS        string   `json:"publicDns"`
	IPv6Addresses    []string `json:"ipv6Addresses"`
	SecurityGroupIDs []string `json:"vpcSecurityGroupIds"`
	UserData         string
	UserDataBase64   string
	Tags             map[string]string
}

// Parameter is a parameter of Systems Manager.
type Parameter struct {
	ARN   string `json:"arn"`
	Value string
}

// Parameter is the value of a parameter, by its ARN; "" if there is none.
func (r *Resources) Parameter(arn string) string {
	p, _ := find(r.Parameters, func(p Parameter) bool { return p.ARN == arn })
	return p.Value
}

// Instance finds an instance by its id.
func (r *Resources) Instance(id string) (Instance, bool) {
	return find(r.Instances, func(i Instance) bool { return i.ID == id })
}
