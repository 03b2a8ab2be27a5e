package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// buildCloudFrontALB is CloudFront -> ALB -> private Fargate service, or the
// instance that portico:instanceId names. The balancer answers nobody but this
// distribution: its group admits CloudFront's addresses alone, and its rule
// asks for the secret header that only this distribution sends.
func buildCloudFrontALB(ctx *pulumi.Context, cfg *Config) (*Stack, error) {
	network, err := components.NewNetwork(ctx, nameNetwork, cfg.networkArgs())
	if err != nil {
		return nil, err
	}
	secret, err := components.NewOriginSecret(ctx, nameOriginSecret, &components.OriginSecretArgs{
		HeaderName:      cfg.Front.OriginSecretHeader,
		Version:         cfg.Front.OriginSecretVersion,
		PreviousVersion: cfg.Front.OriginSecretPreviousVersion,
	})
	if err != nil {
		return nil, err
	}
	// The viewers' names are proven by the viewers' certificate whether or not they
	// are on the balancer's too, so that forwardHostHeader can change: a record has
	// one owner, and cannot move to another within one update.
	viewerDomain, err := cfg.viewerDomain(ctx)
	if err != nil {
		return nil, err
	}
	originDomain, err := cfg.originDomain(ctx, viewerDomain)
	if err != nil {
		return nil, err
	}
	albArgs := cfg.albArgs(network, originDomain)
	albArgs.AccessFrom = components.AccessFromCloudFront
	albArgs.OriginSecret = secret
	albArgs.AliasNames = []string{cfg.Front.OriginDomainName}
	alb, err := components.NewSecuredALB(ctx, nameBalancer, albArgs)
	if err != nil {
		return nil, err
	}
	targetOutputs, err := cfg.targetBehindFront(ctx, network, alb)
	if err != nil {
		return nil, err
	}
	frontArgs := cfg.frontArgs(alb, viewerDomain)
	frontArgs.ForwardHostHeader = cfg.Front.ForwardHostHeader
	front, err := components.NewCloudFrontFront(ctx, nameFront, frontArgs)
	if err != nil {
		return nil, err
	}
	return &Stack{front.Plan, merged(viewerOutputs(cfg), networkOutputs(network), albOutputs(alb), targetOutputs,
		frontOutputs(cfg, front))}, nil
}

// originDomain is the balancer's certificate, which shares the validation of the
// viewers' names with the viewers' certificate.
func (c *Config) originDomain(
	ctx *pulumi.Context, viewerDomain *components.CertifiedDomain,
) (*components.CertifiedDomain, error) {
	args := c.domainArgs(c.originCertificateNames(), c.CertificateArn)
	if c.CertificateArn == "" && c.CloudFrontCertificateArn == "" {
		args.SharesValidationWith = viewerDomain
	}
	return components.NewCertifiedDomain(ctx, nameOriginDomain, args)
}

// originCertificateNames are the names on the balancer's certificate. With Host
// forwarded CloudFront asks for the viewer's names, so they are covered too: of
// AWS's pages on the matter some demand it.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (c *Config) originCertificateNames() []string {
	names := []string{c.Front.OriginDomainName}
	if c.Front.ForwardHostHeader {
		names = append(names, c.ViewerNames()...)
	}
	return names
}

// targetBehindFront makes what answers behind the balancer.
func (c *Config) targetBehindFront(
	ctx *pulumi.Context, network *components.Network, alb *components.SecuredALB,
) (pulumi.Map, error) {
	if c.Instance.ID != "" {
		_, err := c.instanceTarget(ctx, alb)
		return instanceOutputs(c), err
	}
	service, err := c.fargateService(ctx, network, alb)
	if err != nil {
		return nil, err
	}
	return serviceOutputs(service), nil
}
