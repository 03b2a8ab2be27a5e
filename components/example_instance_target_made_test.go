package components_test

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// ownServer makes an instance and puts it behind a load balancer, in one program. The
// instance is looked up and checked as soon as it runs.
func ownServer(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "own", nil)
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "own", &components.CertifiedDomainArgs{
		DomainName: "own.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "own", &components.SecuredALBArgs{Network: network, Domain: domain})
	if err != nil {
		return err
	}
	group, err := ec2.NewSecurityGroup(ctx, "own-server", &ec2.SecurityGroupArgs{VpcId: network.VpcId})
	if err != nil {
		return err
	}
	server, err := ec2.NewInstance(ctx, "own-server", &ec2.InstanceArgs{
		Ami:                 pulumi.String("ami-0123456789abcdef0"),
		InstanceType:        pulumi.String("t4g.small"),
		SubnetId:            network.PrivateSubnetIds.Index(pulumi.Int(0)),
		VpcSecurityGroupIds: pulumi.StringArray{group.ID()},
	})
	if err != nil {
		return err
	}
	_, err = components.NewInstanceTarget(ctx, "own", &components.InstanceTargetArgs{
		InstanceId: server.ID(),
		Route:      &components.ServiceRouteArgs{LoadBalancer: alb, Protocol: "HTTP", Port: 8080},
	})
	return err
}

// An instance of the same program.
func ExampleInstanceTarget_sameProgram() {
	pulumi.Run(ownServer)
}
