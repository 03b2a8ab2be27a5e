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
	network := p.network(p.Network)
	viewerDomain := p.viewerDomain(true)
	origin := p.originDomain(viewerDomain)
	args := p.LoadBalancer
	p.own("loadBalancer.accessFrom", args.AccessFrom != "")
	p.own("loadBalancer.aliasNames", args.AliasNames != nil)
	p.own("loadBalancer.createAliasRecords", args.CreateAliasRecords != nil)
	p.own("loadBalancer.internal", args.Internal)
	args.AccessFrom = components.AccessFromVpcOrigin
	p.sources[key("cloudFront.originDomainName")] = key("originDomain.domainName")
	alb := p.loadBalancer(network, origin, args)
	p.targets(network, alb)
	front := p.front(alb, viewerDomain, origin.DomainName(), p.CloudFront.ForwardHostHeader)
	return front.Plan
}
