package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

func TestTasksThatAWSWouldRefuse(t *testing.T) {
	type args = components.PrivateFargateServiceArgs
	const virginia = "arn:aws:ecs:us-east-1:123456789012:cluster/shared"
	large := strings.Repeat("x", 70_000)
	for name, tt := range map[string]struct {
		plain, later func(*args)
		want         string
	}{
		"policy": {
			func(a *args) { a.TaskPolicyJson = pulumi.String(`{"Version": "2012-10-17"}`) },
			func(a *args) { a.TaskPolicyJson = pulumi.String(`{"Version": "2012-10-17"}`).ToStringOutput() },
			"taskPolicyJson: must have a Statement, got none",
		},
		"environment": {
			func(a *args) { a.Environment = map[string]pulumi.StringInput{"CONFIG": pulumi.String(large)} },
			func(a *args) {
				a.Environment = map[string]pulumi.StringInput{"CONFIG": pulumi.String(large).ToStringOutput()}
			},
			"environment: must leave the task definition at most 65536 bytes, got 70",
		},
		"command": {
			func(a *args) { a.Command = []string{"sh", "-c", large} }, nil,
			"command: must leave the task definition at most 65536 bytes",
		},
		"cluster of another Region": {
			func(a *args) { a.ClusterArn = pulumi.String(virginia) },
			func(a *args) { a.ClusterArn = pulumi.String(virginia).ToStringOutput() },
			"clusterArn: must be a cluster of ap-northeast-1, where the service runs, got one of us-east-1",
		},
		"no cluster": {
			func(a *args) { a.ClusterArn = pulumi.String("arn:aws:ecs:ap-northeast-1:123456789012:service/shared") }, nil,
			"clusterArn: must be the ARN of an ECS cluster",
		},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryPreview(worker(tt.plain))
			assert.ErrorContains(t, err, `PrivateFargateService "`)
			assert.ErrorContains(t, err, tt.want)
			assert.Empty(t, g.Custom(), "nothing is registered")
			if tt.later == nil {
				return
			}
			g, err = componentstest.TryDeploy(worker(tt.later))
			assert.ErrorContains(t, err, tt.want, "what is not known beforehand is checked when it is")
			assert.Empty(t, g.OfType(typeService))
		})
	}
}
