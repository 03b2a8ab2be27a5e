package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// thumbnails takes its work from a queue, where work that was interrupted appears again: so
// most of its tasks may run on Fargate Spot, which costs less and is taken away at times.
func thumbnails(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "shop", nil)
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "thumbnails", &components.PrivateFargateServiceArgs{
		Image:        pulumi.String("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/thumbnails:1.0"),
		Network:      network, // no route: nothing connects to it
		DesiredCount: pulumi.IntRef(6),
		OnDemandBase: pulumi.IntRef(2),   // these two are never taken away
		SpotPercent:  pulumi.IntRef(100), // of the other four
	})
	return err
}

func ExamplePrivateFargateService_spot() {
	pulumi.Run(thumbnails)
}
