package stacks

import (
	"cmp"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/internal/awstable"
)

// HardeningFSBP is the value of portico:hardening that turns on what AWS Foundational
// Security Best Practices ask for.
const HardeningFSBP = "fsbp"

// hardenedRetentionDays is how long logs are kept where nothing else is said.
const hardenedRetentionDays = 90

// hardened is the configuration with what portico:hardening turns on. A field that is
// given stays as it is.
func (c *Config) hardened() *Config {
	if c.Hardening != HardeningFSBP {
		return c
	}
	h := *c
	if !c.fields[key("loadBalancer.deletionProtection")] {
		h.LoadBalancer.DeletionProtection = true
	}
	h.LoadBalancer.DesyncMitigationMode = cmp.Or(c.LoadBalancer.DesyncMitigationMode, awstable.DesyncDefensive)
	h.TLSInstance.DetailedMonitoring = cmp.Or(c.TLSInstance.DetailedMonitoring, pulumi.BoolRef(true))
	h.TLSInstance.TerminationProtection = cmp.Or(c.TLSInstance.TerminationProtection, pulumi.BoolRef(true))
	h.given = maps.Clone(c.given)
	if !c.given["logBucket"] {
		h.given["logBucket"], h.LogBucket.RetentionDays = true, hardenedRetentionDays
	}
	if !c.given["webAcl"] && c.CloudFront.WebAclArn == nil && c.LoadBalancer.WebAclArn == nil {
		h.given["webAcl"] = true
	}
	if c.runsTasks() && c.Network.Existing == nil && c.Network.Nat != components.NatNone && !c.fields[key("network.interfaceEndpoints")] {
		h.Network.InterfaceEndpoints = []string{"ecr.api", "ecr.dkr"} // which tasks without NAT have anyway
	}
	return &h
}

// runsTasks says whether the stack has Fargate services.
func (c *Config) runsTasks() bool {
	return c.InstanceTarget == nil && slices.Contains([]string{VariantALB, VariantCloudFrontALB, VariantCloudFrontVPCALB}, c.Variant)
}
