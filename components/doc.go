// Package components puts HTTPS in front of a web service on AWS: certificates, an
// Application Load Balancer, CloudFront, and the Fargate service or EC2 instance
// behind them, as Pulumi component resources.
//
// Components are passed to each other, in the order in which AWS needs them:
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
//		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
//		Route: &components.ServiceRouteArgs{LoadBalancer: alb},
//	})
//
// Each component has two halves. PlanX(name, args) fills in defaults, checks the
// arguments and the requests that will pass through the component, and registers
// nothing. Register(ctx, opts...) registers the component and its children. NewX is
// one after the other. Components can be planned with any planned one, with a refused
// one too. A program that plans all its components before it registers the first one
// registers nothing if any of them is faulty.
//
// An optional argument is a plain value whose zero value stands for the default, and
// a pointer where the zero value is a choice of its own: DesiredCount 0, or false
// where the default is true. An argument that decides over what is registered, or is
// checked before, is plain and known when the program runs; one that may come from
// another resource is a pulumi input.
//
// An error names every faulty field with its value and the fix. What only AWS can
// tell, such as an id that is unknown at preview, is checked as soon as it is known.
//
// A certificate exists before the endpoint that uses it. The owner of an endpoint
// makes its DNS records, and the owner of an origin the rule that admits
// CloudFront. A distribution waits for the rules that accept its header.
//
// What no argument offers can be set from outside. The resources that a component
// makes are its fields, and Pulumi's own options reach all of them: Transforms,
// Aliases, Protect, Provider and Providers. Tags reach all that can have tags.
//
// Type tokens, the names of children and their parents are a released contract:
// they do not change without an alias and an upgrade note.
package components
