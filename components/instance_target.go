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
// instance that is open to others is refused before anything is made.
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
	c.Route = ownRoute(&c.planned, c.args.Tags, c.args.Route, anyTarget(c.args.InstanceId, c.args.SecurityGroupId))
	if c.args.SecurityGroupId != "" {
		c.Route.args.TargetSecurityGroupId = pulumi.String(c.args.SecurityGroupId)
	}
	err := c.refuse(c.Route.attach())
	c.faulty = c.Route.faulty
	return c, err
}

// LookUp asks AWS about the instance: that it exists and runs, that its group is
// clear, that its port is not open to others, and whether requests reach it as it
// is. Register does so when it was not done before; a program that makes a load
// balancer first calls LookUp before that, so that a refusal leaves nothing behind.
func (c *InstanceTarget) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) error {
	found, err := c.lookUpInstance(ctx, opts...)
	if err == nil {
		// A rule for addresses is never ours, whatever the load balancer.
		err = c.tolerate(ctx, awsrule.OpenToAddresses(found.rules, c.args.Route.Port))
	}
	if err != nil {
		return c.refuse(err)
	}
	c.found = &found
	c.Route.args.TargetSecurityGroupId = pulumi.String(found.group)
	c.Route.target = c.args.target(found)
	return c.refuse(c.Route.checkPath(adoptedListener{}))
}

// Register is the second half of NewInstanceTarget.
func (c *InstanceTarget) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return c.register(ctx, TokenInstanceTarget, c.args, c, opts, c.attach)
}

func (c *InstanceTarget) attach(ctx *pulumi.Context) (err error) {
	if c.found == nil {
		if err := c.LookUp(ctx, pulumi.Parent(c)); err != nil {
			return err
		}
	}
	if err := c.Route.registerFor(ctx, c); err != nil {
		return err
	}
	c.Attachment, err = lb.NewTargetGroupAttachment(ctx, c.name, &lb.TargetGroupAttachmentArgs{
		TargetGroupArn: c.Route.TargetGroupArn,
		TargetId:       c.closedToOtherGroups(ctx),
		Port:           pulumi.Int(c.args.Route.Port),
	}, pulumi.Parent(c), pulumi.DependsOn(c.Route.ready()))
	if err != nil {
		return err
	}
	c.Route.serving = []pulumi.Resource{c.Attachment}
	c.InstanceId = pulumi.String(c.args.InstanceId).ToStringOutput()
	c.SecurityGroupId = pulumi.String(c.found.group).ToStringOutput()
	return nil
}

// closedToOtherGroups is the instance's id, once the load balancer's group is
// known to be the only one that is admitted.
func (c *InstanceTarget) closedToOtherGroups(ctx *pulumi.Context) pulumi.StringOutput {
	return c.Route.listener.securityGroupID.ApplyT(func(loadBalancerGroup string) (string, error) {
		if err := awsrule.OpenToGroups(c.found.rules, c.args.Route.Port, loadBalancerGroup); err != nil {
			return c.args.InstanceId, c.tolerate(ctx, err)
		}
		return c.args.InstanceId, nil
	}).(pulumi.StringOutput)
}

// tolerate refuses an instance that is open, or warns of it if the args ask for that.
func (c *InstanceTarget) tolerate(ctx *pulumi.Context, open error) error {
	finding := c.fault("instanceId", open)
	if finding == nil || c.args.OpenIngress != OpenIngressWarn {
		return finding
	}
	c.findings.first(bypassCause(c.args.InstanceId))
	return ctx.Log.Warn(finding.Error(), nil)
}
