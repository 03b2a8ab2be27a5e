package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// LookUp asks AWS about what the network is to stand on: that its zones exist and take
// load balancers, and that the interface endpoints exist in them; or, of an adopted
// network, that the subnets lie where they should and are routed as they should be.
// Register does so when it was not done before; a program that makes something else
// first calls LookUp before that, so that a refusal leaves nothing behind.
func (n *Network) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) error {
	l := n.faults()
	if n.Adopted() {
		n.lookUpExisting(ctx, l, opts)
	} else if n.lookUpZones(ctx, l, opts) {
		n.lookUpEndpoints(ctx, l, opts)
	}
	n.lookedUp = true
	return n.refuse(l.Err())
}

// lookUpZones plans the subnets of the zones that are given, or else of the first ones of
// the Region, and says whether it could.
func (n *Network) lookUpZones(ctx *pulumi.Context, l *fault.List, opts []pulumi.InvokeOption) bool {
	found, err := availabilityZones(ctx, opts)
	switch given := n.args.AvailabilityZones; {
	case err != nil:
	case len(given) == 0:
		n.zoneNames, err = awsrule.FirstZones(found, n.args.AvailabilityZoneCount)
	default:
		n.zoneNames = slices.Clone(given)
		if err = n.checkZoneRegion(ctx, opts); err == nil && len(found) > 0 {
			awsrule.ZonesExist(l, "availabilityZones", given, found)
		}
	}
	if err == nil {
		n.layout.zones, err = awsrule.PlanSubnets(n.args.CidrBlock, n.zoneNames)
	}
	l.Check("availabilityZones", err)
	if err == nil {
		n.firstZone, n.firstPrivateZone = n.zoneNames[0], n.zoneNames[0]
	}
	return l.Err() == nil
}

// checkZoneRegion refuses zones of another Region than the provider's.
func (n *Network) checkZoneRegion(ctx *pulumi.Context, opts []pulumi.InvokeOption) error {
	zones := n.args.AvailabilityZones
	region, err := regionOf(ctx, opts...)
	if err != nil {
		return err
	}
	first, err := awsrule.ParseZone(zones[0])
	if err == nil && region != "" && first.Region != region {
		err = fmt.Errorf("must be zones of %s, where the provider works, got %v; name others or change aws:region", region, zones)
	}
	return err
}

// availabilityZones are the zones of the Region, whatever their state: one that is impaired for
// an hour must not move a subnet. Zones that an account has to opt in to are left out:
// those are Local and Wavelength Zones.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
func availabilityZones(ctx *pulumi.Context, opts []pulumi.InvokeOption) ([]awsrule.FoundZone, error) {
	found, err := aws.GetAvailabilityZones(ctx, &aws.GetAvailabilityZonesArgs{
		Filters: []aws.GetAvailabilityZonesFilter{
			{Name: "opt-in-status", Values: []string{"opt-in-not-required"}},
			{Name: "zone-type", Values: []string{"availability-zone"}},
		},
	}, opts...)
	if err != nil {
		return nil, lookupFailed(err, "the region's zones")
	}
	if len(found.ZoneIds) != len(found.Names) {
		return nil, fmt.Errorf("looking up the region's zones: got %d names and %d ids", len(found.Names), len(found.ZoneIds))
	}
	zones := make([]awsrule.FoundZone, len(found.Names))
	for i, name := range found.Names {
		zones[i] = awsrule.FoundZone{Name: name, ID: found.ZoneIds[i]}
	}
	return zones, nil
}

// lookUpEndpoints refuses interface endpoints that AWS does not have in the Region, or not
// in every zone of the network.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
func (n *Network) lookUpEndpoints(ctx *pulumi.Context, l *fault.List, opts []pulumi.InvokeOption) {
	for i, service := range n.args.InterfaceEndpoints {
		found, err := ec2.LookupVpcEndpointService(ctx, &ec2.LookupVpcEndpointServiceArgs{
			ServiceName: pulumi.StringRef(n.serviceName(service)), ServiceType: pulumi.StringRef("Interface"),
		}, opts...)
		if err == nil {
			err = awsrule.EndpointZones(n.serviceName(service), found.AvailabilityZones, n.zoneNames)
		} else {
			err = fmt.Errorf("must be a service that has an interface endpoint in the region, got %q: %w",
				service, lookupFailed(err, "%s", n.serviceName(service)))
		}
		l.Check(fault.Index("interfaceEndpoints", i), err)
	}
}

// lookUpExisting checks the subnets of an adopted network whose ids are plain strings.
// Routes are looked up of those alone: those of a VPC that the same program makes need
// not be there yet when the subnets are.
func (n *Network) lookUpExisting(ctx *pulumi.Context, l *fault.List, opts []pulumi.InvokeOption) {
	e := n.args.Existing
	public := n.plainSubnets(ctx, l, existingPublic, e.PublicSubnetIds, awsrule.LoadBalancerSubnets, opts)
	private := n.plainSubnets(ctx, l, existingPrivate, e.PrivateSubnetIds, awsrule.AdoptedSubnets, opts)
	if len(public) > 0 {
		n.firstZone = public[0].Zone
		l.Check(existingPublic, awsrule.PublicRoutes(public))
		l.Check(existingPrivate, awsrule.PrivateZones(public, private))
	}
	if len(private) > 0 {
		n.firstPrivate, n.firstPrivateZone = &private[0], private[0].Zone
	}
	if e.PrivateEgress == PrivateEgressNat {
		l.Check(existingPrivate, awsrule.PrivateRoutes(private))
	}
}

const (
	existingPublic  = "existing.publicSubnetIds"
	existingPrivate = "existing.privateSubnetIds"
)

// plainSubnets are the subnets with these ids and their routes; none when the ids, or the
// VPC's, are not plain strings, or when the rule finds a fault.
func (n *Network) plainSubnets(
	ctx *pulumi.Context, l *fault.List, path string, in pulumi.StringArrayInput, rule subnetRule, opts []pulumi.InvokeOption,
) []awsrule.AdoptedSubnet {
	vpc, ids, known := n.args.Existing.plain(in)
	if !known {
		return nil
	}
	subnets, err := lookUpSubnets(ctx, vpc, ids, rule, opts...)
	for i := range subnets {
		if err == nil {
			err = lookUpRoutes(ctx, &subnets[i], opts)
		}
	}
	l.Check(path, err)
	if err != nil {
		return nil
	}
	return subnets
}

// plain are the ids of the VPC and of subnets in it, if all are plain strings.
func (e *ExistingNetworkArgs) plain(subnets pulumi.StringArrayInput) (vpc string, ids []string, known bool) {
	vpc, vpcKnown := literal(e.VpcId)
	ids, idsKnown := literals(subnets)
	return vpc, ids, vpcKnown && idsKnown
}

// subnetRule says whether subnets of a VPC can be adopted.
type subnetRule func(vpc string, subnets []awsrule.AdoptedSubnet) error

// lookUpSubnets are subnets that fit a rule.
func lookUpSubnets(
	ctx *pulumi.Context, vpc string, ids []string, rule subnetRule, opts ...pulumi.InvokeOption,
) ([]awsrule.AdoptedSubnet, error) {
	subnets := make([]awsrule.AdoptedSubnet, len(ids))
	for i, id := range ids {
		if id == "" {
			return nil, fmt.Errorf("must not hold an empty id")
		}
		found, err := lookUpSubnet(ctx, id, opts...)
		if err != nil {
			return nil, err
		}
		subnets[i] = found
	}
	return subnets, rule(vpc, subnets)
}

func lookUpSubnet(ctx *pulumi.Context, id string, opts ...pulumi.InvokeOption) (awsrule.AdoptedSubnet, error) {
	found, err := ec2.LookupSubnet(ctx, &ec2.LookupSubnetArgs{Id: &id}, opts...)
	if err != nil {
		return awsrule.AdoptedSubnet{}, lookupFailed(err, "subnet %q", id)
	}
	return awsrule.AdoptedSubnet{
		ID: id, VPC: found.VpcId, Zone: found.AvailabilityZone, ZoneID: found.AvailabilityZoneId, CIDRBlock: found.CidrBlock,
	}, nil
}

// lookUpRoutes finds the route table that a subnet uses: the one that is associated with
// it, else the main one of its VPC.
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
func lookUpRoutes(ctx *pulumi.Context, s *awsrule.AdoptedSubnet, opts []pulumi.InvokeOption) error {
	table, err := ec2.LookupRouteTable(ctx, &ec2.LookupRouteTableArgs{SubnetId: &s.ID}, opts...)
	if err != nil { // there may be none
		table, err = ec2.LookupRouteTable(ctx, &ec2.LookupRouteTableArgs{
			VpcId: &s.VPC, Filters: []ec2.GetRouteTableFilter{{Name: "association.main", Values: []string{"true"}}},
		}, opts...)
	}
	if err != nil {
		return lookupFailed(err, "the route table of %q", s.ID)
	}
	routes := make([]awsrule.Route, len(table.Routes))
	for i, r := range table.Routes {
		routes[i] = awsrule.Route{CIDRBlock: r.CidrBlock, Gateway: r.GatewayId}
	}
	s.RouteTable, s.InternetGateway = table.RouteTableId, awsrule.ToInternetGateway(routes)
	s.DefaultRoute = awsrule.HasDefaultRoute(routes)
	return nil
}
