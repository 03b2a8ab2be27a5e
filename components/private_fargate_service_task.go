package components

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/iampolicy"
)

// newTask makes the task definition and what it names. It returns the policies
// of the roles, without which no task could start.
func (c *PrivateFargateService) newTask(ctx *pulumi.Context, name string) (*ecs.TaskDefinition, []pulumi.Resource, error) {
	region, err := aws.GetRegion(ctx, &aws.GetRegionArgs{}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, fmt.Errorf("PrivateFargateService %q: looking up the region: %w", name, err)
	}
	logs, err := cloudwatch.NewLogGroup(ctx, name+"-logs", &cloudwatch.LogGroupArgs{
		RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, err
	}
	c.LogGroupName = logs.Name
	execution, executionPolicy, err := c.newExecutionRole(ctx, name, region.Name, logs)
	if err != nil {
		return nil, nil, err
	}
	role, granted, err := c.newTaskRole(ctx, name, region.Name)
	if err != nil {
		return nil, nil, err
	}
	c.TaskRoleArn = role.Arn
	task, err := ecs.NewTaskDefinition(ctx, name+"-task", &ecs.TaskDefinitionArgs{
		Family:                  pulumi.String(awsrule.PhysicalName(maxFamily, ctx.Project(), ctx.Stack(), name)),
		ContainerDefinitions:    c.containerDefinitions(name, region.Name),
		Cpu:                     pulumi.String(strconv.Itoa(c.args.Cpu)),
		Memory:                  pulumi.String(strconv.Itoa(c.args.Memory)),
		NetworkMode:             pulumi.String("awsvpc"),
		RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
		RuntimePlatform: ecs.TaskDefinitionRuntimePlatformArgs{
			CpuArchitecture:       pulumi.String(c.args.Architecture),
			OperatingSystemFamily: pulumi.String("LINUX"),
		},
		ExecutionRoleArn: execution.Arn,
		TaskRoleArn:      role.Arn,
	}, pulumi.Parent(c))
	return task, append(granted, executionPolicy), err
}

// maxFamily is the longest name of a task definition family. Families are never
// named by Pulumi: project and stack keep those of two stacks apart.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
const maxFamily = 255

// containerDefinitions is the one container. The rules for inputs are applied
// here again, to those that were not known before.
func (c *PrivateFargateService) containerDefinitions(name, region string) pulumi.StringOutput {
	return pulumi.All(
		c.args.Image, pulumi.StringMap(c.args.Environment), pulumi.StringMap(c.args.Secrets), c.LogGroupName,
	).ApplyT(func(v []any) (string, error) {
		container := awsrule.Container{
			Name: name, Image: v[0].(string), Port: c.args.ContainerPort, Command: c.args.Command,
			Environment: v[1].(map[string]string), Secrets: v[2].(map[string]string),
			LogGroup: v[3].(string), LogRegion: region,
		}
		l := fault.New("PrivateFargateService", name)
		c.args.checkImage(l, container.Image, region)
		for _, variable := range slices.Sorted(maps.Keys(container.Secrets)) {
			c.args.checkSecret(l, variable, container.Secrets[variable])
		}
		if err := l.Err(); err != nil {
			return "", err
		}
		return container.Definitions()
	}).(pulumi.StringOutput)
}

// newExecutionRole makes the role with which ECS starts a task.
func (c *PrivateFargateService) newExecutionRole(
	ctx *pulumi.Context, name, region string, logs *cloudwatch.LogGroup,
) (*iam.Role, pulumi.Resource, error) {
	role, err := c.newRole(ctx, name+"-execution", iampolicy.TrustTaskExecution())
	if err != nil {
		return nil, nil, err
	}
	keys := pulumi.StringArray{}.ToStringArrayOutput()
	if c.args.SecretKmsKeyArns != nil {
		keys = c.args.SecretKmsKeyArns.ToStringArrayOutput()
	}
	policy := pulumi.All(c.args.Image, pulumi.StringMap(c.args.Secrets), keys, logs.Arn).ApplyT(func(v []any) (string, error) {
		l := fault.New("PrivateFargateService", name)
		repository, _ := awsrule.PrivateRepository(v[0].(string))
		grant := iampolicy.TaskExecution{
			Region: region, RepositoryARN: repository.ARN, KMSKeyARNs: v[2].([]string), LogGroupARN: v[3].(string),
		}
		for variable, arn := range v[1].(map[string]string) {
			switch c.args.checkSecret(l, variable, arn) {
			case awsrule.StoreSecretsManager:
				grant.SecretRefs = append(grant.SecretRefs, arn)
			case awsrule.StoreParameterStore:
				grant.ParameterARNs = append(grant.ParameterARNs, arn)
			}
		}
		if err := l.Err(); err != nil {
			return "", err
		}
		return grant.Document().JSON()
	}).(pulumi.StringOutput)
	attached, err := iam.NewRolePolicy(ctx, name+"-execution", &iam.RolePolicyArgs{
		Role: role.Name, Policy: policy,
	}, pulumi.Parent(c))
	return role, attached, err
}

// newTaskRole makes the role of the program in the container.
func (c *PrivateFargateService) newTaskRole(ctx *pulumi.Context, name, region string) (*iam.Role, []pulumi.Resource, error) {
	caller, err := aws.GetCallerIdentity(ctx, &aws.GetCallerIdentityArgs{}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, fmt.Errorf("PrivateFargateService %q: looking up the account: %w", name, err)
	}
	role, err := c.newRole(ctx, name+"-task", iampolicy.TrustTasks(region, caller.AccountId))
	if err != nil || c.args.TaskPolicyJson == nil {
		return role, nil, err
	}
	attached, err := iam.NewRolePolicy(ctx, name+"-task", &iam.RolePolicyArgs{
		Role: role.Name, Policy: c.args.TaskPolicyJson,
	}, pulumi.Parent(c))
	return role, []pulumi.Resource{attached}, err
}

func (c *PrivateFargateService) newRole(ctx *pulumi.Context, name string, trust iampolicy.Document) (*iam.Role, error) {
	policy, err := trust.JSON()
	if err != nil {
		return nil, err
	}
	return iam.NewRole(ctx, name, &iam.RoleArgs{AssumeRolePolicy: pulumi.String(policy)}, pulumi.Parent(c))
}
