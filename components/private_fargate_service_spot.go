package components

import (
	"cmp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Capacity providers of Fargate, which every account has.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
const (
	onDemand = "FARGATE"
	onSpot   = "FARGATE_SPOT"
)

func (a *PrivateFargateServiceArgs) spotDefaults() {
	if a.SpotPercent != nil {
		a.OnDemandBase = cmp.Or(a.OnDemandBase, pulumi.IntRef(1))
	}
}

func (a *PrivateFargateServiceArgs) validateSpot(l *fault.List) {
	switch {
	case a.SpotPercent != nil:
		l.Check("spotPercent", awsrule.SpotShare(*a.SpotPercent))
		l.Check("onDemandBase", awsrule.OnDemandBase(*a.OnDemandBase))
	case a.OnDemandBase != nil:
		l.Addf("onDemandBase", "must be empty without spotPercent, got %d: no task is on Fargate Spot", *a.OnDemandBase)
	}
}

// newCapacityProviders gives the service's own cluster those that its tasks are placed on.
func (c *PrivateFargateService) newCapacityProviders(ctx *pulumi.Context) (err error) {
	if c.args.SpotPercent == nil || c.Cluster == nil {
		return nil
	}
	c.CapacityProviders, err = ecs.NewClusterCapacityProviders(ctx, c.name+"-cluster", &ecs.ClusterCapacityProvidersArgs{
		ClusterName: c.Cluster.Name, CapacityProviders: pulumi.ToStringArray([]string{onDemand, onSpot}),
	}, pulumi.Parent(c))
	c.needs = append(c.needs, c.CapacityProviders)
	return err
}

// placeTasks says where the service's tasks run: by the launch type, or by a strategy. The
// provider replaces a service whose strategy changes without a new deployment.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
func (c *PrivateFargateService) placeTasks(args *ecs.ServiceArgs) {
	if c.args.SpotPercent == nil {
		args.LaunchType = pulumi.String("FARGATE")
		return
	}
	spot, base := *c.args.SpotPercent, *c.args.OnDemandBase
	args.ForceNewDeployment = pulumi.Bool(true)
	var strategy ecs.ServiceCapacityProviderStrategyArray
	for _, item := range []struct {
		provider     string
		base, weight int
	}{{onDemand, base, 100 - spot}, {onSpot, 0, spot}} {
		if item.base > 0 || item.weight > 0 {
			strategy = append(strategy, ecs.ServiceCapacityProviderStrategyArgs{
				CapacityProvider: pulumi.String(item.provider), Base: pulumi.Int(item.base), Weight: pulumi.Int(item.weight),
			})
		}
	}
	args.CapacityProviderStrategies = strategy
}
