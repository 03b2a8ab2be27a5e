// Team is one service on the load balancer of another stack, ../platform. Each
// service is a stack of this program with a name and a priority of its own:
//
//	pulumi stack init orders
//	pulumi config set priority 100
//	pulumi config set image 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/orders:1.0
package main

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/portico-iac/portico/components"
)

func main() { pulumi.Run(team) }

func team(ctx *pulumi.Context) error {
	cfg, name := config.New(ctx, ""), ctx.Stack()
	platform, err := pulumi.NewStackReference(ctx, cfg.Require("platform"), nil)
	if err != nil {
		return err
	}
	network, err := components.NewNetwork(ctx, name, &components.NetworkArgs{
		Existing: &components.ExistingNetworkArgs{
			VpcId:            platform.GetStringOutput(pulumi.String("vpcId")),
			PublicSubnetIds:  list(platform, "publicSubnetIds"),
			PrivateSubnetIds: list(platform, "privateSubnetIds"),
		},
	})
	if err != nil {
		return err
	}
	host := name + ".apps.example.com"
	_, err = components.NewPrivateFargateService(ctx, name, &components.PrivateFargateServiceArgs{
		Image:         pulumi.String(cfg.Require("image")),
		ContainerPort: 8080,
		Network:       network,
		Route: &components.ServiceRouteArgs{
			ExistingListener: &components.ExistingListenerArgs{
				ListenerArn: platform.GetStringOutput(pulumi.String("listenerArn")),
			},
			// Teams agree on priorities, because only AWS sees all of them.
			Priority: cfg.RequireInt("priority"),
			Hosts:    []string{host},
		},
		Autoscaling: &components.AutoscalingArgs{MinCount: 2, MaxCount: 10},
	})
	ctx.Export("url", pulumi.String("https://"+host))
	return err
}

// list returns an output of another stack that is a list of strings.
func list(stack *pulumi.StackReference, output string) pulumi.StringArrayOutput {
	return stack.GetOutput(pulumi.String(output)).ApplyT(func(v any) ([]string, error) {
		items, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("output %q of the platform is not a list", output)
		}
		var all []string
		for _, item := range items {
			all = append(all, fmt.Sprint(item))
		}
		return all, nil
	}).(pulumi.StringArrayOutput)
}
