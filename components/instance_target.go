package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/albrule"
	"github.com/portico-iac/portico/internal/pathplan"
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

	// InstanceId is the instance.
	InstanceId pulumi.StringOutput `pulumi:"instanceId"`
	// SecurityGroupId is the group that got the rule.
	SecurityGroupId pulumi.StringOutput `pulumi:"securityGroupId"`

	args       *InstanceTargetArgs
	route      *ServiceRoute
	attachment *lb.TargetGroupAttachment
}

// NewInstanceTarget makes an InstanceTarget. Wrong args register nothing; an
// instance that is open to others is refused before anything is made.
func NewInstanceTarget(
	ctx *pulumi.Context, name string, args *InstanceTargetArgs, opts ...pulumi.ResourceOption,
) (*InstanceTarget, error) {
	if args == nil {
		return nil, errNoInstanceTargetArgs(name)
	}
	args = args.withDefaults()
	if err := args.validate(ctx, name); err != nil {
		return nil, err
	}
	c := &InstanceTarget{args: args}
	if err := registerComponent(ctx, TokenInstanceTarget, name, args, c, opts); err != nil {
		return nil, err
	}
	found, err := lookUpInstance(ctx, args, pulumi.Parent(c))
	if err == nil {
		err = c.tolerate(ctx, found.openToAddresses(args))
	}
	if err != nil {
		return nil, fmt.Errorf("InstanceTarget %q: %w", name, err)
	}
	if err := args.checkPath(ctx, name, found); err != nil {
		return nil, err
	}
	route := *args.Route
	route.TargetSecurityGroupId = pulumi.String(found.group)
	if err := route.validate(ctx, name); err != nil {
		return nil, err
	}
	c.route, err = newServiceRoute(ctx, name, &route, args.target(found), pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	c.attachment, err = lb.NewTargetGroupAttachment(ctx, name, &lb.TargetGroupAttachmentArgs{
		TargetGroupArn: c.route.TargetGroupArn,
		TargetId:       c.closedToOtherGroups(ctx, name, found),
		Port:           pulumi.Int(route.Port),
	}, pulumi.Parent(c), pulumi.DependsOn(c.route.ready()))
	if err != nil {
		return nil, err
	}
	c.InstanceId = pulumi.String(args.InstanceId).ToStringOutput()
	c.SecurityGroupId = pulumi.String(found.group).ToStringOutput()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"instanceId":      c.InstanceId,
		"securityGroupId": c.SecurityGroupId,
	})
}

func errNoInstanceTargetArgs(name string) error {
	return fmt.Errorf("InstanceTarget %q: args are required: give at least instanceId and route", name)
}

// Route is the instance's route, for what must wait for its rule.
func (c *InstanceTarget) Route() *ServiceRoute { return c.route }

// AttachmentResource is the instance's registration in the target group, which
// comes after all of the route, for what must wait until it can answer.
func (c *InstanceTarget) AttachmentResource() pulumi.Resource { return c.attachment }

// closedToOtherGroups is the instance's id, once the load balancer's group is
// known to be the only one that is admitted.
func (c *InstanceTarget) closedToOtherGroups(ctx *pulumi.Context, name string, found adoptedInstance) pulumi.StringOutput {
	return c.route.balancerGroupID.ApplyT(func(balancerGroup string) (string, error) {
		if err := albrule.OpenToGroups(found.rules, c.args.Route.Port, balancerGroup); err != nil {
			if err := c.tolerate(ctx, fmt.Errorf("instanceId: %w", err)); err != nil {
				return "", fmt.Errorf("InstanceTarget %q: %w", name, err)
			}
		}
		return c.args.InstanceId, nil
	}).(pulumi.StringOutput)
}

// tolerate turns a finding into a warning, if the args ask for that.
func (c *InstanceTarget) tolerate(ctx *pulumi.Context, finding error) error {
	if finding == nil || c.args.OpenIngress != OpenIngressWarn {
		return finding
	}
	saidTo(ctx).remember(pathplan.CauseAround(c.args.InstanceId))
	return ctx.Log.Warn(finding.Error(), &pulumi.LogArgs{Resource: c})
}
