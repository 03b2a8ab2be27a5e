package components

import (
	"path"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/internal/taskrunner"
)

const (
	typeLambda     = "aws:lambda/function:Function"
	typeInvocation = "aws:lambda/invocation:Invocation"
)

// newMigration runs the migration, once the task can start and before the service moves:
// the service waits for the invocation. The function is no part of its input: another
// version of it runs no migration. A failed invocation is not in Pulumi's state, so the
// next update tries again.
func (c *PrivateFargateService) newMigration(ctx *pulumi.Context) error {
	if c.args.Migration == nil {
		return nil
	}
	region, err := regionOf(ctx, pulumi.Parent(c))
	if err != nil {
		return c.fault("", err)
	}
	family := awsrule.PhysicalName(maxFamily, ctx.Project(), ctx.Stack(), c.name, migrationName)
	c.MigrationTaskDefinition, err = ecs.NewTaskDefinition(ctx, c.name+"-migration", c.taskDefinition(
		family, c.definitions(region, []taskContainer{c.args.migrationContainer(c.name)}), c.args.Migration.Cpu, c.args.Migration.Memory,
	), pulumi.Parent(c))
	if err != nil {
		return err
	}
	policy, role, err := c.newMigrationRole(ctx, region, family)
	if err != nil {
		return err
	}
	c.MigrationFunction, err = newRaw(ctx, typeLambda, c.name+"-migration", pulumi.Map{
		"description":   pulumi.String("Runs the migration of " + c.name),
		"code":          pulumi.NewAssetArchive(map[string]any{"index.py": pulumi.NewStringAsset(taskrunner.Source)}),
		"handler":       pulumi.String("index.handler"),
		"runtime":       pulumi.String(taskrunner.Runtime),
		"architectures": pulumi.ToStringArray([]string{"arm64"}),
		"role":          role.Arn,
		// The function has to end by itself: time to start the task with a new role, and
		// to read its log.
		"timeout":       pulumi.Int(c.args.Migration.TimeoutSeconds + 60),
		"loggingConfig": pulumi.Map{"logFormat": pulumi.String("Text"), "logGroup": c.LogGroupName},
		"environment":   pulumi.Map{"variables": c.migrationVariables(family)},
		"tags":          resourceTags(c.args.Tags),
	}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	c.MigrationInvocation, err = newRaw(ctx, typeInvocation, c.name+"-migration", pulumi.Map{
		"functionName": c.MigrationFunction.ID(),
		"input": pulumi.JSONMarshal(pulumi.StringMap{
			"taskDefinition": c.MigrationTaskDefinition.Arn, "deployment": c.TaskDefinition.Arn,
		}),
	}, pulumi.Parent(c), pulumi.DependsOn(append([]pulumi.Resource{policy}, c.needs...)))
	c.needs = append(c.needs, c.MigrationInvocation)
	return err
}

// migrationVariables tell the function what to run, and where. Their change runs nothing.
func (c *PrivateFargateService) migrationVariables(family string) pulumi.StringMap {
	return pulumi.StringMap{
		"CLUSTER":           c.ClusterArn,
		"FAMILY":            pulumi.String(family),
		"CONTAINER":         pulumi.String(migrationName),
		"SUBNETS":           c.Network.PrivateSubnetIds.ApplyT(func(ids []string) string { return strings.Join(ids, ",") }).(pulumi.StringOutput),
		"SECURITY_GROUPS":   c.SecurityGroupId,
		"LOG_GROUP":         c.LogGroupName,
		"LOG_STREAM_PREFIX": pulumi.String(c.name),
		"TIMEOUT_SECONDS":   pulumi.String(strconv.Itoa(c.args.Migration.TimeoutSeconds)),
	}
}

// newMigrationRole makes the role of the function.
func (c *PrivateFargateService) newMigrationRole(ctx *pulumi.Context, region, family string) (*iam.RolePolicy, *iam.Role, error) {
	caller, err := aws.GetCallerIdentity(ctx, &aws.GetCallerIdentityArgs{}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, c.fault("", lookupFailed(err, "the account"))
	}
	role, err := newRole(ctx, c, c.name+"-migration", iampolicy.TrustFunctions(), c.args.Tags)
	if err != nil {
		return nil, nil, err
	}
	policy := pulumi.All(c.ClusterArn, c.ExecutionRole.Arn, c.TaskRole.Arn, c.LogGroup.Arn).ApplyT(func(v []any) (string, error) {
		// ClusterArn may be given as a name.
		cluster := path.Base(v[0].(string))
		return iampolicy.TaskRunner{
			Region: region, AccountID: caller.AccountId, Family: family, ClusterName: cluster,
			RoleARNs: []string{v[1].(string), v[2].(string)}, LogGroupARN: v[3].(string),
			LogStreams: c.name + "/" + migrationName + "/*",
		}.Document().JSON()
	}).(pulumi.StringOutput)
	c.MigrationRole = role
	c.MigrationRolePolicy, err = iam.NewRolePolicy(ctx, c.name+"-migration", &iam.RolePolicyArgs{
		Role: role.Name, Policy: policy,
	}, pulumi.Parent(c))
	return c.MigrationRolePolicy, role, err
}
