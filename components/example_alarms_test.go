package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// watched is a container behind a load balancer, with alarms by e-mail. ECS rolls a
// deployment back whose tasks answer with errors.
func watched(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "watched", nil)
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "watched", &components.CertifiedDomainArgs{
		DomainName: "watched.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "watched", &components.SecuredALBArgs{Network: network, Domain: domain})
	if err != nil {
		return err
	}
	service, err := components.NewPrivateFargateService(ctx, "watched", &components.PrivateFargateServiceArgs{
		Image:            pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		Route:            &components.ServiceRouteArgs{LoadBalancer: alb},
		DeploymentAlarms: []string{components.DeploymentAlarmTarget5xx, components.DeploymentAlarmUnhealthyHosts},
	})
	if err != nil {
		return err
	}
	_, err = components.NewAlarms(ctx, "watched", &components.AlarmsArgs{
		Emails:        []string{"oncall@example.com"},
		LoadBalancers: []*components.SecuredALB{alb},
		Services:      []*components.PrivateFargateService{service},
		Domains:       []*components.CertifiedDomain{domain},
		// An application that is slow by nature.
		TargetP95Milliseconds: pulumi.IntRef(10000),
	})
	return err
}

func ExampleAlarms() {
	pulumi.Run(watched)
}
