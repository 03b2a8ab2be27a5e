package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// Names of the components in every stack. They are part of each resource's URN:
// a change replaces resources.
const (
	nameNetwork      = "network"
	nameViewerDomain = "viewer"
	nameOriginDomain = "origin"
	nameBalancer     = "web"
	nameTarget       = "app"
	nameOriginSecret = "origin-secret"
	nameFront        = "front"
	nameUSEast1      = "us-east-1"
)

// routePriority is the priority of a stack's own route; there is room on both
// sides for routes that other stacks add to the listener.
const routePriority = 1000

func (c *Config) hostedZone() *components.HostedZoneArgs {
	zone := &components.HostedZoneArgs{Name: c.HostedZoneName}
	if c.HostedZoneID != "" {
		zone.Id = pulumi.String(c.HostedZoneID)
	}
	return zone
}

// networkArgs are the arguments of the stack's own network, or of the one it adopts.
func (c *Config) networkArgs() *components.NetworkArgs {
	n := c.Network
	if n.VpcID == "" {
		return &components.NetworkArgs{
			CidrBlock:          n.VpcCidrBlock,
			AvailabilityZones:  n.AvailabilityZones,
			Nat:                n.Nat,
			InterfaceEndpoints: n.InterfaceEndpoints,
		}
	}
	existing := &components.ExistingNetworkArgs{
		VpcId:           pulumi.String(n.VpcID),
		PublicSubnetIds: pulumi.ToStringArray(n.PublicSubnetIDs),
		PrivateEgress:   n.PrivateEgress,
	}
	if len(n.PrivateSubnetIDs) > 0 {
		existing.PrivateSubnetIds = pulumi.ToStringArray(n.PrivateSubnetIDs)
	}
	if n.EndpointSecurityGroupID != "" {
		existing.EndpointSecurityGroupId = pulumi.String(n.EndpointSecurityGroupID)
	}
	if n.S3PrefixListID != "" {
		existing.S3PrefixListId = pulumi.String(n.S3PrefixListID)
	}
	return &components.NetworkArgs{Existing: existing}
}

// viewerDomain is the certificate of the distribution, in us-east-1 whatever
// the stack's own Region is.
func (c *Config) viewerDomain(ctx *pulumi.Context) (*components.CertifiedDomain, error) {
	args := c.domainArgs(c.ViewerNames(), c.CloudFrontCertificateArn)
	args.ForCloudFront = true
	region, err := aws.GetRegion(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("looking up the stack's Region: %w", err)
	}
	if region.Name == "us-east-1" {
		return components.NewCertifiedDomain(ctx, nameViewerDomain, args)
	}
	provider, err := components.USEast1Provider(ctx, nameUSEast1)
	if err != nil {
		return nil, err
	}
	return components.NewCertifiedDomain(ctx, nameViewerDomain, args, pulumi.Provider(provider))
}

func (c *Config) domainArgs(names []string, existingArn string) *components.CertifiedDomainArgs {
	args := &components.CertifiedDomainArgs{
		DomainName:              names[0],
		SubjectAlternativeNames: names[1:],
		HostedZone:              c.hostedZone(),
	}
	if existingArn == "" {
		args.OverwriteExistingRecords = c.OverwriteValidation
	} else {
		args.ExistingCertificateArn = pulumi.String(existingArn)
	}
	return args
}

// albArgs are what every variant's balancer has in common.
func (c *Config) albArgs(network *components.Network, domain *components.CertifiedDomain) *components.SecuredALBArgs {
	return &components.SecuredALBArgs{
		Network:                  network,
		Domain:                   domain,
		OverwriteExistingRecords: c.OverwriteExistingRecords,
		DualStack:                c.Balancer.DualStack,
		IdleTimeoutSeconds:       &c.Balancer.IdleTimeoutSeconds,
		DeletionProtection:       &c.Balancer.DeletionProtection,
		SslPolicy:                c.Balancer.SslPolicy,
		SecurityGroupRuleQuota:   c.SecurityGroupRuleQuota,
		PathCheck:                c.PathCheck,
	}
}

// publicALB is a balancer that viewers reach without a CDN. Its records are left
// to be made after its target: one that is taken over leads to the old server
// until the new way answers.
func (c *Config) publicALB(
	ctx *pulumi.Context, network *components.Network,
) (*components.SecuredALB, error) {
	domain, err := components.NewCertifiedDomain(ctx, nameViewerDomain, c.domainArgs(c.ViewerNames(), c.CertificateArn))
	if err != nil {
		return nil, err
	}
	args := c.albArgs(network, domain)
	args.CreateAliasRecords = pulumi.BoolRef(false)
	if len(c.Balancer.AllowedCidrs) > 0 {
		args.AccessFrom = components.AccessFromCidrs
		args.AllowedCidrs = c.Balancer.AllowedCidrs
	}
	return components.NewSecuredALB(ctx, nameBalancer, args)
}

func (c *Config) routeArgs(alb *components.SecuredALB) *components.ServiceRouteArgs {
	return &components.ServiceRouteArgs{
		LoadBalancer:    alb,
		Priority:        routePriority,
		Protocol:        c.Target.Protocol,
		ProtocolVersion: c.Target.ProtocolVersion,
		HealthCheck: &components.HealthCheckArgs{
			Path:    c.Target.HealthCheckPath,
			Matcher: c.Target.HealthCheckMatcher,
		},
		DeregistrationDelaySeconds: &c.Target.DeregistrationDelaySeconds,
		PathCheck:                  c.PathCheck,
	}
}

// fargateService is the private service behind the balancer.
func (c *Config) fargateService(
	ctx *pulumi.Context, network *components.Network, alb *components.SecuredALB,
) (*components.PrivateFargateService, error) {
	s := c.Service
	args := &components.PrivateFargateServiceArgs{
		Image:              pulumi.String(s.Image),
		ContainerPort:      s.ContainerPort,
		Route:              c.routeArgs(alb),
		Network:            network,
		Cpu:                s.CPU,
		Memory:             s.Memory,
		Architecture:       s.Architecture,
		Environment:        c.environment(),
		Secrets:            stringInputs(s.Secrets),
		LogRetentionDays:   s.LogRetentionDays,
		WaitForSteadyState: &s.WaitForSteadyState,

		AvailabilityZoneRebalancing: s.ZoneRebalancing,
	}
	if s.HealthCheckGracePeriodSeconds > 0 {
		args.HealthCheckGracePeriodSeconds = &s.HealthCheckGracePeriodSeconds
	}
	if s.ClusterArn != "" {
		args.ClusterArn = pulumi.String(s.ClusterArn)
	}
	if s.MaxCount > 0 {
		args.Autoscaling = &components.AutoscalingArgs{
			MinCount: s.MinCount, MaxCount: s.MaxCount, TargetCpuPercent: s.TargetCPUPercent,
		}
	} else {
		args.DesiredCount = &s.DesiredCount
	}
	return components.NewPrivateFargateService(ctx, nameTarget, args)
}

func (c *Config) environment() map[string]pulumi.StringInput {
	environment := stringInputs(c.Service.Environment)
	if c.Service.EnvironmentIsSecret {
		for name, value := range environment {
			environment[name] = pulumi.ToSecret(value).(pulumi.StringOutput)
		}
	}
	return environment
}

func stringInputs(values map[string]string) map[string]pulumi.StringInput {
	inputs := map[string]pulumi.StringInput{}
	for name, value := range values {
		inputs[name] = pulumi.String(value)
	}
	return inputs
}

// instanceTarget is the instance that exists already, behind the balancer.
func (c *Config) instanceTarget(
	ctx *pulumi.Context, alb *components.SecuredALB,
) (*components.InstanceTarget, error) {
	return components.NewInstanceTarget(ctx, nameTarget, c.instanceTargetArgs(alb))
}

func (c *Config) instanceTargetArgs(alb *components.SecuredALB) *components.InstanceTargetArgs {
	route := c.routeArgs(alb)
	route.Port = c.Instance.Port
	return &components.InstanceTargetArgs{
		InstanceId:      c.Instance.ID,
		SecurityGroupId: c.Instance.SecurityGroupID,
		Route:           route,
		OpenIngress:     c.Instance.OpenIngress,
	}
}

// frontArgs are what every distribution has in common.
func (c *Config) frontArgs(origin components.Origin, domain *components.CertifiedDomain) *components.CloudFrontFrontArgs {
	args := &components.CloudFrontFrontArgs{
		Origin:                   origin,
		OriginDomainName:         c.Front.OriginDomainName,
		OriginReadTimeoutSeconds: c.Front.OriginReadTimeoutSeconds,
		Domain:                   domain,
		MinimumViewerTlsVersion:  c.Front.MinimumViewerTLSVersion,
		DefaultRootObject:        c.Front.DefaultRootObject,
		PriceClass:               c.Front.PriceClass,
		OverwriteExistingRecords: c.OverwriteExistingRecords,
		PathCheck:                c.PathCheck,
	}
	if c.Front.WebACLArn != "" {
		args.WebAclArn = pulumi.String(c.Front.WebACLArn)
	}
	return args
}
