package components

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of PrivateFargateServiceArgs.Architecture.
const (
	ArchitectureX86   = "X86_64"
	ArchitectureARM64 = "ARM64"
)

// PrivateFargateServiceArgs configures a PrivateFargateService.
type PrivateFargateServiceArgs struct {
	// Image of the container, for example "public.ecr.aws/nginx/nginx:stable". If
	// it is in a private ECR repository, the execution role may pull it, and no
	// other. Without NAT only an image in a private ECR repository of the same
	// Region can be pulled. Required.
	Image pulumi.StringInput `pulumi:"image"`

	// ContainerPort that the container listens on, 1-65535. Default: 80.
	ContainerPort int `pulumi:"containerPort"`

	// Route puts the service behind a load balancer. LoadBalancer or
	// ExistingListener is enough. Port, TargetType and TargetSecurityGroupId are
	// set by the service and must be empty. Default: no load balancer; nothing can
	// then connect to the tasks.
	Route *ServiceRouteArgs `pulumi:"route"`

	// AdditionalRoutes put the service behind further load balancers, for example an
	// internal one beside a public one. They are like Route, each to another load
	// balancer of the same VPC, and their resources are named NAME-2, NAME-3 and so on
	// in the order of the list: append to it, since removing one in the middle renames
	// those that follow. A target must pass the health checks of all of them. At most 4,
	// only beside Route. Default: none.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
	AdditionalRoutes []*ServiceRouteArgs `pulumi:"additionalRoutes"`

	// Network whose private subnets the tasks run in. They must be able to reach
	// the image, through NAT or VPC endpoints. Default: the network of Route's
	// load balancer; without a route, a new Network with one NAT gateway. Required
	// with an ExistingListener.
	Network *Network `pulumi:"network"`

	// ClusterArn of the ECS cluster to run in, in the service's Region. Default: a new cluster with
	// Container Insights.
	ClusterArn pulumi.StringInput `pulumi:"clusterArn"`

	// Cpu of a task in units of 1/1024 vCPU: 256, 512, 1024 ... 32768. Default:
	// 256.
	Cpu int `pulumi:"cpu"`

	// Memory of a task in MiB. Fargate offers certain sizes for each Cpu. Default:
	// 512.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
	Memory int `pulumi:"memory"`

	// Architecture that the image was built for: "X86_64" or "ARM64". Default:
	// "X86_64".
	Architecture string `pulumi:"architecture"`

	// DesiredCount is the number of tasks, 0-5000. With Autoscaling it is only the
	// initial number, and later changes are ignored. Default: 2, one for each of
	// two zones; with Autoscaling, its MinCount.
	DesiredCount *int `pulumi:"desiredCount"`

	// SpotPercent of the tasks beyond OnDemandBase run on Fargate Spot, 0-100, which costs
	// less; AWS may take such a task away with a warning of two minutes, and has no capacity
	// to offer at times. The cluster needs the capacity providers FARGATE and FARGATE_SPOT: a
	// cluster made here gets them, that of ClusterArn must have them, which AWS checks when it
	// makes the service. Giving or removing SpotPercent replaces the service, whose tasks
	// start before the old ones stop; with Autoscaling their number then begins at
	// DesiredCount again. A change from one share to another, and any other change of the
	// service, is a deployment. 0 is all tasks on demand, without a replacement later.
	// Default: none; all tasks run on demand.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
	SpotPercent *int `pulumi:"spotPercent"`

	// OnDemandBase is the number of tasks, 0-100000, that are never on Fargate Spot. Only with
	// SpotPercent. Default: 1.
	OnDemandBase *int `pulumi:"onDemandBase"`

	// Command that the container runs. Default: the image's own.
	Command []string `pulumi:"command"`

	// Environment variables by name. Everyone who may read the task definition
	// sees them in plain text; use Secrets for what must stay secret. A name such as
	// DB_PASSWORD or API_KEY causes a warning; one that is only about a secret, such as
	// DB_PASSWORD_FILE or TOKEN_TTL, does not. Default: none.
	Environment map[string]pulumi.StringInput `pulumi:"environment"`

	// Secrets are environment variables whose values ECS reads when a task starts,
	// by name. Each is the ARN of a Secrets Manager secret, optionally followed by
	// :json-key:stage:version, or of a Parameter Store parameter. The execution
	// role may read only these. Default: none.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
	Secrets map[string]pulumi.StringInput `pulumi:"secrets"`

	// SecretKmsKeyArns are the customer managed keys that encrypt Secrets. AWS
	// managed keys need not be listed. Default: none.
	SecretKmsKeyArns pulumi.StringArrayInput `pulumi:"secretKmsKeyArns"`

	// TaskPolicyJson is an IAM policy for the task role: what the program in the
	// container may do in AWS, at most 10,240 characters. Default: nothing.
	TaskPolicyJson pulumi.StringInput `pulumi:"taskPolicyJson"`

	// Sidecars are further containers of each task, for example a log router, a proxy or an
	// agent. They share the task's network, so that the containers reach each other at
	// 127.0.0.1, and its CPU and memory, its roles and its log group. No route leads to them.
	// At most 9. Default: none.
	Sidecars []SidecarArgs `pulumi:"sidecars"`

	// DependsOn are sidecars that the main container waits for before it starts. Default:
	// none; all containers start at the same time.
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
	DependsOn []ContainerDependencyArgs `pulumi:"dependsOn"`

	// ReadonlyRootFilesystem keeps the container from writing to its root filesystem, as
	// security control ECS.5 asks for. What it must write to is in WritablePaths: many images
	// do not start otherwise. Not with EnableExecuteCommand. Default: false.
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
	ReadonlyRootFilesystem bool `pulumi:"readonlyRootFilesystem"`

	// WritablePaths are directories on volumes that begin empty and live as long as the task,
	// for example "/tmp". What the image has there is hidden, unless it declares the path
	// as a VOLUME: its content and its owner are then those of the volume, which otherwise
	// belongs to root. Only with ReadonlyRootFilesystem. Default: none.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
	WritablePaths []string `pulumi:"writablePaths"`

	// User that the container runs as, such as "1000" or "1000:1000": uid or uid:gid, or names
	// that the image has. Security control ECS.20 asks for one other than root, which is
	// refused. Such a user may not be able to listen on a port below 1024, and writes to a
	// path of WritablePaths only if the image declares it as a VOLUME of that user. Default: the
	// image's own.
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
	User string `pulumi:"user"`

	// ContainerHealthCheck is a command in the container by which ECS sees that it works, beside
	// the checks of a load balancer. When it fails once the task runs, the task is stopped
	// and another one started. Default: none.
	ContainerHealthCheck *ContainerHealthCheckArgs `pulumi:"containerHealthCheck"`

	// EnableExecuteCommand lets who has the permission ecs:ExecuteCommand open a shell in a
	// running container, as root. The task role gets the four permissions of
	// ssmmessages that the agent of ECS Exec needs; without NAT the network needs the
	// interface endpoint "ssmmessages". Turning it on or off is a deployment. Default: false.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
	EnableExecuteCommand bool `pulumi:"enableExecuteCommand"`

	// Migration is a task that must succeed before the service moves to a new revision, for
	// example one that changes the schema of a database. Default: none.
	Migration *MigrationArgs `pulumi:"migration"`

	// Autoscaling of the number of tasks, by what they have to do and by the time of day.
	// Default: none; DesiredCount applies.
	Autoscaling *AutoscalingArgs `pulumi:"autoscaling"`

	// LogRetentionDays is how long logs are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120,
	// 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653.
	// Default: 30.
	LogRetentionDays int `pulumi:"logRetentionDays"`

	// HealthCheckGracePeriodSeconds is how long ECS ignores failed health checks
	// of the load balancer after a task has started. Only with a Route. Default:
	// 120; with AWS's own, 0, ECS would stop every task that starts more slowly than
	// the load balancer's first checks fail. An application that needs a minute to
	// start and then two passed checks of the default interval, 30 s, is healthy
	// within it. Nothing waits for its end: a task takes requests, and a deployment
	// goes on, as soon as its checks pass.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html
	HealthCheckGracePeriodSeconds *int `pulumi:"healthCheckGracePeriodSeconds"`

	// WaitForSteadyState makes an update wait until the tasks run and are healthy,
	// and fail if they do not become so. The first deployment only waits until they
	// run: see CircuitBreaker. Default: true.
	WaitForSteadyState *bool `pulumi:"waitForSteadyState"`

	// CircuitBreaker stops a deployment whose tasks keep failing and rolls back to
	// the previous one. With WaitForSteadyState the update then fails and says which
	// revision of the task definition runs; the provider alone takes a service that was
	// rolled back for steady. So that a service can go back, revisions stay in AWS when
	// Pulumi replaces or deletes the task definition. The first deployment has none to
	// go back to, and the provider takes it for steady as soon as its tasks run, be they
	// healthy or not. Default: true.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
	CircuitBreaker *bool `pulumi:"circuitBreaker"`

	// DeploymentAlarms are alarms on the service's own targets that are made for ECS to
	// watch while it deploys and for a while after: "target-5xx" (10 answers with 5xx in five
	// minutes), "unhealthy-hosts" (one target that fails its checks for five minutes) and
	// "target-p95" (one request in twenty takes 3 s, for five minutes). When one is raised,
	// ECS rolls the deployment back, and the update fails as with CircuitBreaker if it still
	// waits. They tell nobody: see Alarms for that. Only with a Route. Default: none.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
	DeploymentAlarms []string `pulumi:"deploymentAlarms"`

	// AvailabilityZoneRebalancing lets ECS move tasks between zones when they are
	// unevenly distributed, for example after an outage of a zone. It starts a new
	// task before it stops the old one. Default: true, as AWS's own.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
	AvailabilityZoneRebalancing *bool `pulumi:"availabilityZoneRebalancing"`

	// AdditionalEgress are further destinations that the tasks may connect to, for
	// example a database. Default: none; PrivateFargateService lists what is
	// always allowed.
	AdditionalEgress []EgressArgs `pulumi:"additionalEgress"`

	// Tags are put on everything that is made here and can have them, the tasks too: a
	// Network and a route of the service's own get them as well. Their keys must not
	// begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

// EgressArgs is one destination that the tasks may connect to: a TCP port of one
// peer. Exactly one of CidrBlock, SecurityGroupId and PrefixListId is required.
type EgressArgs struct {
	// Name of the rule, unique in the list, for example "database". Required.
	Name string `pulumi:"name"`

	// Port of the peer, 1-65535. Required.
	Port int `pulumi:"port"`

	// CidrBlock is an IPv4 or IPv6 range, for example "10.1.0.0/16".
	CidrBlock string `pulumi:"cidrBlock"`

	// SecurityGroupId of the peer. The rule that admits the tasks to it is not
	// created here.
	SecurityGroupId pulumi.StringInput `pulumi:"securityGroupId"`

	// PrefixListId of the peer's addresses.
	PrefixListId pulumi.StringInput `pulumi:"prefixListId"`
}

func (a PrivateFargateServiceArgs) withDefaults() *PrivateFargateServiceArgs {
	a.ContainerPort = cmp.Or(a.ContainerPort, 80)
	a.Cpu = cmp.Or(a.Cpu, 256)
	a.Memory = cmp.Or(a.Memory, 512)
	a.Architecture = cmp.Or(a.Architecture, ArchitectureX86)
	a.LogRetentionDays = cmp.Or(a.LogRetentionDays, 30)
	a.WaitForSteadyState = cmp.Or(a.WaitForSteadyState, pulumi.BoolRef(true))
	a.CircuitBreaker = cmp.Or(a.CircuitBreaker, pulumi.BoolRef(true))
	a.AvailabilityZoneRebalancing = cmp.Or(a.AvailabilityZoneRebalancing, pulumi.BoolRef(true))
	if a.Route != nil {
		a.HealthCheckGracePeriodSeconds = cmp.Or(a.HealthCheckGracePeriodSeconds, pulumi.IntRef(120))
	}
	if a.Network == nil && a.Route != nil && a.Route.LoadBalancer != nil {
		a.Network = a.Route.LoadBalancer.Network()
	}
	initialCount := 2
	if a.Autoscaling != nil {
		a.Autoscaling = a.Autoscaling.withDefaults()
		initialCount = a.Autoscaling.MinCount
	}
	a.DesiredCount = cmp.Or(a.DesiredCount, pulumi.IntRef(initialCount))
	a.Sidecars = sidecarsWithDefaults(a.Sidecars)
	a.spotDefaults()
	a.Migration = a.migrationWithDefaults()
	return &a
}

func (a *PrivateFargateServiceArgs) validate(l *fault.List, name string) {
	l.Check("containerPort", awsrule.ListensOn(a.ContainerPort, "container"))
	l.Check("memory", awsrule.FargateSize(a.Cpu, a.Memory))
	l.Check("architecture", awsrule.OneOf(a.Architecture, ArchitectureX86, ArchitectureARM64))
	l.Check("logRetentionDays", awsrule.LogRetention(a.LogRetentionDays))
	if a.Network == nil {
		checkTags(l, "tags", a.Tags, "network made here")
	} else {
		checkTags(l, "tags", a.Tags, "")
	}
	l.Check("desiredCount", awsrule.DesiredCount(*a.DesiredCount))
	if a.Autoscaling != nil {
		a.Autoscaling.validate(l, a)
	}
	a.validateNetwork(l)
	a.validateRoutes(l, name)
	a.validateContainers(l, name)
	a.validateSidecars(l, name)
	a.validateMigration(l, name)
	a.validateEgress(l)
	a.validateTask(l, name)
	a.validateDeploymentAlarms(l)
	a.validateSpot(l)
	a.validateSettings(l, name)
}

func (a *PrivateFargateServiceArgs) validateNetwork(l *fault.List) {
	switch {
	case a.Network != nil && a.Network.faulty:
	case a.Network == nil && a.Route != nil && a.Route.ExistingListener != nil:
		l.Addf("network", "is required with route.existingListener: the Network of the VPC in which the listener's load balancer stands")
	case a.Network != nil && a.Network.PrivateEgress() == PrivateEgressNone:
		l.Addf("network", "must let its private subnets reach the image, got one whose private egress is %q; "+
			"tasks would never start and viewers would get 503: give it a NAT gateway, or the endpoints ecr.api, ecr.dkr and logs", PrivateEgressNone)
	}
}

func (a *PrivateFargateServiceArgs) validateEgress(l *fault.List) {
	seen := map[string]bool{}
	for i, e := range a.AdditionalEgress {
		path := fault.Index("additionalEgress", i)
		l.Check(path+".name", awsrule.ComponentName(e.Name))
		if seen[e.Name] {
			l.Addf(path+".name", "must be unique, got %q again: it is the rule's identity", e.Name)
		}
		seen[e.Name] = true
		l.Check(path+".port", awsrule.ListensOn(e.Port, "peer"))
		if e.CidrBlock != "" {
			l.Check(path+".cidrBlock", awsrule.EgressPeer(e.CidrBlock))
		}
		peers := 0
		for _, given := range []bool{e.CidrBlock != "", e.SecurityGroupId != nil, e.PrefixListId != nil} {
			if given {
				peers++
			}
		}
		if peers != 1 {
			l.Addf(path, "must have exactly one of cidrBlock, securityGroupId and prefixListId, got %d", peers)
		}
	}
}
