package stacks

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/requestpath"
)

// planCloudFrontEC2 is CloudFront -> one EC2 instance, TLS end to end. The instance
// answers only this distribution, which sends it a secret header, or is the only one that has a
// VPC origin to it.
func planCloudFrontEC2(p *planning) func() requestpath.Plan {
	args := p.TLSInstance
	private := args.AccessFrom == components.AccessFromVpcOrigin
	networkArgs := p.Network
	if networkArgs.Existing == nil && !private {
		// Nothing runs in the private subnets, so they need no NAT and no endpoints.
		p.own("network.interfaceEndpoints", networkArgs.InterfaceEndpoints != nil)
		p.own("network.nat", networkArgs.Nat != "")
		networkArgs.Nat, networkArgs.InterfaceEndpoints = components.NatNone, []string{}
	}
	network := p.network(networkArgs)
	switch {
	case !private:
		args.OriginSecret = p.originSecret()
	case p.given["originSecret"]:
		p.faults.Addf(key("originSecret"), "must be left out with %s %q: only distributions of this account reach the instance, and it asks for no secret",
			key("tlsInstance.accessFrom"), components.AccessFromVpcOrigin)
	}
	p.own("cloudFront.forwardHostHeader", p.CloudFront.ForwardHostHeader)
	p.own("tlsInstance.viewerNames", args.ViewerNames != nil)
	args.Network = network
	p.sources[key("tlsInstance.network")] = key("network")
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
		outputs := pulumi.Map{
			"instanceId":              instance.InstanceId,
			"instanceSecurityGroupId": instance.SecurityGroupId,
		}
		if !private {
			outputs["instancePublicIp"] = instance.PublicIp
		}
		return outputs
	})
	return p.front(instance, p.viewerDomain(true), args.OriginDomainName, hostHeader).Plan
}
