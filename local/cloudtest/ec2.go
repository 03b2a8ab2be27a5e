package cloudtest

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// Vpc makes a VPC 10.0.0.0/16 with DNS names.
func (c *Cloud) Vpc() string {
	c.t.Helper()
	id, _ := c.Create(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	return id
}

// Subnet makes a subnet of a VPC in the zone with a letter.
func (c *Cloud) Subnet(vpc, cidr, zone string) string {
	c.t.Helper()
	id, _ := c.Create(ec2.SubnetToken, "s", core.Object{
		"vpcId": vpc, "cidrBlock": cidr, "availabilityZone": c.Region + zone,
	})
	return id
}

// SecurityGroup makes a security group without rules.
func (c *Cloud) SecurityGroup(vpc, name string) string {
	c.t.Helper()
	id, _ := c.Create(ec2.SecurityGroupToken, name, core.Object{"vpcId": vpc})
	return id
}

// PublicNetwork makes a VPC with an internet gateway and a subnet 10.0.0.0/24.
func (c *Cloud) PublicNetwork() (vpc, gateway, subnet string) {
	c.t.Helper()
	vpc = c.Vpc()
	gateway, _ = c.Create(ec2.InternetGatewayToken, "igw", core.Object{"vpcId": vpc})
	return vpc, gateway, c.Subnet(vpc, "10.0.0.0/24", "a")
}
