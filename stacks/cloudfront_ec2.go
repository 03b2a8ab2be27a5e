package stacks

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/requestpath"
)

// planCloudFrontEC2 is CloudFront -> one EC2 instance, TLS end to end. The instance
// answers only this distribution, which sends it a secret header.
func planCloudFrontEC2(p *planning) func() requestpath.Plan {
	networkArgs := p.Network
	if networkArgs.Existing == nil {
		// Nothing runs in the private subnets, so they need no NAT and no endpoints.
		p.own("network.interfaceEndpoints", networkArgs.InterfaceEndpoints != nil)
		p.own("network.nat", networkArgs.Nat != "")
		networkArgs.Nat, networkArgs.InterfaceEndpoints = components.NatNone, []string{}
	}
	network := p.network(networkArgs)
	secret := p.originSecret()
	args := p.TLSInstance
	p.own("cloudFront.forwardHostHeader", p.CloudFront.ForwardHostHeader)
	p.own("tlsInstance.viewerNames", args.ViewerNames != nil)
	args.Network, args.OriginSecret = network, secret
	args.OriginDomainName = cmp.Or(args.OriginDomainName, "origin."+p.Domain.DomainName)
	args.HostedZone = cmp.Or(args.HostedZone, p.Domain.HostedZone)
	args.PathCheck = cmp.Or(args.PathCheck, p.PathCheck)
	hostHeader := args.CertificatePattern == components.CertificatePatternHostHeader
	if hostHeader {
		args.ViewerNames = p.ViewerNames()
	}
	p.sources[key("cloudFront.originDomainName")] = key("tlsInstance.originDomainName")
	instance, err := components.PlanTLSInstance(nameOriginDomain, &args)
	p.watched.Instances = append(p.watched.Instances, instance)
	add(p, key("tlsInstance"), "TLSInstance", nameOriginDomain, instance, err)
	p.export(func() pulumi.Map {
		return pulumi.Map{
			"instanceId":              instance.InstanceId,
			"instancePublicIp":        instance.PublicIp,
			"instanceSecurityGroupId": instance.SecurityGroupId,
		}
	})
	return p.front(instance, p.viewerDomain(true), args.OriginDomainName, hostHeader).Plan
}
