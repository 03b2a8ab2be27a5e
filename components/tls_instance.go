package components

import (
	"cmp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/firstboot"
)

// TLSInstance is one EC2 instance that serves CloudFront over HTTPS, with a
// certificate that renews itself: TLS end to end for a small system.
//
// It creates an Elastic IP on a network interface, the A record of the origin's
// name, a security group, a role, and an instance of Amazon Linux 2023 on that
// interface. The address is there before the instance, and outlives it. With access
// "vpc-origin" there is no public address, interface or record: the instance is in a private
// subnet, which a VPC origin of the CloudFrontFront before it leads to. At first
// boot the instance installs nginx and certbot, obtains a certificate by DNS-01
// through Route 53, and starts a timer that renews it and has nginx reload. Register
// waits until it serves, for at most ReadyTimeoutSeconds. If it does not, the update
// fails, and the reason is in the output of the association named NAME-ready (Systems
// Manager, State Manager, Execution history) and in /var/log/cloud-init-output.log on
// the instance.
//
// With OriginSecret, nginx answers 403 to requests without the secret. The accepted
// values are in a parameter of Systems Manager, never in the user data. The instance
// reads it when it boots, every five minutes, and when the values change: Register
// returns when nginx accepts the new ones, before a distribution sends them. nginx
// reloads without dropping a request.
//
// Every night the instance installs the security updates of the newest release of
// Amazon Linux, and starts nginx anew if it was among them. It does not reboot by
// itself: a new kernel waits for a reboot of yours. After each attempt to renew, twice
// a day, it reports to CloudWatch how many days the certificate is still valid (metric
// CertificateDaysLeft in Portico/TLSInstance); an alarm is raised below 14 days, and
// when nothing is reported for a day.
//
// Security posture: in comes only HTTPS from CloudFront's addresses, or from its VPC origin;
// out goes only HTTPS, for packages, the certificate and Systems Manager. There is no SSH:
// a shell comes by Session Manager. Instance metadata is IMDSv2 only and does not
// answer to containers; the root volume is encrypted. The role may write the TXT
// record _acme-challenge of the names on the certificate in the one hosted zone,
// and nothing else there, read the one parameter, and send metrics to the one
// namespace, beside what AWS's policy for Session Manager allows. nginx speaks TLS 1.2 and newer, and HTTP/1.1, as
// CloudFront does to origins.
//
// A changed setting of the first boot replaces the instance: the old one goes
// first, since both want the same interface, and viewers see 504 until the new
// one answers. With access "vpc-origin" the new one serves first, and gets a VPC origin of its
// own, to which the distribution moves before the old ones go. A new instance gets a new
// certificate, of which Let's Encrypt issues five per week for one set of names: use
// AcmeLetsEncryptStaging while trying things out.
// https://letsencrypt.org/docs/rate-limits/
type TLSInstance struct {
	pulumi.ResourceState

	InstanceId pulumi.StringOutput `pulumi:"instanceId"`
	// PublicIp is the Elastic IP; empty with access "vpc-origin".
	PublicIp pulumi.StringOutput `pulumi:"publicIp"`
	// SecurityGroupId is the instance's security group.
	SecurityGroupId pulumi.StringOutput `pulumi:"securityGroupId"`

	// What Register makes, for whatever the args do not offer.

	Instance *ec2.Instance
	// NetworkInterface carries Eip, by EipAssociation. All three outlive the instance, and are
	// nil with access "vpc-origin", as Record is.
	NetworkInterface *ec2.NetworkInterface
	Eip              *ec2.Eip
	EipAssociation   *ec2.EipAssociation
	// Record is the A record of OriginDomainName.
	Record        *route53.Record
	SecurityGroup *ec2.SecurityGroup
	// IngressRule admits CloudFront; with access "vpc-origin" the CloudFrontFront makes it.
	IngressRule *vpc.SecurityGroupIngressRule
	// EgressRule lets the instance out over HTTPS.
	EgressRule *vpc.SecurityGroupEgressRule
	// EndpointIngressRule admits the instance to the network's interface endpoints, nil
	// where there are none.
	EndpointIngressRule *vpc.SecurityGroupIngressRule
	// Role is the instance's, which it has by InstanceProfile.
	Role            *iam.Role
	InstanceProfile *iam.InstanceProfile
	// CertbotPolicy lets certbot prove the names on the certificate, and
	// SessionManagerPolicy is AWS's own for Session Manager.
	CertbotPolicy        *iam.RolePolicy
	SessionManagerPolicy *iam.RolePolicyAttachment
	// MetricPolicy lets the instance send CertificateDaysLeft.
	MetricPolicy *iam.RolePolicy
	// SecretParameter holds the accepted values of OriginSecret, which SecretPolicy lets
	// the instance read. Both are nil without one.
	SecretParameter *ssm.Parameter
	SecretPolicy    *iam.RolePolicy
	// Ready is made when the instance serves, and made anew when it accepts a new
	// secret: what leads viewers to the instance should depend on it.
	Ready *ssm.Association
	// CertificateAlarm is raised when the certificate is not renewed.
	CertificateAlarm *cloudwatch.MetricAlarm

	planned
	args  *TLSInstanceArgs
	found tlsInstanceSurroundings
}

// NewTLSInstance makes a TLSInstance. Wrong args register nothing; a prefix list
// that does not fit into the security group is refused before anything is made.
func NewTLSInstance(
	ctx *pulumi.Context, name string, args *TLSInstanceArgs, opts ...pulumi.ResourceOption,
) (*TLSInstance, error) {
	return construct(ctx, PlanTLSInstance, name, args, opts)
}

// PlanTLSInstance is the first half of NewTLSInstance.
func PlanTLSInstance(name string, args *TLSInstanceArgs) (*TLSInstance, error) {
	c := &TLSInstance{
		planned: planned{component: "TLSInstance", name: name, findings: &findings{}},
		args:    cmp.Or(args, &TLSInstanceArgs{}).withDefaults(),
	}
	if args == nil {
		return c, c.withoutArgs("network, originDomainName and hostedZone")
	}
	return c, c.check(c.args, c.validate, c.checkPath)
}

func (c *TLSInstance) validate(l *fault.List) {
	c.args.validate(l)
	if c.args.OriginSecret != nil {
		l.Check("", firstboot.ParameterName(c.name))
	}
}

// Register is the second half of NewTLSInstance.
func (c *TLSInstance) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return c.register(ctx, TokenTLSInstance, c.args, c, opts,
		lookUpOnce(c), c.checkGateway, c.lookUp, c.newSecurityGroup, c.newRole, c.newSecret, c.newAddress, c.newInstance, c.newReady, c.newAlarm)
}

// OriginDomainName is the DNS name that CloudFront connects to.
func (c *TLSInstance) OriginDomainName() string { return c.args.OriginDomainName }

// newAddress makes what the origin's name leads to, before there is an instance. A private one
// has the address that it starts with.
func (c *TLSInstance) newAddress(ctx *pulumi.Context) (err error) {
	if c.args.private() {
		c.PublicIp = orEmpty(nil)
		return nil
	}
	tags := namedTags(c.args.Tags, c.name)
	c.NetworkInterface, err = ec2.NewNetworkInterface(ctx, c.name, &ec2.NetworkInterfaceArgs{
		SubnetId:       c.args.Network.PublicSubnetIds.Index(pulumi.Int(0)),
		SecurityGroups: pulumi.StringArray{c.SecurityGroupId},
		Description:    pulumi.String("TLS origin"),
		Tags:           tags,
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.Eip, err = ec2.NewEip(ctx, c.name, &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: tags}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.PublicIp = c.Eip.PublicIp
	c.EipAssociation, err = ec2.NewEipAssociation(ctx, c.name, &ec2.EipAssociationArgs{
		AllocationId:       c.Eip.AllocationId,
		NetworkInterfaceId: c.NetworkInterface.ID(),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.Record, err = route53.NewRecord(ctx, aliasRecordName(c.name, "A", c.args.OriginDomainName), &route53.RecordArgs{
		ZoneId:         c.found.zone,
		Name:           pulumi.String(c.args.OriginDomainName),
		Type:           pulumi.String("A"),
		Ttl:            pulumi.Int(300),
		Records:        pulumi.StringArray{c.Eip.PublicIp},
		AllowOverwrite: pulumi.Bool(c.args.OverwriteExistingRecords),
	}, pulumi.Parent(c))
	return err
}

// userData names the parameter that holds the secret.
func (c *TLSInstance) userData() (pulumi.StringInput, error) {
	if c.SecretParameter == nil {
		text, err := c.args.params("").UserData()
		return pulumi.String(text), err
	}
	return c.SecretParameter.Arn.ApplyT(func(arn string) (string, error) {
		return c.args.params(arn).UserData()
	}).(pulumi.StringOutput), nil
}

// newInstance makes the instance after the ways and the permissions by which its first
// boot gets packages, the secret and a certificate.
func (c *TLSInstance) newInstance(ctx *pulumi.Context) error {
	userData, err := c.userData()
	if err != nil {
		return err
	}
	needs := []pulumi.Resource{c.EgressRule, c.SessionManagerPolicy, c.CertbotPolicy, c.MetricPolicy}
	if c.EipAssociation != nil {
		needs = append(needs, c.EipAssociation)
	}
	if c.EndpointIngressRule != nil {
		needs = append(needs, c.EndpointIngressRule)
	}
	if c.SecretPolicy != nil {
		needs = append(needs, c.SecretPolicy)
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(c), pulumi.DependsOn(needs)}
	if !c.args.private() {
		// An interface is attached to one instance at a time.
		opts = append(opts, pulumi.DeleteBeforeReplace(true))
	}
	if c.args.AmiId == nil {
		opts = append(opts, pulumi.IgnoreChanges([]string{"ami"}))
	}
	args := &ec2.InstanceArgs{
		Ami:                c.found.image.ToStringOutput(),
		InstanceType:       pulumi.String(c.args.InstanceType),
		IamInstanceProfile: c.InstanceProfile.Name,
		MetadataOptions: ec2.InstanceMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		RootBlockDevice: ec2.InstanceRootBlockDeviceArgs{
			VolumeType: pulumi.String("gp3"),
			VolumeSize: pulumi.Int(c.args.RootVolumeGiB),
			Encrypted:  pulumi.Bool(true),
			Tags:       resourceTags(c.args.Tags),
		},
		Monitoring:              pulumi.BoolPtrFromPtr(c.args.DetailedMonitoring),
		DisableApiTermination:   pulumi.BoolPtrFromPtr(c.args.TerminationProtection),
		UserData:                userData,
		UserDataReplaceOnChange: pulumi.Bool(true),
		Tags:                    namedTags(c.args.Tags, c.name),
	}
	if c.args.private() {
		args.SubnetId = c.args.Network.PrivateSubnetIds.Index(pulumi.Int(0))
		args.VpcSecurityGroupIds = pulumi.StringArray{c.SecurityGroupId}
		args.AssociatePublicIpAddress = pulumi.Bool(false)
	} else {
		args.NetworkInterfaces = ec2.InstanceNetworkInterfaceArray{ec2.InstanceNetworkInterfaceArgs{
			DeviceIndex: pulumi.Int(0), NetworkInterfaceId: c.NetworkInterface.ID(),
		}}
	}
	c.Instance, err = ec2.NewInstance(ctx, c.ownName(), args, opts...)
	if err != nil {
		return err
	}
	c.InstanceId = c.Instance.ID().ToStringOutput()
	return nil
}
