package components_test

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// No argument of PrivateFargateService turns on ECS Exec, a shell in a running
// container, and none makes alarms. A transform sets the property of the child; the
// alarm takes the children's outputs.
func Example_transforms() {
	program := func(ctx *pulumi.Context) error {
		network, err := components.NewNetwork(ctx, "web", nil)
		if err != nil {
			return err
		}
		domain, err := components.NewCertifiedDomain(ctx, "web", &components.CertifiedDomainArgs{
			DomainName: "app.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
		})
		if err != nil {
			return err
		}
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: network, Domain: domain})
		if err != nil {
			return err
		}
		app, err := components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
			Route: &components.ServiceRouteArgs{LoadBalancer: web},
			// What the shell needs: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
			TaskPolicyJson: pulumi.String(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": [
				"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
				"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]}]}`),
		}, pulumi.Transforms([]pulumi.ResourceTransform{enableExec}))
		if err != nil {
			return err
		}
		_, err = cloudwatch.NewMetricAlarm(ctx, "app-unhealthy", &cloudwatch.MetricAlarmArgs{
			Namespace: pulumi.String("AWS/ApplicationELB"), MetricName: pulumi.String("UnHealthyHostCount"),
			Dimensions: pulumi.StringMap{
				"LoadBalancer": web.LoadBalancer.ArnSuffix, "TargetGroup": app.Route.TargetGroup.ArnSuffix,
			},
			Statistic: pulumi.String("Maximum"), Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(3),
			ComparisonOperator: pulumi.String("GreaterThanThreshold"), Threshold: pulumi.Float64(0),
		})
		return err
	}

	g, err := componentstest.TryDeploy(program)
	fmt.Println("error:", err)
	for _, service := range g.OfType("aws:ecs/service:Service") {
		fmt.Println("exec:", service.Input("enableExecuteCommand"))
	}
	for _, alarm := range g.OfType("aws:cloudwatch/metricAlarm:MetricAlarm") {
		fmt.Println("alarm of a target group:", alarm.Has("dimensions.TargetGroup"))
	}

	// Output:
	// error: <nil>
	// exec: true
	// alarm of a target group: true
}

// enableExec is called for the component and for each of its children, those of its
// route too. Nil leaves a resource as it is.
func enableExec(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	if args.Type != "aws:ecs/service:Service" {
		return nil
	}
	args.Props["enableExecuteCommand"] = pulumi.Bool(true)
	return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
}
