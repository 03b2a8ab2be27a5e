package components

import (
	"cmp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of NetworkArgs.Nat.
const (
	// NatNone makes no NAT gateway.
	NatNone = awsrule.NATNone
	// NatSingle makes one NAT gateway, in the first zone, for all zones.
	NatSingle = awsrule.NATSingle
	// NatPerAz makes one NAT gateway in each zone.
	NatPerAz = awsrule.NATPerAz
)

// Values of Network.PrivateEgress and ExistingNetworkArgs.PrivateEgress.
const (
	// PrivateEgressNat: the private subnets reach the internet through NAT.
	PrivateEgressNat = awsrule.EgressNAT
	// PrivateEgressEndpoints: the private subnets reach only the AWS services that
	// a Fargate task needs, through interface endpoints.
	PrivateEgressEndpoints = awsrule.EgressEndpoints
	// PrivateEgressNone: a Fargate task in the private subnets cannot pull its
	// image.
	PrivateEgressNone = awsrule.EgressNone
)

const defaultNetworkBlock = "10.0.0.0/16"

// NetworkArgs configures a Network. All fields are optional.
type NetworkArgs struct {
	// CidrBlock of the VPC: an IPv4 block from /16 to /23. Each subnet gets a
	// sixteenth of it. It cannot change: AWS cannot move what is in a VPC to another
	// one, so a preview with another block is refused. Destroy the stack first, or
	// create another stack beside it. Default: "10.0.0.0/16".
	CidrBlock string `pulumi:"cidrBlock"`
	// AvailabilityZones are the names of 2-3 availability zones of one Region, for
	// example "ap-northeast-1a"; Local Zones, and zones in which AWS has no load
	// balancers, are not accepted. What there is one of, such as a single NAT gateway,
	// stands in the first zone of the list. Append a zone to add it: nothing else then
	// moves. Default: the first zones of the Region by id, such as "apne1-az1", without
	// those in which AWS has no load balancers; zones that AWS opens later do not change
	// the choice.
	// https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
	AvailabilityZones []string `pulumi:"availabilityZones"`
	// AvailabilityZoneCount is the number of zones if AvailabilityZones is not
	// given: 2 or 3. Default: 2.
	AvailabilityZoneCount int `pulumi:"availabilityZoneCount"`
	// Nat is which NAT gateways, each with an Elastic IP, connect the private
	// subnets to the internet: "none", "single" (in the first zone: cheap, but an
	// outage of that zone cuts off the others) or "perAz". Default: "single".
	Nat string `pulumi:"nat"`
	// InterfaceEndpoints are AWS services that the private subnets reach without
	// the internet, by the last part of the service name: "secretsmanager" for
	// com.amazonaws.REGION.secretsmanager. S3 always has a gateway endpoint.
	// Default: with Nat "none" what a Fargate task needs to start, "ecr.api",
	// "ecr.dkr" and "logs"; otherwise none. An empty list always means none.
	// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
	InterfaceEndpoints []string `pulumi:"interfaceEndpoints"`
	// Existing adopts a VPC instead of creating one. Of the other fields only LogBucket, and
	// Tags of the flow log, may be given with it. Default: a VPC is created.
	Existing *ExistingNetworkArgs `pulumi:"existing"`
	// LogBucket gets flow logs of all traffic in the VPC, of an adopted one too, below the
	// prefix NAME. It must have "flow-logs" among its sources and be in the VPC's Region.
	// Default: none; nothing is logged.
	// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
	LogBucket *LogBucket `pulumi:"logBucket"`
	// Tags are put on everything that the network makes, beside a Name. Their keys must
	// not begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
	// FixedTags are tags of the VPC alone that cannot change while it exists: a program
	// that would change one is refused in the preview. They stand for what a program
	// cannot change in place. A ready stack adds "portico:variant". Default: none.
	FixedTags map[string]string `pulumi:"fixedTags"`
}

// ExistingNetworkArgs adopts a VPC and subnets that are managed elsewhere.
// Nothing in them is changed.
type ExistingNetworkArgs struct {
	// VpcId of the VPC. Required.
	VpcId pulumi.StringInput `pulumi:"vpcId"`
	// PublicSubnetIds are the subnets for load balancers: one in each of at least
	// two zones, /27 or larger, whose default route leads to an internet gateway: in
	// the route table of the subnet, or else in the VPC's main one. Required.
	PublicSubnetIds pulumi.StringArrayInput `pulumi:"publicSubnetIds"`
	// PrivateSubnetIds are the subnets for tasks, in zones of PublicSubnetIds. With
	// PrivateEgress "nat", none may have a default route to an internet gateway.
	// Default: none; the network can then be used for load balancers only.
	PrivateSubnetIds pulumi.StringArrayInput `pulumi:"privateSubnetIds"`
	// PrivateEgress is how the private subnets reach other services: "nat",
	// "endpoints" or "none". Default: "nat", or "none" without private subnets.
	PrivateEgress string `pulumi:"privateEgress"`
	// EndpointSecurityGroupId is the security group of the interface endpoints.
	// Services add rules for their tasks to it. Required with PrivateEgress
	// "endpoints". With "nat", give it if the VPC has interface endpoints with private
	// DNS names: tasks then call those services through the endpoints, and cannot start
	// if the group of the one for ECR or for logs does not admit them. Not allowed with
	// "none". Default: none.
	// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
	EndpointSecurityGroupId pulumi.StringInput `pulumi:"endpointSecurityGroupId"`
	// S3PrefixListId is the prefix list of the S3 gateway endpoint, through which
	// image layers are pulled. Required with PrivateEgress "endpoints", not allowed
	// with "none". Default: none.
	S3PrefixListId pulumi.StringInput `pulumi:"s3PrefixListId"`
}

func (a NetworkArgs) withDefaults() NetworkArgs {
	if a.Existing != nil {
		existing := *a.Existing
		if existing.PrivateEgress == "" {
			existing.PrivateEgress = PrivateEgressNat
			if existing.PrivateSubnetIds == nil {
				existing.PrivateEgress = PrivateEgressNone
			}
		}
		a.Existing = &existing
		return a
	}
	a.CidrBlock = cmp.Or(a.CidrBlock, defaultNetworkBlock)
	a.Nat = cmp.Or(a.Nat, NatSingle)
	if len(a.AvailabilityZones) == 0 && a.AvailabilityZoneCount == 0 {
		a.AvailabilityZoneCount = awsrule.MinZones
	}
	if a.InterfaceEndpoints == nil && a.Nat == NatNone {
		a.InterfaceEndpoints = awsrule.FargateEndpoints()
	}
	return a
}

func (a NetworkArgs) validate(l *fault.List) {
	if a.Existing != nil {
		allowed := []string{"existing", "logBucket"}
		if a.LogBucket != nil { // the flow log has tags
			allowed = append(allowed, "tags")
		}
		refuseBeside(l, "existing, which makes nothing", a, allowed...)
		checkTags(l, "tags", a.Tags, "network")
		a.Existing.validate(l)
		return
	}
	l.Check("cidrBlock", awsrule.VPCBlock(a.CidrBlock))
	switch {
	case len(a.AvailabilityZones) == 0:
		l.Check("availabilityZoneCount", awsrule.ZoneCount(a.AvailabilityZoneCount))
	case a.AvailabilityZoneCount != 0:
		l.Addf("availabilityZoneCount", "must not be given beside availabilityZones, got %d; leave it out", a.AvailabilityZoneCount)
	default:
		awsrule.Zones(l, "availabilityZones", a.AvailabilityZones)
	}
	l.Check("nat", awsrule.OneOf(a.Nat, NatNone, NatSingle, NatPerAz))
	awsrule.InterfaceEndpoints(l, "interfaceEndpoints", a.InterfaceEndpoints)
	checkTags(l, "tags", a.Tags, "network")
	checkTags(l, "fixedTags", a.FixedTags, "network")
}

func (e ExistingNetworkArgs) validate(l *fault.List) {
	checkRequiredID(l, "existing.vpcId", e.VpcId, "vpc-")
	switch ids, isLiteral := e.PublicSubnetIds.(pulumi.StringArray); {
	case e.PublicSubnetIds == nil:
		l.Addf("existing.publicSubnetIds", "is required: a load balancer needs subnets in two zones")
	case isLiteral && len(ids) < awsrule.MinZones:
		l.Addf("existing.publicSubnetIds", "must be at least %d subnets, each in a zone of its own, got %d",
			awsrule.MinZones, len(ids))
	}
	if ids, isLiteral := e.PrivateSubnetIds.(pulumi.StringArray); isLiteral && len(ids) == 0 {
		l.Addf("existing.privateSubnetIds", "must be at least one subnet, got none; leave it out to have no private subnets")
	}
	l.Check("existing.privateEgress", awsrule.OneOf(e.PrivateEgress, PrivateEgressNat, PrivateEgressEndpoints, PrivateEgressNone))
	if e.PrivateSubnetIds == nil && e.PrivateEgress != PrivateEgressNone {
		l.Addf("existing.privateEgress", "must be %q without privateSubnetIds, got %q", PrivateEgressNone, e.PrivateEgress)
	}
	for _, field := range []struct {
		path   string
		in     pulumi.StringInput
		prefix string
	}{
		{"existing.endpointSecurityGroupId", e.EndpointSecurityGroupId, "sg-"},
		{"existing.s3PrefixListId", e.S3PrefixListId, "pl-"},
	} {
		switch {
		case e.PrivateEgress == PrivateEgressEndpoints:
			checkRequiredID(l, field.path, field.in, field.prefix)
		case field.in != nil && e.PrivateEgress == PrivateEgressNone:
			l.Addf(field.path, "must be given only with privateEgress %q or %q, got %q; leave it out",
				PrivateEgressEndpoints, PrivateEgressNat, e.PrivateEgress)
		default:
			checkID(l, field.path, field.in, field.prefix)
		}
	}
}

// checkID refuses an id that is known and cannot be of the kind that the prefix says.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
func checkID(l *fault.List, path string, in pulumi.StringInput, prefix string) {
	if id, known := literal(in); known && !strings.HasPrefix(id, prefix) {
		l.Addf(path, "must be an id that begins with %q, got %q", prefix, id)
	}
}

func checkRequiredID(l *fault.List, path string, in pulumi.StringInput, prefix string) {
	if in == nil {
		l.Addf(path, "is required")
	} else {
		checkID(l, path, in, prefix)
	}
}
