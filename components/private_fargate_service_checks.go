package components

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/iampolicy"
)

// validateTask applies the rules for what is known of the task beforehand; the rest is
// checked when it is known.
func (a *PrivateFargateServiceArgs) validateTask(l *fault.List, name string) {
	if policy, known := literal(a.TaskPolicyJson); known {
		l.Check("taskPolicyJson", iampolicy.Check(policy))
	}
	if cluster, known := literal(a.ClusterArn); known {
		l.Check("clusterArn", awsrule.Cluster(cluster, ""))
	}
	l.Check(awsrule.TaskDefinitionFits(a.plainContainers(name)))
}

// plainOf are the values that are plain strings; of the others "" is known.
func plainOf(inputs map[string]pulumi.StringInput) map[string]string {
	values := make(map[string]string, len(inputs))
	for name, in := range inputs {
		values[name], _ = literal(in)
	}
	return values
}

// warnOfPlainSecrets logs a warning for each variable of Environment, a sidecar's too, that
// is named like a secret. It does not say the value.
func (c *PrivateFargateService) warnOfPlainSecrets(ctx *pulumi.Context) error {
	containers := c.args.containers(c.name)
	if c.args.Migration != nil {
		containers = append(containers, c.args.migrationAdditions(c.name))
	}
	for _, container := range containers {
		for _, name := range slices.Sorted(maps.Keys(container.environment)) {
			warning := c.fault(container.path+"environment["+name+"]", awsrule.PlainSecret(name))
			if warning == nil {
				continue
			}
			if err := ctx.Log.Warn(warning.Error(), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// LookUp asks AWS for the Region, of which ClusterArn has to be. Register does so when it
// was not done before; a program that makes other resources first calls LookUp before
// that, so that a refusal leaves nothing behind.
func (c *PrivateFargateService) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) error {
	cluster, known := literal(c.args.ClusterArn)
	if !known {
		return nil
	}
	region, err := regionOf(ctx, opts...)
	if err != nil {
		return c.refuse(c.fault("", err))
	}
	c.lookedUp = true
	return c.refuse(c.fault("clusterArn", awsrule.Cluster(cluster, region)))
}

// givenCluster is ClusterArn; one that is not known beforehand is checked when it is.
func (c *PrivateFargateService) givenCluster(ctx *pulumi.Context) (pulumi.StringOutput, error) {
	cluster := c.args.ClusterArn.ToStringOutput()
	if _, known := literal(c.args.ClusterArn); known {
		return cluster, nil
	}
	region, err := regionOf(ctx, pulumi.Parent(c))
	if err != nil {
		return cluster, c.fault("", err)
	}
	return cluster.ApplyT(func(cluster string) (string, error) {
		return cluster, c.fault("clusterArn", awsrule.Cluster(cluster, region))
	}).(pulumi.StringOutput), nil
}

// taskPolicy is TaskPolicyJson; one that is not known beforehand is checked when it is.
func (c *PrivateFargateService) taskPolicy() pulumi.StringInput {
	if _, known := literal(c.args.TaskPolicyJson); known {
		return c.args.TaskPolicyJson
	}
	return c.args.TaskPolicyJson.ToStringOutput().ApplyT(func(policy string) (string, error) {
		return policy, c.fault("taskPolicyJson", iampolicy.Check(policy))
	}).(pulumi.StringOutput)
}
