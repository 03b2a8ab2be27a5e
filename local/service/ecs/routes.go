package ecs

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// route finds out what tasks in one subnet reach.
type route struct{ ec2.Reach }

// routeFrom is the route of a service's tasks in one subnet.
func routeFrom(t *core.Tx, service core.Object, subnetID string) route {
	subnet, _ := t.Get(ec2.SubnetToken, subnetID)
	network := service.Block("networkConfiguration")
	groups := network.Strs("securityGroups")
	if len(groups) == 0 { // as for every interface that is given none
		vpc, _ := t.Get(ec2.VpcToken, subnet.Str("vpcId"))
		groups = []string{vpc.Str("defaultSecurityGroupId")}
	}
	return route{ec2.Reach{T: t, Subnet: subnet, Groups: groups, HasPublicIP: network.Bool("assignPublicIp")}}
}
