package local_test

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// frontedInstance is what differs between the programs of one system: CloudFront
// before one instance, TLS to the end.
type frontedInstance struct {
	// assigned leaves CloudFront with the name that AWS assigns.
	assigned bool
	// forwards passes the viewer's Host on.
	forwards bool
	// closed leaves out the rule that admits CloudFront.
	closed bool
}

func (s frontedInstance) program(ctx *pulumi.Context) error {
	group, err := newGroup(ctx, "origin-group")
	if err != nil {
		return err
	}
	if !s.closed {
		if err := admitAddresses(ctx, "from-cloudfront", group.ID(), ""); err != nil {
			return err
		}
	}
	if _, err := newInstance(ctx, "origin", "origin.example.com", group); err != nil {
		return err
	}
	policy := exceptHost
	if s.forwards {
		policy = allViewer
	}
	return distribution(ctx, cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String("origin"), DomainName: pulumi.String("origin.example.com"),
		CustomOriginConfig: cloudfront.DistributionOriginCustomOriginConfigArgs{
			OriginProtocolPolicy: pulumi.String("https-only"), HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443),
			OriginSslProtocols: pulumi.ToStringArray([]string{"TLSv1.2"}),
		},
	}, policy, !s.assigned)
}

// newInstance is an instance with an address of its own, to which host leads.
func newInstance(ctx *pulumi.Context, name, host string, group *ec2.SecurityGroup) (*ec2.Instance, error) {
	image, err := ec2.LookupAmi(ctx, &ec2.LookupAmiArgs{
		MostRecent: pulumi.BoolRef(true), Owners: []string{"amazon"},
		Filters: []ec2.GetAmiFilter{{Name: "name", Values: []string{"al2023-ami-2023.*-arm64"}}},
	})
	if err != nil {
		return nil, err
	}
	instance, err := ec2.NewInstance(ctx, name, &ec2.InstanceArgs{
		Ami: pulumi.String(image.Id), InstanceType: pulumi.String("t4g.small"),
		SubnetId: publicSubnets[0], VpcSecurityGroupIds: pulumi.StringArray{group.ID()},
		Tags: pulumi.StringMap{"Name": pulumi.String(name)},
	})
	if err != nil {
		return nil, err
	}
	address, err := ec2.NewEip(ctx, name, &ec2.EipArgs{Domain: pulumi.String("vpc"), Instance: instance.ID()})
	if err != nil {
		return nil, err
	}
	_, err = route53.NewRecord(ctx, name, &route53.RecordArgs{
		ZoneId: pulumi.String(zoneID), Name: pulumi.String(host), Type: pulumi.String("A"),
		Ttl: pulumi.Int(60), Records: pulumi.StringArray{address.PublicIp},
	})
	return instance, err
}
