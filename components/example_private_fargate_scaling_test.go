package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// scaledByRequests is a service that has a task for every thousand requests a minute, and
// fewer at night.
func scaledByRequests(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "shop", nil)
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "shop", &components.CertifiedDomainArgs{
		DomainName: "shop.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "shop", &components.SecuredALBArgs{Network: network, Domain: domain})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "web", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		Route: &components.ServiceRouteArgs{LoadBalancer: alb},
		Autoscaling: &components.AutoscalingArgs{
			MinCount: 2, MaxCount: 10, RequestsPerTarget: 1000,
			Schedules: []components.AutoscalingScheduleArgs{
				{Name: "night", Schedule: "cron(0 20 * * ? *)", TimeZone: "Asia/Tokyo", MinCount: pulumi.IntRef(1), MaxCount: pulumi.IntRef(2)},
				{Name: "morning", Schedule: "cron(0 6 * * ? *)", TimeZone: "Asia/Tokyo"},
			},
		},
	})
	return err
}

func ExampleAutoscalingArgs() {
	pulumi.Run(scaledByRequests)
}
