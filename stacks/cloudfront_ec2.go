package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// buildCloudFrontEC2 is CloudFront -> one EC2 instance, TLS end to end.
func buildCloudFrontEC2(ctx *pulumi.Context, cfg *Config) (*Stack, error) {
	networkArgs := cfg.networkArgs()
	if networkArgs.Existing == nil {
		// Nothing runs in the private subnets: neither NAT nor endpoints are paid for.
		networkArgs.Nat = components.NatNone
		networkArgs.InterfaceEndpoints = []string{}
	}
	network, err := components.NewNetwork(ctx, nameNetwork, networkArgs)
	if err != nil {
		return nil, err
	}
	origin := cfg.Origin
	instanceArgs := &components.TLSInstanceArgs{
		Network:                  network,
		OriginDomainName:         cfg.Front.OriginDomainName,
		HostedZone:               cfg.hostedZone(),
		CertificatePattern:       origin.CertificatePattern,
		AcmeDirectoryUrl:         origin.AcmeDirectoryURL,
		AcmeEmail:                origin.AcmeEmail,
		InstanceType:             origin.InstanceType,
		RootVolumeGiB:            origin.RootVolumeGiB,
		AppPort:                  origin.AppPort,
		SecurityGroupRuleQuota:   cfg.SecurityGroupRuleQuota,
		OverwriteExistingRecords: cfg.OverwriteExistingRecords,
		PathCheck:                cfg.PathCheck,
	}
	if cfg.hostHeaderPattern() {
		instanceArgs.ViewerNames = cfg.ViewerNames()
	}
	if origin.AmiID != "" {
		instanceArgs.AmiId = pulumi.String(origin.AmiID)
	}
	instance, err := components.NewTLSInstance(ctx, nameOriginDomain, instanceArgs)
	if err != nil {
		return nil, err
	}
	domain, err := cfg.viewerDomain(ctx)
	if err != nil {
		return nil, err
	}
	frontArgs := cfg.frontArgs(instance, domain)
	frontArgs.ForwardHostHeader = cfg.hostHeaderPattern()
	front, err := components.NewCloudFrontFront(ctx, nameFront, frontArgs)
	if err != nil {
		return nil, err
	}
	return &Stack{front.Plan, merged(viewerOutputs(cfg), networkOutputs(network), frontOutputs(cfg, front), pulumi.Map{
		"instanceId":              instance.InstanceId,
		"instancePublicIp":        instance.PublicIp,
		"instanceSecurityGroupId": instance.SecurityGroupId,
	})}, nil
}

// hostHeaderPattern says whether the instance's certificate has the viewers'
// names, so that Host has to be forwarded.
func (c *Config) hostHeaderPattern() bool {
	return c.Origin.CertificatePattern == components.CertificatePatternHostHeader
}
