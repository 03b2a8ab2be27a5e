package components

import (
	"fmt"
	"path"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// verifyRevision makes TaskDefinitionArn an error if the service, once its update has
// ended, runs another revision than the one it was given. The provider takes a service
// for steady that has one deployment and as many running tasks as desired, which is also
// what a rollback leaves behind. Without a circuit breaker nothing is rolled back, and
// without waiting nothing is known yet. A preview must not compare: the update may be what
// ends the difference.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
func (c *PrivateFargateService) verifyRevision(ctx *pulumi.Context) error {
	if ctx.DryRun() || !c.args.detectsFailure() || !*c.args.WaitForSteadyState {
		return nil
	}
	asked := c.TaskDefinitionArn
	found := ecs.LookupServiceOutput(ctx, ecs.LookupServiceOutputArgs{
		ClusterArn: c.Service.Cluster, ServiceName: c.Service.Name,
	}, pulumi.Parent(c))
	c.TaskDefinitionArn = pulumi.All(
		asked, found.TaskDefinition(), c.ClusterArn, c.ServiceName, c.LogGroupName,
	).ApplyT(func(v []any) (string, error) {
		asked, runs := v[0].(string), v[1].(string)
		if runs == asked {
			return runs, nil
		}
		cluster := path.Base(v[2].(string))
		return "", fmt.Errorf("PrivateFargateService %q: its tasks must run the revision asked for, %s, but run %s: unless something else "+
			"deploys to the service, the new tasks did not start, did not stay healthy or raised one of deploymentAlarms, and ECS has rolled back, so that the old ones "+
			"take the requests. For the cause see the service's events (aws ecs describe-services --cluster %s --services %s), the "+
			"stoppedReason of its stopped tasks, which ECS shows for an hour (aws ecs list-tasks --cluster %s --service-name %s "+
			"--desired-status STOPPED, then aws ecs describe-tasks), and the log group %s; correct the image or its settings and "+
			"update again", c.name, asked, runs, cluster, v[3], cluster, v[3], v[4])
	}).(pulumi.StringOutput)
	return nil
}
