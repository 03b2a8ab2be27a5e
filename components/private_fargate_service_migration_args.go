package components

import (
	"cmp"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// MigrationArgs is a task that is run to its end before a service is deployed, for example
// to change the schema of a database. The service moves to its new revision only if the
// task's container ends with exit code 0; otherwise the update fails with the exit code, the
// name of the log stream and its last lines, and the old tasks serve on.
//
// It runs once for each new revision of the service's task definition or of its own: not at
// preview, and not when nothing has changed. The next update after a failure runs it again,
// so it must bear being run twice. Removing it runs nothing.
//
// No resource type of the AWS provider runs a task to its end, so a Lambda function of a few
// lines of Python does, which the update invokes and waits for. Its role may run tasks of this
// one definition in this one cluster, and nothing else. A sidecar that the main container
// waits for (DependsOn, SUCCESS) needs no function, but runs in every task, several at a
// time, and again whenever ECS starts a task.
// https://www.pulumi.com/registry/packages/aws/api-docs/lambda/invocation/
type MigrationArgs struct {
	// Image of the container, as that of the service's. Default: the service's Image.
	Image pulumi.StringInput `pulumi:"image"`

	// Command that the container runs and that ends. Required, unless Image is given:
	// the service's own would not end.
	Command []string `pulumi:"command"`

	// Environment variables beside those of the service, or in their place. Default: none.
	Environment map[string]pulumi.StringInput `pulumi:"environment"`

	// Secrets beside those of the service, or in their place: ARNs by name, as the service's.
	// For example, the credentials of a user that may change the schema. Default: none.
	Secrets map[string]pulumi.StringInput `pulumi:"secrets"`

	// TimeoutSeconds is how long the update waits for the task to start and end, 30-840. A
	// task that takes longer is not stopped: the update fails, and the next one waits for
	// the same task. Default: 300.
	// https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
	TimeoutSeconds int `pulumi:"timeoutSeconds"`

	// Cpu of the task in units of 1/1024 vCPU. Default: the service's Cpu.
	Cpu int `pulumi:"cpu"`

	// Memory of the task in MiB. Default: the service's Memory.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
	Memory int `pulumi:"memory"`
}

func (a *PrivateFargateServiceArgs) migrationWithDefaults() *MigrationArgs {
	if a.Migration == nil {
		return nil
	}
	m := *a.Migration
	m.TimeoutSeconds = cmp.Or(m.TimeoutSeconds, 300)
	m.Cpu, m.Memory = cmp.Or(m.Cpu, a.Cpu), cmp.Or(m.Memory, a.Memory)
	return &m
}

// migrationContainer is the migration's container with the variables and secrets of the
// service beside its own.
func (a *PrivateFargateServiceArgs) migrationContainer(name string) taskContainer {
	c := a.migrationAdditions(name)
	if c.image == nil {
		c.image = a.Image
	}
	c.environment, c.secrets = without(a.Environment, c.secrets), without(a.Secrets, c.environment)
	maps.Copy(c.environment, a.Migration.Environment)
	maps.Copy(c.secrets, a.Migration.Secrets)
	return c
}

// without are the variables that have no name in common with others.
func without(variables, others map[string]pulumi.StringInput) map[string]pulumi.StringInput {
	out := map[string]pulumi.StringInput{}
	for name, value := range variables {
		if _, taken := others[name]; !taken {
			out[name] = value
		}
	}
	return out
}

// migrationAdditions is the migration's container with what its arguments say alone.
func (a *PrivateFargateServiceArgs) migrationAdditions(name string) taskContainer {
	m := a.Migration
	return taskContainer{
		path: "migration.", image: m.Image, environment: m.Environment, secrets: m.Secrets,
		rule: awsrule.Container{Name: migrationName, Command: m.Command, LogPrefix: name},
	}
}

// migrationName is the name of the migration's container.
const migrationName = "migration"

func (a *PrivateFargateServiceArgs) validateMigration(l *fault.List, name string) {
	m := a.Migration
	if m == nil {
		return
	}
	if m.Image == nil && len(m.Command) == 0 {
		l.Addf("migration.command", "is required without an image of the migration's own: the service's command would not end")
	}
	if image, known := literal(m.Image); known {
		a.checkImage(l, "migration.", image, "")
	}
	a.validateVariables(l, a.migrationAdditions(name))
	l.Check("migration.timeoutSeconds", awsrule.Between(m.TimeoutSeconds, 30, 840, "s"))
	if m.Cpu != a.Cpu || m.Memory != a.Memory {
		l.Check("migration.memory", awsrule.FargateSize(m.Cpu, m.Memory))
	}
	c := a.migrationContainer(name)
	image, _ := literal(c.image)
	l.Check(awsrule.TaskDefinitionFits([]awsrule.Container{c.with(image, plainOf(m.Environment), plainOf(m.Secrets))}))
}
