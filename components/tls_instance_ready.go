package components

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/firstboot"
	"github.com/portico-iac/portico/internal/iampolicy"
)

// alarmDays is how many days before its end a certificate that was not renewed raises
// the alarm. Certbot renews 30 days before.
const alarmDays = 14

// managedPause is the time between two looks for the instance in Systems Manager.
var managedPause = 5 * time.Second

// newSecret makes the parameter that holds the accepted values, and lets the instance
// read it.
func (c *TLSInstance) newSecret(ctx *pulumi.Context) (err error) {
	secret := c.args.OriginSecret
	if secret == nil {
		return nil
	}
	values := secret.AcceptedValues.ApplyT(func(values []string) string { return strings.Join(values, ",") }).(pulumi.StringOutput)
	c.SecretParameter, err = ssm.NewParameter(ctx, c.name+"-secret", &ssm.ParameterArgs{
		Type:        pulumi.String("SecureString"),
		Description: pulumi.String("Values of " + secret.HeaderName() + " that the TLS origin accepts"),
		Value:       values,
		Tags:        resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.SecretPolicy, err = iam.NewRolePolicy(ctx, c.name+"-secret", &iam.RolePolicyArgs{
		Role: c.Role.Name,
		Policy: c.SecretParameter.Arn.ApplyT(func(arn string) (string, error) {
			return iampolicy.ReadParameter(arn).JSON()
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	return err
}

func (c *TLSInstance) newMetricPolicy(ctx *pulumi.Context) error {
	policy, err := iampolicy.PutMetrics(firstboot.MetricNamespace).JSON()
	if err != nil {
		return err
	}
	c.MetricPolicy, err = iam.NewRolePolicy(ctx, c.name+"-metric", &iam.RolePolicyArgs{
		Role: c.Role.Name, Policy: pulumi.String(policy),
	}, pulumi.Parent(c))
	return err
}

// newReady makes the association that ends when the instance serves. Only the creation
// of an association waits for its success, so every change, and a creation that failed,
// replaces it: then it runs again, and what depends on it waits. The version of the
// parameter is among its inputs, so that a new secret is such a change. AWS may refuse
// two associations that are alike: the old one goes first.
// https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ssm/association.go
func (c *TLSInstance) newReady(ctx *pulumi.Context) (err error) {
	wait := c.args.ReadyTimeoutSeconds + firstboot.ReportSeconds
	script := pulumi.String(firstboot.Ready(c.args.ReadyTimeoutSeconds, 1)).ToStringOutput()
	if c.SecretParameter != nil {
		script = c.SecretParameter.Version.ApplyT(func(version int) string {
			return firstboot.Ready(c.args.ReadyTimeoutSeconds, version)
		}).(pulumi.StringOutput)
	}
	c.Ready, err = ssm.NewAssociation(ctx, c.name+"-ready", &ssm.AssociationArgs{
		Name: pulumi.String("AWS-RunShellScript"),
		Targets: ssm.AssociationTargetArray{ssm.AssociationTargetArgs{
			Key: pulumi.String("InstanceIds"), Values: pulumi.StringArray{c.managedInstance(ctx)},
		}},
		Parameters: pulumi.StringMap{
			"commands":         script,
			"executionTimeout": pulumi.String(strconv.Itoa(wait)),
		},
		WaitForSuccessTimeoutSeconds: pulumi.Int(wait),
		Tags:                         resourceTags(c.args.Tags),
	}, pulumi.Parent(c), pulumi.ReplaceOnChanges([]string{"*"}), pulumi.DeleteBeforeReplace(true))
	return err
}

// managedInstance is the instance's id, once it has registered with Systems Manager:
// an association with an instance that has not may count as successful before it has
// run. A preview does not wait.
// https://github.com/hashicorp/terraform-provider-aws/issues/31175
func (c *TLSInstance) managedInstance(ctx *pulumi.Context) pulumi.StringOutput {
	return c.InstanceId.ApplyT(func(id string) (string, error) {
		if ctx.DryRun() {
			return id, nil
		}
		for waited := time.Duration(0); waited < firstboot.ReportSeconds*time.Second; waited += managedPause {
			found, err := ssm.GetInstances(ctx, &ssm.GetInstancesArgs{
				Filters: []ssm.GetInstancesFilter{{Name: "InstanceIds", Values: []string{id}}},
			}, pulumi.Parent(c))
			if err != nil && !strings.Contains(err.Error(), "InvalidInstanceId") { // not yet there
				return "", fmt.Errorf("TLSInstance %q: looking for instance %q in Systems Manager: %w", c.name, id, err)
			}
			if err == nil && slices.Contains(found.Ids, id) {
				return id, nil
			}
			time.Sleep(managedPause)
		}
		return "", fmt.Errorf("TLSInstance %q: instance %q has not registered with Systems Manager within %d s: "+
			"see whether it has booted with `aws ec2 get-console-output --instance-id %s`, and whether its subnet leads to the internet",
			c.name, id, firstboot.ReportSeconds, id)
	}).(pulumi.StringOutput)
}

// newAlarm watches what the instance reports after its first boot and twice a day: a
// certificate that is not renewed, and an instance that reports nothing.
func (c *TLSInstance) newAlarm(ctx *pulumi.Context) (err error) {
	args := &cloudwatch.MetricAlarmArgs{
		AlarmDescription: pulumi.String("The certificate of " + c.args.OriginDomainName + " is not renewed, or its instance does not report"),
		Namespace:        pulumi.String(firstboot.MetricNamespace),
		MetricName:       pulumi.String(firstboot.MetricName),
		Dimensions:       pulumi.StringMap{firstboot.MetricDimension: pulumi.String(c.args.OriginDomainName)},
		// Two reports are at most 18 hours apart.
		Statistic:          pulumi.String("Minimum"),
		Period:             pulumi.Int(24 * 60 * 60),
		EvaluationPeriods:  pulumi.Int(1),
		ComparisonOperator: pulumi.String("LessThanThreshold"),
		Threshold:          pulumi.Float64(alarmDays),
		TreatMissingData:   pulumi.String("breaching"),
		Tags:               resourceTags(c.args.Tags),
	}
	if c.args.AlarmTopicArns != nil {
		topics := c.args.AlarmTopicArns.ToStringArrayOutput().ApplyT(func(arns []string) []any {
			actions := make([]any, len(arns))
			for i, arn := range arns {
				actions[i] = arn
			}
			return actions
		}).(pulumi.ArrayOutput)
		args.AlarmActions, args.OkActions = topics, topics
	}
	c.CertificateAlarm, err = cloudwatch.NewMetricAlarm(ctx, c.name+"-certificate", args,
		pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{c.Ready}))
	return err
}
