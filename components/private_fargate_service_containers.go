package components

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// taskContainer is what the main container and the sidecars have in common.
type taskContainer struct {
	// path is that of its arguments, with the dot at its end.
	path                 string
	image                pulumi.StringInput
	environment, secrets map[string]pulumi.StringInput
	// rule has all that is plain Go.
	rule awsrule.Container
}

// containers are the service's containers, the main one first.
func (a *PrivateFargateServiceArgs) containers(name string) []taskContainer {
	all := []taskContainer{{
		image: a.Image, environment: a.Environment, secrets: a.Secrets,
		rule: awsrule.Container{
			Name: name, Port: a.ContainerPort, Command: a.Command, LogPrefix: name, DependsOn: dependencies(a.DependsOn),
			ReadonlyRoot: a.ReadonlyRootFilesystem, WritablePaths: a.WritablePaths, User: a.User,
			HealthCheck: a.ContainerHealthCheck.rule(),
		},
	}}
	for i, s := range a.Sidecars {
		all = append(all, s.container(fault.Index("sidecars", i)+".", name))
	}
	for i := range all {
		all[i].rule.Exec = a.EnableExecuteCommand
	}
	return all
}

// allContainers are the containers of the service and that of its migration.
func (a *PrivateFargateServiceArgs) allContainers(name string) []taskContainer {
	all := a.containers(name)
	if a.Migration != nil {
		all = append(all, a.migrationContainer(name))
	}
	return all
}

// plainContainers are the containers with the inputs that are plain strings; of the others
// "" is known.
func (a *PrivateFargateServiceArgs) plainContainers(name string) []awsrule.Container {
	var all []awsrule.Container
	for _, c := range a.containers(name) {
		image, _ := literal(c.image)
		all = append(all, c.with(image, plainOf(c.environment), plainOf(c.secrets)))
	}
	return all
}

func (t taskContainer) with(image string, environment, secrets map[string]string) awsrule.Container {
	c := t.rule
	c.Path, c.Image, c.Environment, c.Secrets = t.path, image, environment, secrets
	return c
}

// resolved are containers once their inputs are known: []awsrule.Container. Without their
// environment they are secret only if their images or the ARNs of their secrets are.
func resolved(containers []taskContainer, environment bool) pulumi.Output {
	var inputs []any
	for _, t := range containers {
		variables := pulumi.StringMap{}
		if environment {
			variables = t.environment
		}
		inputs = append(inputs, t.image, variables, pulumi.StringMap(t.secrets))
	}
	return pulumi.All(inputs...).ApplyT(func(v []any) []awsrule.Container {
		all := make([]awsrule.Container, len(containers))
		for i, t := range containers {
			all[i] = t.with(v[3*i].(string), v[3*i+1].(map[string]string), v[3*i+2].(map[string]string))
		}
		return all
	})
}

func (a *PrivateFargateServiceArgs) validateContainers(l *fault.List, name string) {
	for _, c := range a.containers(name) {
		if c.image == nil {
			l.Addf(c.path+"image", "is required: the container image, for example \"public.ecr.aws/nginx/nginx:stable\"")
		}
		if image, known := literal(c.image); known {
			a.checkImage(l, c.path, image, "")
		}
		a.validateVariables(l, c)
	}
}

func (a *PrivateFargateServiceArgs) validateVariables(l *fault.List, c taskContainer) {
	for _, name := range slices.Sorted(maps.Keys(c.environment)) {
		path := c.path + "environment[" + name + "]"
		l.Check(path, awsrule.VariableName(name))
		if c.environment[name] == nil {
			l.Addf(path, "must have a value, got none; \"\" is one")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.secrets)) {
		path := c.path + "secrets[" + name + "]"
		l.Check(path, awsrule.VariableName(name))
		if c.secrets[name] == nil {
			l.Addf(path, "must be the ARN of a secret or parameter, got none")
		}
		if _, twice := c.environment[name]; twice {
			l.Addf(path, "must not be among environment as well: ECS takes each name once")
		}
		if arn, known := literal(c.secrets[name]); known {
			a.checkSecret(l, c.path, name, arn)
		}
	}
}

// checkContainer applies the rules for inputs that are known.
func (a *PrivateFargateServiceArgs) checkContainer(l *fault.List, c awsrule.Container, region string) {
	a.checkImage(l, c.Path, c.Image, region)
	for _, variable := range slices.Sorted(maps.Keys(c.Secrets)) {
		a.checkSecret(l, c.Path, variable, c.Secrets[variable])
	}
}

// checkImage applies the rules for the image of the container whose arguments are at path;
// a region of "" is not known yet.
func (a *PrivateFargateServiceArgs) checkImage(l *fault.List, path, image, region string) {
	err := awsrule.ContainerImage(image)
	if err == nil && a.Network != nil && a.Network.PrivateEgress() == PrivateEgressEndpoints {
		err = awsrule.ImageThroughEndpoints(image, region)
	}
	l.Check(path+"image", err)
}

// checkSecret applies the rules for a secret's ARN and returns the store it
// lies in.
func (a *PrivateFargateServiceArgs) checkSecret(l *fault.List, path, name, arn string) (store string) {
	store, err := awsrule.SecretStore(arn)
	if err == nil && a.Network != nil && !a.Network.ReachesService(store) {
		err = awsrule.SecretUnreachable(store)
	}
	l.Check(path+"secrets["+name+"]", err)
	return store
}
