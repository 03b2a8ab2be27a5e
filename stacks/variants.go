package stacks

import (
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// Variants of the ready stacks, the allowed values of portico:variant.
const (
	VariantALB           = "alb"
	VariantCloudFrontALB = "cloudfront-alb"
	VariantCloudFrontEC2 = "cloudfront-ec2"
	VariantALBEC2        = "alb-ec2"
	// VariantCloudFrontVPCALB has nothing in the VPC that can be reached from the internet.
	VariantCloudFrontVPCALB = "cloudfront-vpc-alb"
)

// variant is one ready stack.
type variant struct {
	name string
	// uses are the configuration keys that it reads.
	uses []string
	// plan plans its components and returns its request path.
	plan func(p *planning) func() requestpath.Plan
}

var variants = []variant{
	{VariantALB, []string{"variant", "domain", "network", "services", "loadBalancer", "logBucket", "webAcl", "alarms", "dashboard", "hardening", "pathCheck"}, planPublicALB},
	{VariantCloudFrontALB, []string{
		"variant", "domain", "originDomain", "network", "services", "instanceTarget", "loadBalancer", "cloudFront", "staticContent", "originSecret",
		"logBucket", "webAcl", "alarms", "dashboard", "hardening", "pathCheck",
	}, planCloudFrontALB},
	{VariantCloudFrontEC2, []string{
		"variant", "domain", "network", "cloudFront", "staticContent", "originSecret", "tlsInstance", "logBucket", "webAcl", "alarms", "dashboard", "hardening", "pathCheck",
	}, planCloudFrontEC2},
	{VariantALBEC2, []string{"variant", "domain", "network", "instanceTarget", "loadBalancer", "logBucket", "webAcl", "alarms", "dashboard", "hardening", "pathCheck"}, planPublicALB},
	{VariantCloudFrontVPCALB, []string{
		"variant", "domain", "originDomain", "network", "services", "instanceTarget", "loadBalancer", "cloudFront", "staticContent",
		"logBucket", "webAcl", "alarms", "dashboard", "hardening", "pathCheck",
	}, planCloudFrontVPCALB},
}

// variant is the one that is configured, whose name is known to be right.
func (c *Config) variant() variant {
	return variants[slices.IndexFunc(variants, func(v variant) bool { return v.name == c.Variant })]
}

// Variants lists the allowed values of portico:variant.
func Variants() []string {
	names := make([]string, len(variants))
	for i, v := range variants {
		names[i] = v.name
	}
	return names
}
