package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeNat gives each private route table a default route: to the NAT gateway of
// its zone, or to the first one when there is only one.
func (n *Network) makeNat(ctx *pulumi.Context) error {
	var nat *ec2.NatGateway
	for i, s := range n.layout.zones {
		if n.args.Nat == NatPerAz || n.args.Nat == NatSingle && nat == nil {
			var err error
			if nat, err = n.makeNatGateway(ctx, s.Zone.Name, n.PublicSubnets[i]); err != nil {
				return err
			}
		}
		if nat == nil {
			return nil
		}
		route, err := ec2.NewRoute(ctx, n.name+"-private-"+s.Zone.Name, &ec2.RouteArgs{
			RouteTableId:         n.PrivateRouteTables[i].ID(),
			DestinationCidrBlock: pulumi.String(anywhere),
			NatGatewayId:         nat.ID(),
		}, pulumi.Parent(n))
		if err != nil {
			return err
		}
		n.PrivateRoutes = append(n.PrivateRoutes, route)
		n.layout.privateReady = append(n.layout.privateReady, route)
	}
	return nil
}

// makeNatGateway waits for the internet gateway, as its address does: neither can
// be had in a VPC that has none.
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
func (n *Network) makeNatGateway(ctx *pulumi.Context, zone string, subnet *ec2.Subnet) (*ec2.NatGateway, error) {
	name := n.name + "-nat-" + zone
	afterGateway := pulumi.DependsOn([]pulumi.Resource{n.InternetGateway})
	address, err := ec2.NewEip(ctx, name, &ec2.EipArgs{
		Domain: pulumi.String("vpc"),
		Tags:   n.tags(name),
	}, pulumi.Parent(n), afterGateway)
	if err != nil {
		return nil, err
	}
	gateway, err := ec2.NewNatGateway(ctx, name, &ec2.NatGatewayArgs{
		AllocationId: address.ID().ToStringOutput(),
		SubnetId:     subnet.ID(),
		Tags:         n.tags(name),
	}, pulumi.Parent(n), afterGateway)
	n.NatEips, n.NatGateways = append(n.NatEips, address), append(n.NatGateways, gateway)
	return gateway, err
}

// makeS3Endpoint keeps traffic to S3, where image layers are kept, off the NAT
// gateway. A gateway endpoint costs nothing.
func (n *Network) makeS3Endpoint(ctx *pulumi.Context) error {
	tables := pulumi.StringArray{n.PublicRouteTable.ID().ToStringOutput()}
	for _, t := range n.PrivateRouteTables {
		tables = append(tables, t.ID().ToStringOutput())
	}
	var err error
	n.S3Endpoint, err = ec2.NewVpcEndpoint(ctx, n.name+"-s3", &ec2.VpcEndpointArgs{
		VpcId:           n.VpcId,
		ServiceName:     pulumi.String(n.serviceName("s3")),
		VpcEndpointType: pulumi.String("Gateway"),
		RouteTableIds:   tables,
		Tags:            n.tags(n.name + "-s3"),
	}, pulumi.Parent(n))
	if err != nil {
		return err
	}
	n.layout.privateReady = append(n.layout.privateReady, n.S3Endpoint)
	n.S3PrefixListId = n.S3Endpoint.PrefixListId
	return nil
}

// makeInterfaceEndpoints makes the endpoints and one security group for all of
// them, without rules: each service adds the pair for its tasks.
func (n *Network) makeInterfaceEndpoints(ctx *pulumi.Context) (err error) {
	n.EndpointSecurityGroupId = pulumi.String("").ToStringOutput()
	if len(n.args.InterfaceEndpoints) == 0 {
		return nil
	}
	n.EndpointSecurityGroup, err = ec2.NewSecurityGroup(ctx, n.name+"-endpoints", &ec2.SecurityGroupArgs{
		VpcId:       n.VpcId,
		Description: pulumi.String("Interface endpoints: HTTPS from tasks"),
		Tags:        n.tags(n.name + "-endpoints"),
	}, pulumi.Parent(n))
	if err != nil {
		return err
	}
	n.EndpointSecurityGroupId = n.EndpointSecurityGroup.ID().ToStringOutput()
	for _, service := range n.args.InterfaceEndpoints {
		name := n.name + "-endpoint-" + service
		endpoint, err := ec2.NewVpcEndpoint(ctx, name, &ec2.VpcEndpointArgs{
			VpcId:             n.VpcId,
			ServiceName:       pulumi.String(n.serviceName(service)),
			VpcEndpointType:   pulumi.String("Interface"),
			PrivateDnsEnabled: pulumi.Bool(true),
			SubnetIds:         subnetIDs(n.PrivateSubnets),
			SecurityGroupIds:  pulumi.StringArray{n.EndpointSecurityGroup.ID().ToStringOutput()},
			Tags:              n.tags(name),
		}, pulumi.Parent(n))
		if err != nil {
			return err
		}
		n.InterfaceEndpoints = append(n.InterfaceEndpoints, endpoint)
		n.layout.privateReady = append(n.layout.privateReady, endpoint)
	}
	return nil
}

// serviceName is the full name of an AWS service in the network's region.
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
func (n *Network) serviceName(service string) string {
	return "com.amazonaws." + n.layout.zones[0].Zone.Region + "." + service
}

// hasEndpoints says whether calls of AWS from within the network go to its
// interface endpoints: their private DNS names hold in the whole VPC, in public
// subnets and beside NAT too.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
func (n *Network) hasEndpoints() bool {
	return len(n.args.InterfaceEndpoints) > 0 || n.Adopted() && n.args.Existing.EndpointSecurityGroupId != nil
}

// admitToEndpoints lets the members of a component's security group into the
// network's interface endpoints, which admit nobody else. Without endpoints it makes
// nothing.
func (n *Network) admitToEndpoints(
	ctx *pulumi.Context, parent pulumi.Resource, name string, group pulumi.StringOutput, description string, tags map[string]string,
) (*vpc.SecurityGroupIngressRule, error) {
	if !n.hasEndpoints() {
		return nil, nil
	}
	return tcpRule{
		name: name + "-endpoints", description: description, tags: tags,
		group: n.EndpointSecurityGroupId, port: httpsPort, peer: group,
	}.in(ctx, parent)
}
