package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

const anywhere = "0.0.0.0/0"

// networkBuilder makes the resources of a Network one after another; each step
// leaves what later ones need in the network's fields.
type networkBuilder struct {
	*Network
	ctx  *pulumi.Context
	plan []awsrule.ZoneSubnets

	// ready is what has to be there before anything can be put into a subnet.
	publicReady, privateReady []pulumi.Resource
}

func (b *networkBuilder) build() error {
	for _, step := range []func() error{
		b.makeVpc, b.makePublicSubnets, b.makePrivateSubnets, b.makeNat, b.makeS3Endpoint, b.makeInterfaceEndpoints,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	b.VpcId = b.Vpc.ID().ToStringOutput()
	b.PublicSubnetIds = b.subnetIDsAfter(b.PublicSubnets, b.publicReady)
	b.PrivateSubnetIds = b.subnetIDsAfter(b.PrivateSubnets, append(b.privateReady, b.publicReady...))
	return nil
}

// tags are the caller's and a Name.
func (b *networkBuilder) tags(name string) pulumi.StringMapInput {
	return namedTags(b.args.Tags, name)
}

func (b *networkBuilder) makeVpc() (err error) {
	b.Vpc, err = ec2.NewVpc(b.ctx, b.name, &ec2.VpcArgs{
		CidrBlock: pulumi.String(b.args.CidrBlock),
		// Both are needed for the private DNS names of interface endpoints:
		// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               b.tags(b.name),
	}, pulumi.Parent(b.Network))
	if err != nil {
		return err
	}
	// Taking the default group over without naming a rule removes all its rules, so
	// that what is launched without a group of its own reaches nothing.
	b.DefaultSecurityGroup, err = ec2.NewDefaultSecurityGroup(b.ctx, b.name+"-default", &ec2.DefaultSecurityGroupArgs{
		VpcId: b.Vpc.ID(),
		Tags:  b.tags(b.name + "-default"),
	}, pulumi.Parent(b.Network))
	return err
}

func (b *networkBuilder) makePublicSubnets() (err error) {
	b.InternetGateway, err = ec2.NewInternetGateway(b.ctx, b.name+"-internet", &ec2.InternetGatewayArgs{
		VpcId: b.Vpc.ID(),
		Tags:  b.tags(b.name + "-internet"),
	}, pulumi.Parent(b.Network))
	if err != nil {
		return err
	}
	b.PublicRouteTable, err = b.makeTable(b.name + "-public")
	if err != nil {
		return err
	}
	b.PublicRoute, err = ec2.NewRoute(b.ctx, b.name+"-public", &ec2.RouteArgs{
		RouteTableId:         b.PublicRouteTable.ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		GatewayId:            b.InternetGateway.ID(),
	}, pulumi.Parent(b.Network))
	if err != nil {
		return err
	}
	b.publicReady = append(b.publicReady, b.PublicRoute)
	for _, s := range b.plan {
		subnet, association, err := b.makeSubnet(b.name+"-public-"+s.Zone.Name, s.Zone.Name, s.Public, b.PublicRouteTable)
		if err != nil {
			return err
		}
		b.PublicSubnets = append(b.PublicSubnets, subnet)
		b.PublicAssociations = append(b.PublicAssociations, association)
		b.publicReady = append(b.publicReady, association)
	}
	return nil
}

func (b *networkBuilder) makePrivateSubnets() error {
	for _, s := range b.plan {
		name := b.name + "-private-" + s.Zone.Name
		table, err := b.makeTable(name)
		if err != nil {
			return err
		}
		subnet, association, err := b.makeSubnet(name, s.Zone.Name, s.Private, table)
		if err != nil {
			return err
		}
		b.PrivateRouteTables = append(b.PrivateRouteTables, table)
		b.PrivateSubnets = append(b.PrivateSubnets, subnet)
		b.PrivateAssociations = append(b.PrivateAssociations, association)
		b.privateReady = append(b.privateReady, association)
	}
	return nil
}

func (b *networkBuilder) makeTable(name string) (*ec2.RouteTable, error) {
	args := &ec2.RouteTableArgs{VpcId: b.Vpc.ID(), Tags: b.tags(name)}
	return ec2.NewRouteTable(b.ctx, name, args, pulumi.Parent(b.Network))
}

func (b *networkBuilder) makeSubnet(
	name, zone, block string, table *ec2.RouteTable,
) (*ec2.Subnet, *ec2.RouteTableAssociation, error) {
	subnet, err := ec2.NewSubnet(b.ctx, name, &ec2.SubnetArgs{
		VpcId:               b.Vpc.ID(),
		AvailabilityZone:    pulumi.String(zone),
		CidrBlock:           pulumi.String(block),
		MapPublicIpOnLaunch: pulumi.Bool(false),
		Tags:                b.tags(name),
	}, pulumi.Parent(b.Network))
	if err != nil {
		return nil, nil, err
	}
	association, err := ec2.NewRouteTableAssociation(b.ctx, name, &ec2.RouteTableAssociationArgs{
		RouteTableId: table.ID(),
		SubnetId:     subnet.ID(),
	}, pulumi.Parent(b.Network))
	return subnet, association, err
}

// subnetIDsAfter are the ids of the subnets, with everything in ready among their
// dependencies: a load balancer is refused before the VPC has its gateway, and a
// task started before the NAT gateway has its route cannot pull its image.
func (b *networkBuilder) subnetIDsAfter(subnets []*ec2.Subnet, ready []pulumi.Resource) pulumi.StringArrayOutput {
	ids := subnetIDs(subnets).ToStringArrayOutput()
	return pulumi.OutputWithDependencies(b.ctx.Context(), ids, ready...).(pulumi.StringArrayOutput)
}

func subnetIDs(subnets []*ec2.Subnet) pulumi.StringArray {
	ids := make(pulumi.StringArray, len(subnets))
	for i, s := range subnets {
		ids[i] = s.ID().ToStringOutput()
	}
	return ids
}
