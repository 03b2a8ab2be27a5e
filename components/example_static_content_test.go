package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// withFiles is a website of files in a private bucket, with an API beside them: CloudFront
// sends /api/ to the service behind the load balancer, and answers everything else from the
// bucket. Upload the files to the bucket whose name is exported, and what changes under its
// own name: answers of the bucket are cached for a day unless a file's Cache-Control says
// otherwise.
func withFiles(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "files", nil)
	if err != nil {
		return err
	}
	zone := &components.HostedZoneArgs{Name: "example.com"}
	origin, err := components.NewCertifiedDomain(ctx, "files-origin", &components.CertifiedDomainArgs{
		DomainName: "files-origin.example.com", HostedZone: zone,
	})
	if err != nil {
		return err
	}
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	viewers, err := components.NewCertifiedDomain(ctx, "files", &components.CertifiedDomainArgs{
		DomainName: "files.example.com", HostedZone: zone, ForCloudFront: true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	secret, err := components.NewOriginSecret(ctx, "files", nil)
	if err != nil {
		return err
	}
	web, err := components.NewSecuredALB(ctx, "files", &components.SecuredALBArgs{
		Network: network, Domain: origin, AccessFrom: components.AccessFromCloudFront, OriginSecret: secret,
	})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "files", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Route: &components.ServiceRouteArgs{LoadBalancer: web},
	})
	if err != nil {
		return err
	}
	content, err := components.NewStaticContent(ctx, "files", nil)
	if err != nil {
		return err
	}
	front, err := components.NewCloudFrontFront(ctx, "files", &components.CloudFrontFrontArgs{
		Origin: web, Domain: viewers, StaticContent: content,
		Behaviors:       []*components.BehaviorArgs{{PathPattern: "/api/*"}},
		DefaultBehavior: &components.BehaviorArgs{ServedBy: components.ServedByStaticContent},
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url)
	ctx.Export("upload to", content.BucketName)
	return nil
}

func ExampleStaticContent() {
	pulumi.Run(withFiles)
}
