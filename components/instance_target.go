package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// InstanceTarget puts an EC2 instance that exists already behind a load
// balancer, over HTTPS unless told otherwise.
//
// It creates a ServiceRoute, registers the instance in the route's target group
// and so adds one rule to the instance's security group: in from the load
// balancer's group on the target port. The instance itself is left alone, and
// destroying the stack takes away only what was added.
//
// The instance must run where the load balancer can use it: in its VPC, and in one of
// its zones (503).
//
// Security posture: rules of all of the instance's groups are looked up. While
// one of them admits others than the load balancer to the target port, which
// would let requests pass it by (to 200 from the instance itself), the plan is
// refused with the ids of the rules. Requests through the load balancer are
// checked as a ServiceRoute's are; OpenIngress changes nothing about those.
type InstanceTarget struct {
	pulumi.ResourceState

	InstanceId pulumi.StringOutput `pulumi:"instanceId"`
	// SecurityGroupId is the group that got the rule.
	SecurityGroupId pulumi.StringOutput `pulumi:"securityGroupId"`

	// Route is the instance's route, for what must wait for its rule. It is there once
	// the InstanceTarget is planned.
	Route *ServiceRoute
	// Attachment is the instance's registration in the target group, made by Register.
	// It comes after all of the route, for what must wait until the instance can
	// answer.
	Attachment *lb.TargetGroupAttachment

	planned
	args  *InstanceTargetArgs
	found *adoptedInstance
}

// NewInstanceTarget makes an InstanceTarget. Wrong args register nothing; an
// instance of a plain id that is open to others, or that the load balancer cannot use, is
// refused before anything of it is made.
func NewInstanceTarget(
	ctx *pulumi.Context, name string, args *InstanceTargetArgs, opts ...pulumi.ResourceOption,
) (*InstanceTarget, error) {
	return construct(ctx, PlanInstanceTarget, name, args, opts)
}

// PlanInstanceTarget is the first half of NewInstanceTarget: it checks the request path
// to an instance that admits the load balancer alone, and takes the route's priority on
// the load balancer. See LookUp for the instance itself.
func PlanInstanceTarget(name string, args *InstanceTargetArgs) (*InstanceTarget, error) {
	c := &InstanceTarget{planned: planned{component: "InstanceTarget", name: name}}
	if args == nil {
		return c, c.withoutArgs("instanceId and route")
	}
	c.args = args.withDefaults(name)
	if err := c.validate(func(l *fault.List) { c.args.validate(l, name) }); err != nil {
		return c, err
	}
	group, _ := literal(c.args.SecurityGroupId)
	c.Route = ownRoute(&c.planned, "route", name, c.args.Tags, c.args.Route, anyTarget(c.args.instanceName(name), group))
	c.Route.args.TargetSecurityGroupId = c.args.SecurityGroupId
	err := c.refuse(c.Route.attach())
	c.faulty = c.Route.faulty
	return c, err
}

// LookUp asks AWS about an instance with a plain id: that it exists and runs where the
// load balancer can use it, that its group is clear, that its port is not open to others,
// and whether requests reach it as it is. Register does so when it was not done before; a
// program that makes a load balancer first calls LookUp before that, so that a refusal
// leaves nothing behind. An instance that the same program makes is looked up by Register
// as soon as it is known, and refused before it is registered with the target group.
func (c *InstanceTarget) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) error {
	id, known := literal(c.args.InstanceId)
	group, groupKnown := literal(c.args.SecurityGroupId)
	if !known || !groupKnown && c.args.SecurityGroupId != nil {
		return nil
	}
	found, err := c.lookUp(ctx, id, group, opts...)
	if err != nil {
		return c.refuse(err)
	}
	c.found, c.lookedUp = &found, true
	c.Route.args.TargetSecurityGroupId = pulumi.String(found.group)
	c.Route.target = c.args.target(found)
	return nil
}

// lookUp is what AWS knows about the instance, once that is found to be right.
func (c *InstanceTarget) lookUp(ctx *pulumi.Context, id, group string, opts ...pulumi.InvokeOption) (adoptedInstance, error) {
	found, err := c.lookUpInstance(ctx, id, group, opts...)
	if err != nil {
		return found, err
	}
	place, err := c.placeNow(ctx, opts...)
	if err == nil {
		found.placed = place.known()
		err = c.checkPlace(found, place)
	}
	if err == nil {
		err = c.closedNow(ctx, found, place, opts...)
	}
	if err != nil {
		return found, err
	}
	return found, c.Route.leadingTo(c.args.target(found)).checkPath(adoptedListener{})
}

// Register is the second half of NewInstanceTarget.
func (c *InstanceTarget) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return c.register(ctx, TokenInstanceTarget, c.args, c, opts, lookUpOnce(c), c.attach)
}

func (c *InstanceTarget) attach(ctx *pulumi.Context) (err error) {
	var later pulumi.Output
	if found := c.found; found != nil {
		c.InstanceId = pulumi.String(found.id).ToStringOutput()
		c.SecurityGroupId = pulumi.String(found.group).ToStringOutput()
	} else {
		later = c.whenKnown(ctx)
		c.InstanceId = later.ApplyT(func(v any) string { return v.(adoptedInstance).id }).(pulumi.StringOutput)
		c.SecurityGroupId = later.ApplyT(func(v any) string { return v.(adoptedInstance).group }).(pulumi.StringOutput)
		c.Route.args.TargetSecurityGroupId = c.SecurityGroupId
	}
	if err := c.Route.registerFor(ctx, c); err != nil {
		return err
	}
	c.Attachment, err = lb.NewTargetGroupAttachment(ctx, c.name, &lb.TargetGroupAttachmentArgs{
		TargetGroupArn: c.Route.TargetGroupArn,
		TargetId:       c.checkedTarget(ctx, later),
		Port:           pulumi.Int(c.args.Route.Port),
	}, pulumi.Parent(c), pulumi.DependsOn(c.Route.ready()))
	c.Route.serving = []pulumi.Resource{c.Attachment}
	return err
}

// whenKnown is what is found out about the instance as soon as its id is known.
func (c *InstanceTarget) whenKnown(ctx *pulumi.Context) pulumi.Output {
	group := c.args.SecurityGroupId
	if group == nil {
		group = pulumi.String("")
	}
	return pulumi.All(c.args.InstanceId.ToStringOutput(), group.ToStringOutput()).ApplyT(func(v []any) (adoptedInstance, error) {
		id := v[0].(string)
		if err := awsrule.InstanceID(id); err != nil {
			return adoptedInstance{}, c.fault("instanceId", err)
		}
		found, err := c.lookUp(ctx, id, v[1].(string), pulumi.Parent(c))
		if err == nil {
			err = c.findings.log(ctx)
		}
		return found, err
	})
}

// checkedTarget is the instance's id, once the load balancer is known to stand where it
// can use the instance, and to be the only one that is admitted. An instance that was not
// found before is later.
func (c *InstanceTarget) checkedTarget(ctx *pulumi.Context, later pulumi.Output) pulumi.StringOutput {
	listener := c.Route.listener
	known := []any{listener.vpcID, listener.subnetIDs, listener.securityGroupID}
	if later != nil {
		known = append(known, later)
	}
	return pulumi.All(known...).ApplyT(func(v []any) (string, error) {
		found := c.found
		if later != nil {
			instance := v[3].(adoptedInstance)
			found = &instance
		}
		if !found.placed {
			zones, err := zonesOf(ctx, v[1].([]string), pulumi.Parent(c))
			if err != nil {
				return "", c.fault("route", err)
			}
			if err := c.checkPlace(*found, loadBalancerPlace{vpc: v[0].(string), zones: zones}); err != nil {
				return "", err
			}
		}
		return found.id, c.closedToOtherGroups(ctx, *found, v[2].(string))
	}).(pulumi.StringOutput)
}
