package cloudfront

import (
	"net/netip"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// VPCOrigin is a VPC origin with what it leads to.
type VPCOrigin struct {
	account.VPCOrigin
	// Addresses are the private ones of the load balancer or the instance. Without any,
	// nothing answers.
	Addresses []netip.Addr
	// Source is who connects to it.
	Source wire.Source
}

// throughVPC is an origin with the settings of its VPC origin in place of those that a
// custom origin has of its own.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginEndpointConfig.html
func throughVPC(o account.Origin, v *VPCOrigin) account.Origin {
	to, from := &o.CustomOriginConfig, v.Config
	to.HTTPPort, to.HTTPSPort, to.OriginProtocolPolicy = from.HTTPPort, from.HTTPSPort, from.OriginProtocolPolicy
	to.OriginSSLProtocols = from.OriginSSLProtocols.Items
	to.OriginReadTimeout = o.VPCOriginConfig.OriginReadTimeout
	to.OriginKeepaliveTimeout = o.VPCOriginConfig.OriginKeepaliveTimeout
	return o
}

// address is where the origin's connections go, and from where. The name of an origin
// behind a VPC origin is not looked up: it is only what is asked for.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// Inferred: that the name is not looked up
func (o *origin) address() (netip.Addr, wire.Source, error) {
	if o.vpc != nil {
		if len(o.vpc.Addresses) == 0 {
			return netip.Addr{}, o.vpc.Source, errDropped
		}
		return o.vpc.Addresses[0], o.vpc.Source, nil
	}
	addresses, ok := o.fleet.opts.Lookup(o.DomainName, false, false)
	if !ok {
		return netip.Addr{}, o.fleet.source, errName
	}
	return addresses[0], o.fleet.source, nil
}
