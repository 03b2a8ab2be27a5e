package stacks

import (
	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/requestpath"
)

// planCloudFrontVPCALB is CloudFront -> VPC origin -> internal ALB -> private Fargate services,
// or the instance of portico:instanceTarget. Nothing in the VPC can be reached from the
// internet: no record leads to the load balancer, which has private addresses alone, and only
// distributions of the account get there, so that no secret header is needed.
func planCloudFrontVPCALB(p *planning) func() requestpath.Plan {
	return p.behindCloudFront(p.network(p.Network), func(args *components.SecuredALBArgs, _ *components.CertifiedDomain) {
		p.own("loadBalancer.internal", args.Internal)
		args.AccessFrom = components.AccessFromVpcOrigin
	})
}
