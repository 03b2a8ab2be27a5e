package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/iampolicy"
)

// ContainerHealthCheckArgs is a command that ECS runs in the container from time to time.
// Exit code 0 means healthy. The image must have what the command calls.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
type ContainerHealthCheckArgs struct {
	// Command begins with "CMD", followed by a program and its arguments, or "CMD-SHELL",
	// followed by one line for the container's shell, for example ["CMD-SHELL", "curl -f
	// http://127.0.0.1/ || exit 1"]. Required.
	Command []string `pulumi:"command"`

	// IntervalSeconds between two checks, 5-300. Default: AWS's own, 30.
	IntervalSeconds int `pulumi:"intervalSeconds"`

	// TimeoutSeconds after which a check has failed, 2-60. Default: AWS's own, 5.
	TimeoutSeconds int `pulumi:"timeoutSeconds"`

	// Retries is how many checks in a row must fail, 1-10. Default: AWS's own, 3.
	Retries int `pulumi:"retries"`

	// StartPeriodSeconds is how long failed checks do not count after the start, 0-300, unless
	// one has passed before. Default: AWS's own, none.
	StartPeriodSeconds *int `pulumi:"startPeriodSeconds"`
}

func (h *ContainerHealthCheckArgs) rule() *awsrule.ContainerHealthCheck {
	if h == nil {
		return nil
	}
	return &awsrule.ContainerHealthCheck{
		Command: h.Command, IntervalSeconds: h.IntervalSeconds, TimeoutSeconds: h.TimeoutSeconds,
		Retries: h.Retries, StartPeriodSeconds: h.StartPeriodSeconds,
	}
}

func (a *PrivateFargateServiceArgs) validateSettings(l *fault.List, name string) {
	for _, c := range a.plainContainers(name) {
		c.CheckSettings(l)
	}
	if a.EnableExecuteCommand && a.Network != nil && !a.Network.faulty && !a.Network.ReachesService("ssmmessages") {
		l.Check("enableExecuteCommand", awsrule.ExecUnreachable())
	}
}

// volumes are those of all containers: empty at the start of a task, gone with it.
func (c *PrivateFargateService) volumes() ecs.TaskDefinitionVolumeArray {
	var all ecs.TaskDefinitionVolumeArray
	for _, container := range c.args.plainContainers(c.name) {
		for _, v := range container.Volumes() {
			all = append(all, ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(v.Name)})
		}
	}
	return all
}

// newExecPolicy lets the agent of ECS Exec open its channels.
func (c *PrivateFargateService) newExecPolicy(ctx *pulumi.Context) error {
	if !c.args.EnableExecuteCommand {
		return nil
	}
	policy, err := iampolicy.ExecuteCommand().JSON()
	if err != nil {
		return err
	}
	c.ExecRolePolicy, err = iam.NewRolePolicy(ctx, c.name+"-exec", &iam.RolePolicyArgs{
		Role: c.TaskRole.Name, Policy: pulumi.String(policy),
	}, pulumi.Parent(c))
	c.needs = append(c.needs, c.ExecRolePolicy)
	return err
}
