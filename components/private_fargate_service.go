package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/fault"
)

// PrivateFargateService is one container run as an ECS service on Fargate, in
// private subnets.
//
// It creates the task definition, an execution role and a task role, a log
// group, a security group, the service, and where they are not given a cluster
// and a network; for each route also the target group, the listener rule and the
// pair of security group rules between the load balancer and the tasks.
//
// Security posture: tasks have no public address. In come only connections from
// the load balancer's group to the container port. Out go only HTTPS to the
// internet where the network has NAT, else HTTPS to the network's VPC endpoints
// and to S3, and what AdditionalEgress names. The execution role may write to
// this service's log group, pull this image and read these secrets; the task
// role may do nothing unless TaskPolicyJson or EnableExecuteCommand says so.
//
// The requests of its routes are checked as a ServiceRoute's are; refused is also what
// keeps tasks from their image (503).
//
// The service waits for its listener rules: ECS refuses a target group that no
// load balancer uses yet.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
type PrivateFargateService struct {
	pulumi.ResourceState

	// ServiceName is the ECS service's name within its cluster.
	ServiceName pulumi.StringOutput `pulumi:"serviceName"`
	// ClusterArn is the cluster that the service runs in.
	ClusterArn pulumi.StringOutput `pulumi:"clusterArn"`
	// TaskDefinitionArn is the revision of the task definition that the service runs. It
	// is an error if ECS has rolled back to another one.
	TaskDefinitionArn pulumi.StringOutput `pulumi:"taskDefinitionArn"`
	// SecurityGroupId is the tasks' security group.
	SecurityGroupId pulumi.StringOutput `pulumi:"securityGroupId"`
	// LogGroupName is where the container's output goes.
	LogGroupName pulumi.StringOutput `pulumi:"logGroupName"`
	// TaskRoleArn is the role of the program in the container.
	TaskRoleArn pulumi.StringOutput `pulumi:"taskRoleArn"`

	// Network is the network that the tasks run in: the one given, the load
	// balancer's, or the one that Register makes.
	Network *Network
	// Route is what puts the service behind its load balancer, nil without one. Routes
	// are there once the service is planned.
	Route *ServiceRoute
	// AdditionalRoutes put it behind further ones.
	AdditionalRoutes []*ServiceRoute

	// What Register makes, for whatever the args do not offer.

	// Service is the ECS service. With WaitForSteadyState its tasks run once it is
	// made.
	Service *ecs.Service
	// Cluster is the service's own, nil with ClusterArn.
	Cluster *ecs.Cluster
	// CapacityProviders are those of the service's own cluster, nil without SpotPercent.
	CapacityProviders *ecs.ClusterCapacityProviders
	// TaskDefinition is the current revision.
	TaskDefinition *ecs.TaskDefinition
	// LogGroup is where the container's output goes.
	LogGroup *cloudwatch.LogGroup
	// ExecutionRole is the role with which ECS starts a task, and ExecutionRolePolicy
	// what it may do.
	ExecutionRole       *iam.Role
	ExecutionRolePolicy *iam.RolePolicy
	// TaskRole is the role of the program in the container, and TaskRolePolicy what it
	// may do; the policy is nil without TaskPolicyJson.
	TaskRole       *iam.Role
	TaskRolePolicy *iam.RolePolicy
	// MigrationTaskDefinition is the current revision of the migration's task, and
	// MigrationInvocation its last run, by MigrationFunction with MigrationRole. All are nil
	// without Migration.
	MigrationTaskDefinition *ecs.TaskDefinition
	MigrationInvocation     *RawResource
	MigrationFunction       *RawResource
	MigrationRole           *iam.Role
	MigrationRolePolicy     *iam.RolePolicy
	// ExecRolePolicy is what the agent of ECS Exec may do, nil without EnableExecuteCommand.
	ExecRolePolicy *iam.RolePolicy
	// SecurityGroup is the tasks', and EgressRules are their ways out.
	SecurityGroup *ec2.SecurityGroup
	EgressRules   []*vpc.SecurityGroupEgressRule
	// EndpointIngressRule admits the tasks to the network's interface endpoints, nil
	// where there are none.
	EndpointIngressRule *vpc.SecurityGroupIngressRule
	// ScalingTarget is the range of the number of tasks, nil without Autoscaling. The
	// policies change it by CPU, memory and requests; those without a target are nil.
	ScalingTarget        *appautoscaling.Target
	ScalingPolicy        *appautoscaling.Policy
	MemoryScalingPolicy  *appautoscaling.Policy
	RequestScalingPolicy *appautoscaling.Policy
	// ScheduledActions are the schedules of Autoscaling, by name.
	ScheduledActions map[string]*appautoscaling.ScheduledAction
	// DeploymentAlarms are those that ECS rolls a deployment back for, by their kind.
	DeploymentAlarms map[string]*cloudwatch.MetricAlarm

	planned
	args *PrivateFargateServiceArgs
	// needs are what the first task cannot start without.
	needs []pulumi.Resource
}

// NewPrivateFargateService makes a PrivateFargateService. Wrong args register
// nothing.
func NewPrivateFargateService(
	ctx *pulumi.Context, name string, args *PrivateFargateServiceArgs, opts ...pulumi.ResourceOption,
) (*PrivateFargateService, error) {
	return construct(ctx, PlanPrivateFargateService, name, args, opts)
}

// PlanPrivateFargateService is the first half of NewPrivateFargateService. It takes
// the routes' priorities on their load balancers.
func PlanPrivateFargateService(name string, args *PrivateFargateServiceArgs) (*PrivateFargateService, error) {
	c := &PrivateFargateService{planned: planned{component: "PrivateFargateService", name: name}}
	if args == nil {
		return c, c.withoutArgs("image")
	}
	c.args = args.withDefaults()
	c.Network = c.args.Network
	if err := c.validate(func(l *fault.List) { c.args.validate(l, name) }); err != nil {
		return c, err
	}
	c.faulty = onFaultyParts(c.args)
	return c, c.planRoutes()
}

// Register is the second half of NewPrivateFargateService.
func (c *PrivateFargateService) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	if err := c.attachToAdopted(ctx); err != nil {
		return err
	}
	return c.register(ctx, TokenPrivateFargateService, c.args, c, opts,
		c.warnOfPlainSecrets, lookUpOnce(c),
		c.ensureNetwork, c.newSecurityGroup, c.registerRoutes, c.ensureCluster, c.newCapacityProviders, c.newTask, c.newMigration, c.newDeploymentAlarms, c.newService, c.verifyRevision, c.newAutoscaling)
}

func (c *PrivateFargateService) ensureNetwork(ctx *pulumi.Context) (err error) {
	if c.Network == nil {
		c.Network, err = NewNetwork(ctx, c.name, &NetworkArgs{Tags: c.args.Tags}, pulumi.Parent(c))
	}
	return err
}

func (c *PrivateFargateService) ensureCluster(ctx *pulumi.Context) (err error) {
	if c.args.ClusterArn != nil {
		c.ClusterArn, err = c.givenCluster(ctx)
		return err
	}
	c.Cluster, err = ecs.NewCluster(ctx, c.name+"-cluster", &ecs.ClusterArgs{
		Settings: ecs.ClusterSettingArray{ecs.ClusterSettingArgs{
			Name: pulumi.String("containerInsights"), Value: pulumi.String("enabled"),
		}},
		Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.ClusterArn = c.Cluster.Arn
	return nil
}

// newService makes the service once everything that its first task needs is
// there: permissions, ways out, and all of its routes: the rules that forward to
// it, and those that let health checks in. It goes away before them, too.
func (c *PrivateFargateService) newService(ctx *pulumi.Context) (err error) {
	args := &ecs.ServiceArgs{
		Cluster:                         c.ClusterArn,
		TaskDefinition:                  c.TaskDefinitionArn,
		DesiredCount:                    pulumi.Int(*c.args.DesiredCount),
		PlatformVersion:                 pulumi.String("LATEST"),
		DeploymentMinimumHealthyPercent: pulumi.Int(100),
		DeploymentMaximumPercent:        pulumi.Int(200),
		DeploymentCircuitBreaker: ecs.ServiceDeploymentCircuitBreakerArgs{
			Enable:   pulumi.Bool(*c.args.CircuitBreaker),
			Rollback: pulumi.Bool(*c.args.CircuitBreaker),
		},
		NetworkConfiguration: ecs.ServiceNetworkConfigurationArgs{
			Subnets:        c.Network.PrivateSubnetIds,
			SecurityGroups: pulumi.StringArray{c.SecurityGroupId},
			AssignPublicIp: pulumi.Bool(false),
		},
		Alarms:                      c.alarms(),
		AvailabilityZoneRebalancing: pulumi.String(rebalancing(*c.args.AvailabilityZoneRebalancing)),
		WaitForSteadyState:          pulumi.Bool(*c.args.WaitForSteadyState),
		// The service's tags reach the tasks, the provider's default tags among them: costs
		// are allocated by the tags of tasks. The task definition's would do so too, but a
		// change of tags must not start another revision.
		PropagateTags: pulumi.String("SERVICE"),
		Tags:          resourceTags(c.args.Tags),
	}
	c.placeTasks(args)
	if c.args.EnableExecuteCommand {
		args.EnableExecuteCommand = pulumi.Bool(true)
	}
	if c.Route != nil {
		args.LoadBalancers = c.targetGroups()
		args.HealthCheckGracePeriodSeconds = pulumi.IntPtrFromPtr(c.args.HealthCheckGracePeriodSeconds)
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(c), pulumi.DependsOn(c.needs)}
	if c.args.Autoscaling != nil {
		opts = append(opts, pulumi.IgnoreChanges([]string{"desiredCount"}))
	}
	c.Service, err = ecs.NewService(ctx, c.name, args, opts...)
	if err != nil {
		return err
	}
	c.ServiceName = c.Service.Name
	for _, route := range c.routes() {
		route.serving = []pulumi.Resource{c.Service}
	}
	return nil
}

// rebalancing is ECS's value for a switch.
func rebalancing(enabled bool) string {
	if enabled {
		return "ENABLED"
	}
	return "DISABLED"
}
