package componentstest_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components/componentstest"
)

// ask calls a provider function and returns its result.
func ask(t *testing.T, token string, args map[string]any, opts ...componentstest.Option) (map[string]any, error) {
	t.Helper()
	result := map[string]any{}
	_, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		return ctx.Invoke(token, args, &result)
	}, opts...)
	return result, err
}

func TestBuiltInAnswers(t *testing.T) {
	instance := componentstest.WithInstance(componentstest.Instance{
		ID: "i-1", SubnetID: "subnet-1", PublicIP: "198.51.100.7", Groups: []componentstest.Group{
			{ID: "sg-1", Rules: []componentstest.Rule{{ID: "sgr-1", FromPort: 443, ToPort: 443, CidrIpv4: "0.0.0.0/0"}}},
			{ID: "sg-2", Rules: []componentstest.Rule{{ID: "sgr-2", Egress: true, Protocol: "-1", CidrIpv6: "::/0"}}},
		},
	})
	listener := "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2"
	loadBalancer := "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
	tests := map[string]struct {
		token string
		args  map[string]any
		opts  []componentstest.Option
		want  map[string]any
	}{
		"region": {
			token: "aws:index/getRegion:getRegion", want: map[string]any{"name": "ap-northeast-1"},
		},
		"region by option": {
			token: "aws:index/getRegion:getRegion", opts: []componentstest.Option{componentstest.WithRegion("eu-west-1")},
			want: map[string]any{"name": "eu-west-1"},
		},
		"zones of Tokyo": {
			token: "aws:index/getAvailabilityZones:getAvailabilityZones",
			want: map[string]any{
				"names":   []any{"ap-northeast-1d", "ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c"},
				"zoneIds": []any{"apne1-az2", "apne1-az4", "apne1-az3", "apne1-az1"},
			},
		},
		"zones of Tokyo without two": {
			token: "aws:index/getAvailabilityZones:getAvailabilityZones",
			args:  map[string]any{"excludeZoneIds": []any{"apne1-az3"}, "excludeNames": []any{"ap-northeast-1d"}},
			want:  map[string]any{"names": []any{"ap-northeast-1a", "ap-northeast-1c"}},
		},
		"zones of Virginia": {
			token: "aws:index/getAvailabilityZones:getAvailabilityZones",
			opts:  []componentstest.Option{componentstest.WithRegion("us-east-1")},
			want: map[string]any{"names": []any{
				"us-east-1f", "us-east-1b", "us-east-1d", "us-east-1a", "us-east-1c", "us-east-1e",
			}},
		},
		"caller": {
			token: "aws:index/getCallerIdentity:getCallerIdentity", want: map[string]any{"accountId": componentstest.AccountID},
		},
		"partition": {
			token: "aws:index/getPartition:getPartition", want: map[string]any{"partition": "aws", "dnsSuffix": "amazonaws.com"},
		},
		"zone by name": {
			token: "aws:route53/getZone:getZone", args: map[string]any{"name": "example.com."},
			want: map[string]any{"name": "example.com", "zoneId": componentstest.ZoneID("example.com"), "privateZone": false},
		},
		"zone by id": {
			token: "aws:route53/getZone:getZone", args: map[string]any{"zoneId": componentstest.ZoneID("example.org")},
			opts: []componentstest.Option{componentstest.WithHostedZone("example.com", "example.org")},
			want: map[string]any{"name": "example.org"},
		},
		"image": {
			token: "aws:ec2/getAmi:getAmi",
			args:  map[string]any{"filters": []any{map[string]any{"name": "image-id", "values": []any{"ami-1"}}}},
			opts:  []componentstest.Option{componentstest.WithImage("ami-1", "x86_64")},
			want:  map[string]any{"id": "ami-1", "architecture": "x86_64"},
		},
		"CloudFront's prefix list": {
			token: "aws:ec2/getManagedPrefixList:getManagedPrefixList",
			args:  map[string]any{"name": "com.amazonaws.global.cloudfront.origin-facing"},
			want:  map[string]any{"maxEntries": 55.0, "addressFamily": "IPv4"},
		},
		"CloudFront's IPv6 prefix list": {
			token: "aws:ec2/getManagedPrefixList:getManagedPrefixList",
			args:  map[string]any{"name": "com.amazonaws.global.ipv6.cloudfront.origin-facing"},
			want:  map[string]any{"maxEntries": 55.0, "addressFamily": "IPv6"},
		},
		"S3's prefix list": {
			token: "aws:ec2/getManagedPrefixList:getManagedPrefixList",
			args:  map[string]any{"name": "com.amazonaws.ap-northeast-1.s3"},
			want:  map[string]any{"maxEntries": 1.0},
		},
		"machine image": {
			token: "aws:ssm/getParameter:getParameter",
			args:  map[string]any{"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"},
			want:  map[string]any{"type": "String"},
		},
		"managed instance": {
			token: "aws:ssm/getInstances:getInstances",
			args:  map[string]any{"filters": []any{map[string]any{"name": "InstanceIds", "values": []any{"i-1"}}}},
			want:  map[string]any{"ids": []any{"i-1"}},
		},
		"listener": {
			token: "aws:lb/getListener:getListener", args: map[string]any{"arn": listener},
			want: map[string]any{"loadBalancerArn": loadBalancer, "port": 443.0, "protocol": "HTTPS"},
		},
		"load balancer": {
			token: "aws:lb/getLoadBalancer:getLoadBalancer", args: map[string]any{"arn": loadBalancer},
			want: map[string]any{"name": "web", "internal": false, "zoneId": "Z14GRHDCWA56QT"},
		},
		"subnet": {
			token: "aws:ec2/getSubnet:getSubnet", args: map[string]any{"id": "subnet-1"},
			opts: []componentstest.Option{componentstest.WithVpc("vpc-1", componentstest.Subnet{
				ID: "subnet-1", Zone: "ap-northeast-1a", CidrBlock: "10.0.0.0/24",
			})},
			want: map[string]any{"vpcId": "vpc-1", "availabilityZone": "ap-northeast-1a", "cidrBlock": "10.0.0.0/24"},
		},
		"instance": {
			token: "aws:ec2/getInstance:getInstance", args: map[string]any{"instanceId": "i-1"},
			opts: []componentstest.Option{instance},
			want: map[string]any{
				"subnetId": "subnet-1", "publicIp": "198.51.100.7", "vpcSecurityGroupIds": []any{"sg-1", "sg-2"},
			},
		},
		"CloudFront's group of a VPC": {
			token: "aws:ec2/getSecurityGroups:getSecurityGroups",
			args:  map[string]any{"filters": []any{map[string]any{"name": "group-name", "values": []any{"CloudFront-VPCOrigins-Service-SG"}}}},
			want:  map[string]any{"ids": []any{componentstest.VPCOriginGroupID}},
		},
		"another group by name": {
			token: "aws:ec2/getSecurityGroups:getSecurityGroups",
			args:  map[string]any{"filters": []any{map[string]any{"name": "group-name", "values": []any{"mine"}}}},
			want:  map[string]any{"ids": []any{}},
		},
		"the internet gateway of a VPC": {
			token: "aws:ec2/getInternetGateway:getInternetGateway",
			args:  map[string]any{"filters": []any{map[string]any{"name": "attachment.vpc-id", "values": []any{"vpc-1"}}}},
			want:  map[string]any{"internetGatewayId": "igw-vpc-1"},
		},
		"rules of a group": {
			token: "aws:vpc/getSecurityGroupRules:getSecurityGroupRules",
			args:  map[string]any{"filters": []any{map[string]any{"name": "group-id", "values": []any{"sg-2"}}}},
			opts:  []componentstest.Option{instance},
			want:  map[string]any{"ids": []any{"sgr-2"}},
		},
		"ingress rule": {
			token: "aws:vpc/getSecurityGroupRule:getSecurityGroupRule", args: map[string]any{"securityGroupRuleId": "sgr-1"},
			opts: []componentstest.Option{instance},
			want: map[string]any{
				"securityGroupId": "sg-1", "isEgress": false, "ipProtocol": "tcp", "fromPort": 443.0, "cidrIpv4": "0.0.0.0/0",
			},
		},
		"egress rule": {
			token: "aws:vpc/getSecurityGroupRule:getSecurityGroupRule", args: map[string]any{"securityGroupRuleId": "sgr-2"},
			opts: []componentstest.Option{instance},
			want: map[string]any{"securityGroupId": "sg-2", "isEgress": true, "ipProtocol": "-1", "cidrIpv6": "::/0"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ask(t, test.token, test.args, test.opts...)
			require.NoError(t, err)
			for key, want := range test.want {
				assert.Equal(t, want, got[key], key)
			}
		})
	}
}

func TestLookupsOfWhatIsNotThere(t *testing.T) {
	tests := map[string]struct {
		token string
		args  map[string]any
		want  string
	}{
		"zone":        {"aws:route53/getZone:getZone", map[string]any{"name": "example.org"}, "no matching Route 53 Hosted Zone"},
		"prefix list": {"aws:ec2/getManagedPrefixList:getManagedPrefixList", map[string]any{"name": "mine"}, "Prefix List"},
		"parameter":   {"aws:ssm/getParameter:getParameter", map[string]any{"name": "/mine"}, "SSM parameter"},
		"managed instances by another filter": {
			"aws:ssm/getInstances:getInstances", map[string]any{"filters": []any{map[string]any{"name": "PingStatus", "values": []any{"Online"}}}},
			"by InstanceIds only",
		},
		"subnet":   {"aws:ec2/getSubnet:getSubnet", map[string]any{"id": "subnet-9"}, "WithVpc"},
		"instance": {"aws:ec2/getInstance:getInstance", map[string]any{"instanceId": "i-2"}, "WithInstance"},
		"rule": {
			"aws:vpc/getSecurityGroupRule:getSecurityGroupRule", map[string]any{"securityGroupRuleId": "sgr-9"}, "WithInstance",
		},
		"rules by another filter": {
			"aws:vpc/getSecurityGroupRules:getSecurityGroupRules",
			map[string]any{"filters": []any{map[string]any{"name": "tag:Name", "values": []any{"x"}}}}, "by group-id only",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ask(t, test.token, test.args)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

type provider struct{ pulumi.ProviderResourceState }

func TestExplicitProviderHasItsOwnRegion(t *testing.T) {
	var region struct {
		Name string `pulumi:"name"`
	}
	program := func(ctx *pulumi.Context) error {
		var virginia provider
		err := ctx.RegisterResource("pulumi:providers:aws", "virginia",
			pulumi.Map{"region": pulumi.String("us-east-1")}, &virginia)
		if err != nil {
			return err
		}
		var b box
		if err := ctx.RegisterComponentResource(boxToken, "b", &b, pulumi.Provider(&virginia)); err != nil {
			return err
		}
		_, err = newThing(ctx, "aws:acm/certificate:Certificate", "c",
			pulumi.Map{"domainName": pulumi.String("example.com")}, pulumi.Parent(&b))
		return errors.Join(err,
			ctx.Invoke("aws:index/getRegion:getRegion", &struct{}{}, &region, pulumi.Parent(&b)))
	}
	g := componentstest.Deploy(t, program)
	virginia, certificate := g.One(t, "pulumi:providers:aws"), g.One(t, "aws:acm/certificate:Certificate")
	assert.Equal(t, "us-east-1", region.Name)
	assert.Equal(t, virginia.URN, certificate.Provider)
	assert.Equal(t, virginia.URN, g.Calls()[0].Provider)
	assert.Contains(t, certificate.Output("arn"), "arn:aws:acm:us-east-1:")
	assert.Len(t, g.Custom(), 1, "a provider is no resource of the cloud")

	region.Name = ""
	g = componentstest.Preview(t, program)
	assert.Equal(t, "us-east-1", region.Name, "the region of a provider that does not exist yet")
	assert.Equal(t, virginia.URN, g.One(t, "aws:acm/certificate:Certificate").Provider)
}

func TestMadeUpOutputs(t *testing.T) {
	const mine = "arn:aws:[a-z0-9]+:ap-northeast-1:123456789012:"
	tests := map[string]struct {
		token  string
		inputs pulumi.Map
		id     string
		want   map[string]string
	}{
		"load balancer": {
			token: "aws:lb/loadBalancer:LoadBalancer",
			id:    mine + "loadbalancer/app/x-[0-9a-f]{7}/[0-9a-f]{16}",
			want:  map[string]string{"dnsName": `x-[0-9a-f]+\.ap-northeast-1\.elb\.amazonaws\.com`, "zoneId": "Z14GRHDCWA56QT"},
		},
		"target group with a name": {
			token: "aws:lb/targetGroup:TargetGroup", inputs: pulumi.Map{"name": pulumi.String("given")},
			id: mine + "targetgroup/given/[0-9a-f]{16}", want: map[string]string{"name": "given"},
		},
		"role": {
			token: "aws:iam/role:Role", id: "x-[0-9a-f]{7}",
			want: map[string]string{"arn": "arn:aws:iam::123456789012:role/x-[0-9a-f]{7}", "name": "x-[0-9a-f]{7}"},
		},
		"elastic IP": {
			token: "aws:ec2/eip:Eip", id: "eipalloc-[0-9a-f]{17}",
			want: map[string]string{"allocationId": "eipalloc-[0-9a-f]{17}", "publicIp": `198\.18\.\d+\.\d+`},
		},
		"gateway endpoint": {
			token: "aws:ec2/vpcEndpoint:VpcEndpoint", id: "vpce-[0-9a-f]{17}",
			inputs: pulumi.Map{"serviceName": pulumi.String("com.amazonaws.ap-northeast-1.s3")},
			want:   map[string]string{"prefixListId": "pl-[0-9a-f]{8}"},
		},
		"interface endpoint": {
			token: "aws:ec2/vpcEndpoint:VpcEndpoint", id: "vpce-[0-9a-f]{17}",
			inputs: pulumi.Map{"vpcEndpointType": pulumi.String("Interface")},
			want:   map[string]string{"prefixListId": "<nil>"},
		},
		"distribution": {
			token: "aws:cloudfront/distribution:Distribution", id: "E[0-9a-f]{17}",
			want: map[string]string{"domainName": `d[0-9a-f]{13}\.cloudfront\.net`, "hostedZoneId": "Z2FDTNDATAQYW2"},
		},
		"task definition": {
			token: "aws:ecs/taskDefinition:TaskDefinition", inputs: pulumi.Map{"family": pulumi.String("app")},
			id: "task-[0-9a-f]{17}", want: map[string]string{"arn": mine + "task-definition/app:1", "revision": "1"},
		},
		"record": {
			token: "aws:route53/record:Record", inputs: pulumi.Map{"name": pulumi.String("www.example.com.")},
			id: "record-[0-9a-f]{17}", want: map[string]string{"fqdn": `www\.example\.com`},
		},
		"unheard of, on AWS": {
			token: "aws:s3/bucket:Bucket", id: "x-[0-9a-f]{17}", want: map[string]string{"arn": mine + "x-[0-9a-f]{17}"},
		},
		"unheard of": {
			token: "other:index:Thing", id: "x-[0-9a-f]{17}", want: map[string]string{"arn": "<nil>"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
				_, err := newThing(ctx, test.token, "x", test.inputs)
				return err
			}).One(t, test.token)
			assert.Regexp(t, "^"+test.id+"$", r.ID)
			for key, want := range test.want {
				assert.Regexp(t, "^"+want+"$", r.Output(key), key)
			}
		})
	}
}

func TestCertificateSharesTheRecordOfApexAndWildcard(t *testing.T) {
	r := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		_, err := newThing(ctx, "aws:acm/certificate:Certificate", "c", pulumi.Map{
			"domainName":              pulumi.String("example.com"),
			"subjectAlternativeNames": pulumi.ToStringArray([]string{"*.example.com", "example.com", "www.example.com"}),
		})
		return err
	}).One(t, "aws:acm/certificate:Certificate")

	records := map[string]any{}
	options, ok := r.Output("domainValidationOptions").([]any)
	require.True(t, ok)
	require.Len(t, options, 3)
	for _, option := range options {
		o, ok := option.(map[string]any)
		require.True(t, ok)
		records[o["domainName"].(string)] = o["resourceRecordName"]
	}
	assert.Equal(t, records["example.com"], records["*.example.com"])
	assert.NotEqual(t, records["example.com"], records["www.example.com"])
	assert.Equal(t, "example.com", r.Input("domainName"))
	first, ok := options[0].(map[string]any)
	require.True(t, ok)
	assert.NotEqual(t, "example.com", first["domainName"], "not in the order of the request")
}

func TestReadResource(t *testing.T) {
	g := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		var vpc thing
		err := ctx.ReadResource(vpcToken, "found", pulumi.ID("vpc-1"), pulumi.Map{}, &vpc)
		ctx.Export("arn", vpc.Arn)
		return err
	})
	assert.Equal(t, "vpc-1", g.One(t, vpcToken).ID)
	assert.Equal(t, "arn:aws:ec2:ap-northeast-1:123456789012:vpc/vpc-1", g.Output("arn"))
	assert.Empty(t, g.Custom())
}

func TestStackReference(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		platform, err := pulumi.NewStackReference(ctx, "acme/platform/prod", nil)
		if err != nil {
			return err
		}
		ctx.Export("arn", platform.GetStringOutput(pulumi.String("listenerArn")))
		ctx.Export("subnets", platform.GetOutput(pulumi.String("subnets")))
		ctx.Export("token", platform.GetOutput(pulumi.String("token")))
		return nil
	}
	option := componentstest.WithStackReference("acme/platform/prod", map[string]any{
		"listenerArn": "arn:1", "subnets": []any{"a", "c"}, "token": resource.MakeSecret(resource.NewProperty("hunter2hunter2")),
	})
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, program, option)
			assert.Equal(t, "arn:1", g.Output("arn"))
			assert.Equal(t, []any{"a", "c"}, g.Output("subnets"))
			assert.True(t, g.Outputs()["token"].IsSecret())
		})
	}
	_, err := componentstest.TryDeploy(program)
	assert.ErrorContains(t, err, "WithStackReference")
}
