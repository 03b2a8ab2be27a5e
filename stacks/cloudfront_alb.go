package stacks

import (
	"slices"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/requestpath"
)

// planCloudFrontALB is CloudFront -> ALB -> private Fargate services, or the
// instance of portico:instanceTarget. The load balancer serves only this
// distribution: its security group admits only CloudFront's addresses, and its
// rules require the secret header that only this distribution sends.
func planCloudFrontALB(p *planning) func() requestpath.Plan {
	network := p.network(p.Network)
	secret := p.originSecret()
	return p.behindCloudFront(network, func(args *components.SecuredALBArgs, origin *components.CertifiedDomain) {
		p.refuseInternal(args)
		args.AccessFrom, args.OriginSecret = components.AccessFromCloudFront, secret
		args.AliasNames = []string{origin.DomainName()}
		p.sources[key("loadBalancer.aliasNames[0]")] = key("originDomain.domainName")
	})
}

// behindCloudFront is a load balancer with its targets and the distribution before it. settle
// sets the arguments by which only the distribution reaches it.
func (p *planning) behindCloudFront(
	network *components.Network, settle func(args *components.SecuredALBArgs, origin *components.CertifiedDomain),
) func() requestpath.Plan {
	// The viewers' certificate owns the validation records of the viewers' names even
	// if they are on the load balancer's certificate too, so that forwardHostHeader
	// can change: a record cannot move to another owner within one update.
	viewerDomain := p.viewerDomain(true)
	origin := p.originDomain(viewerDomain)
	args := p.LoadBalancer
	p.own("loadBalancer.accessFrom", args.AccessFrom != "")
	p.own("loadBalancer.aliasNames", args.AliasNames != nil)
	p.own("loadBalancer.createAliasRecords", args.CreateAliasRecords != nil)
	settle(&args, origin)
	p.sources[key("cloudFront.originDomainName")] = key("originDomain.domainName")
	alb := p.loadBalancer(network, origin, args)
	p.targets(network, alb)
	return p.front(alb, viewerDomain, origin.DomainName(), p.CloudFront.ForwardHostHeader).Plan
}

// refuseInternal refuses a load balancer that the distribution could not reach.
func (p *planning) refuseInternal(args *components.SecuredALBArgs) {
	if args.Internal {
		p.faults.Addf(key("loadBalancer.internal"), "must be false with variant %s, got true: "+
			"CloudFront cannot reach private addresses without a VPC origin; "+
			"remove it, or use variant %s, which has one, or %s", p.Variant, VariantCloudFrontVPCALB, VariantALB)
		args.Internal = false
	}
}

// originDomain is the load balancer's certificate, which shares the validation of
// the viewers' names with the viewers' certificate. If Host is forwarded, it covers
// the viewers' names too, as some of AWS's pages require.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (p *planning) originDomain(viewerDomain *components.CertifiedDomain) *components.CertifiedDomain {
	p.own("originDomain.forCloudFront", p.OriginDomain.ForCloudFront)
	args := p.OriginDomain
	if args.DomainName == "" {
		args.DomainName = "origin." + p.Domain.DomainName
	}
	if args.HostedZone == nil {
		args.HostedZone = p.Domain.HostedZone
	}
	if p.CloudFront.ForwardHostHeader {
		for _, name := range p.ViewerNames() {
			if name != args.DomainName && !slices.Contains(args.SubjectAlternativeNames, name) {
				args.SubjectAlternativeNames = append(slices.Clone(args.SubjectAlternativeNames), name)
			}
		}
	}
	if args.ExistingCertificateArn == nil && p.Domain.ExistingCertificateArn == nil {
		args.SharesValidationWith = viewerDomain
	}
	d, err := components.PlanCertifiedDomain(nameOriginDomain, &args)
	p.watched.Domains = append(p.watched.Domains, d)
	return add(p, key("originDomain"), "CertifiedDomain", nameOriginDomain, d, err)
}
