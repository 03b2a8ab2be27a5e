package registered

import (
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

const typeVPCOrigin = "aws:cloudfront/vpcOrigin:VpcOrigin"

// vpcOrigin is how a VPC origin connects, and the name in the plan of the load balancer or the
// server that it leads to; why says why it cannot be described.
func (r *reader) vpcOrigin(id string) (config object, end, why string) {
	found := r.get(typeVPCOrigin, id)
	if found == nil {
		return nil, "", "behind the VPC origin " + id + ", which is not among the resources"
	}
	config = found.block("vpcOriginEndpointConfig")
	arn := config.str("arn")
	if b := r.one(typeLoadBalancer, arn); b != nil {
		return config, b.str("name"), ""
	}
	for _, i := range r.where(typeInstance, "arn", arn) {
		return config, i.id, ""
	}
	return nil, "", "behind a VPC origin that leads to " + arn + ", which is not among the resources"
}

// groupNamed is a group that a rule names, CloudFront's own in a VPC under the model's name for
// it. In a deployment that group is no resource: a rule's unknown group is taken for it where
// there are VPC origins.
func (r *reader) groupNamed(of *resource, at, id string, in bool) string {
	if g := r.one(typeGroup, id); g != nil {
		if g.str("name") == awstable.VPCOriginGroup {
			return requestpath.VPCOriginGroup
		}
		return id
	}
	if in && id != "" && r.usesVPCOrigins() && r.one(typeDefaultGroup, id) == nil {
		r.note(of, at+"referencedSecurityGroupId", "security group "+id+" is taken for the one that CloudFront has in a VPC with VPC origins, "+
			"since nothing says another")
		return requestpath.VPCOriginGroup
	}
	return id
}

func (r *reader) usesVPCOrigins() bool {
	for _, d := range r.all[typeDistribution] {
		for _, o := range d.blocks("origins") {
			if o.block("vpcOriginConfig") != nil {
				return true
			}
		}
	}
	return false
}
