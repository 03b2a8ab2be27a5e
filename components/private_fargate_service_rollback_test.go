package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	getService = "aws:ecs/getService:getService"
	oldArn     = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/project-stack-api:7"
)

// runsOld answers as ECS does after a rollback.
func runsOld(args resource.PropertyMap) (resource.PropertyMap, error) {
	out := args.Copy()
	out["taskDefinition"] = resource.NewStringProperty(oldArn)
	return out, nil
}

// The provider takes a service that was rolled back for steady. The component does not.
func TestARollbackFailsTheUpdate(t *testing.T) {
	_, err := componentstest.TryDeploy(fargate(), componentstest.WithInvoke(getService, runsOld))
	for _, said := range []string{
		`PrivateFargateService "api": its tasks must run the revision asked for, arn:aws:ecs:ap-northeast-1:123456789012:task-definition/`,
		"but run " + oldArn + ": ", "ECS has rolled back", "aws ecs describe-services --cluster api-cluster-", " --services api-",
		"stoppedReason of its stopped tasks", "the log group api-logs-", "correct the image or its settings and update again",
	} {
		assert.ErrorContains(t, err, said)
	}
}

// What can have been rolled back is looked up once, in the cluster of the service, and not
// at preview: the update may be what ends the difference.
func TestWhatAServiceRunsIsComparedAfterTheUpdate(t *testing.T) {
	const shared = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/shared"
	lookups := func(g *componentstest.Graph) (found []componentstest.Call) {
		for _, call := range g.Calls() {
			if call.Token == getService {
				found = append(found, call)
			}
		}
		return found
	}
	g := componentstest.Deploy(t, worker(func(a *components.PrivateFargateServiceArgs) { a.ClusterArn = pulumi.String(shared) }))
	if made := lookups(g); assert.Len(t, made, 1) {
		assert.Equal(t, shared, made[0].Args["clusterArn"].StringValue())
		assert.Equal(t, g.One(t, typeService).Output("name"), made[0].Args["serviceName"].StringValue())
	}
	assert.Empty(t, g.OfType(typeCluster), "nothing is made or changed about a cluster that is given")

	componentstest.Preview(t, fargate(), componentstest.WithInvoke(getService, runsOld))
	for name, change := range map[string]fargateChange{
		"without waiting":   func(a *components.PrivateFargateServiceArgs) { a.WaitForSteadyState = pulumi.BoolRef(false) },
		"without a breaker": func(a *components.PrivateFargateServiceArgs) { a.CircuitBreaker = pulumi.BoolRef(false) },
	} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, lookups(componentstest.Deploy(t, fargate(change), componentstest.WithInvoke(getService, runsOld))))
		})
	}
}
