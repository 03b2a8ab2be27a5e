package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// lockedDownShop is a service that may do little in its containers, and a task beside it from which
// people look into the network. The shop's image is built for that, with the lines
//
//	RUN mkdir /cache && chown 1000:1000 /cache
//	VOLUME /cache
//	USER 1000
func lockedDownShop(ctx *pulumi.Context) error {
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
	_, err = components.NewPrivateFargateService(ctx, "shop", &components.PrivateFargateServiceArgs{
		Image:                  pulumi.String("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop:1.0"),
		ContainerPort:          8080, // a user other than root may not be able to listen on port 80
		Route:                  &components.ServiceRouteArgs{LoadBalancer: alb},
		User:                   "1000",
		ReadonlyRootFilesystem: true,
		WritablePaths:          []string{"/cache"},
		// It finds what the checks of the load balancer do not: background jobs that hang.
		ContainerHealthCheck: &components.ContainerHealthCheckArgs{
			Command: []string{"CMD", "/app/check-jobs"}, StartPeriodSeconds: pulumi.IntRef(60),
		},
	})
	if err != nil {
		return err
	}
	// aws ecs execute-command --cluster CLUSTER --task TASK --interactive --command /bin/bash
	_, err = components.NewPrivateFargateService(ctx, "console", &components.PrivateFargateServiceArgs{
		Image:                pulumi.String("public.ecr.aws/amazonlinux/amazonlinux:2023"),
		Command:              []string{"sleep", "infinity"},
		Network:              network,
		DesiredCount:         pulumi.IntRef(1),
		EnableExecuteCommand: true,
	})
	return err
}

func ExamplePrivateFargateService_containerSettings() {
	pulumi.Run(lockedDownShop)
}
