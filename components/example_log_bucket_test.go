package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// logged is a website whose distribution, load balancer and VPC log into one bucket for
// 90 days. The distribution's logs are delivered from us-east-1, by the provider of its
// certificate.
func logged(ctx *pulumi.Context) error {
	logs, err := components.NewLogBucket(ctx, "logs", &components.LogBucketArgs{RetentionDays: 90})
	if err != nil {
		return err
	}
	network, err := components.NewNetwork(ctx, "logged", &components.NetworkArgs{LogBucket: logs})
	if err != nil {
		return err
	}
	zone := &components.HostedZoneArgs{Name: "example.com"}
	origin, err := components.NewCertifiedDomain(ctx, "logged-origin", &components.CertifiedDomainArgs{
		DomainName: "logged-origin.example.com", HostedZone: zone,
	})
	if err != nil {
		return err
	}
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	viewers, err := components.NewCertifiedDomain(ctx, "logged", &components.CertifiedDomainArgs{
		DomainName: "logged.example.com", HostedZone: zone, ForCloudFront: true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	secret, err := components.NewOriginSecret(ctx, "logged", nil)
	if err != nil {
		return err
	}
	web, err := components.NewSecuredALB(ctx, "logged", &components.SecuredALBArgs{
		Network: network, Domain: origin, AccessFrom: components.AccessFromCloudFront, OriginSecret: secret, LogBucket: logs,
	})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "logged", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Route: &components.ServiceRouteArgs{LoadBalancer: web},
	})
	if err != nil {
		return err
	}
	front, err := components.NewCloudFrontFront(ctx, "logged", &components.CloudFrontFrontArgs{
		Origin: web, Domain: viewers, LogBucket: logs,
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url)
	ctx.Export("logs", logs.BucketName)
	return nil
}

func ExampleLogBucket() {
	pulumi.Run(logged)
}
