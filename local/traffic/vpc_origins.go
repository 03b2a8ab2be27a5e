package traffic

import (
	"net/netip"

	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// vpcOrigins are the VPC origins by id, with the private addresses of the load balancers and
// instances that they lead to.
func (b *builder) vpcOrigins() map[string]*cloudfront.VPCOrigin {
	out := map[string]*cloudfront.VPCOrigin{}
	for _, v := range b.account.VPCOrigins {
		addresses, vpc := b.endpoint(v.Config.ARN)
		out[v.ID] = &cloudfront.VPCOrigin{
			VPCOrigin: v, Addresses: addresses,
			Source: wire.VPCOrigin(vpc, b.account.VPCOriginGroup(vpc), b.account.CloudFrontLists...),
		}
	}
	return out
}

// endpoint is where the load balancer or instance with an ARN is.
func (b *builder) endpoint(arn string) (addresses []netip.Addr, vpc string) {
	for _, lb := range b.account.LoadBalancers {
		if lb.ARN == arn {
			return b.private[arn], lb.VPCID
		}
	}
	for _, i := range b.account.Instances {
		if i.ARN == arn {
			subnet, _ := b.account.Subnet(i.SubnetID)
			return parsed(i.PrivateIP), subnet.VPCID
		}
	}
	return nil, ""
}
