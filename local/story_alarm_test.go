package local_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/requestpath"
)

// silentOf are the alarms of the account that never fire.
func silentOf(t *testing.T, stack *local.Stack) []registered.Note {
	t.Helper()
	model, err := prediction.ModelOf(stack.Account(), nil, nil)
	require.NoError(t, err)
	return model.Silent()
}

// errorsAlarm is an alarm on the 5xx of a load balancer.
func errorsAlarm(metric string, dimensions func(web *lb.LoadBalancer, targets *lb.TargetGroup) pulumi.StringMap) pulumi.RunFunc {
	return balancedInstance{version: "HTTP1", port: 443, closed: true, alarm: func(ctx *pulumi.Context, web *lb.LoadBalancer, targets *lb.TargetGroup) error {
		_, err := cloudwatch.NewMetricAlarm(ctx, "errors", &cloudwatch.MetricAlarmArgs{
			Namespace: pulumi.String("AWS/ApplicationELB"), MetricName: pulumi.String(metric), Dimensions: dimensions(web, targets),
			Statistic: pulumi.String("Sum"), Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(1),
			ComparisonOperator: pulumi.String("GreaterThanThreshold"), Threshold: pulumi.Float64(0),
			AlarmActions: pulumi.Array{pulumi.String("arn:aws:sns:ap-northeast-1:123456789012:oncall")},
		})
		return err
	}}.program
}

// Viewers get 504, and nobody is told: AWS takes an alarm on a dimension that nothing has.
func TestAStoryOfAnAlarmThatNeverFires(t *testing.T) {
	type dimensions = func(web *lb.LoadBalancer, targets *lb.TargetGroup) pulumi.StringMap
	right := func(web *lb.LoadBalancer, targets *lb.TargetGroup) pulumi.StringMap {
		return pulumi.StringMap{"LoadBalancer": web.ArnSuffix, "TargetGroup": targets.ArnSuffix}
	}
	for name, s := range map[string]struct {
		wrong dimensions
		why   string
	}{
		"an ARN in place of its end": {
			func(web *lb.LoadBalancer, _ *lb.TargetGroup) pulumi.StringMap {
				return pulumi.StringMap{"LoadBalancer": web.Arn}
			},
			`LoadBalancer is "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web-`,
		},
		"a name": {
			func(web *lb.LoadBalancer, _ *lb.TargetGroup) pulumi.StringMap {
				return pulumi.StringMap{"LoadBalancer": web.Name}
			},
			"CloudWatch names it by the end of its ARN",
		},
		"targets without their load balancer": {
			func(_ *lb.LoadBalancer, targets *lb.TargetGroup) pulumi.StringMap {
				return pulumi.StringMap{"TargetGroup": targets.ArnSuffix}
			},
			"add the load balancer's arnSuffix",
		},
		"a load balancer that is gone": {
			func(*lb.LoadBalancer, *lb.TargetGroup) pulumi.StringMap {
				return pulumi.StringMap{"LoadBalancer": pulumi.String("app/web-0000000/50dc6c495c0c9188")}
			},
			"no load balancer app/web-0000000/50dc6c495c0c9188 is registered in ap-northeast-1, where the alarm is",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := local.New(t, errorsAlarm("HTTPCode_ELB_5XX_Count", s.wrong))
			stack.Up()
			request := requestpath.Request{Name: "alb.example.com"}
			assert.Equal(t, 504, stack.Request(request).Status, "what the alarm is for")
			assert.Equal(t, 504, stack.Explain(request).Outcome.Status)
			notes := silentOf(t, stack)
			require.Len(t, notes, 1)
			assert.Contains(t, notes[0].String(), "dimensions: it watches nothing, so it never fires: ")
			assert.Contains(t, notes[0].Text, s.why)
			t.Log(notes[0])

			stack.Use(errorsAlarm("HTTPCode_ELB_5XX_Count", right))
			stack.Up()
			assert.Empty(t, silentOf(t, stack))
		})
	}
}
