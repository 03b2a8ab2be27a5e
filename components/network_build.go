package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

const anywhere = "0.0.0.0/0"

// networkLayout is where the subnets of a Network lie, and what has to be there before
// anything can be put into them.
type networkLayout struct {
	zones                     []awsrule.ZoneSubnets
	publicReady, privateReady []pulumi.Resource
}

// tags are the caller's and a Name.
func (n *Network) tags(name string) pulumi.StringMapInput { return namedTags(n.args.Tags, name) }

func (n *Network) makePublicSubnets(ctx *pulumi.Context) (err error) {
	n.InternetGateway, err = ec2.NewInternetGateway(ctx, n.name+"-internet", &ec2.InternetGatewayArgs{
		VpcId: n.VpcId,
		Tags:  n.tags(n.name + "-internet"),
	}, pulumi.Parent(n))
	if err != nil {
		return err
	}
	n.PublicRouteTable, err = n.makeTable(ctx, n.name+"-public")
	if err != nil {
		return err
	}
	n.PublicRoute, err = ec2.NewRoute(ctx, n.name+"-public", &ec2.RouteArgs{
		RouteTableId:         n.PublicRouteTable.ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		GatewayId:            n.InternetGateway.ID(),
	}, pulumi.Parent(n))
	if err != nil {
		return err
	}
	n.layout.publicReady = append(n.layout.publicReady, n.PublicRoute)
	for _, s := range n.layout.zones {
		subnet, association, err := n.makeSubnet(ctx, n.name+"-public-"+s.Zone.Name, s.Zone.Name, s.Public, n.PublicRouteTable)
		if err != nil {
			return err
		}
		n.PublicSubnets = append(n.PublicSubnets, subnet)
		n.PublicAssociations = append(n.PublicAssociations, association)
		n.layout.publicReady = append(n.layout.publicReady, association)
	}
	return nil
}

func (n *Network) makePrivateSubnets(ctx *pulumi.Context) error {
	for _, s := range n.layout.zones {
		name := n.name + "-private-" + s.Zone.Name
		table, err := n.makeTable(ctx, name)
		if err != nil {
			return err
		}
		subnet, association, err := n.makeSubnet(ctx, name, s.Zone.Name, s.Private, table)
		if err != nil {
			return err
		}
		n.PrivateRouteTables = append(n.PrivateRouteTables, table)
		n.PrivateSubnets = append(n.PrivateSubnets, subnet)
		n.PrivateAssociations = append(n.PrivateAssociations, association)
		n.layout.privateReady = append(n.layout.privateReady, association)
	}
	return nil
}

func (n *Network) makeTable(ctx *pulumi.Context, name string) (*ec2.RouteTable, error) {
	args := &ec2.RouteTableArgs{VpcId: n.VpcId, Tags: n.tags(name)}
	return ec2.NewRouteTable(ctx, name, args, pulumi.Parent(n))
}

func (n *Network) makeSubnet(
	ctx *pulumi.Context, name, zone, block string, table *ec2.RouteTable,
) (*ec2.Subnet, *ec2.RouteTableAssociation, error) {
	subnet, err := ec2.NewSubnet(ctx, name, &ec2.SubnetArgs{
		VpcId:               n.VpcId,
		AvailabilityZone:    pulumi.String(zone),
		CidrBlock:           pulumi.String(block),
		MapPublicIpOnLaunch: pulumi.Bool(false),
		Tags:                n.tags(name),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, nil, err
	}
	association, err := ec2.NewRouteTableAssociation(ctx, name, &ec2.RouteTableAssociationArgs{
		RouteTableId: table.ID(),
		SubnetId:     subnet.ID(),
	}, pulumi.Parent(n))
	return subnet, association, err
}

// handOn hands on the ids of the subnets with all that they need among their
// dependencies: a load balancer is refused before the VPC has its gateway, and a task
// started before the NAT gateway has its route cannot pull its image.
func (n *Network) handOn(ctx *pulumi.Context) error {
	after := func(subnets []*ec2.Subnet, ready []pulumi.Resource) pulumi.StringArrayOutput {
		ids := subnetIDs(subnets).ToStringArrayOutput()
		return pulumi.OutputWithDependencies(ctx.Context(), ids, ready...).(pulumi.StringArrayOutput)
	}
	n.PublicSubnetIds = after(n.PublicSubnets, n.layout.publicReady)
	n.PrivateSubnetIds = after(n.PrivateSubnets, append(n.layout.privateReady, n.layout.publicReady...))
	return nil
}

func subnetIDs(subnets []*ec2.Subnet) pulumi.StringArray {
	ids := make(pulumi.StringArray, len(subnets))
	for i, s := range subnets {
		ids[i] = s.ID().ToStringOutput()
	}
	return ids
}
