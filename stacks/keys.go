package stacks

import "slices"

// Variants of the ready stacks, the allowed values of portico:variant.
const (
	VariantALB           = "alb"
	VariantCloudFrontALB = "cloudfront-alb"
	VariantCloudFrontEC2 = "cloudfront-ec2"
	VariantALBEC2        = "alb-ec2"
)

// Variants lists the allowed values of portico:variant.
func Variants() []string {
	return []string{VariantALB, VariantCloudFrontALB, VariantCloudFrontEC2, VariantALBEC2}
}

// Key is one configuration key of the ready stacks, without its `portico:`
// namespace. Pulumi.yaml declares exactly these keys.
type Key struct {
	Name string
	// Type as Pulumi.yaml declares it: string, boolean or integer.
	Type string
	// Default as Pulumi.yaml declares it. nil: none, so the key is mandatory. The
	// empty string means unset, and the description says what then happens.
	Default *string
	// Variants that read the key. Setting it for another variant is refused.
	Variants []string
	// Description as Pulumi.yaml shows it.
	Description string
}

const (
	typeString  = "string"
	typeBoolean = "boolean"
	typeInteger = "integer"
)

var (
	every      = Variants()
	withALB    = []string{VariantALB, VariantCloudFrontALB, VariantALBEC2}
	withFront  = []string{VariantCloudFrontALB, VariantCloudFrontEC2}
	withTasks  = []string{VariantALB, VariantCloudFrontALB}
	publicALB  = []string{VariantALB, VariantALBEC2}
	anInstance = []string{VariantCloudFrontALB, VariantALBEC2}
	onlyEC2    = []string{VariantCloudFrontEC2}
	onlyCFALB  = []string{VariantCloudFrontALB}
)

func to(value string) *string { return &value }

// Keys returns every configuration key, in the order of Pulumi.yaml.
func Keys() []Key { return slices.Clone(keys) }

var keys = []Key{
	{"variant", typeString, nil, every, "Which stack: alb, cloudfront-alb, cloudfront-ec2 or alb-ec2. A stack keeps its variant: another one needs a stack of its own."},
	{"domainName", typeString, nil, every, "Name the viewers use, in lower case: app.example.com or the apex example.com."},
	{"alternateNames", typeString, to(""), every, "Further viewer names, comma-separated: www.example.com. Default: none."},
	{"hostedZoneName", typeString, to(""), every, "Public Route 53 zone that holds the names, looked up by name. Exactly one of hostedZoneName and hostedZoneId."},
	{"hostedZoneId", typeString, to(""), every, "Public Route 53 zone that holds the names, by id."},
	{"overwriteExistingRecords", typeBoolean, to("false"), every, "true takes over A/AAAA records that exist already; destroy then deletes them. Default: false."},
	{"overwriteValidationRecords", typeBoolean, to("false"), every, "true takes over validation records that exist already, of a certificate requested by hand for instance; destroy then deletes them, and that certificate is no longer renewed. Default: false."},
	{"certificateArn", typeString, to(""), withALB, "Certificate of the balancer that exists already, in the stack's Region. Default: one is issued."},
	{"cloudFrontCertificateArn", typeString, to(""), withFront, "Certificate of the distribution that exists already, in us-east-1. Default: one is issued."},

	{"vpcCidrBlock", typeString, to(""), []string{VariantALB, VariantCloudFrontALB, VariantCloudFrontEC2}, "IPv4 range of the VPC, /16 to /23; fixed once the stack is up, destroy it first to change it. Default: 10.0.0.0/16."},
	{"availabilityZones", typeString, to(""), []string{VariantALB, VariantCloudFrontALB, VariantCloudFrontEC2}, "Two or three availability zones, comma-separated. Default: the first two of the Region."},
	{"nat", typeString, to(""), withTasks, "Way of the private subnets to the internet: none, single or perAz. Default: single."},
	{"interfaceEndpoints", typeString, to(""), withTasks, "Interface endpoints of the VPC, comma-separated short service names. Default: ecr.api,ecr.dkr,logs with nat none, else none."},
	{"vpcId", typeString, to(""), every, "VPC that exists already; publicSubnetIds go with it. Default: the stack makes its own (alb-ec2 and an instanceId need one)."},
	{"publicSubnetIds", typeString, to(""), every, "Public subnets of vpcId, comma-separated, in two availability zones at least."},
	{"privateSubnetIds", typeString, to(""), withTasks, "Private subnets of vpcId for the tasks, comma-separated."},
	{"privateEgress", typeString, to(""), withTasks, "What the private subnets of vpcId reach: nat or endpoints. Default: nat."},
	{"endpointSecurityGroupId", typeString, to(""), withTasks, "Security group of vpcId's interface endpoints, for privateEgress endpoints."},
	{"s3PrefixListId", typeString, to(""), withTasks, "Prefix list of vpcId's S3 gateway endpoint, for privateEgress endpoints."},

	{"allowedCidrs", typeString, to(""), publicALB, "CIDR blocks that may reach the balancer, comma-separated. Default: the internet."},
	{"dualStack", typeBoolean, to("false"), withALB, "true gives the balancer IPv6 addresses and AAAA records; needs vpcId with IPv6 subnets. Default: false."},
	{"sslPolicy", typeString, to(""), withALB, "TLS policy of the HTTPS listener. Default: ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09."},
	{"idleTimeoutSeconds", typeInteger, to("60"), withALB, "Idle timeout of the balancer in seconds, 1-4000. Default: 60."},
	{"deletionProtection", typeBoolean, to("false"), withALB, "true protects the balancer from deletion. Default: false."},
	{"pathCheck", typeString, to(""), every, "What to do about a stack whose requests would fail: refuse or warn. Default: refuse."},
	{"securityGroupRuleQuota", typeInteger, to("60"), every, "Rules per security group and direction that the account allows. Default: 60."},

	{"image", typeString, to(""), withTasks, "Container image. Default: public.ecr.aws/nginx/nginx:stable."},
	{"containerPort", typeInteger, to("80"), withTasks, "Port the container listens on. Default: 80."},
	{"cpu", typeInteger, to("256"), withTasks, "CPU units of a task: 256 to 32768. Default: 256."},
	{"memory", typeInteger, to("512"), withTasks, "Memory of a task in MiB, a pair that Fargate offers with cpu. Default: 512."},
	{"architecture", typeString, to(""), withTasks, "CPU architecture of the image: X86_64 or ARM64. Default: X86_64."},
	{"desiredCount", typeInteger, to("2"), withTasks, "Tasks to run; autoscaling starts with minCount instead. Default: 2."},
	{"minCount", typeInteger, to("0"), withTasks, "Fewest tasks under autoscaling, with maxCount. Default: no autoscaling."},
	{"maxCount", typeInteger, to("0"), withTasks, "Most tasks under autoscaling, with minCount."},
	{"targetCpuPercent", typeInteger, to("60"), withTasks, "Average CPU in percent that autoscaling holds. Default: 60."},
	{"environment", typeString, to(""), withTasks, "Environment of the container, a JSON object of strings. Default: none."},
	{"secrets", typeString, to(""), withTasks, "Secrets of the container, a JSON object from name to the ARN in Secrets Manager or Parameter Store. Default: none."},
	{"clusterArn", typeString, to(""), withTasks, "ECS cluster that exists already. Default: the stack makes its own."},
	{"logRetentionDays", typeInteger, to("30"), withTasks, "Days the container's logs are kept. Default: 30."},
	{"availabilityZoneRebalancing", typeBoolean, to("false"), withTasks, "true lets ECS move tasks between zones when they stand unevenly. Default: false."},
	{"waitForSteadyState", typeBoolean, to("true"), withTasks, "false does not wait until the tasks run. Default: true."},
	{"healthCheckGracePeriodSeconds", typeInteger, to("0"), withTasks, "Seconds a task may fail the health check while it starts: raise it for slow starts. Default: 0."},

	{"targetProtocol", typeString, to(""), withALB, "Protocol to the targets: HTTP or HTTPS. Default: HTTP for tasks, HTTPS for an instance."},
	{"targetProtocolVersion", typeString, to(""), withALB, "Protocol version to the targets: HTTP1, HTTP2 or GRPC. Default: HTTP1."},
	{"healthCheckPath", typeString, to(""), withALB, "Path that answers the health check. Default: /."},
	{"healthCheckMatcher", typeString, to(""), withALB, "Statuses that count as healthy: 200, 200-399. Default: 200-399."},
	{"deregistrationDelaySeconds", typeInteger, to("30"), withALB, "Seconds a target keeps its open requests when it leaves, 0-3600. Default: 30."},

	{"instanceId", typeString, to(""), anInstance, "EC2 instance that exists already and serves HTTPS. Required by alb-ec2; for cloudfront-alb it takes the place of the tasks."},
	{"instanceSecurityGroupId", typeString, to(""), anInstance, "Which of the instance's groups admits the balancer. Default: its only one."},
	{"instancePort", typeInteger, to("443"), anInstance, "Port the instance serves. Default: 443."},
	{"openIngress", typeString, to(""), anInstance, "What to do while the instance's groups admit others on that port: refuse or warn. Default: refuse."},

	{"originDomainName", typeString, to(""), withFront, "Name of the origin, on its certificate and in DNS. Default: origin. before domainName."},
	{"forwardHostHeader", typeBoolean, to("false"), onlyCFALB, "true forwards the viewer's Host header to the balancer. Default: false."},
	{"originSecretHeader", typeString, to(""), onlyCFALB, "Header that carries the origin secret. Default: X-Origin-Verify."},
	{"originSecretVersion", typeString, to(""), onlyCFALB, "Version of the origin secret in use. A new value makes a new secret. Default: 1."},
	{"originSecretPreviousVersion", typeString, to(""), onlyCFALB, "Version that is still accepted while the secret rotates. Default: none."},
	{"originReadTimeoutSeconds", typeInteger, to("30"), withFront, "Seconds CloudFront waits for the origin, 1-120. Default: 30."},
	{"defaultRootObject", typeString, to(""), withFront, "Object that answers the root, for example index.html. Default: the origin answers."},
	{"minimumViewerTlsVersion", typeString, to(""), withFront, "Oldest TLS policy for viewers. Default: TLSv1.2_2021."},
	{"priceClass", typeString, to(""), withFront, "Edge locations: PriceClass_All, PriceClass_200 or PriceClass_100. Default: PriceClass_All."},
	{"webAclArn", typeString, to(""), withFront, "WAF web ACL of scope CLOUDFRONT. Default: none."},

	{"certificatePattern", typeString, to(""), onlyEC2, "Name on the instance's certificate: originDomain or hostHeader (then Host is forwarded). Default: originDomain."},
	{"acmeDirectoryUrl", typeString, to(""), onlyEC2, "ACME directory. Default: Let's Encrypt's production."},
	{"acmeEmail", typeString, to(""), onlyEC2, "Address for the certificate authority's notices. Default: none."},
	{"instanceType", typeString, to(""), onlyEC2, "EC2 instance type. Default: t4g.small."},
	{"amiId", typeString, to(""), onlyEC2, "AMI to run; a change replaces the instance. Default: the newest Amazon Linux 2023 at creation."},
	{"rootVolumeGiB", typeInteger, to("16"), onlyEC2, "Size of the root volume in GiB. Default: 16."},
	{"appPort", typeInteger, to("0"), onlyEC2, "Port of an application on the instance that nginx passes requests to. Default: nginx serves a page."},
}
