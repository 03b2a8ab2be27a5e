package awsrule

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"

	"github.com/portico-iac/portico/internal/fault"
)

const (
	// AWS allows a VPC /16 to /28.
	// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
	awsWidest    = 16
	awsNarrowest = 28

	// slots is how many zones each half of a VPC has room for, one for each letter
	// a zone can end in; no Region has more than six zones.
	slots     = 8
	slotBits  = 4 // two halves of eight slots
	lastSlot  = 'a' + slots - 1
	subnetMin = 27 // what a load balancer needs at least

	// MinZones is what a load balancer needs.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
	MinZones = 2
	// MaxZones keeps the number of NAT gateways within the quota of five addresses.
	// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
	MaxZones = 3

	narrowest = subnetMin - slotBits
)

// plainZone is the name of a plain availability zone: Region and one letter.
var plainZone = regexp.MustCompile(`^([a-z]{2,}(?:-[a-z]+)+-[0-9]+)([a-z])$`)

// unusable are the blocks that AWS tells not to create a VPC in.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
var unusable = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/4"),
}

// Zone is a plain availability zone.
type Zone struct {
	Name   string // for example "ap-northeast-1a"
	Region string // for example "ap-northeast-1"
	Letter byte   // for example 'a'
}

// ParseZone takes a zone's name apart. Local Zones and Wavelength Zones are
// refused: neither NAT gateways nor load balancers of the Region reach into them
// the way they reach a plain zone.
func ParseZone(name string) (Zone, error) {
	m := plainZone.FindStringSubmatch(name)
	if m == nil {
		return Zone{}, fmt.Errorf("must be the name of a plain availability zone such as \"ap-northeast-1a\", got %q; "+
			"zone ids, Local Zones and Wavelength Zones are not supported", name)
	}
	z := Zone{Name: name, Region: m[1], Letter: m[2][0]}
	if z.Letter > lastSlot {
		return Zone{}, fmt.Errorf("must end in a letter from a to %c, got %q; the subnet plan has a place for each of those",
			lastSlot, name)
	}
	return z, nil
}

// Zones records what keeps a network from being spread over these zones.
func Zones(l *fault.List, path string, names []string) {
	l.Check(path, ZoneCount(len(names)))
	checkEach(l, path, names, func(name string) error {
		z, err := ParseZone(name)
		if err != nil {
			return err
		}
		first, err := ParseZone(names[0])
		return unless(err != nil || first.Region == z.Region, "must be in the region of %q, got %q; a VPC lies in one region", names[0], name)
	})
}

// ZoneCount says whether a network can have this many zones.
func ZoneCount(n int) error {
	return unless(MinZones <= n && n <= MaxZones, "must be %d-%d zones, got %d; a load balancer needs subnets in two", MinZones, MaxZones, n)
}

// VPCBlock says whether a VPC with this CIDR block can be divided.
func VPCBlock(cidr string) error {
	_, err := parseBlock(cidr)
	return err
}

func parseBlock(cidr string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || !p.Addr().Is4():
		return p, fmt.Errorf("must be an IPv4 block such as \"10.0.0.0/16\", got %q", cidr)
	case p.Bits() < awsWidest || p.Bits() > awsNarrowest:
		return p, fmt.Errorf("must be /%d to /%d, got %q; AWS allows a VPC no other size", awsWidest, narrowest, cidr)
	case p.Bits() > narrowest:
		return p, fmt.Errorf("must be /%d to /%d, got %q: a subnet is a sixteenth of it and a load balancer needs at least /%d; "+
			"use a wider block, or make the subnets yourself and adopt them with existing", awsWidest, narrowest, cidr, subnetMin)
	case p != p.Masked():
		return p, fmt.Errorf("must be the first address of its block, got %q; use %q", cidr, p.Masked())
	}
	for _, u := range unusable {
		if u.Overlaps(p) {
			return p, fmt.Errorf("must not lie in %s, which AWS keeps from VPCs, got %q; use for example \"10.0.0.0/16\"", u, cidr)
		}
	}
	return p, nil
}

// ZoneSubnets are the blocks of one zone.
type ZoneSubnets struct {
	Zone    Zone
	Public  string
	Private string
}

// PlanSubnets gives each of the zones, which Zones found nothing wrong with, its
// public and its private block. The lower half of the VPC is public, the upper
// half private, and the place within a half follows from the zone's letter alone:
// adding or removing a zone never moves another.
func PlanSubnets(cidr string, zones []string) ([]ZoneSubnets, error) {
	vpc, err := parseBlock(cidr)
	if err != nil {
		return nil, err
	}
	plan := make([]ZoneSubnets, len(zones))
	for i, name := range zones {
		z, err := ParseZone(name)
		if err != nil {
			return nil, err
		}
		slot := int(z.Letter - 'a')
		plan[i] = ZoneSubnets{Zone: z, Public: block(vpc, slot), Private: block(vpc, slots+slot)}
	}
	return plan, nil
}

// block is the i-th sixteenth of a VPC.
func block(vpc netip.Prefix, i int) string {
	bits := vpc.Bits() + slotBits
	a := vpc.Addr().As4()
	binary.BigEndian.PutUint32(a[:], binary.BigEndian.Uint32(a[:])+uint32(i)<<(32-bits))
	return netip.PrefixFrom(netip.AddrFrom4(a), bits).String()
}
