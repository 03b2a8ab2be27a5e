package components

import (
	"cmp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Network is a VPC with public and private subnets over several availability
// zones: public ones for load balancers, private ones for tasks.
//
// It makes the VPC with DNS, an internet gateway, the subnets and their route
// tables, NAT gateways as asked, a gateway endpoint for S3 and interface endpoints
// as asked; or it adopts a VPC and makes nothing at all but a flow log, as asked. The VPC's default
// security group is left without rules, no subnet gives out public addresses, and
// the security group of the interface endpoints admits nobody until a service
// adds a rule for its tasks.
//
// Whatever uses PublicSubnetIds or PrivateSubnetIds is made after the routes and
// endpoints of those subnets.
type Network struct {
	pulumi.ResourceState

	VpcId pulumi.StringOutput `pulumi:"vpcId"`
	// PublicSubnetIds are the ids of the subnets for load balancers, in the order
	// of ZoneNames, or as given.
	PublicSubnetIds pulumi.StringArrayOutput `pulumi:"publicSubnetIds"`
	// PrivateSubnetIds are the ids of the subnets for tasks, in the same order.
	PrivateSubnetIds pulumi.StringArrayOutput `pulumi:"privateSubnetIds"`
	// EndpointSecurityGroupId is the security group of the interface endpoints, ""
	// when there are none.
	EndpointSecurityGroupId pulumi.StringOutput `pulumi:"endpointSecurityGroupId"`
	// S3PrefixListId is the prefix list of the S3 gateway endpoint, "" in an adopted
	// network that was given none.
	S3PrefixListId pulumi.StringOutput `pulumi:"s3PrefixListId"`

	// What Register makes, for whatever the args do not offer; nothing of an adopted
	// network. Lists are in the order of ZoneNames.

	Vpc *ec2.Vpc
	// DefaultSecurityGroup is the VPC's default group, without rules.
	DefaultSecurityGroup *ec2.DefaultSecurityGroup
	InternetGateway      *ec2.InternetGateway
	// PublicSubnets use PublicRouteTable, by PublicAssociations; PublicRoute leads to
	// the internet gateway.
	PublicSubnets      []*ec2.Subnet
	PublicRouteTable   *ec2.RouteTable
	PublicRoute        *ec2.Route
	PublicAssociations []*ec2.RouteTableAssociation
	// PrivateSubnets each use one of PrivateRouteTables, by PrivateAssociations;
	// PrivateRoutes lead to NAT gateways, none with Nat "none".
	PrivateSubnets      []*ec2.Subnet
	PrivateRouteTables  []*ec2.RouteTable
	PrivateRoutes       []*ec2.Route
	PrivateAssociations []*ec2.RouteTableAssociation
	// NatGateways each have one of NatEips.
	NatGateways []*ec2.NatGateway
	NatEips     []*ec2.Eip
	// S3Endpoint is the gateway endpoint for S3.
	S3Endpoint *ec2.VpcEndpoint
	// InterfaceEndpoints are in the order of the argument of that name; all have
	// EndpointSecurityGroup, which is nil when there are none.
	InterfaceEndpoints    []*ec2.VpcEndpoint
	EndpointSecurityGroup *ec2.SecurityGroup
	// FlowLog is that of the VPC, an adopted one too; nil without LogBucket.
	FlowLog *ec2.FlowLog

	planned
	args      NetworkArgs
	zoneNames []string
	// firstZone is where a single thing stands: the zone of the first public subnet, and
	// firstPrivateZone that of the first private one. They are "" when they are not known.
	firstZone        string
	firstPrivateZone string
	// firstPrivate is the first private subnet of an adopted network, nil when it is not known.
	firstPrivate *awsrule.AdoptedSubnet
	layout       networkLayout
}

// PrivateEgress is how the private subnets reach what lies outside the VPC:
// "nat", "endpoints" or "none". It is "endpoints" only when they hold all that a
// Fargate task needs to start.
func (n *Network) PrivateEgress() string {
	if n.args.Existing != nil {
		return n.args.Existing.PrivateEgress
	}
	return awsrule.PrivateEgressOf(n.args.Nat, n.args.InterfaceEndpoints)
}

// ZoneNames are the availability zones, as given or else in the order of their ids; none
// for an adopted network, and before the network is looked up or registered.
func (n *Network) ZoneNames() []string { return slices.Clone(n.zoneNames) }

// Adopted says whether the VPC existed before.
func (n *Network) Adopted() bool { return n.args.Existing != nil }

// ReachesService says whether a task in the private subnets can call the AWS
// service, named by the last part of its endpoint's name such as
// "secretsmanager". Of an adopted network's endpoints nothing is known: its owner
// is trusted.
func (n *Network) ReachesService(service string) bool {
	egress := n.PrivateEgress()
	return egress == PrivateEgressNat || egress == PrivateEgressEndpoints && n.Adopted() ||
		slices.Contains(n.args.InterfaceEndpoints, service)
}

// NewNetwork makes a Network. Nil args make one with all defaults: 10.0.0.0/16
// over two zones with one NAT gateway.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	return construct(ctx, PlanNetwork, name, args, opts)
}

// PlanNetwork is the first half of NewNetwork.
func PlanNetwork(name string, args *NetworkArgs) (*Network, error) {
	n := &Network{planned: planned{component: "Network", name: name}}
	n.args = cmp.Or(args, &NetworkArgs{}).withDefaults()
	err := n.validate(func(l *fault.List) {
		n.args.validate(l)
		checkLogBucket(l, n.args.LogBucket, name, LogSourceFlowLogs)
	})
	n.faulty = n.faulty || onFaultyParts(n.args)
	return n, err
}

// Register is the second half of NewNetwork.
func (n *Network) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	steps := []step{
		lookUpOnce(n), checkLogRegion(&n.planned, n, n.args.LogBucket), n.makeVpc, n.makePublicSubnets, n.makePrivateSubnets, n.makeNat, n.makeS3Endpoint,
		n.makeInterfaceEndpoints, n.makeFlowLog, n.handOn,
	}
	if n.Adopted() {
		steps = []step{lookUpOnce(n), checkLogRegion(&n.planned, n, n.args.LogBucket), n.adopt, n.makeFlowLog}
	}
	return n.register(ctx, TokenNetwork, n.args, n, opts, steps...)
}
