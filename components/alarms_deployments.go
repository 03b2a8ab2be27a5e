package components

import (
	"encoding/json"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// maxTargetID is how long the id of a rule's target may be.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
const maxTargetID = 64

// newDeploymentRule tells the topics of deployments that ECS gave up.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
func (c *Alarms) newDeploymentRule(ctx *pulumi.Context) (err error) {
	var services pulumi.StringArray
	for _, s := range c.args.Services {
		if s.args.detectsFailure() {
			services = append(services, s.Service.ID().ToStringOutput())
		}
	}
	if len(services) == 0 || !*c.args.FailedDeployments {
		return nil
	}
	c.DeploymentRule, err = cloudwatch.NewEventRule(ctx, c.name+"-"+kindFailedDeployment, &cloudwatch.EventRuleArgs{
		Description:  pulumi.String("Deployments of ECS services that failed"),
		EventPattern: services.ToStringArrayOutput().ApplyT(failedDeploymentsOf).(pulumi.StringOutput),
		Tags:         resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	for _, topic := range c.topics {
		id := strings.TrimSuffix(kindFailedDeployment+"-"+topic.name, "-")
		target, err := cloudwatch.NewEventTarget(ctx, c.name+"-"+id, &cloudwatch.EventTargetArgs{
			Rule:     c.DeploymentRule.Name,
			TargetId: pulumi.String(awsrule.PhysicalName(maxTargetID, id)),
			Arn:      topic.arn,
			InputTransformer: cloudwatch.EventTargetInputTransformerArgs{
				InputPaths: pulumi.StringMap{"service": pulumi.String("$.resources[0]"), "reason": pulumi.String("$.detail.reason")},
				InputTemplate: pulumi.String(`"` + describeAlarm("tasks of <service>",
					"ECS gave up a deployment, and rolled it back if there was one before: <reason>", kindFailedDeployment) + `"`),
			},
		}, pulumi.Parent(c))
		if err != nil {
			return err
		}
		c.DeploymentTargets = append(c.DeploymentTargets, target)
	}
	return nil
}

// failedDeploymentsOf is the pattern of the events of services.
func failedDeploymentsOf(services []string) (string, error) {
	text, err := json.Marshal(map[string]any{
		"source": []string{"aws.ecs"}, "detail-type": []string{"ECS Deployment State Change"}, "resources": services,
		"detail": map[string]any{"eventName": []string{"SERVICE_DEPLOYMENT_FAILED"}},
	})
	return string(text), err
}
