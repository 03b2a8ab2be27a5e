package components

import (
	"cmp"
	"errors"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// SecuredALB is an Application Load Balancer, internet-facing or internal, that
// answers HTTPS only and forwards nothing until a ServiceRoute says so.
//
// It creates the load balancer in the network's public subnets, or an internal one in
// its private subnets, a security group
// of its own with its inbound rules, the HTTPS listener and the alias records;
// for viewers (not for CloudFront) also an HTTP listener that redirects to HTTPS
// with 301.
//
// Security posture: the group admits whom AccessFrom names and nobody else, and
// lets nothing out; each ServiceRoute adds an outbound rule to its own targets
// on their own port. Header fields with invalid names are dropped. Requests that
// no route matches are answered 404, and behind CloudFront 403: there every rule
// asks for the origin secret, so that another account's distribution, whose
// addresses are the same, gets nothing. Behind a VPC origin it is internal, and no other
// account's distribution reaches it.
type SecuredALB struct {
	pulumi.ResourceState

	LoadBalancerArn pulumi.StringOutput `pulumi:"loadBalancerArn"`
	// DnsName is the load balancer's own name, under amazonaws.com. No
	// certificate covers it: use one of HostNames.
	DnsName pulumi.StringOutput `pulumi:"dnsName"`
	// CanonicalHostedZoneId is the zone of DnsName, for alias records.
	CanonicalHostedZoneId pulumi.StringOutput `pulumi:"canonicalHostedZoneId"`
	// ListenerArn is the HTTPS listener's ARN, for routes of other stacks.
	ListenerArn pulumi.StringOutput `pulumi:"listenerArn"`
	// SecurityGroupId is the load balancer's security group.
	SecurityGroupId pulumi.StringOutput `pulumi:"securityGroupId"`
	// VpcId is the network's VPC.
	VpcId pulumi.StringOutput `pulumi:"vpcId"`

	// What Register makes, for whatever the args do not offer.

	LoadBalancer *lb.LoadBalancer
	// HttpsListener is what routes attach their rules to.
	HttpsListener *lb.Listener
	// HttpListener redirects to HTTPS; nil behind CloudFront.
	HttpListener  *lb.Listener
	SecurityGroup *ec2.SecurityGroup
	// IngressRules admit whom AccessFrom names; with "vpc-origin" none before the
	// CloudFrontFront is registered.
	IngressRules []*vpc.SecurityGroupIngressRule
	// WebAclAssociation attaches the web ACL, nil without one. It is of type
	// aws:wafv2/webAclAssociation:WebAclAssociation.
	WebAclAssociation *RawResource
	// AliasRecords are those of AliasNames; none before CreateRecords when
	// CreateAliasRecords is false.
	AliasRecords []*route53.Record

	planned
	args   *SecuredALBArgs
	routes listenerRoutes
	// region is known once it is looked up, for WebAclArn.
	region string
}

// NewSecuredALB makes a SecuredALB. Wrong args register nothing; a prefix list
// that does not fit into the security group is refused before anything is made.
func NewSecuredALB(
	ctx *pulumi.Context, name string, args *SecuredALBArgs, opts ...pulumi.ResourceOption,
) (*SecuredALB, error) {
	return construct(ctx, PlanSecuredALB, name, args, opts)
}

// PlanSecuredALB is the first half of NewSecuredALB.
func PlanSecuredALB(name string, args *SecuredALBArgs) (*SecuredALB, error) {
	c := &SecuredALB{
		planned: planned{component: "SecuredALB", name: name, findings: &findings{}},
		args:    cmp.Or(args, &SecuredALBArgs{}).withDefaults(),
	}
	if args == nil {
		return c, c.withoutArgs("network and domain")
	}
	return c, c.check(c.args, func(l *fault.List) {
		c.args.validate(l)
		checkLogBucket(l, c.args.LogBucket, name, LogSourceALB)
	}, c.checkPath)
}

// Register is the second half of NewSecuredALB.
func (c *SecuredALB) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return c.register(ctx, TokenSecuredALB, c.args, c, opts, lookUpOnce(c),
		func(ctx *pulumi.Context) error { return checkListenerCertificate(ctx, c, c.args.Domain) }, c.checkSubnets, c.checkGateway,
		checkLogRegion(&c.planned, c, c.args.LogBucket), c.newSecurityGroup, c.newLoadBalancer, c.attachWebAcl, c.newListeners,
		func(ctx *pulumi.Context) error {
			if !*c.args.CreateAliasRecords {
				return nil
			}
			return c.newRecords(ctx)
		})
}

// AccessFrom says who may connect: "internet", "cidrs", "cloudfront" or "vpc-origin".
func (c *SecuredALB) AccessFrom() string { return c.args.AccessFrom }

// OriginSecret is the header that every route asks for, nil unless AccessFrom is
// "cloudfront".
func (c *SecuredALB) OriginSecret() *OriginSecret { return c.args.OriginSecret }

// Network is the network that the load balancer stands in.
func (c *SecuredALB) Network() *Network { return c.args.Network }

// HostNames are the names that alias records point to the load balancer.
func (c *SecuredALB) HostNames() []string { return c.args.AliasNames }

func (c *SecuredALB) newLoadBalancer(ctx *pulumi.Context) (err error) {
	addresses := "ipv4"
	if c.args.DualStack {
		addresses = "dualstack"
	}
	name, aliases := c.loadBalancerName()
	c.LoadBalancer, err = lb.NewLoadBalancer(ctx, name, &lb.LoadBalancerArgs{
		LoadBalancerType:         pulumi.String("application"),
		Internal:                 pulumi.Bool(c.args.Internal),
		IpAddressType:            pulumi.String(addresses),
		Subnets:                  c.subnetIDs(ctx),
		SecurityGroups:           pulumi.StringArray{c.SecurityGroup.ID()},
		DropInvalidHeaderFields:  pulumi.Bool(true),
		DesyncMitigationMode:     ifGiven(c.args.DesyncMitigationMode),
		IdleTimeout:              pulumi.Int(c.args.IdleTimeoutSeconds),
		EnableDeletionProtection: pulumi.Bool(c.args.DeletionProtection),
		AccessLogs:               c.accessLogs(),
		ConnectionLogs:           c.connectionLogs(),
		Tags:                     resourceTags(c.args.Tags),
		// What replaces a load balancer is a change of Internal. AWS lets a target group
		// belong to one load balancer at a time, so the old one goes first.
		// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
	}, pulumi.Parent(c), aliases, pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return err
	}
	c.LoadBalancerArn = c.LoadBalancer.Arn
	c.DnsName = c.LoadBalancer.DnsName
	c.CanonicalHostedZoneId = c.LoadBalancer.ZoneId
	return nil
}

// attachWebAcl has the load balancer ask the web ACL.
func (c *SecuredALB) attachWebAcl(ctx *pulumi.Context) (err error) {
	var arn pulumi.StringInput
	switch {
	case c.args.WebAcl != nil:
		arn = c.args.WebAcl.WebAclArn
	case c.args.WebAclArn != nil:
		arn = c.adoptedWebAcl()
	default:
		return nil
	}
	c.WebAclAssociation, err = newRaw(ctx, typeWebACLAssociation, c.name, pulumi.Map{
		"resourceArn": c.LoadBalancerArn, "webAclArn": arn,
	}, pulumi.Parent(c))
	return err
}

// LookUp asks AWS for the Region, of which WebAclArn has to be. Register does so when it
// was not done before; a program that makes other resources first calls LookUp before
// that, so that a refusal leaves nothing behind.
func (c *SecuredALB) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (err error) {
	if c.args.WebAclArn == nil {
		return nil
	}
	if c.region, err = regionOf(ctx, opts...); err != nil {
		return c.refuse(c.fault("", err))
	}
	c.lookedUp = true
	if arn, known := literal(c.args.WebAclArn); known {
		return c.refuse(c.fault("webAclArn", awsrule.RegionalWebACL(arn, c.region)))
	}
	return nil
}

// adoptedWebAcl is WebAclArn; one that is not known beforehand is checked when it is.
func (c *SecuredALB) adoptedWebAcl() pulumi.StringOutput {
	return c.args.WebAclArn.ToStringOutput().ApplyT(func(arn string) (string, error) {
		return arn, c.fault("webAclArn", awsrule.RegionalWebACL(arn, c.region))
	}).(pulumi.StringOutput)
}

// CreateRecords makes the alias records of AliasNames when CreateAliasRecords is
// false. They are made after the services and instances that are registered behind
// the load balancer by then, and after the resources given, so that a record which
// is taken over leads to the old server until the new one answers.
func (c *SecuredALB) CreateRecords(ctx *pulumi.Context, after ...pulumi.Resource) error {
	switch {
	case *c.args.CreateAliasRecords:
		return c.fault("createAliasRecords", errors.New("must be false for CreateRecords, got true: the records exist"))
	case !c.args.Domain.HasZone():
		return c.fault("domain", errors.New("must have a hosted zone to hold the records"))
	}
	for i, r := range after {
		if err := awaitable(r); err != nil {
			return c.fault(fault.Index("after", i), err)
		}
	}
	return c.newRecords(ctx, after...)
}

func (c *SecuredALB) newRecords(ctx *pulumi.Context, after ...pulumi.Resource) (err error) {
	listeners := []pulumi.Resource{c.HttpsListener}
	if c.HttpListener != nil {
		listeners = append(listeners, c.HttpListener)
	}
	if c.WebAclAssociation != nil {
		listeners = append(listeners, c.WebAclAssociation)
	}
	c.AliasRecords, err = newAliasRecords(ctx, c, c.name, aliasRecords{
		zoneID:       c.args.Domain.ZoneId,
		names:        c.args.AliasNames,
		targetName:   c.DnsName,
		targetZoneID: c.CanonicalHostedZoneId,
		ipv6:         c.args.DualStack,
		overwrite:    c.args.OverwriteExistingRecords,
		after:        slices.Concat(listeners, c.serving(), after),
	})
	return err
}

// serving are the resources that answer behind the load balancer, of those that are
// registered.
func (c *SecuredALB) serving() []pulumi.Resource {
	var all []pulumi.Resource
	for _, route := range c.routes.all() {
		all = append(all, route.serving...)
	}
	return all
}
