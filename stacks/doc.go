// Package stacks has the ready stacks: five architectures, composed from package
// components, that are configured in the `portico:` namespace.
//
//	alb                 Route 53 -> ALB -> private Fargate services
//	cloudfront-alb      CloudFront -> ALB -> private Fargate services, or an existing instance
//	cloudfront-ec2      CloudFront -> one EC2 instance, TLS end to end
//	alb-ec2             ALB -> one existing EC2 instance, over HTTPS
//	cloudfront-vpc-alb  CloudFront -> VPC origin -> internal ALB -> what cloudfront-alb has
//
// Program is the Pulumi program of all of them; portico:variant selects one. The
// other keys are objects whose fields are the arguments of the stack's components.
//
// A stack plans all its components before it registers the first one, so a faulty
// configuration registers nothing, and all its faults are reported at once. A plan
// in which the requests of viewers would fail is a fault too, reported with the
// status that viewers would get, unless portico:pathCheck is warn.
package stacks
