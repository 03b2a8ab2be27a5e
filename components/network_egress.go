package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeNat gives each private route table a default route: to the NAT gateway of
// its zone, or to the first one when there is only one.
func (b *networkBuilder) makeNat() error {
	var nat *ec2.NatGateway
	for i, s := range b.plan {
		if b.args.Nat == NatPerAz || b.args.Nat == NatSingle && nat == nil {
			var err error
			if nat, err = b.makeNatGateway(s.Zone.Name, b.PublicSubnets[i]); err != nil {
				return err
			}
		}
		if nat == nil {
			return nil
		}
		route, err := ec2.NewRoute(b.ctx, b.name+"-private-"+s.Zone.Name, &ec2.RouteArgs{
			RouteTableId:         b.PrivateRouteTables[i].ID(),
			DestinationCidrBlock: pulumi.String(anywhere),
			NatGatewayId:         nat.ID(),
		}, pulumi.Parent(b.Network))
		if err != nil {
			return err
		}
		b.PrivateRoutes = append(b.PrivateRoutes, route)
		b.privateReady = append(b.privateReady, route)
	}
	return nil
}

// makeNatGateway waits for the internet gateway, as its address does: neither can
// be had in a VPC that has none.
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
func (b *networkBuilder) makeNatGateway(zone string, subnet *ec2.Subnet) (*ec2.NatGateway, error) {
	name := b.name + "-nat-" + zone
	afterGateway := pulumi.DependsOn([]pulumi.Resource{b.InternetGateway})
	address, err := ec2.NewEip(b.ctx, name, &ec2.EipArgs{
		Domain: pulumi.String("vpc"),
		Tags:   b.tags(name),
	}, pulumi.Parent(b.Network), afterGateway)
	if err != nil {
		return nil, err
	}
	gateway, err := ec2.NewNatGateway(b.ctx, name, &ec2.NatGatewayArgs{
		AllocationId: address.ID().ToStringOutput(),
		SubnetId:     subnet.ID(),
		Tags:         b.tags(name),
	}, pulumi.Parent(b.Network), afterGateway)
	b.NatEips, b.NatGateways = append(b.NatEips, address), append(b.NatGateways, gateway)
	return gateway, err
}

// makeS3Endpoint keeps traffic to S3, where image layers are kept, off the NAT
// gateway. A gateway endpoint costs nothing.
func (b *networkBuilder) makeS3Endpoint() error {
	tables := pulumi.StringArray{b.PublicRouteTable.ID().ToStringOutput()}
	for _, t := range b.PrivateRouteTables {
		tables = append(tables, t.ID().ToStringOutput())
	}
	var err error
	b.S3Endpoint, err = ec2.NewVpcEndpoint(b.ctx, b.name+"-s3", &ec2.VpcEndpointArgs{
		VpcId:           b.Vpc.ID(),
		ServiceName:     pulumi.String(b.serviceName("s3")),
		VpcEndpointType: pulumi.String("Gateway"),
		RouteTableIds:   tables,
		Tags:            b.tags(b.name + "-s3"),
	}, pulumi.Parent(b.Network))
	if err != nil {
		return err
	}
	b.privateReady = append(b.privateReady, b.S3Endpoint)
	b.S3PrefixListId = b.S3Endpoint.PrefixListId
	return nil
}

// makeInterfaceEndpoints makes the endpoints and one security group for all of
// them, without rules: each service adds the pair for its tasks.
func (b *networkBuilder) makeInterfaceEndpoints() (err error) {
	b.EndpointSecurityGroupId = pulumi.String("").ToStringOutput()
	if len(b.args.InterfaceEndpoints) == 0 {
		return nil
	}
	b.EndpointSecurityGroup, err = ec2.NewSecurityGroup(b.ctx, b.name+"-endpoints", &ec2.SecurityGroupArgs{
		VpcId:       b.Vpc.ID(),
		Description: pulumi.String("Interface endpoints: HTTPS from tasks"),
		Tags:        b.tags(b.name + "-endpoints"),
	}, pulumi.Parent(b.Network))
	if err != nil {
		return err
	}
	b.EndpointSecurityGroupId = b.EndpointSecurityGroup.ID().ToStringOutput()
	for _, service := range b.args.InterfaceEndpoints {
		name := b.name + "-endpoint-" + service
		endpoint, err := ec2.NewVpcEndpoint(b.ctx, name, &ec2.VpcEndpointArgs{
			VpcId:             b.Vpc.ID(),
			ServiceName:       pulumi.String(b.serviceName(service)),
			VpcEndpointType:   pulumi.String("Interface"),
			PrivateDnsEnabled: pulumi.Bool(true),
			SubnetIds:         subnetIDs(b.PrivateSubnets),
			SecurityGroupIds:  pulumi.StringArray{b.EndpointSecurityGroup.ID().ToStringOutput()},
			Tags:              b.tags(name),
		}, pulumi.Parent(b.Network))
		if err != nil {
			return err
		}
		b.InterfaceEndpoints = append(b.InterfaceEndpoints, endpoint)
		b.privateReady = append(b.privateReady, endpoint)
	}
	return nil
}

// serviceName is the full name of an AWS service in the network's region.
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
func (b *networkBuilder) serviceName(service string) string {
	return "com.amazonaws." + b.plan[0].Zone.Region + "." + service
}

// hasEndpoints says whether calls of AWS from within the network go to its
// interface endpoints: their private DNS names hold in the whole VPC, in public
// subnets and beside NAT too.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
func (n *Network) hasEndpoints() bool {
	return len(n.args.InterfaceEndpoints) > 0 || n.PrivateEgress() == PrivateEgressEndpoints
}

// admitToEndpoints lets the members of a component's security group into the
// network's interface endpoints, which admit nobody else. Without endpoints it makes
// nothing.
func (n *Network) admitToEndpoints(
	ctx *pulumi.Context, c part, group pulumi.StringOutput, description string, tags map[string]string,
) (*vpc.SecurityGroupIngressRule, error) {
	if !n.hasEndpoints() {
		return nil, nil
	}
	return tcpRule{
		name: c.plan().name + "-endpoints", description: description, tags: tags,
		group: n.EndpointSecurityGroupId, port: httpsPort, peer: group,
	}.in(ctx, c)
}
