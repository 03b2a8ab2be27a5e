package components_test

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// reports attaches targets that no component makes to the listener of another stack.
func reports(ctx *pulumi.Context) error {
	group, err := ec2.NewSecurityGroup(ctx, "reports", &ec2.SecurityGroupArgs{
		Description: pulumi.String("reports"),
		VpcId:       pulumi.String("vpc-1"),
	})
	if err != nil {
		return err
	}
	instance, err := ec2.NewInstance(ctx, "reports", &ec2.InstanceArgs{
		Ami:                 pulumi.String("ami-0123456789abcdef0"),
		InstanceType:        pulumi.String("t3.small"),
		SubnetId:            pulumi.String("subnet-priv-a"),
		VpcSecurityGroupIds: pulumi.StringArray{group.ID()},
	})
	if err != nil {
		return err
	}
	route, err := components.NewServiceRoute(ctx, "reports", &components.ServiceRouteArgs{
		ExistingListener: &components.ExistingListenerArgs{
			ListenerArn: pulumi.String("arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:" +
				"listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"),
		},
		Hosts:                 []string{"shop.example.com"},
		Paths:                 []string{"/reports", "/reports/*"},
		Port:                  8080,
		TargetType:            "instance",
		TargetSecurityGroupId: group.ID(),
		HealthCheck:           &components.HealthCheckArgs{Path: "/up", Matcher: "200"},
	})
	if err != nil {
		return err
	}
	_, err = lb.NewTargetGroupAttachment(ctx, "reports", &lb.TargetGroupAttachmentArgs{
		TargetGroupArn: route.TargetGroupArn,
		TargetId:       instance.ID(),
	})
	return err
}

func ExampleServiceRoute() {
	pulumi.Run(reports)
}
