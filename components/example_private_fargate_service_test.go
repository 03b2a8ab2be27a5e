package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// webAndAPI are two services behind one load balancer, told apart by path.
func webAndAPI(ctx *pulumi.Context) error {
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
		Route: &components.ServiceRouteArgs{LoadBalancer: alb}, // what no other route takes
	})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "api", &components.PrivateFargateServiceArgs{
		Image:         pulumi.String("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/api:1.0"),
		ContainerPort: 8080,
		Cpu:           512,
		Memory:        1024,
		Route: &components.ServiceRouteArgs{
			LoadBalancer: alb,
			Paths:        []string{"/api/*"},
			HealthCheck:  &components.HealthCheckArgs{Path: "/api/health"},
		},
		Environment: map[string]pulumi.StringInput{"LOG_LEVEL": pulumi.String("info")},
		Secrets: map[string]pulumi.StringInput{
			"DB_PASSWORD": pulumi.String("arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shop/db-AbCdEf"),
		},
		Autoscaling: &components.AutoscalingArgs{MinCount: 2, MaxCount: 10},
		// Each task has a second container, which takes its traces at 127.0.0.1:4317.
		Sidecars: []components.SidecarArgs{{
			Name: "traces", Image: pulumi.String("public.ecr.aws/aws-observability/aws-otel-collector:v0.43.2"), Port: 4317, Memory: 256,
		}},
		DependsOn: []components.ContainerDependencyArgs{{Name: "traces"}},
		// Before the service moves to a new revision, the schema of its database does.
		Migration: &components.MigrationArgs{Command: []string{"./migrate", "up"}},
	})
	return err
}

func ExamplePrivateFargateService() {
	pulumi.Run(webAndAPI)
}
