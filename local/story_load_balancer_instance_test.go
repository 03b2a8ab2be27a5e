package local_test

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What was there before: the network, the zone and the instance of every local
// account.
const (
	zoneID        = "Z05EEDEXAMPLECOM0001"
	vpcID         = "vpc-05eed000000000001"
	instanceID    = "i-05eed0c105ed00001"
	instanceGroup = "sg-05eed0c105ed00001"
)

var (
	publicSubnets  = pulumi.ToStringArray([]string{"subnet-05eed00000000000a", "subnet-05eed00000000000c"})
	privateSubnets = pulumi.ToStringArray([]string{"subnet-05eed00000000001a", "subnet-05eed00000000001c"})
)

// balancedInstance is what differs between the programs of one system: a
// load balancer before an instance that exists, alone or behind CloudFront.
type balancedInstance struct {
	// own puts an instance of the program's own behind the load balancer, which has an
	// address of its own too: direct.example.com. exposed opens it to everybody.
	own, exposed bool
	// version and port of the target group.
	version string
	port    int
	// closed leaves out the rule that lets the load balancer reach the instance.
	closed bool
	// front puts CloudFront before it, which asks origin over protocol. An origin
	// of "" is the load balancer's own name.
	front            bool
	origin, protocol string
	// alarm watches it.
	alarm func(ctx *pulumi.Context, web *lb.LoadBalancer, targets *lb.TargetGroup) error
	// logs is the default encryption of the bucket that the load balancer logs into, ""
	// for no log.
	logs string
}

// The load balancer serves alb.example.com; with a front viewers ask for
// shop.example.com.
func (s balancedInstance) program(ctx *pulumi.Context) error {
	cert, err := acm.NewCertificate(ctx, "alb", &acm.CertificateArgs{
		DomainName: pulumi.String("alb.example.com"), ValidationMethod: pulumi.String("DNS"),
	})
	if err != nil {
		return err
	}
	validation, err := validated(ctx, "alb", cert)
	if err != nil {
		return err
	}
	group, err := newGroup(ctx, "alb-group")
	if err != nil {
		return err
	}
	if err := admitAddresses(ctx, "from-viewers", group.ID(), "0.0.0.0/0"); err != nil {
		return err
	}
	loadBalancer, err := newLoadBalancer(ctx, group.ID(), s.logs)
	if err != nil {
		return err
	}
	targets, err := lb.NewTargetGroup(ctx, "targets", &lb.TargetGroupArgs{
		VpcId: pulumi.String(vpcID), TargetType: pulumi.String("instance"), Port: pulumi.Int(s.port),
		Protocol: pulumi.String("HTTPS"), ProtocolVersion: pulumi.String(s.version),
		HealthCheck: lb.TargetGroupHealthCheckArgs{Protocol: pulumi.String("HTTPS"), Path: pulumi.String("/")},
	})
	if err != nil {
		return err
	}
	instance, members := pulumi.StringInput(pulumi.String(instanceID)), pulumi.StringInput(pulumi.String(instanceGroup))
	if s.own {
		if instance, members, err = s.ownInstance(ctx); err != nil {
			return err
		}
	}
	_, err = lb.NewTargetGroupAttachment(ctx, "instance", &lb.TargetGroupAttachmentArgs{
		TargetGroupArn: targets.Arn, TargetId: instance, Port: pulumi.Int(s.port),
	})
	if err != nil {
		return err
	}
	if !s.closed {
		if err := admitGroup(ctx, "from-alb", members, group.ID(), 443); err != nil {
			return err
		}
	}
	_, err = lb.NewListener(ctx, "https", &lb.ListenerArgs{
		LoadBalancerArn: loadBalancer.Arn, Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"),
		SslPolicy: pulumi.String("ELBSecurityPolicy-TLS13-1-2-2021-06"), CertificateArn: validation.CertificateArn,
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("forward"), TargetGroupArn: targets.Arn,
		}},
	})
	if err != nil {
		return err
	}
	if s.alarm != nil {
		if err := s.alarm(ctx, loadBalancer, targets); err != nil {
			return err
		}
	}
	if err := alias(ctx, "alb.example.com", loadBalancer.DnsName, loadBalancer.ZoneId); err != nil || !s.front {
		return err
	}
	origin := pulumi.StringInput(pulumi.String(s.origin))
	if s.origin == "" {
		origin = loadBalancer.DnsName
	}
	return s.distribution(ctx, origin)
}

// ownInstance is one with a public address; its id and its group's.
func (s balancedInstance) ownInstance(ctx *pulumi.Context) (id, members pulumi.StringInput, err error) {
	group, err := newGroup(ctx, "instance-group")
	if err != nil {
		return nil, nil, err
	}
	if s.exposed {
		if err := admitAddresses(ctx, "left-open", group.ID(), "0.0.0.0/0"); err != nil {
			return nil, nil, err
		}
	}
	instance, err := newInstance(ctx, "legacy", "direct.example.com", group)
	if err != nil {
		return nil, nil, err
	}
	return instance.ID(), group.ID(), nil
}

// distribution is CloudFront before origin.
func (s balancedInstance) distribution(ctx *pulumi.Context, origin pulumi.StringInput) error {
	return distribution(ctx, cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String("origin"), DomainName: origin,
		CustomOriginConfig: cloudfront.DistributionOriginCustomOriginConfigArgs{
			OriginProtocolPolicy: pulumi.String(s.protocol), HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443),
			OriginSslProtocols: pulumi.ToStringArray([]string{"TLSv1.2"}),
		},
	}, exceptHost, true)
}

// AWS's own origin request policies.
const (
	allViewer  = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	exceptHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// distribution is CloudFront for shop.example.com, or without an alias for the
// name that AWS assigns.
func distribution(ctx *pulumi.Context, origin cloudfront.DistributionOriginArgs, policy string, alternate bool, changes ...func(*cloudfront.DistributionArgs)) error {
	_, err := newDistribution(ctx, origin, policy, alternate, changes...)
	return err
}

func newDistribution(
	ctx *pulumi.Context, origin cloudfront.DistributionOriginArgs, policy string, alternate bool, changes ...func(*cloudfront.DistributionArgs),
) (*cloudfront.Distribution, error) {
	args := &cloudfront.DistributionArgs{
		Enabled: pulumi.Bool(true), HttpVersion: pulumi.String("http2and3"),
		Origins: cloudfront.DistributionOriginArray{origin},
		DefaultCacheBehavior: cloudfront.DistributionDefaultCacheBehaviorArgs{
			TargetOriginId: pulumi.String("origin"), ViewerProtocolPolicy: pulumi.String("redirect-to-https"),
			AllowedMethods:        pulumi.ToStringArray([]string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}),
			CachedMethods:         pulumi.ToStringArray([]string{"GET", "HEAD"}),
			CachePolicyId:         pulumi.String("4135ea2d-6df8-44a3-9df3-4b5a84be39ad"),
			OriginRequestPolicyId: pulumi.String(policy),
		},
		Restrictions: cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: cloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String("none")},
		},
		ViewerCertificate: cloudfront.DistributionViewerCertificateArgs{CloudfrontDefaultCertificate: pulumi.Bool(true)},
	}
	if alternate {
		validation, err := viewerCertificate(ctx)
		if err != nil {
			return nil, err
		}
		args.Aliases = pulumi.ToStringArray([]string{"shop.example.com"})
		args.ViewerCertificate = cloudfront.DistributionViewerCertificateArgs{
			AcmCertificateArn: validation.CertificateArn, SslSupportMethod: pulumi.String("sni-only"),
			MinimumProtocolVersion: pulumi.String("TLSv1.2_2021"),
		}
	}
	for _, change := range changes {
		change(args)
	}
	front, err := cloudfront.NewDistribution(ctx, "site", args)
	if err != nil {
		return nil, err
	}
	ctx.Export("distribution", front.DomainName)
	if !alternate {
		return front, nil
	}
	return front, alias(ctx, "shop.example.com", front.DomainName, front.HostedZoneId)
}

// viewerCertificate is for shop.example.com, in the Region where CloudFront wants
// it.
func viewerCertificate(ctx *pulumi.Context) (*acm.CertificateValidation, error) {
	virginia, err := aws.NewProvider(ctx, "virginia", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
	if err != nil {
		return nil, err
	}
	cert, err := acm.NewCertificate(ctx, "shop", &acm.CertificateArgs{
		DomainName: pulumi.String("shop.example.com"), ValidationMethod: pulumi.String("DNS"),
	}, pulumi.Provider(virginia))
	if err != nil {
		return nil, err
	}
	return validated(ctx, "shop", cert, pulumi.Provider(virginia))
}

// validated proves a certificate of one name by its DNS record.
func validated(
	ctx *pulumi.Context, name string, cert *acm.Certificate, opts ...pulumi.ResourceOption,
) (*acm.CertificateValidation, error) {
	proof := cert.DomainValidationOptions.Index(pulumi.Int(0))
	record, err := route53.NewRecord(ctx, name+"-proof", &route53.RecordArgs{
		ZoneId: pulumi.String(zoneID), Name: proof.ResourceRecordName().Elem(), Ttl: pulumi.Int(60),
		Type:    proof.ResourceRecordType().Elem(),
		Records: pulumi.StringArray{proof.ResourceRecordValue().Elem()},
	})
	if err != nil {
		return nil, err
	}
	return acm.NewCertificateValidation(ctx, name, &acm.CertificateValidationArgs{
		CertificateArn: cert.Arn, ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, opts...)
}

// alias is a record that leads to something of AWS's.
func alias(ctx *pulumi.Context, name string, target, targetZone pulumi.StringInput) error {
	_, err := route53.NewRecord(ctx, name, &route53.RecordArgs{
		ZoneId: pulumi.String(zoneID), Name: pulumi.String(name), Type: pulumi.String("A"),
		Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
			Name: target, ZoneId: targetZone, EvaluateTargetHealth: pulumi.Bool(false),
		}},
	})
	return err
}
