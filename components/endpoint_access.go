package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// hasEndpoints says whether calls of AWS from within the network go to its
// interface endpoints: their private DNS names hold in the whole VPC, in public
// subnets and beside NAT too.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
func (n *Network) hasEndpoints() bool {
	return len(n.args.InterfaceEndpoints) > 0 || n.PrivateEgress() == PrivateEgressEndpoints
}

// admitToEndpoints lets the members of a security group into the network's
// interface endpoints, which admit nobody else. Without endpoints it makes
// nothing.
func admitToEndpoints(
	ctx *pulumi.Context, parent pulumi.Resource, name string, network *Network, group pulumi.StringOutput, description string,
	tags map[string]string,
) (*vpc.SecurityGroupIngressRule, error) {
	if !network.hasEndpoints() {
		return nil, nil
	}
	return tcpRule{
		name: name + "-endpoints", description: description, tags: tags,
		group: network.EndpointSecurityGroupId, port: httpsPort, peer: group,
	}.in(ctx, parent)
}
