package wire

import (
	"net/netip"
	"time"
)

// Stand-ins for the addresses of sources.
var (
	internetAddress   = netip.MustParseAddr("203.0.113.10")
	cloudFrontAddress = netip.MustParseAddr("130.176.0.1")
	machineAddress    = netip.MustParseAddr("10.0.0.10")
)

// Kinds of a [Source].
const (
	KindInternet     = "internet"
	KindCloudFront   = "cloudfront"
	KindVPC          = "vpc"
	KindLoadBalancer = "load balancer"
	KindVPCOrigin    = "vpc origin"
)

// Clock says how long simulated seconds take. The zero value is real time.
type Clock struct {
	// Second is the time that one simulated second takes. Default: one second.
	Second time.Duration
}

// Seconds is how long n simulated seconds take.
func (c Clock) Seconds(n float64) time.Duration {
	second := c.Second
	if second == 0 {
		second = time.Second
	}
	return time.Duration(n * float64(second))
}

// Source is who opens a connection, as routes and security groups see it.
type Source struct {
	// Kind is KindInternet, KindCloudFront, KindVPC, KindLoadBalancer or KindVPCOrigin.
	Kind string
	// Address is what rules with address blocks look at.
	Address netip.Addr
	// VPC is the id of its VPC. Default: any, which matters only if two VPCs use one
	// address.
	VPC string
	// Groups are the ids of its security groups. Their egress rules apply to load
	// balancers alone; other sources may connect anywhere.
	Groups []string
	// Country is the two-letter code of where its address is. Default: not known.
	Country string
	// Lists are the ids of the prefix lists that its address is in.
	Lists []string
}

// inVPC says whether private addresses are within reach.
func (s Source) inVPC() bool {
	return s.Kind == KindVPC || s.Kind == KindLoadBalancer || s.Kind == KindVPCOrigin
}

// Internet is a viewer on the internet: 203.0.113.10.
func Internet() Source { return Source{Kind: KindInternet, Address: internetAddress} }

// CloudFront is where CloudFront connects to origins from: 130.176.0.1, which is in
// the prefix lists with the given ids.
func CloudFront(lists ...string) Source {
	return Source{Kind: KindCloudFront, Address: cloudFrontAddress, Lists: lists}
}

// VPCOrigin is where CloudFront connects from to the VPC origins of a VPC: from inside it,
// with the security group that CloudFront has there, and for rules with address blocks and
// prefix lists still from CloudFront's own address.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// Inferred: the address, since the prefix list admits it
func VPCOrigin(vpc, group string, lists ...string) Source {
	return Source{Kind: KindVPCOrigin, Address: cloudFrontAddress, VPC: vpc, Groups: []string{group}, Lists: lists}
}

// Machine is a machine inside the VPC, 10.0.0.10, with the given security groups.
func Machine(groups ...string) Source {
	return Source{Kind: KindVPC, Address: machineAddress, Groups: groups}
}
