package components

import (
	"cmp"
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Dashboard is a CloudWatch dashboard that follows the request path: distribution,
// load balancer, targets, tasks or instance, certificates, one row of graphs for each.
//
// A dashboard has no Region, and its name, made of the project's, the stack's and the
// component's, is unique in the account: AWS replaces one of the same name. Register it
// after everything that it shows.
type Dashboard struct {
	pulumi.ResourceState

	// DashboardName is the dashboard's name in CloudWatch.
	DashboardName pulumi.StringOutput `pulumi:"dashboardName"`

	// Dashboard is what Register makes.
	Dashboard *cloudwatch.Dashboard

	planned
	args   *DashboardArgs
	region string
}

// NewDashboard makes a Dashboard. Wrong args register nothing.
func NewDashboard(ctx *pulumi.Context, name string, args *DashboardArgs, opts ...pulumi.ResourceOption) (*Dashboard, error) {
	return construct(ctx, PlanDashboard, name, args, opts)
}

// PlanDashboard is the first half of NewDashboard.
func PlanDashboard(name string, args *DashboardArgs) (*Dashboard, error) {
	c := &Dashboard{planned: planned{component: "Dashboard", name: name}, args: cmp.Or(args, &DashboardArgs{})}
	if args == nil {
		return c, c.withoutArgs("something to show")
	}
	err := c.validate(c.args.validate)
	c.faulty = c.faulty || onFaultyParts(c.args)
	return c, err
}

// Register is the second half of NewDashboard.
func (c *Dashboard) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return c.register(ctx, TokenDashboard, c.args, c, opts, c.findRegion, c.checkRoutes, c.newDashboard)
}

// findRegion is where everything but CloudFront has its metrics.
func (c *Dashboard) findRegion(ctx *pulumi.Context) (err error) {
	c.region, err = regionOf(ctx, pulumi.Parent(c))
	return c.fault("", err)
}

func (c *Dashboard) checkRoutes(*pulumi.Context) error {
	return c.fault("loadBalancers", routesRegistered(c.args.routes()))
}

func (c *Dashboard) newDashboard(ctx *pulumi.Context) (err error) {
	c.Dashboard, err = cloudwatch.NewDashboard(ctx, c.name, &cloudwatch.DashboardArgs{
		DashboardName: pulumi.String(fixedName(ctx, c.name)),
		DashboardBody: c.body().ToMapOutput().ApplyT(func(body map[string]any) (string, error) {
			text, err := json.Marshal(body)
			return string(text), err
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	if err == nil {
		c.DashboardName = c.Dashboard.DashboardName
	}
	return err
}
