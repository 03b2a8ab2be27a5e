// Package stacks holds the ready stacks: typed configuration and one file per
// variant, each composed from the components alone.
//
//	alb             Route 53 -> ALB -> private Fargate service
//	cloudfront-alb  CloudFront -> ALB -> private Fargate service, or an instance that exists
//	cloudfront-ec2  CloudFront -> one EC2 instance, TLS end to end
//	alb-ec2         ALB -> one EC2 instance that exists, over HTTPS
//
// Program is the Pulumi program of all of them; the configuration key
// portico:variant chooses. The whole configuration is checked before anything
// is registered, and so are the requests of the stack's viewers: they are walked
// through its Plan by the model of package requestpath, and one that would fail
// refuses the stack, with the status that viewers would get, unless
// portico:pathCheck is warn.
package stacks
