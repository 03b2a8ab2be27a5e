// Package components is the front door of a web service on AWS: certificates,
// an Application Load Balancer, CloudFront, and the Fargate service or EC2
// instance behind them, as Pulumi component resources.
//
// Every component is made by NewX(ctx, name, args, opts...). A constructor
// checks its arguments first and registers nothing at all when they are wrong;
// the error names every faulty field with its value and the fix. What only AWS
// can tell (an id that is still unknown at preview) is checked as soon as it is
// known.
//
// Components compose by being handed to each other, in the order in which AWS
// needs them:
//
//	network, err := components.NewNetwork(ctx, "net", nil)
//	domain, err := components.NewCertifiedDomain(ctx, "app", &components.CertifiedDomainArgs{
//		DomainName: "app.example.com",
//		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
//	})
//	alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
//		Network: network, Domain: domain,
//	})
//	_, err = components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
//		Network: network, Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), ContainerPort: 80,
//		Route: &components.ServiceRouteArgs{LoadBalancer: alb, Priority: 100},
//	})
//
// A certificate precedes the endpoint that uses it; the owner of an endpoint
// makes its DNS records; the owner of an origin makes the rule that admits
// CloudFront; the distribution waits for the rules that accept its header.
//
// What no argument offers can be set from outside. The resources that a component
// makes are its fields, and Pulumi's own options reach all of them: Transforms,
// Aliases, Protect, Provider and Providers. Tags reach all that can have tags.
//
// Type tokens, the names of children and their parents are a released contract:
// they do not change without an alias and an upgrade note.
package components
