package components

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/iampolicy"
)

func (c *PrivateFargateService) newTask(ctx *pulumi.Context) error {
	region, err := regionOf(ctx, pulumi.Parent(c))
	if err != nil {
		return c.fault("", err)
	}
	c.LogGroup, err = cloudwatch.NewLogGroup(ctx, c.name+"-logs", &cloudwatch.LogGroupArgs{
		RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
		Tags:            resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.LogGroupName = c.LogGroup.Name
	if err := c.newExecutionRole(ctx, region); err != nil {
		return err
	}
	if err := c.newTaskRole(ctx, region); err != nil {
		return err
	}
	if err := c.newExecPolicy(ctx); err != nil {
		return err
	}
	c.TaskRoleArn = c.TaskRole.Arn
	family := awsrule.PhysicalName(maxFamily, ctx.Project(), ctx.Stack(), c.name)
	c.TaskDefinition, err = ecs.NewTaskDefinition(ctx, c.name+"-task", c.taskDefinition(
		family, c.definitions(region, c.args.containers(c.name)), c.args.Cpu, c.args.Memory,
	), pulumi.Parent(c))
	if err == nil {
		c.TaskDefinitionArn = c.TaskDefinition.Arn
	}
	return err
}

// taskDefinition is a task with the service's roles, of its architecture.
func (c *PrivateFargateService) taskDefinition(family string, containers pulumi.StringInput, cpu, memory int) *ecs.TaskDefinitionArgs {
	return &ecs.TaskDefinitionArgs{
		Family:                  pulumi.String(family),
		ContainerDefinitions:    containers,
		Cpu:                     pulumi.String(strconv.Itoa(cpu)),
		Memory:                  pulumi.String(strconv.Itoa(memory)),
		NetworkMode:             pulumi.String("awsvpc"),
		RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
		RuntimePlatform: ecs.TaskDefinitionRuntimePlatformArgs{
			CpuArchitecture:       pulumi.String(c.args.Architecture),
			OperatingSystemFamily: pulumi.String("LINUX"),
		},
		ExecutionRoleArn: c.ExecutionRole.Arn,
		TaskRoleArn:      c.TaskRole.Arn,
		Volumes:          c.volumes(),
		// Pulumi would deregister the revision that it believes replaced. After a rollback
		// the service still runs that one, and could not be given it any more.
		SkipDestroy: pulumi.Bool(true),
		Tags:        resourceTags(c.args.Tags),
	}
}

// maxFamily is the longest name of a task definition family. Families are never
// named by Pulumi: project and stack keep those of two stacks apart.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
const maxFamily = 255

// definitions are the containers of a task as JSON. The rules for inputs are applied here
// again, to those that were not known before.
func (c *PrivateFargateService) definitions(region string, of []taskContainer) pulumi.StringOutput {
	return pulumi.All(resolved(of, true), c.LogGroupName).ApplyT(func(v []any) (string, error) {
		containers := v[0].([]awsrule.Container)
		l := c.faults()
		for i := range containers {
			containers[i].LogGroup, containers[i].LogRegion = v[1].(string), region
			c.args.checkContainer(l, containers[i], region)
		}
		l.Check(awsrule.TaskDefinitionFits(containers))
		if err := l.Err(); err != nil {
			return "", err
		}
		return awsrule.ContainerDefinitions(containers)
	}).(pulumi.StringOutput)
}

func (c *PrivateFargateService) newExecutionRole(ctx *pulumi.Context, region string) (err error) {
	c.ExecutionRole, err = newRole(ctx, c, c.name+"-execution", iampolicy.TrustTaskExecution(), c.args.Tags)
	if err != nil {
		return err
	}
	keys := pulumi.StringArray{}.ToStringArrayOutput()
	if c.args.SecretKmsKeyArns != nil {
		keys = c.args.SecretKmsKeyArns.ToStringArrayOutput()
	}
	policy := pulumi.All(resolved(c.args.allContainers(c.name), false), keys, c.LogGroup.Arn).ApplyT(func(v []any) (string, error) {
		l := c.faults()
		grant := iampolicy.TaskExecution{Region: region, KMSKeyARNs: v[1].([]string), LogGroupARN: v[2].(string)}
		for _, container := range v[0].([]awsrule.Container) {
			if _, repository, private := awsrule.PrivateRepository(container.Image); private {
				grant.RepositoryARNs = append(grant.RepositoryARNs, repository)
			}
			for variable, arn := range container.Secrets {
				switch c.args.checkSecret(l, container.Path, variable, arn) {
				case awsrule.StoreSecretsManager:
					grant.SecretRefs = append(grant.SecretRefs, arn)
				case awsrule.StoreParameterStore:
					grant.ParameterARNs = append(grant.ParameterARNs, arn)
				}
			}
		}
		if err := l.Err(); err != nil {
			return "", err
		}
		return grant.Document().JSON()
	}).(pulumi.StringOutput)
	c.ExecutionRolePolicy, err = iam.NewRolePolicy(ctx, c.name+"-execution", &iam.RolePolicyArgs{
		Role: c.ExecutionRole.Name, Policy: policy,
	}, pulumi.Parent(c))
	c.needs = append(c.needs, c.ExecutionRolePolicy)
	return err
}

func (c *PrivateFargateService) newTaskRole(ctx *pulumi.Context, region string) error {
	caller, err := aws.GetCallerIdentity(ctx, &aws.GetCallerIdentityArgs{}, pulumi.Parent(c))
	if err != nil {
		return c.fault("", lookupFailed(err, "the account"))
	}
	c.TaskRole, err = newRole(ctx, c, c.name+"-task", iampolicy.TrustTasks(region, caller.AccountId), c.args.Tags)
	if err != nil || c.args.TaskPolicyJson == nil {
		return err
	}
	c.TaskRolePolicy, err = iam.NewRolePolicy(ctx, c.name+"-task", &iam.RolePolicyArgs{
		Role: c.TaskRole.Name, Policy: c.taskPolicy(),
	}, pulumi.Parent(c))
	c.needs = append(c.needs, c.TaskRolePolicy)
	return err
}

func newRole(
	ctx *pulumi.Context, parent pulumi.Resource, name string, trust iampolicy.Document, tags map[string]string,
) (*iam.Role, error) {
	policy, err := trust.JSON()
	if err != nil {
		return nil, err
	}
	return iam.NewRole(ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(policy), Tags: resourceTags(tags),
	}, pulumi.Parent(parent))
}
