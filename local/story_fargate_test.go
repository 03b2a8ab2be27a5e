package local_test

import (
	"cmp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// fargate is what differs between the programs of one system: a load balancer before
// a Fargate service, alone (as alb.example.com) or behind CloudFront (as
// shop.example.com).
type fargate struct {
	// version of the target group.
	version string
	// taskPort is what the tasks' group lets the load balancer reach. 0: 80, on which the
	// container listens.
	taskPort int
	// isolated puts the tasks into a subnet without a default route.
	isolated bool
	// front puts CloudFront before it. admits says whom the load balancer's group lets in:
	// a CIDR, or "" for CloudFront alone.
	front  bool
	admits string
	// inside makes the load balancer internal, and CloudFront reach it through a VPC origin.
	inside bool
	// sends and wants are values of a header that CloudFront adds and that the
	// load balancer asks for. "": no header.
	sends, wants string
	// acl is asked by CloudFront or by the load balancer, as its scope says. nil: none.
	acl *webACL
}

func (s fargate) program(ctx *pulumi.Context) error {
	s.taskPort = cmp.Or(s.taskPort, 80)
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
	if err := admitAddresses(ctx, "from-viewers", group.ID(), s.admits); err != nil {
		return err
	}
	subnets := publicSubnets
	if s.inside {
		subnets = privateSubnets
	}
	loadBalancer, err := lb.NewLoadBalancer(ctx, "web", &lb.LoadBalancerArgs{
		LoadBalancerType: pulumi.String("application"), SecurityGroups: pulumi.StringArray{group.ID()}, Subnets: subnets,
		Internal: pulumi.Bool(s.inside),
	})
	if err != nil {
		return err
	}
	acl, err := s.acl.register(ctx, loadBalancer.Arn)
	if err != nil {
		return err
	}
	targets, err := lb.NewTargetGroup(ctx, "tasks", &lb.TargetGroupArgs{
		VpcId: pulumi.String(vpcID), TargetType: pulumi.String("ip"), Port: pulumi.Int(80),
		Protocol: pulumi.String("HTTP"), ProtocolVersion: pulumi.String(s.version),
	})
	if err != nil {
		return err
	}
	forward := lb.ListenerDefaultActionArgs{Type: pulumi.String("forward"), TargetGroupArn: targets.Arn}
	refuse := lb.ListenerDefaultActionArgs{Type: pulumi.String("fixed-response"), FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
		ContentType: pulumi.String("text/plain"), StatusCode: pulumi.String("403"),
	}}
	first := forward
	if s.wants != "" {
		first = refuse
	}
	listener, err := lb.NewListener(ctx, "https", &lb.ListenerArgs{
		LoadBalancerArn: loadBalancer.Arn, Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"),
		SslPolicy: pulumi.String("ELBSecurityPolicy-TLS13-1-2-2021-06"), CertificateArn: validation.CertificateArn,
		DefaultActions: lb.ListenerDefaultActionArray{first},
	})
	if err != nil {
		return err
	}
	route := pulumi.Resource(listener)
	if s.wants != "" {
		route, err = lb.NewListenerRule(ctx, "from-our-cloudfront", &lb.ListenerRuleArgs{
			ListenerArn: listener.Arn, Priority: pulumi.Int(1),
			Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
				HttpHeader: lb.ListenerRuleConditionHttpHeaderArgs{
					HttpHeaderName: pulumi.String("X-From"), Values: pulumi.ToStringArray([]string{s.wants}),
				},
			}},
			Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
				Type: pulumi.String("forward"), TargetGroupArn: targets.Arn,
			}},
		})
		if err != nil {
			return err
		}
	}
	if err := s.tasks(ctx, group, targets, route); err != nil {
		return err
	}
	if s.inside {
		return distributionInside(ctx, loadBalancer, listener, "alb.example.com")
	}
	if err := alias(ctx, "alb.example.com", loadBalancer.DnsName, loadBalancer.ZoneId); err != nil || !s.front {
		return err
	}
	origin := cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String("origin"), DomainName: pulumi.String("alb.example.com"),
		CustomOriginConfig: cloudfront.DistributionOriginCustomOriginConfigArgs{
			OriginProtocolPolicy: pulumi.String("https-only"), HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443),
			OriginSslProtocols: pulumi.ToStringArray([]string{"TLSv1.2"}),
		},
	}
	if s.sends != "" {
		origin.CustomHeaders = cloudfront.DistributionOriginCustomHeaderArray{cloudfront.DistributionOriginCustomHeaderArgs{
			Name: pulumi.String("X-From"), Value: pulumi.String(s.sends),
		}}
	}
	return distribution(ctx, origin, exceptHost, true, func(args *cloudfront.DistributionArgs) { args.WebAclId = acl })
}

// distributionInside is CloudFront before a load balancer without public addresses, which it
// asks for name.
func distributionInside(ctx *pulumi.Context, loadBalancer *lb.LoadBalancer, listener *lb.Listener, name string) error {
	origin, err := cloudfront.NewVpcOrigin(ctx, "web", &cloudfront.VpcOriginArgs{
		VpcOriginEndpointConfig: cloudfront.VpcOriginVpcOriginEndpointConfigArgs{
			Name: pulumi.String("web"), Arn: loadBalancer.Arn, HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443),
			OriginProtocolPolicy: pulumi.String("https-only"),
			OriginSslProtocols: cloudfront.VpcOriginVpcOriginEndpointConfigOriginSslProtocolsArgs{
				Items: pulumi.ToStringArray([]string{"TLSv1.2"}), Quantity: pulumi.Int(1),
			},
		},
	}, pulumi.DependsOn([]pulumi.Resource{listener}))
	if err != nil {
		return err
	}
	return distribution(ctx, cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String("origin"), DomainName: pulumi.String(name),
		VpcOriginConfig: cloudfront.DistributionOriginVpcOriginConfigArgs{VpcOriginId: origin.ID()},
	}, exceptHost, true)
}

// tasks is the service with two tasks in private subnets.
func (s fargate) tasks(
	ctx *pulumi.Context, loadBalancers *ec2.SecurityGroup, targets *lb.TargetGroup, route pulumi.Resource,
) error {
	group, err := newGroup(ctx, "task-group")
	if err != nil {
		return err
	}
	if err := admitGroup(ctx, "from-alb", group.ID(), loadBalancers.ID(), s.taskPort); err != nil {
		return err
	}
	subnets := privateSubnets
	if s.isolated {
		subnet, err := ec2.NewSubnet(ctx, "isolated", &ec2.SubnetArgs{
			VpcId: pulumi.String(vpcID), CidrBlock: pulumi.String("10.20.200.0/24"), AvailabilityZone: pulumi.String("ap-northeast-1a"),
		})
		if err != nil {
			return err
		}
		subnets = pulumi.StringArray{subnet.ID()}
	}
	role, err := iam.NewRole(ctx, "execution", &iam.RoleArgs{AssumeRolePolicy: pulumi.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)})
	if err != nil {
		return err
	}
	cluster, err := ecs.NewCluster(ctx, "shop", nil)
	if err != nil {
		return err
	}
	definition, err := ecs.NewTaskDefinition(ctx, "shop", &ecs.TaskDefinitionArgs{
		Family: pulumi.String("shop"), Cpu: pulumi.String("256"), Memory: pulumi.String("512"), NetworkMode: pulumi.String("awsvpc"),
		RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}), ExecutionRoleArn: role.Arn,
		ContainerDefinitions: pulumi.String(
			`[{"name":"shop","image":"public.ecr.aws/nginx/nginx:stable","essential":true,"portMappings":[{"containerPort":80}]}]`),
	})
	if err != nil {
		return err
	}
	_, err = ecs.NewService(ctx, "shop", &ecs.ServiceArgs{
		Name: pulumi.String("shop"), Cluster: cluster.Arn, TaskDefinition: definition.Arn,
		DesiredCount: pulumi.Int(2), LaunchType: pulumi.String("FARGATE"),
		NetworkConfiguration: ecs.ServiceNetworkConfigurationArgs{
			Subnets: subnets, SecurityGroups: pulumi.StringArray{group.ID()},
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: targets.Arn, ContainerName: pulumi.String("shop"), ContainerPort: pulumi.Int(80),
		}},
	}, pulumi.DependsOn([]pulumi.Resource{route}))
	return err
}
