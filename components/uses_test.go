package components_test

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	someListenerArn       = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"
	someCertificate       = "arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
	someSecretArn         = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shop/db-AbCdEf"
	someKeyArn            = "arn:aws:kms:ap-northeast-1:123456789012:key/12345678-1234-1234-1234-123456789012"
	someWebAclArn         = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/12345678-1234-1234-1234-123456789012"
	someRegionalWebAclArn = "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/shop/12345678-1234-1234-1234-123456789012"
	someTopicArn          = "arn:aws:sns:ap-northeast-1:123456789012:oncall"
	someFrontTopicArn     = "arn:aws:sns:us-east-1:123456789012:oncall"
	someRepository        = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop:1.0"
)

// use makes one use of components. The invariants run over all of them.
type use struct {
	t   testing.TB
	ctx *pulumi.Context
	// made takes the components that are made, if it is given.
	made *[]pulumi.Resource
	// tags are given to every component that takes some, and opts to every component.
	tags map[string]string
	opts []pulumi.ResourceOption
}

func (u use) program(body func(use)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		u.ctx = ctx
		body(u)
		return nil
	}
}

// made calls a constructor that must succeed.
func made[A, C any](
	u use, make func(*pulumi.Context, string, *A, ...pulumi.ResourceOption) (*C, error),
	name string, args *A, opts ...pulumi.ResourceOption,
) *C {
	u.t.Helper()
	if u.tags != nil {
		args = tagged(args, u.tags)
	}
	c, err := make(u.ctx, name, args, slices.Concat(u.opts, opts)...)
	require.NoError(u.t, err)
	if u.made != nil {
		*u.made = append(*u.made, any(c).(pulumi.Resource))
	}
	return c
}

func (u use) virginia() *aws.Provider {
	p, err := components.USEast1Provider(u.ctx, "virginia")
	require.NoError(u.t, err)
	return p
}

func (u use) domain(name string) *components.CertifiedDomain {
	return made(u, components.NewCertifiedDomain, name, &components.CertifiedDomainArgs{
		DomainName: name + ".example.com", HostedZone: useZone(),
	})
}

func (u use) cloudFrontDomain() *components.CertifiedDomain {
	return made(u, components.NewCertifiedDomain, "cdn", &components.CertifiedDomainArgs{
		DomainName: "example.com", SubjectAlternativeNames: []string{"www.example.com"},
		HostedZone: useZone(), ForCloudFront: true,
	}, pulumi.Provider(u.virginia()))
}

func (u use) alb() *components.SecuredALB {
	return made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
		Network: made(u, components.NewNetwork, "web", nil), Domain: u.domain("web"),
	})
}

func (u use) route() *components.ServiceRoute {
	return made(u, components.NewServiceRoute, "api", &components.ServiceRouteArgs{
		LoadBalancer: u.alb(), Priority: 10, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-api"),
	})
}

// rotating is an OriginSecret of which two values are accepted.
func (u use) rotating() *components.OriginSecret {
	return made(u, components.NewOriginSecret, "origin", &components.OriginSecretArgs{Version: "2", PreviousVersion: "1"})
}

func (u use) adoptedNetwork() *components.Network {
	return made(u, components.NewNetwork, "adopted", &components.NetworkArgs{Existing: &components.ExistingNetworkArgs{
		VpcId:                   pulumi.String("vpc-1"),
		PublicSubnetIds:         pulumi.ToStringArray([]string{"subnet-pub-a", "subnet-pub-c"}),
		PrivateSubnetIds:        pulumi.ToStringArray([]string{"subnet-priv-a", "subnet-priv-c"}),
		PrivateEgress:           components.PrivateEgressEndpoints,
		EndpointSecurityGroupId: pulumi.String("sg-endpoints"),
		S3PrefixListId:          pulumi.String("pl-s3"),
	}})
}

func useZone() *components.HostedZoneArgs { return &components.HostedZoneArgs{Name: "example.com"} }

func (u use) service(web *components.SecuredALB) *components.PrivateFargateService {
	return made(u, components.NewPrivateFargateService, "app", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Route: &components.ServiceRouteArgs{LoadBalancer: web},
	})
}

func (u use) providerOfLogs() *aws.Provider {
	p, err := components.USEast1Provider(u.ctx, "logs-virginia")
	require.NoError(u.t, err)
	return p
}

func (u use) logs() *components.LogBucket {
	return made(u, components.NewLogBucket, "logs", &components.LogBucketArgs{RetentionDays: 90})
}

func (u use) files(args *components.StaticContentArgs) *components.StaticContent {
	return made(u, components.NewStaticContent, "files", args)
}

func (u use) sharedRoute(name string) *components.ServiceRoute {
	return made(u, components.NewServiceRoute, name, &components.ServiceRouteArgs{
		ExistingListener: &components.ExistingListenerArgs{ListenerArn: pulumi.String(someListenerArn)},
		Priority:         20, Paths: []string{"/" + name + "/*"}, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-" + name),
	})
}

func (u use) instance(name string) *components.TLSInstance {
	return made(u, components.NewTLSInstance, name, &components.TLSInstanceArgs{
		Network:          made(u, components.NewNetwork, name, &components.NetworkArgs{Nat: components.NatNone}),
		OriginDomainName: name + ".example.com", HostedZone: useZone(),
	})
}

// alarms watch one of everything in the stack's Region.
func (u use) alarms(web *components.SecuredALB, service *components.PrivateFargateService) *components.Alarms {
	return made(u, components.NewAlarms, "oncall", &components.AlarmsArgs{
		Emails:        []string{"oncall@example.com", "web@example.com"},
		LoadBalancers: []*components.SecuredALB{web}, Services: []*components.PrivateFargateService{service},
		Routes: []*components.ServiceRoute{u.sharedRoute("reports")}, Instances: []*components.TLSInstance{u.instance("small")},
		Domains:            []*components.CertifiedDomain{u.domain("app")},
		LoadBalancerErrors: pulumi.IntRef(20), RejectedConnections: pulumi.IntRef(2), TargetErrors: pulumi.IntRef(30),
		UnhealthyHosts: pulumi.IntRef(2), TargetP95Milliseconds: pulumi.IntRef(2500), MissingTasks: pulumi.IntRef(2),
		CertificateDays: pulumi.IntRef(30), FailedDeployments: pulumi.BoolRef(true), InstanceCertificates: pulumi.BoolRef(true),
		Tags: map[string]string{"team": "shop"},
	})
}

// frontAlarms watch a distribution, and tell one of two topics.
func (u use) frontAlarms() (*components.CloudFrontFront, *components.Alarms) {
	domain := u.cloudFrontDomain()
	front := made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com", Domain: domain})
	provider, err := components.USEast1Provider(u.ctx, "alarms-virginia")
	require.NoError(u.t, err)
	return front, made(u, components.NewAlarms, "cdn-oncall", &components.AlarmsArgs{
		TopicArns: []string{someTopicArn, someFrontTopicArn}, CloudFrontErrorPercent: pulumi.IntRef(1),
		Fronts: []*components.CloudFrontFront{front}, Domains: []*components.CertifiedDomain{domain},
	}, pulumi.Provider(provider))
}

// existing is what uses adopt.
func existing() []componentstest.Option {
	return []componentstest.Option{
		componentstest.WithVpc("vpc-1",
			componentstest.Subnet{ID: "subnet-pub-a", Zone: "ap-northeast-1a", CidrBlock: "10.0.0.0/24", Public: true},
			componentstest.Subnet{ID: "subnet-pub-c", Zone: "ap-northeast-1c", CidrBlock: "10.0.1.0/24", Public: true},
			componentstest.Subnet{ID: "subnet-priv-a", Zone: "ap-northeast-1a", CidrBlock: "10.0.2.0/24"},
			componentstest.Subnet{ID: "subnet-priv-c", Zone: "ap-northeast-1c", CidrBlock: "10.0.3.0/24"}),
		componentstest.WithImage("ami-0123456789abcdef0", "x86_64"),
		componentstest.WithInstance(componentstest.Instance{
			ID: "i-0closed", SubnetID: "subnet-own-pub-a",
			Groups: []componentstest.Group{{ID: "sg-a"}, {ID: "sg-b", Rules: []componentstest.Rule{
				{ID: "sgr-ssh", FromPort: 22, ToPort: 22, CidrIpv4: "203.0.113.0/24"},
			}}},
		}),
	}
}

// uses are at least the smallest and the largest valid use of each component:
// together they give every field of every Args struct (tested).
var uses = map[string]func(use){
	"Network, least": func(u use) { made(u, components.NewNetwork, "net", nil) },
	"Network, most": func(u use) {
		made(u, components.NewNetwork, "net", &components.NetworkArgs{
			CidrBlock:         "10.1.0.0/20",
			AvailabilityZones: []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"},
			Nat:               components.NatPerAz, InterfaceEndpoints: []string{"secretsmanager"},
			FixedTags: map[string]string{"layout": "1"}, LogBucket: u.logs(),
			Tags: map[string]string{"team": "shop"},
		})
	},
	"Network, adopted": func(u use) { u.adoptedNetwork() },
	"Network, adopted, with a flow log": func(u use) {
		made(u, components.NewNetwork, "adopted", &components.NetworkArgs{LogBucket: u.logs(), Existing: &components.ExistingNetworkArgs{
			VpcId: pulumi.String("vpc-1"), PublicSubnetIds: pulumi.ToStringArray([]string{"subnet-pub-a", "subnet-pub-c"}),
		}})
	},

	"CertifiedDomain, least": func(u use) { u.domain("app") },
	"CertifiedDomain, most": func(u use) {
		regional := u.domain("app")
		made(u, components.NewCertifiedDomain, "cdn", &components.CertifiedDomainArgs{
			DomainName: "app.example.com", SubjectAlternativeNames: []string{"*.app.example.com", "www.example.com"},
			HostedZone:    &components.HostedZoneArgs{Id: pulumi.String(componentstest.ZoneID("example.com"))},
			ForCloudFront: true, SharesValidationWith: regional, KeyAlgorithm: "EC_prime256v1",
			OverwriteExistingRecords: true, Tags: map[string]string{"team": "shop"},
		}, pulumi.Provider(u.virginia()))
	},
	"CertifiedDomain, adopted": func(u use) {
		made(u, components.NewCertifiedDomain, "app", &components.CertifiedDomainArgs{
			DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(someCertificate),
		})
	},

	"OriginSecret, least": func(u use) { made(u, components.NewOriginSecret, "origin", nil) },
	"OriginSecret, most": func(u use) {
		made(u, components.NewOriginSecret, "origin", &components.OriginSecretArgs{
			HeaderName: "X-From-Edge", Length: 64, Version: "2", PreviousVersion: "1",
		})
	},

	"SecuredALB, least": func(u use) { u.alb() },
	"SecuredALB, most": func(u use) {
		made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
			Network: u.adoptedNetwork(), Domain: u.domain("web"),
			AccessFrom: "cidrs", AllowedCidrs: []string{"203.0.113.7/32", "2001:db8::/32"}, DualStack: true,
			AliasNames: []string{"web.example.com"}, CreateAliasRecords: pulumi.BoolRef(true), OverwriteExistingRecords: true,
			IdleTimeoutSeconds: 120, DeletionProtection: true, DesyncMitigationMode: "strictest", LogBucket: u.logs(),
			SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06", SecurityGroupRuleQuota: 100, PathCheck: "refuse", Tags: map[string]string{"team": "shop"},
		})
	},
	"SecuredALB, internal": func(u use) {
		made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
			Network: made(u, components.NewNetwork, "web", nil), Domain: u.domain("web"),
			Internal: true, AllowedCidrs: []string{"10.0.0.0/16"},
		})
	},
	"SecuredALB, internal, in adopted subnets": func(u use) {
		made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
			Network: made(u, components.NewNetwork, "web", &components.NetworkArgs{Existing: &components.ExistingNetworkArgs{
				VpcId:            pulumi.String("vpc-1"),
				PublicSubnetIds:  pulumi.ToStringArray([]string{"subnet-pub-a", "subnet-pub-c"}),
				PrivateSubnetIds: pulumi.ToStringArray([]string{"subnet-priv-a", "subnet-priv-c"}),
			}}),
			Domain: u.domain("web"), Internal: true, AllowedCidrs: []string{"10.0.0.0/16"},
		})
	},
	"SecuredALB, behind CloudFront": func(u use) {
		made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
			Network: made(u, components.NewNetwork, "web", nil), Domain: u.domain("web"),
			AccessFrom: "cloudfront", OriginSecret: u.rotating(),
		})
	},

	"ServiceRoute, least": func(u use) { u.route() },
	"ServiceRoute, most": func(u use) {
		made(u, components.NewServiceRoute, "api", &components.ServiceRouteArgs{
			ExistingListener: &components.ExistingListenerArgs{
				ListenerArn: pulumi.String(someListenerArn), OriginSecret: u.rotating(), DualStack: true,
			},
			Domain: u.domain("api"), OverwriteExistingRecords: true,
			Priority: 10, Hosts: []string{"api.example.com"}, Paths: []string{"/v1/*", "/v2/*"},
			Port: 8443, Protocol: "HTTPS", ProtocolVersion: "HTTP1", TargetType: "instance",
			HealthCheck: &components.HealthCheckArgs{
				Path: "/up", Matcher: "200", IntervalSeconds: 10, TimeoutSeconds: 3, HealthyThreshold: 3, UnhealthyThreshold: 3,
			},
			DeregistrationDelaySeconds: pulumi.IntRef(0), TargetSecurityGroupId: pulumi.String("sg-api"), PathCheck: "warn",
			Tags: map[string]string{"team": "shop"},
		})
	},

	"PrivateFargateService, least": func(u use) {
		made(u, components.NewPrivateFargateService, "worker", &components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), ContainerPort: 80,
		})
	},
	"PrivateFargateService, routed": func(u use) {
		made(u, components.NewPrivateFargateService, "app", &components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), ContainerPort: 80, SpotPercent: pulumi.IntRef(50),
			EnableExecuteCommand:          true,
			Route:                         &components.ServiceRouteArgs{LoadBalancer: u.alb(), Priority: 10},
			HealthCheckGracePeriodSeconds: pulumi.IntRef(60),
			DeploymentAlarms:              []string{components.DeploymentAlarmUnhealthyHosts, components.DeploymentAlarmTarget5xx, components.DeploymentAlarmTargetP95},
			AdditionalRoutes: []*components.ServiceRouteArgs{{
				ExistingListener: &components.ExistingListenerArgs{ListenerArn: pulumi.String(someListenerArn)}, Hosts: []string{"app.example.com"},
			}},
			Autoscaling: &components.AutoscalingArgs{MinCount: 2, MaxCount: 6, RequestsPerTarget: 1000},
		})
	},
	"PrivateFargateService, most": func(u use) {
		made(u, components.NewPrivateFargateService, "app", &components.PrivateFargateServiceArgs{
			Image: pulumi.String(someRepository), ContainerPort: 8080, Network: u.adoptedNetwork(),
			ClusterArn: pulumi.String("arn:aws:ecs:ap-northeast-1:123456789012:cluster/shared"),
			Cpu:        1024, Memory: 4096, Architecture: components.ArchitectureARM64, Command: []string{"serve"},
			Environment:            map[string]pulumi.StringInput{"MODE": pulumi.String("live")},
			Secrets:                map[string]pulumi.StringInput{"DB_PASSWORD": pulumi.String(someSecretArn)},
			SecretKmsKeyArns:       pulumi.ToStringArray([]string{someKeyArn}),
			TaskPolicyJson:         pulumi.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`),
			ReadonlyRootFilesystem: true, WritablePaths: []string{"/tmp"}, User: "1000:1000",
			ContainerHealthCheck: &components.ContainerHealthCheckArgs{
				Command: []string{"CMD", "check"}, IntervalSeconds: 10, TimeoutSeconds: 3, Retries: 2, StartPeriodSeconds: pulumi.IntRef(60),
			},
			DesiredCount: pulumi.IntRef(3), SpotPercent: pulumi.IntRef(80), OnDemandBase: pulumi.IntRef(2),
			Autoscaling: &components.AutoscalingArgs{
				MinCount: 2, MaxCount: 6, TargetCpuPercent: 50, TargetMemoryPercent: 80,
				ScaleInCooldownSeconds: pulumi.IntRef(600), ScaleOutCooldownSeconds: pulumi.IntRef(0),
				Schedules: []components.AutoscalingScheduleArgs{
					{Name: "night", Schedule: "cron(0 20 * * ? *)", TimeZone: "Asia/Tokyo", MinCount: pulumi.IntRef(1), MaxCount: pulumi.IntRef(2)},
					{Name: "morning", Schedule: "cron(0 6 * * ? *)", TimeZone: "Asia/Tokyo"},
				},
			},
			LogRetentionDays: 7, WaitForSteadyState: pulumi.BoolRef(false), CircuitBreaker: pulumi.BoolRef(false),
			AvailabilityZoneRebalancing: pulumi.BoolRef(false),
			Sidecars: []components.SidecarArgs{
				{
					Name: "proxy", Image: pulumi.String(someRepository), Command: []string{"proxy"}, Port: 9901, Cpu: 128, Memory: 256,
					Environment: map[string]pulumi.StringInput{"LEVEL": pulumi.String("info")},
					Secrets:     map[string]pulumi.StringInput{"TOKEN": pulumi.String(someSecretArn)},
					DependsOn:   []components.ContainerDependencyArgs{{Name: "setup", Condition: components.ContainerConditionSuccess}},
					ContainerHealthCheck: &components.ContainerHealthCheckArgs{
						Command: []string{"CMD", "check"}, IntervalSeconds: 5, TimeoutSeconds: 2, Retries: 3, StartPeriodSeconds: pulumi.IntRef(10),
					},
				},
				{Name: "setup", Image: pulumi.String(someRepository), Essential: pulumi.BoolRef(false), LogStreamPrefix: "setup",
					ReadonlyRootFilesystem: true, WritablePaths: []string{"/tmp"}, User: "1000"},
			},
			DependsOn: []components.ContainerDependencyArgs{{Name: "proxy", Condition: components.ContainerConditionHealthy}},
			Migration: &components.MigrationArgs{
				Image: pulumi.String(someRepository), Command: []string{"migrate"}, TimeoutSeconds: 600, Cpu: 512, Memory: 1024,
				Environment: map[string]pulumi.StringInput{"MODE": pulumi.String("migrate")},
				Secrets:     map[string]pulumi.StringInput{"DB_PASSWORD": pulumi.String(someSecretArn)},
			},
			AdditionalEgress: []components.EgressArgs{
				{Name: "database", Port: 5432, SecurityGroupId: pulumi.String("sg-db")},
				{Name: "queue", Port: 443, PrefixListId: pulumi.String("pl-queue")},
				{Name: "cache", Port: 6379, CidrBlock: "10.2.0.0/16"},
			},
			Tags: map[string]string{"team": "shop"},
		})
	},

	"WebAcl, least": func(u use) { made(u, components.NewWebAcl, "acl", nil) },
	"WebAcl, most": func(u use) {
		made(u, components.NewWebAcl, "acl", &components.WebAclArgs{
			ManagedRules: "block", CommonRules: "count", KnownBadInputs: "block", IpReputation: "off",
			Rules: []components.WebAclRuleArgs{
				{Name: "admin", Paths: []string{"/admin", "/admin/*"}, Countries: []string{"US", "GB"}},
				{Name: "health", Action: "allow", Paths: []string{"/health"}},
			},
			OriginSecret: u.rotating(), LogRetentionDays: 7, Tags: map[string]string{"team": "shop"},
		})
	},
	"WebAcl, for a distribution": func(u use) {
		acl := made(u, components.NewWebAcl, "acl", &components.WebAclArgs{
			ForCloudFront: true, InspectedBodyKb: 64,
			RateLimit: &components.WebAclRateLimitArgs{Requests: 1000, WindowSeconds: 60, Action: "count"},
		}, pulumi.Provider(u.virginia()))
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com", WebAcl: acl})
	},
	"WebAcl, for a load balancer": func(u use) {
		acl := made(u, components.NewWebAcl, "acl", nil)
		made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
			Network: made(u, components.NewNetwork, "web", nil), Domain: u.domain("web"), WebAcl: acl,
		})
		made(u, components.NewAlarms, "oncall", &components.AlarmsArgs{
			TopicArns: []string{someTopicArn}, WebAcls: []*components.WebAcl{acl}, BlockedRequests: pulumi.IntRef(50),
		})
		made(u, components.NewDashboard, "path", &components.DashboardArgs{WebAcls: []*components.WebAcl{acl}})
	},
	"WebAcl, adopted": func(u use) {
		made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
			Network: made(u, components.NewNetwork, "web", nil), Domain: u.domain("web"), WebAclArn: pulumi.String(someRegionalWebAclArn),
		})
	},

	"CloudFrontFront, least": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com"})
	},
	"CloudFrontFront, most": func(u use) {
		route := u.route()
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com", OriginHttpsPort: 8443,
			OriginReadTimeoutSeconds: 60, OriginKeepaliveTimeoutSeconds: 10, ForwardHostHeader: true,
			OriginSecret: u.rotating(), Domain: u.cloudFrontDomain(), Aliases: []string{"example.com", "www.example.com"},
			CreateAliasRecords: pulumi.BoolRef(true), OverwriteExistingRecords: true,
			MinimumViewerTlsVersion: "TLSv1.2_2019", DefaultRootObject: "index.html",
			Behaviors: []*components.BehaviorArgs{{
				PathPattern: "/api/*", Compress: pulumi.BoolRef(true),
				Caching: &components.CachingArgs{
					Policy: "own", MinTtlSeconds: pulumi.IntRef(0), DefaultTtlSeconds: pulumi.IntRef(60), MaxTtlSeconds: 3600,
					QueryStrings: []string{"*"}, Cookies: []string{"*"}, Headers: []string{"Authorization"}, ForwardAll: true,
				},
				Functions: []components.FunctionArgs{{Event: "viewer-response", Code: "function handler(event) { return event.response; }"}},
			}},
			DefaultBehavior: &components.BehaviorArgs{Functions: []components.FunctionArgs{{
				Event: "viewer-response", Arn: pulumi.String("arn:aws:cloudfront::123456789012:function/headers"),
			}}},
			Redirects: &components.RedirectsArgs{Www: "to-apex", TrailingSlash: "remove"},
			ResponseHeaders: &components.ResponseHeadersArgs{
				Security: "managed", Hsts: &components.HstsArgs{MaxAgeSeconds: pulumi.IntRef(63072000), IncludeSubdomains: true, Preload: true},
				ContentSecurityPolicy: "default-src 'self'", FrameOptions: "DENY", ReferrerPolicy: "no-referrer",
				Custom: []components.ResponseHeaderArgs{{Name: "Permissions-Policy", Value: "camera=()", KeepOrigins: true}},
				Remove: []string{"X-Powered-By"},
				Cors: &components.CorsArgs{
					AllowOrigins: []string{"https://*.example.com"}, AllowMethods: []string{"GET"}, AllowHeaders: []string{"Authorization"},
					ExposeHeaders: []string{"X-Total"}, AllowCredentials: true, MaxAgeSeconds: 600,
				},
			},
			GeoRestriction: &components.GeoRestrictionArgs{Allow: []string{"JP"}},
			WebAclArn:      pulumi.String(someWebAclArn), PriceClass: "PriceClass_200", Comment: "shop",
			LogBucket: u.logs(), UsEast1Provider: u.providerOfLogs(),
			WaitForDeployment: pulumi.BoolRef(false), OriginReady: []pulumi.Resource{route.Rule}, RecordsAfter: []pulumi.Resource{route.TargetGroup}, PathCheck: "warn",
			Tags: map[string]string{"team": "shop"},
		})
	},
	"CloudFrontFront, not for every country": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com", GeoRestriction: &components.GeoRestrictionArgs{Deny: []string{"KP"}},
		})
	},
	"CloudFrontFront, before a private load balancer": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			Origin: made(u, components.NewSecuredALB, "web", &components.SecuredALBArgs{
				Network: made(u, components.NewNetwork, "web", nil), Domain: u.domain("web"), AccessFrom: "vpc-origin", Tags: map[string]string{"team": "shop"},
			}),
			Tags: map[string]string{"team": "shop"},
		})
	},
	"CloudFrontFront, before a private instance": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			Origin: made(u, components.NewTLSInstance, "origin", &components.TLSInstanceArgs{
				Network: made(u, components.NewNetwork, "net", nil), AccessFrom: "vpc-origin", OriginDomainName: "origin.example.com", HostedZone: useZone(),
				Tags: map[string]string{"team": "shop"},
			}),
		})
	},
	"CloudFrontFront, through a VPC origin that exists": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com", ExistingVpcOriginId: pulumi.String("vo_JQEa410sssUFoY6wMkx69j"),
		})
	},
	"CloudFrontFront, before an origin of this program": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			Origin: made(u, components.NewTLSInstance, "origin", &components.TLSInstanceArgs{
				Network: made(u, components.NewNetwork, "net", nil), OriginDomainName: "origin.example.com", HostedZone: useZone(),
			}),
			Domain: u.cloudFrontDomain(), LogBucket: u.logs(),
		})
	},

	"CloudFrontFront, with static content": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com", Domain: u.cloudFrontDomain(), StaticContent: u.files(nil),
			ErrorPages:      []components.ErrorPageArgs{{Status: 404, PagePath: "/assets/404.html", ResponseStatus: 200, CachingSeconds: pulumi.IntRef(60)}},
			Behaviors:       []*components.BehaviorArgs{{PathPattern: "/api/*"}},
			DefaultBehavior: &components.BehaviorArgs{ServedBy: "static-content", SinglePage: "/index.html"},
		})
	},
	"CloudFrontFront, that fails over to static content": func(u use) {
		made(u, components.NewCloudFrontFront, "cdn", &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com",
			StaticContent:    u.files(&components.StaticContentArgs{ExistingBucketName: pulumi.String("company-site")}),
			Behaviors: []*components.BehaviorArgs{
				{PathPattern: "/news/*", Failover: &components.FailoverArgs{To: "static-content", Statuses: []int{503}}},
			},
		})
	},

	"StaticContent, least": func(u use) { u.files(nil) },
	"StaticContent, most": func(u use) {
		u.files(&components.StaticContentArgs{ForceDestroy: true, Tags: map[string]string{"team": "shop"}})
	},
	"StaticContent, adopted": func(u use) {
		u.files(&components.StaticContentArgs{ExistingBucketName: pulumi.String("company-site")})
	},

	"LogBucket, least": func(u use) { u.logs() },
	"LogBucket, most": func(u use) {
		made(u, components.NewLogBucket, "logs", &components.LogBucketArgs{
			RetentionDays: 365, Sources: []string{components.LogSourceALB}, ForceDestroy: true, Tags: map[string]string{"team": "shop"},
		})
	},
	"LogBucket, adopted": func(u use) {
		made(u, components.NewLogBucket, "logs", &components.LogBucketArgs{
			Existing: &components.ExistingLogBucketArgs{Name: pulumi.String("audit-logs")},
		})
	},

	"TLSInstance, least": func(u use) {
		made(u, components.NewTLSInstance, "origin", &components.TLSInstanceArgs{
			Network: made(u, components.NewNetwork, "net", nil), OriginDomainName: "origin.example.com", HostedZone: useZone(),
		})
	},
	"TLSInstance, most": func(u use) {
		made(u, components.NewTLSInstance, "origin", &components.TLSInstanceArgs{
			Network: u.adoptedNetwork(), OriginDomainName: "origin.example.com", HostedZone: useZone(),
			CertificatePattern: "hostHeader", ViewerNames: []string{"example.com", "*.example.com"},
			AcmeDirectoryUrl: "https://acme-staging-v02.api.letsencrypt.org/directory", AcmeEmail: "ops@example.com",
			InstanceType: "c7i.large", AmiId: pulumi.String("ami-0123456789abcdef0"), RootVolumeGiB: 32, AppPort: 3000,
			DetailedMonitoring: pulumi.BoolRef(true), TerminationProtection: pulumi.BoolRef(true),
			SecurityGroupRuleQuota: 100, OverwriteExistingRecords: true, PathCheck: "warn",
			OriginSecret:        made(u, components.NewOriginSecret, "origin", &components.OriginSecretArgs{PreviousVersion: "0"}),
			ReadyTimeoutSeconds: 600, AlarmTopicArns: pulumi.ToStringArray([]string{someTopicArn}),
			Tags: map[string]string{"team": "shop"},
		})
	},

	"Alarms, least": func(u use) {
		made(u, components.NewAlarms, "oncall", &components.AlarmsArgs{
			Emails: []string{"oncall@example.com"}, Domains: []*components.CertifiedDomain{u.domain("app")},
		})
	},
	"Alarms, most": func(u use) {
		web := u.alb()
		u.alarms(web, u.service(web))
	},
	"Alarms, of a distribution": func(u use) { u.frontAlarms() },
	"Dashboard, least": func(u use) {
		made(u, components.NewDashboard, "path", &components.DashboardArgs{Domains: []*components.CertifiedDomain{u.domain("app")}})
	},
	"Dashboard, most": func(u use) {
		web := u.alb()
		service := u.service(web)
		front, alarms := u.frontAlarms()
		made(u, components.NewDashboard, "path", &components.DashboardArgs{
			Alarms: []*components.Alarms{alarms}, Fronts: []*components.CloudFrontFront{front},
			LoadBalancers: []*components.SecuredALB{web}, Services: []*components.PrivateFargateService{service},
			Routes: []*components.ServiceRoute{u.sharedRoute("reports")}, Instances: []*components.TLSInstance{u.instance("small")},
			Domains: []*components.CertifiedDomain{u.domain("app")},
		})
	},

	"InstanceTarget, least": func(u use) {
		made(u, components.NewInstanceTarget, "legacy", &components.InstanceTargetArgs{
			InstanceId: pulumi.String("i-0closed"), SecurityGroupId: pulumi.String("sg-a"),
			Route: &components.ServiceRouteArgs{LoadBalancer: u.alb(), Priority: 10},
		})
	},
	"InstanceTarget, most": func(u use) {
		made(u, components.NewInstanceTarget, "legacy", &components.InstanceTargetArgs{
			InstanceId: pulumi.String("i-0closed"), SecurityGroupId: pulumi.String("sg-b"), OpenIngress: components.OpenIngressWarn,
			Route: &components.ServiceRouteArgs{LoadBalancer: u.alb(), Priority: 10, Port: 8443, Hosts: []string{"web.example.com"}},
			Tags:  map[string]string{"team": "shop"},
		})
	},
}
