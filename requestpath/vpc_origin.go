package requestpath

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// VPCOriginGroup is the security group that CloudFront's connections to the VPC origins of a
// VPC have. Rules name it as they name other groups; it needs no description in a plan.
const VPCOriginGroup = awstable.VPCOriginGroup

// sender is who connects to the origin. The address and the list stay CloudFront's when it is
// reached through a VPC origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// Inferred: the address, since the prefix list admits the connection
func (f fetch) sender() peer {
	p := peer{address: netip.MustParseAddr(CloudFrontAddress), lists: []string{OriginFacing}, fetch: &f}
	if f.origin.VPCOrigin != "" {
		p.inside, p.groups = true, []string{VPCOriginGroup}
	}
	return p
}

// throughVPC says whether a distribution connects through a VPC origin.
func (p peer) throughVPC() bool { return p.fetch != nil && p.fetch.origin.VPCOrigin != "" }

// endOfVPCOrigin is what the VPC origin leads to; false if it is not in the plan.
func (w *walker) endOfVPCOrigin(o *Origin) (place, bool) {
	if b := find(w.plan.LoadBalancers, func(b *LoadBalancer) bool { return b.Name == o.VPCOrigin }); b != nil {
		return place{loadBalancer: b}, true
	}
	s := w.plan.server(o.VPCOrigin)
	if s == nil {
		return place{}, false
	}
	at := place{server: s}
	for _, text := range s.Addresses {
		if a, err := netip.ParseAddr(text); err == nil && (!at.address.IsValid() || isPrivate(a)) {
			at.address = a
		}
	}
	return at, true
}

// intoVPC sends a distribution's request through its VPC origin.
func (w *walker) intoVPC(c call) *answer {
	f := c.from.fetch
	at, ok := w.endOfVPCOrigin(f.origin)
	if !ok {
		return w.hops[len(w.hops)-1].undescribed(f.originField("vpcOrigin"), f.origin.VPCOrigin)
	}
	if at.loadBalancer != nil {
		return w.atLoadBalancer(c, at.loadBalancer)
	}
	return w.atServer(c, HopOrigin, at)
}

// refusedThroughVPC is what AWS refuses of behaviours whose origin is behind a VPC origin: gRPC,
// and Lambda@Edge functions on the way to the origin and back; nil if there is none.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
func (e *Distribution) refusedThroughVPC() *cause {
	const fix = "or let the distribution reach the origin through the internet"
	for _, b := range e.behaviors() {
		private := e.privateOrigin(b)
		if private == "" {
			continue
		}
		if b.GRPC {
			return &cause{
				fact: factVPCOriginGRPC, field: fieldOf(b.field(e), "grpc"),
				why: fmt.Sprintf("CloudFront does not speak gRPC to a VPC origin, which %s is behind", private),
				fix: "turn gRPC off, " + fix,
			}
		}
		i := slices.IndexFunc(b.LambdaEvents, func(event string) bool { return strings.HasPrefix(event, "origin-") })
		if i >= 0 {
			return &cause{
				fact: factVPCOriginLambda, field: fieldOf(b.field(e), "lambdaEvents"),
				why: fmt.Sprintf("CloudFront runs no Lambda@Edge function at %s of a VPC origin, which %s is behind", b.LambdaEvents[i], private),
				fix: "run the function at viewer-request or viewer-response, " + fix,
			}
		}
	}
	return nil
}

// privateOrigin is the ID of an origin behind a VPC origin that a behaviour asks, its group's
// second one too; "" if there is none.
func (e *Distribution) privateOrigin(b *Behavior) string {
	f, _ := e.fetch(b)
	asked := []*Origin{f.origin}
	if g := e.group(b.Origin); g != nil {
		asked = append(asked, e.origin(g.Secondary))
	}
	for _, o := range asked {
		if o != nil && o.VPCOrigin != "" {
			return cmp.Or(o.ID, o.DomainName)
		}
	}
	return ""
}

// droppedInVPC is the cause of a VPC origin whose connections the security groups drop.
func (p peer) droppedInVPC(c cause, port int) cause {
	if p.throughVPC() {
		c.fact = factVPCOriginGroup
		c.fix = fmt.Sprintf("admit the group %s of the VPC on port %d, or CloudFront's prefix list", VPCOriginGroup, port)
	}
	return c
}
