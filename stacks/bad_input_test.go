package stacks_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/stacks"
)

// badInput is one kind of bad input, and what its error must name: the field,
// the value and the fix.
type badInput struct {
	name   string
	config map[string]string                         // of a ready stack, or
	args   func(ctx *pulumi.Context, d *given) error // of one component
	want   []string
}

// given is what a program has already when it makes the faulty component.
type given struct {
	network *components.Network
	domain  *components.CertifiedDomain
	edge    *components.CertifiedDomain
	secret  *components.OriginSecret
	other   *components.OriginSecret
	closed  *components.Network
	alb     *components.SecuredALB
	behind  *components.SecuredALB
}

func badConfig() []badInput {
	alb, cdn := minimal(stacks.VariantALB), minimal(stacks.VariantCloudFrontALB)
	ec2, existing := minimal(stacks.VariantCloudFrontEC2), minimal(stacks.VariantALBEC2)
	return []badInput{
		{"unknown variant", with(alb, "variant", "lambda"), nil, []string{"portico:variant", `"lambda"`, "must be one of alb"}},
		{"no variant", without(alb, "variant"), nil, []string{"portico:variant", `""`, "must be one of"}},
		{"no domain", without(alb, "domainName"), nil, []string{"portico:domainName", "got none", "app.example.com"}},
		{"upper-case domain", with(alb, "domainName", "App.example.com"), nil, []string{"portico:domainName", "App.example.com", "app.example.com"}},
		{"wildcard domain", with(alb, "domainName", "*.example.com"), nil, []string{"portico:domainName", "*.example.com", "host"}},
		{"AWS's own domain", with(alb, "domainName", "web-1.ap-northeast-1.elb.amazonaws.com"), nil, []string{"portico:domainName", "web-1.ap-northeast-1.elb.amazonaws.com", "your own"}},
		{"domain outside the zone", with(alb, "domainName", "app.example.org"), nil, []string{"portico:domainName", "app.example.org", "example.com"}},
		{"alternate name outside the zone", with(alb, "alternateNames", "www.example.org"), nil, []string{"portico:alternateNames", "www.example.org", "example.com"}},
		{"name given twice", with(alb, "alternateNames", "app.example.com"), nil, []string{"portico:alternateNames", "app.example.com", "once"}},
		{"no zone", without(alb, "hostedZoneName"), nil, []string{"portico:hostedZoneName", "is required", "portico:hostedZoneId"}},
		{"two zones", with(alb, "hostedZoneId", "Z0123456789ABCDEFGHIJ"), nil, []string{"portico:hostedZoneName", "Z0123456789ABCDEFGHIJ", "keep one"}},
		{"malformed zone id", without(with(alb, "hostedZoneId", "example.com"), "hostedZoneName"), nil, []string{"portico:hostedZoneId", `"example.com"`, "Z0123456789ABCDEFGHIJ"}},
		{"malformed certificate ARN", with(alb, "certificateArn", "my-cert"), nil, []string{"portico:certificateArn", `"my-cert"`, "arn:aws:acm"}},
		{"CloudFront certificate in the wrong Region", with(cdn, "cloudFrontCertificateArn", "arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"), nil, []string{"portico:cloudFrontCertificateArn", "ap-northeast-1", "us-east-1"}},
		{"key of another variant", with(alb, "instanceId", closedInstance), nil, []string{"portico:instanceId", "not used by variant alb", "remove it"}},
		{"tasks beside an instance", with(cdn, append(pairs(adopted()), "image", "nginx:1")...), nil, []string{"portico:image", "portico:instanceId", "remove one"}},
		{"instance settings without an instance", with(cdn, "openIngress", "warn"), nil, []string{"portico:openIngress", "portico:instanceId", "remove it"}},
		{"not a boolean", with(alb, "dualStack", "perhaps"), nil, []string{"portico:dualStack", `"perhaps"`, "true or false"}},
		{"not a number", with(alb, "containerPort", "http"), nil, []string{"portico:containerPort", `"http"`, "whole number"}},
		{"not a JSON object", with(alb, "environment", "A=b"), nil, []string{"portico:environment", "JSON object", `{"NAME":"value"}`}},

		{"VPC too small", with(alb, "vpcCidrBlock", "10.0.0.0/24"), nil, []string{"portico:vpcCidrBlock", "10.0.0.0/24", "wider"}},
		{"VPC too large", with(alb, "vpcCidrBlock", "10.0.0.0/8"), nil, []string{"portico:vpcCidrBlock", "10.0.0.0/8", "/16"}},
		{"VPC block not at its start", with(alb, "vpcCidrBlock", "10.0.1.0/16"), nil, []string{"portico:vpcCidrBlock", "10.0.1.0/16", "10.0.0.0/16"}},
		{"one zone", with(alb, "availabilityZones", "ap-northeast-1a"), nil, []string{"portico:availabilityZones", "got 1", "two"}},
		{"local zone", with(alb, "availabilityZones", "ap-northeast-1a,us-west-2-lax-1a"), nil, []string{"portico:availabilityZones", "us-west-2-lax-1a", "Local Zones"}},
		{"unknown NAT mode", with(alb, "nat", "double"), nil, []string{"portico:nat", `"double"`, `"single"`}},
		{"no way to the image", with(alb, "nat", "none"), nil, []string{"portico:image", "public.ecr.aws", "503", "NAT gateway"}},
		{"subnets without a VPC", with(alb, "publicSubnetIds", "subnet-0123456789abcdef0"), nil, []string{"portico:publicSubnetIds", "portico:vpcId"}},
		{"VPC made and adopted", with(existing, "vpcId", "vpc-1"), nil, []string{"portico:vpcId", `"vpc-1"`, "vpc-0123456789abcdef0"}},
		{"one public subnet", with(existing, "publicSubnetIds", "subnet-0123456789abcdef0"), nil, []string{"portico:publicSubnetIds", "got 1", "2 subnets"}},
		{"subnets in one zone", with(existing, "publicSubnetIds", "subnet-0123456789abcdef0,subnet-0123456789abcdef2"), nil, []string{"publicSubnetIds", "ap-northeast-1a"}},

		{"malformed address range", with(alb, "allowedCidrs", "203.0.113.7"), nil, []string{"portico:allowedCidrs", "203.0.113.7", "/32"}},
		{"everyone as address range", with(alb, "allowedCidrs", "0.0.0.0/0"), nil, []string{"portico:allowedCidrs", "0.0.0.0/0"}},
		{"too many rules for the quota", with(alb, "allowedCidrs", "203.0.113.7/32,203.0.113.8/32", "securityGroupRuleQuota", "3"), nil, []string{"portico:allowedCidrs", "4", "3"}},
		{"dual-stack without IPv6", with(alb, "dualStack", "true"), nil, []string{"portico:dualStack", "got true", "portico:vpcId"}},
		{"unknown TLS policy", with(alb, "sslPolicy", "TLS13"), nil, []string{"portico:sslPolicy", `"TLS13"`, "ELBSecurityPolicy"}},
		{"TLS 1.3 only behind CloudFront", with(cdn, "sslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06"), nil, []string{"portico:sslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06", "502"}},
		{"idle timeout out of range", with(alb, "idleTimeoutSeconds", "5000"), nil, []string{"portico:idleTimeoutSeconds", "5000", "1-4000"}},

		{"HTTP/2 targets behind CloudFront", with(cdn, "targetProtocolVersion", "HTTP2"), nil, []string{"portico:targetProtocolVersion", "HTTP2", "464", "HTTP1"}},
		{"unknown target protocol", with(alb, "targetProtocol", "TCP"), nil, []string{"portico:targetProtocol", `"TCP"`, `"HTTPS"`}},
		{"health check path without slash", with(alb, "healthCheckPath", "health"), nil, []string{"portico:healthCheck", `"health"`, "/"}},
		{"health check matcher", with(alb, "healthCheckMatcher", "600"), nil, []string{"portico:healthCheck", "600", "499"}},
		{"deregistration delay", with(alb, "deregistrationDelaySeconds", "7200"), nil, []string{"portico:deregistrationDelaySeconds", "7200", "0-3600"}},

		{"container port", with(alb, "containerPort", "70000"), nil, []string{"portico:containerPort", "70000", "1-65535"}},
		{"CPU and memory that Fargate has not", with(alb, "cpu", "256", "memory", "4096"), nil, []string{"portico:cpu", "4096", "cpu 512, memory 4096"}},
		{"architecture", with(alb, "architecture", "arm"), nil, []string{"portico:architecture", `"arm"`, `"ARM64"`}},
		{"autoscaling upside down", with(alb, "minCount", "4", "maxCount", "2"), nil, []string{"portico:maxCount", "got 2", "minCount"}},
		{"grace period", with(alb, "healthCheckGracePeriodSeconds", "-1"), nil, []string{"portico:healthCheckGracePeriodSeconds", "got -1", "0-"}},
		{"log retention", with(alb, "logRetentionDays", "31"), nil, []string{"portico:logRetentionDays", "31", "60"}},
		{"secret that is no ARN", with(alb, "secrets", `{"DB":"password"}`), nil, []string{"portico:secrets", "ARN of a Secrets Manager secret"}},

		{"no instance", without(existing, "instanceId"), nil, []string{"portico:instanceId", "is required"}},
		{"malformed instance id", with(existing, "instanceId", "web-1"), nil, []string{"portico:instanceId", `"web-1"`, "i-"}},
		{"instance that stays open", with(existing, "instanceId", openInstance), nil, []string{"instanceId", ruleOfOpen, "443", "warn"}},
		{"what to do with an open instance", with(existing, "openIngress", "allow"), nil, []string{"portico:openIngress", `"allow"`, `"refuse"`}},

		{"origin that is the viewer's own name", with(cdn, "originDomainName", "app.example.com"), nil, []string{"portico:originDomainName", "app.example.com", "403"}},
		{"the balancer's own name as origin", with(cdn, "originDomainName", "web-1.ap-northeast-1.elb.amazonaws.com"), nil, []string{"portico:originDomainName", "web-1.ap-northeast-1.elb.amazonaws.com", "502"}},
		{"origin header that CloudFront keeps for itself", with(cdn, "originSecretHeader", "X-Edge-Secret"), nil, []string{"portico:originSecretHeader", "X-Edge-Secret"}},
		{"rotation from a version to itself", with(cdn, "originSecretVersion", "2", "originSecretPreviousVersion", "2"), nil, []string{"portico:originSecretPreviousVersion", `"2"`, "being replaced"}},
		{"origin read timeout", with(cdn, "originReadTimeoutSeconds", "300"), nil, []string{"portico:originReadTimeoutSeconds", "300", "1-120"}},
		{"origin that outlasts the balancer", with(cdn, "originReadTimeoutSeconds", "90"), nil, []string{"portico:originReadTimeoutSeconds", "got 90", "60 s", "504", "raise portico:idleTimeoutSeconds"}},
		{"TLS policy that the provider has not", with(cdn, "minimumViewerTlsVersion", "TLSv1.3_2025"), nil, []string{"portico:minimumViewerTlsVersion", "TLSv1.3_2025", "TLSv1.2_2021"}},
		{"price class", with(cdn, "priceClass", "PriceClass_300"), nil, []string{"portico:priceClass", "PriceClass_300", "PriceClass_All"}},
		{"default root object", with(cdn, "defaultRootObject", "/index.html"), nil, []string{"portico:defaultRootObject", "/index.html", `"index.html"`}},
		{"web ACL of a Region", with(cdn, "webAclArn", "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/a/b"), nil, []string{"portico:webAclArn", "ap-northeast-1", "us-east-1"}},

		{"certificate pattern", with(ec2, "certificatePattern", "both"), nil, []string{"portico:certificatePattern", `"both"`, "hostHeader"}},
		{"ACME directory over HTTP", with(ec2, "acmeDirectoryUrl", "http://acme.example.com/"), nil, []string{"portico:acmeDirectoryUrl", "http://acme.example.com/", "https"}},
		{"instance type", with(ec2, "instanceType", "small"), nil, []string{"portico:instanceType", `"small"`, "t4g.small"}},
		{"image id", with(ec2, "amiId", "al2023"), nil, []string{"portico:amiId", `"al2023"`, "ami-"}},
		{"root volume", with(ec2, "rootVolumeGiB", "4"), nil, []string{"portico:rootVolumeGiB", "got 4", "8"}},
		{"an unknown path check", with(ec2, "pathCheck", "ignore"), nil, []string{"portico:pathCheck", `"ignore"`, `"refuse"`}},
		{"gRPC targets behind CloudFront", with(cdn, "targetProtocolVersion", "GRPC"), nil, []string{"portico:targetProtocolVersion", `"GRPC"`, "would get 464 from the load balancer", "HTTP1"}},
		{"HTTP/2 to an instance behind CloudFront", with(cdn, append(pairs(adopted()), "targetProtocolVersion", "HTTP2")...), nil, []string{"portico:targetProtocolVersion", `"HTTP2"`, "would get 464 from the load balancer"}},
		{"origin that is another of the viewers' names", with(cdn, "alternateNames", "www.example.com", "originDomainName", "www.example.com"), nil, []string{"portico:originDomainName", `"www.example.com"`, "would get 403 from CloudFront", "a loop", "origin.example.com"}},
		{"origin of an instance that is the viewer's name", with(ec2, "originDomainName", "app.example.com"), nil, []string{"portico:originDomainName", `"app.example.com"`, "would get 403 from CloudFront"}},
		{"two records of one name", with(ec2, "originDomainName", "app.example.com", "pathCheck", "warn"), nil, []string{"portico:originDomainName", `"app.example.com"`, "second A record", "origin.app.example.com"}},
		{"a policy that AWS has not", with(alb, "sslPolicy", "ELBSecurityPolicy-TLS14"), nil, []string{"portico:sslPolicy", `"ELBSecurityPolicy-TLS14"`, "AWS refuses the load balancer", "ELBSecurityPolicy-TLS13-1-2"}},
		{"a certificate that CloudFront does not trust", with(ec2, "acmeDirectoryUrl", "https://acme-staging-v02.api.letsencrypt.org/directory"), nil, []string{"portico:acmeDirectoryUrl", "acme-staging", "would get 502 from CloudFront", `set portico:pathCheck to "warn"`}},
		{"application on nginx's port", with(ec2, "appPort", "443"), nil, []string{"portico:appPort", "443", "502"}},
	}
}

func badArgs() []badInput {
	return []badInput{
		{"component name of a security group", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewNetwork(ctx, "sg-web", nil)
			return err
		}, []string{`Network "sg-web"`, "sg-"}},
		{"balancer without args", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewSecuredALB(ctx, "web", nil)
			return err
		}, []string{`SecuredALB "web"`, "network", "domain"}},
		{"CloudFront without the secret", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewSecuredALB(ctx, "x", &components.SecuredALBArgs{
				Network: d.network, Domain: d.domain, AccessFrom: components.AccessFromCloudFront,
			})
			return err
		}, []string{`SecuredALB "x"`, "originSecret", "required"}},
		{"priority taken", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "two", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 7, Port: 80, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}, []string{`ServiceRoute "two"`, "priority", "7", `"one"`}},
		{"target taken", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "two", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 8, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}, []string{`ServiceRoute "two"`, "targetSecurityGroupId", "8080", `"one"`}},
		{"priority missing", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Port: 80, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}, []string{`ServiceRoute "r"`, "priority", "1-50000"}},
		{"six values in a rule", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.behind, Priority: 1, Port: 80, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
				Hosts: []string{"a.example.com", "b.example.com", "c.example.com"}, Paths: []string{"/a", "/b"},
			})
			return err
		}, []string{`ServiceRoute "r"`, "hosts", "got 6", "merge them with wildcards"}},
		{"health check slower than its interval", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 1, Port: 80, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
				HealthCheck: &components.HealthCheckArgs{IntervalSeconds: 10, TimeoutSeconds: 10},
			})
			return err
		}, []string{`ServiceRoute "r"`, "healthCheck.timeoutSeconds", "10"}},
		{"certificate of a Region for CloudFront", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", Domain: d.domain,
			})
			return err
		}, []string{`CloudFrontFront "f"`, "domain", "us-east-1"}},
		{"alias that the certificate does not cover", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", Domain: d.edge, Aliases: []string{"www.example.com"},
			})
			return err
		}, []string{`CloudFrontFront "f"`, "aliases[0]", "www.example.com", "add the name"}},
		{"minimum TLS without a name", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", MinimumViewerTlsVersion: "TLSv1.2_2021",
			})
			return err
		}, []string{`CloudFrontFront "f"`, "minimumViewerTlsVersion", "TLSv1.2_2021", "domain"}},
		{"HTTP/2 behind CloudFront", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.behind, Priority: 1, Port: 80, ProtocolVersion: "HTTP2", TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}, []string{`ServiceRoute "r": protocolVersion`, `"HTTP2"`, "would get 464 from the load balancer"}},
		{"TLS 1.3 alone behind CloudFront", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewSecuredALB(ctx, "b", &components.SecuredALBArgs{
				Network: d.network, Domain: d.domain, AccessFrom: components.AccessFromCloudFront, OriginSecret: d.secret,
				SslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
			})
			return err
		}, []string{`SecuredALB "b": sslPolicy`, "would get 502 from CloudFront"}},
		{"host that no certificate covers", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 1, Port: 80, Hosts: []string{"shop.example.com"}, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}, []string{`ServiceRoute "r": hosts`, `"shop.example.com"`, "would get no answer (bad-certificate)", "put shop.example.com on the certificate"}},
		{"distribution that is its own origin", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{OriginDomainName: "edge.example.com", Domain: d.edge})
			return err
		}, []string{`CloudFrontFront "f": originDomainName`, `"edge.example.com"`, "would get 403 from CloudFront", "origin.example.com"}},
		{"origin whose certificate lacks its name", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				Origin: d.behind, OriginDomainName: "other.example.com", Domain: d.edge,
			})
			return err
		}, []string{`CloudFrontFront "f": originDomainName`, `"other.example.com"`, "would get 502 from CloudFront"}},
		{"distribution with another secret", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{Origin: d.behind, OriginSecret: d.other, Domain: d.edge})
			return err
		}, []string{`CloudFrontFront "f": originSecret`, "would get 403 from the load balancer"}},
		{"origin that answers everybody", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{Origin: d.alb, Domain: d.edge})
			return err
		}, []string{`CloudFrontFront "f": origin:`, "around the edge", "would get 200"}},
		{"short secret", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewOriginSecret(ctx, "s", &components.OriginSecretArgs{Length: 8})
			return err
		}, []string{`OriginSecret "s"`, "length", "got 8", "32"}},
		{"network without a way to the image", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
				Network: d.closed, Image: pulumi.String("nginx"), ContainerPort: 80,
			})
			return err
		}, []string{`PrivateFargateService "app"`, "network", "image"}},
		{"certificate for CloudFront from the wrong provider", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewCertifiedDomain(ctx, "viewer", &components.CertifiedDomainArgs{
				DomainName: "app.example.com", ForCloudFront: true, HostedZone: &components.HostedZoneArgs{Name: "example.com"},
			})
			return err
		}, []string{`CertifiedDomain "viewer"`, "us-east-1", "USEast1Provider"}},
	}
}

// Every kind of bad input gives one clear error that names the field, the value
// and the fix, at preview too, before any resource of AWS is registered.
func TestBadInputIsRefusedBeforeAnythingIsRegistered(t *testing.T) {
	cases := append(badConfig(), badArgs()...)
	require.GreaterOrEqual(t, len(cases), 40)
	parts := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		_, err := givenParts(ctx)
		return err
	}, options(nil)...)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			program, before := stacks.Program, 0
			opts := options(c.config)
			if c.args != nil {
				program = func(ctx *pulumi.Context) error {
					d, err := givenParts(ctx)
					if err != nil {
						return err
					}
					return c.args(ctx, d)
				}
				before = len(parts.Custom())
			}
			for _, try := range []func(pulumi.RunFunc, ...componentstest.Option) (*componentstest.Graph, error){
				componentstest.TryPreview, componentstest.TryDeploy,
			} {
				g, err := try(program, opts...)
				require.Error(t, err)
				for _, want := range c.want {
					assert.ErrorContains(t, err, want)
				}
				assert.Equal(t, 1, strings.Count(err.Error(), c.want[0]), "one fault, one error: %v", err)
				assert.Len(t, g.Custom(), before, "resources registered beside the error: %v", err)
			}
		})
	}
}

// givenParts are sound components for a faulty one to be put beside.
func givenParts(ctx *pulumi.Context) (*given, error) {
	d := &given{}
	zone := &components.HostedZoneArgs{Name: "example.com"}
	var err error
	if d.network, err = components.NewNetwork(ctx, "given", nil); err != nil {
		return nil, err
	}
	if d.domain, err = components.NewCertifiedDomain(ctx, "given", &components.CertifiedDomainArgs{
		DomainName: "given.example.com", HostedZone: zone,
	}); err != nil {
		return nil, err
	}
	if d.alb, err = components.NewSecuredALB(ctx, "given", &components.SecuredALBArgs{Network: d.network, Domain: d.domain}); err != nil {
		return nil, err
	}
	if _, err = components.NewServiceRoute(ctx, "one", &components.ServiceRouteArgs{
		LoadBalancer: d.alb, Priority: 7, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
	}); err != nil {
		return nil, err
	}
	if d.closed, err = components.NewNetwork(ctx, "closed", &components.NetworkArgs{
		Nat: components.NatNone, InterfaceEndpoints: []string{},
	}); err != nil {
		return nil, err
	}
	if d.secret, err = components.NewOriginSecret(ctx, "given", nil); err != nil {
		return nil, err
	}
	if d.other, err = components.NewOriginSecret(ctx, "other", nil); err != nil {
		return nil, err
	}
	if d.behind, err = components.NewSecuredALB(ctx, "behind", &components.SecuredALBArgs{
		Network: d.network, Domain: d.domain, AccessFrom: components.AccessFromCloudFront, OriginSecret: d.secret,
	}); err != nil {
		return nil, err
	}
	provider, err := components.USEast1Provider(ctx, "given")
	if err != nil {
		return nil, err
	}
	d.edge, err = components.NewCertifiedDomain(ctx, "edge", &components.CertifiedDomainArgs{
		DomainName: "edge.example.com", HostedZone: zone, ForCloudFront: true,
	}, pulumi.Provider(provider))
	return d, err
}
