package stacks

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/portico-iac/portico/internal/albrule"
	"github.com/portico-iac/portico/internal/certrule"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/edgerule"
	"github.com/portico-iac/portico/internal/egress"
	"github.com/portico-iac/portico/internal/fargaterule"
	"github.com/portico-iac/portico/internal/fargatesize"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/firstboot"
	"github.com/portico-iac/portico/internal/limit"
	"github.com/portico-iac/portico/internal/pathplan"
	"github.com/portico-iac/portico/internal/subnetting"
)

// validate asks every rule that plain values can answer, so that a faulty stack
// fails before its first resource. The components ask the same rules again of
// what they are given.
func (c *Config) validate() error {
	faults := fault.ForConfig()
	c.checkNames(faults)
	c.checkNetwork(faults)
	if slices.Contains(withALB, c.Variant) {
		c.checkBalancer(faults)
		c.checkTarget(faults)
	}
	if c.hasTasks() {
		c.checkService(faults)
	}
	if c.Instance.ID != "" || c.Variant == VariantALBEC2 {
		c.checkInstance(faults)
	}
	if slices.Contains(withFront, c.Variant) {
		c.checkFront(faults)
	}
	if c.Variant == VariantCloudFrontEC2 {
		c.checkOriginInstance(faults)
	}
	return faults.Err()
}

// hasTasks says whether a Fargate service answers the requests.
func (c *Config) hasTasks() bool {
	return slices.Contains(withTasks, c.Variant) && c.Instance.ID == ""
}

func (c *Config) checkNames(faults *fault.List) {
	for _, name := range c.AlternateNames {
		if dnsname.IsWildcard(name) {
			faults.Addf("portico:alternateNames", "must be host names, got the wildcard %q: name each host", name)
		}
	}
	domainErr := dnsname.Check(c.DomainName)
	if domainErr == nil && c.certifiesViewers() {
		domainErr = certrule.DomainName(c.DomainName)
	}
	faults.Check("portico:domainName", domainErr)
	if c.certifiesViewers() {
		certrule.AlternativeNames(faults, "portico:alternateNames", c.DomainName, c.AlternateNames)
	}
	switch {
	case c.HostedZoneName == "" && c.HostedZoneID == "":
		faults.Addf("portico:hostedZoneName", "is required (or portico:hostedZoneId): the public Route 53 zone that holds %q", c.DomainName)
	case c.HostedZoneName != "" && c.HostedZoneID != "":
		faults.Addf("portico:hostedZoneName", "must not be set together with portico:hostedZoneId, got %q and %q: keep one",
			c.HostedZoneName, c.HostedZoneID)
	case c.HostedZoneName != "":
		faults.Check("portico:hostedZoneName", dnsname.Check(c.HostedZoneName))
		if domainErr == nil {
			faults.Check("portico:domainName", dnsname.CheckWithin(c.DomainName, c.HostedZoneName))
		}
		for _, name := range c.AlternateNames {
			faults.Check("portico:alternateNames", dnsname.CheckWithin(name, c.HostedZoneName))
		}
	default:
		faults.Check("portico:hostedZoneId", matches(c.HostedZoneID, hostedZoneID, "the id of a hosted zone such as Z0123456789ABCDEFGHIJ"))
	}
	faults.Check("portico:certificateArn", optional(c.CertificateArn, certrule.ARN))
	faults.Check("portico:cloudFrontCertificateArn", optional(c.CloudFrontCertificateArn, certrule.ARNForCloudFront))
	faults.Check("portico:securityGroupRuleQuota", albrule.SecurityGroupRuleQuota(c.SecurityGroupRuleQuota))
	faults.Check("portico:pathCheck", limit.OneOf(c.PathCheck, pathplan.Refuse, pathplan.Warn))
}

// certifiesViewers says whether the stack itself has a certificate issued for
// the viewers' names.
func (c *Config) certifiesViewers() bool {
	if slices.Contains(withFront, c.Variant) {
		return c.CloudFrontCertificateArn == ""
	}
	return c.CertificateArn == ""
}

// setting is one key and whether what is to be refused holds for it.
type setting struct {
	key     string
	refused bool
}

// refuseEach records the same fault of every setting it holds for, in order.
func refuseEach(faults *fault.List, message string, settings ...setting) {
	for _, s := range settings {
		if s.refused {
			faults.Addf("portico:"+s.key, "%s", message)
		}
	}
}

func (c *Config) checkNetwork(faults *fault.List) {
	n := c.Network
	if n.VpcID != "" {
		c.checkExistingNetwork(faults)
		return
	}
	if c.Variant == VariantALBEC2 || c.Instance.ID != "" {
		faults.Addf("portico:vpcId", "is required, with portico:publicSubnetIds: the balancer stands in the instance's VPC")
	}
	refuseEach(faults, "is for a VPC that exists already: set portico:vpcId too, or remove it",
		setting{"publicSubnetIds", len(n.PublicSubnetIDs) > 0},
		setting{"privateSubnetIds", len(n.PrivateSubnetIDs) > 0},
		setting{"privateEgress", n.PrivateEgress != ""},
		setting{"endpointSecurityGroupId", n.EndpointSecurityGroupID != ""},
		setting{"s3PrefixListId", n.S3PrefixListID != ""})
	if n.VpcCidrBlock != "" {
		faults.Check("portico:vpcCidrBlock", subnetting.CheckBlock(n.VpcCidrBlock))
	}
	if len(n.AvailabilityZones) > 0 {
		subnetting.CheckZones(faults, "portico:availabilityZones", n.AvailabilityZones)
	}
	if n.Nat != "" {
		faults.Check("portico:nat", egress.NAT(n.Nat))
	}
	egress.InterfaceEndpoints(faults, "portico:interfaceEndpoints", n.InterfaceEndpoints)
}

func (c *Config) checkExistingNetwork(faults *fault.List) {
	n := c.Network
	faults.Check("portico:vpcId", matches(n.VpcID, vpcID, "the id of a VPC such as vpc-0123456789abcdef0"))
	refuseEach(faults, "is for a VPC that the stack makes, and portico:vpcId names one that exists: remove one of the two",
		setting{"vpcCidrBlock", n.VpcCidrBlock != ""},
		setting{"availabilityZones", len(n.AvailabilityZones) > 0},
		setting{"nat", n.Nat != ""},
		setting{"interfaceEndpoints", len(n.InterfaceEndpoints) > 0})
	if len(n.PublicSubnetIDs) < 2 {
		faults.Addf("portico:publicSubnetIds", "must name 2 subnets of portico:vpcId at least, in different availability zones, got %d",
			len(n.PublicSubnetIDs))
	}
	if c.hasTasks() && len(n.PrivateSubnetIDs) == 0 {
		faults.Addf("portico:privateSubnetIds", "is required with portico:vpcId: the tasks have no public address")
	}
	for _, id := range n.PublicSubnetIDs {
		faults.Check("portico:publicSubnetIds", matches(id, subnetID, "ids of subnets such as subnet-0123456789abcdef0"))
	}
	for _, id := range n.PrivateSubnetIDs {
		faults.Check("portico:privateSubnetIds", matches(id, subnetID, "ids of subnets such as subnet-0123456789abcdef0"))
	}
	if n.PrivateEgress != "" {
		faults.Check("portico:privateEgress", limit.OneOf(n.PrivateEgress, egress.ViaNAT, egress.ViaEndpoints))
	}
	if n.PrivateEgress == egress.ViaEndpoints {
		refuseEach(faults, "is required with portico:privateEgress endpoints: it is what the tasks must reach to pull their image",
			setting{"endpointSecurityGroupId", n.EndpointSecurityGroupID == ""},
			setting{"s3PrefixListId", n.S3PrefixListID == ""})
	}
}

func (c *Config) checkBalancer(faults *fault.List) {
	b := c.Balancer
	if len(b.AllowedCidrs) > 0 {
		albrule.AllowedCIDRs(faults, "portico:allowedCidrs", albrule.AccessCIDRs, b.AllowedCidrs, b.DualStack)
	}
	if c.SecurityGroupRuleQuota > 0 {
		faults.Check("portico:allowedCidrs", albrule.IngressFits(
			albrule.PlanIngress(albrule.AccessCIDRs, b.AllowedCidrs, b.DualStack), c.SecurityGroupRuleQuota))
	}
	if b.DualStack && c.Network.VpcID == "" {
		faults.Addf("portico:dualStack", "must be false, got true: the VPC that the stack makes has no IPv6; set portico:vpcId to one that has")
	}
	if b.SslPolicy != "" {
		faults.Check("portico:sslPolicy", albrule.SSLPolicy(b.SslPolicy))
	}
	faults.Check("portico:idleTimeoutSeconds", albrule.IdleTimeout(b.IdleTimeoutSeconds))
}

func (c *Config) access() string {
	switch {
	case c.Variant == VariantCloudFrontALB:
		return albrule.AccessCloudFront
	case len(c.Balancer.AllowedCidrs) > 0:
		return albrule.AccessCIDRs
	default:
		return albrule.AccessInternet
	}
}

func (c *Config) checkTarget(faults *fault.List) {
	t := c.Target
	if t.Protocol != "" {
		faults.Check("portico:targetProtocol", albrule.Protocol(t.Protocol))
	}
	version := t.ProtocolVersion
	if version == "" {
		version = albrule.VersionHTTP1
	}
	faults.Check("portico:targetProtocolVersion", albrule.ProtocolVersion(version))
	albrule.HealthCheck{Path: t.HealthCheckPath, Matcher: t.HealthCheckMatcher}.
		OrDefaults(version).Check(faults, "portico:healthCheck", version)
	faults.Check("portico:deregistrationDelaySeconds", albrule.DeregistrationDelay(t.DeregistrationDelaySeconds))
}

func (c *Config) checkService(faults *fault.List) {
	s := c.Service
	imageErr := fargaterule.Image(s.Image)
	if imageErr == nil && (c.Network.Nat == egress.NATNone || c.Network.PrivateEgress == egress.ViaEndpoints) {
		imageErr = fargaterule.ImageThroughEndpoints(s.Image, "")
	}
	faults.Check("portico:image", imageErr)
	faults.Check("portico:containerPort", fargaterule.ContainerPort(s.ContainerPort))
	faults.Check("portico:cpu", fargatesize.Check(s.CPU, s.Memory))
	if s.Architecture != "" {
		faults.Check("portico:architecture", fargaterule.Architecture(s.Architecture))
	}
	faults.Check("portico:desiredCount", fargaterule.DesiredCount(s.DesiredCount))
	if s.MinCount != 0 || s.MaxCount != 0 {
		field, err := fargaterule.Scaling{Min: s.MinCount, Max: s.MaxCount, TargetCPUPercent: s.TargetCPUPercent}.Check()
		faults.Check("portico:"+field, err)
	}
	faults.Check("portico:healthCheckGracePeriodSeconds", fargaterule.GracePeriod(s.HealthCheckGracePeriodSeconds))
	faults.Check("portico:logRetentionDays", fargaterule.LogRetention(s.LogRetentionDays))
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		faults.Check("portico:environment", fargaterule.VariableName(name))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		faults.Check("portico:secrets", fargaterule.VariableName(name))
		_, err := fargaterule.SecretStore(s.Secrets[name])
		faults.Check("portico:secrets", err)
	}
}

func (c *Config) checkInstance(faults *fault.List) {
	i := c.Instance
	if i.ID == "" {
		faults.Addf("portico:instanceId", "is required by variant %s: the instance that answers the requests", c.Variant)
	} else {
		faults.Check("portico:instanceId", albrule.InstanceID(i.ID))
	}
	if i.SecurityGroupID != "" {
		faults.Check("portico:instanceSecurityGroupId", matches(i.SecurityGroupID, groupID, "the id of a security group such as sg-0123456789abcdef0"))
	}
	faults.Check("portico:instancePort", albrule.Port(i.Port))
	if i.OpenIngress != "" {
		faults.Check("portico:openIngress", albrule.OpenIngress(i.OpenIngress))
	}
}

func (c *Config) checkFront(faults *fault.List) {
	f := c.Front
	originErr := edgerule.OriginDomain(f.OriginDomainName)
	if originErr == nil && c.HostedZoneName != "" {
		originErr = dnsname.CheckWithin(f.OriginDomainName, c.HostedZoneName)
	}
	if dnsname.Check(c.DomainName) == nil { // else the default, made from it, is as wrong
		faults.Check("portico:originDomainName", originErr)
	}
	if f.OriginSecretHeader != "" {
		faults.Check("portico:originSecretHeader", edgerule.HeaderName(f.OriginSecretHeader))
	}
	if f.OriginSecretPreviousVersion != "" && f.OriginSecretPreviousVersion == f.OriginSecretVersion {
		faults.Addf("portico:originSecretPreviousVersion", "must differ from portico:originSecretVersion, got %q for both: "+
			"name the version that is being replaced", f.OriginSecretVersion)
	}
	readErr := edgerule.OriginReadTimeout(f.OriginReadTimeoutSeconds)
	if idle := c.Balancer.IdleTimeoutSeconds; readErr == nil && c.Variant == VariantCloudFrontALB && f.OriginReadTimeoutSeconds > idle {
		readErr = fmt.Errorf("must be at most the balancer's idle timeout of %d s, got %d; the balancer would give up first and viewers would get 504: "+
			"raise portico:idleTimeoutSeconds too", idle, f.OriginReadTimeoutSeconds)
	}
	faults.Check("portico:originReadTimeoutSeconds", readErr)
	faults.Check("portico:defaultRootObject", edgerule.DefaultRootObject(f.DefaultRootObject))
	faults.Check("portico:minimumViewerTlsVersion", edgerule.MinimumTLS(f.MinimumViewerTLSVersion, true))
	if f.PriceClass != "" {
		faults.Check("portico:priceClass", edgerule.PriceClass(f.PriceClass))
	}
	faults.Check("portico:webAclArn", optional(f.WebACLArn, edgerule.WebACL))
}

func (c *Config) checkOriginInstance(faults *fault.List) {
	o := c.Origin
	if o.CertificatePattern != "" {
		faults.Check("portico:certificatePattern", limit.OneOf(o.CertificatePattern, "originDomain", "hostHeader"))
	}
	faults.Check("portico:acmeDirectoryUrl", optional(o.AcmeDirectoryURL, firstboot.AcmeDirectoryURL))
	faults.Check("portico:acmeEmail", optional(o.AcmeEmail, firstboot.AcmeEmail))
	if o.InstanceType != "" {
		_, err := firstboot.ImageParameter(o.InstanceType)
		faults.Check("portico:instanceType", err)
	}
	faults.Check("portico:rootVolumeGiB", firstboot.RootVolume(o.RootVolumeGiB))
	if o.AppPort != 0 {
		faults.Check("portico:appPort", firstboot.AppPort(o.AppPort))
	}
	if o.AmiID != "" {
		faults.Check("portico:amiId", matches(o.AmiID, amiID, "the id of an image such as ami-0123456789abcdef0"))
	}
}

// The forms of AWS's ids:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
var (
	hostedZoneID = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
	vpcID        = regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`)
	subnetID     = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
	groupID      = regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`)
	amiID        = regexp.MustCompile(`^ami-[0-9a-f]{8,17}$`)
)

func matches(value string, form *regexp.Regexp, want string) error {
	if form.MatchString(value) {
		return nil
	}
	return fmt.Errorf("must be %s, got %q", want, value)
}

// optional asks rule of a value that may be unset.
func optional(value string, rule func(string) error) error {
	if value == "" {
		return nil
	}
	return rule(value)
}
