package components

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of ContainerDependencyArgs.Condition.
const (
	ContainerConditionStart    = awsrule.ConditionStart
	ContainerConditionComplete = awsrule.ConditionComplete
	ContainerConditionSuccess  = awsrule.ConditionSuccess
	ContainerConditionHealthy  = awsrule.ConditionHealthy
)

// SidecarArgs is a container beside the main one in each task of a service.
type SidecarArgs struct {
	// Name of the container, unique in the task and not the service's name, which is the
	// main container's: letters, digits and hyphens. Required.
	Name string `pulumi:"name"`

	// Image of the container, as that of the main one: the execution role may pull it from
	// a private ECR repository, and without NAT no other can be pulled. Required.
	Image pulumi.StringInput `pulumi:"image"`

	// Command that the container runs. Default: the image's own.
	Command []string `pulumi:"command"`

	// Environment variables by name, in plain text, as those of the main container, whose
	// variables are not the sidecar's. Default: none.
	Environment map[string]pulumi.StringInput `pulumi:"environment"`

	// Secrets are environment variables whose values ECS reads when a task starts, as
	// those of the main container: ARNs by name. Default: none.
	Secrets map[string]pulumi.StringInput `pulumi:"secrets"`

	// Port that the container listens on, 1-65535, other than that of every other
	// container of the task. The task's containers reach it at 127.0.0.1; no load balancer
	// and no rule of a security group leads to it. Default: none.
	Port int `pulumi:"port"`

	// Essential stops the whole task when the container ends, for whatever reason, and ECS
	// starts another task. A container that does its work and ends must not be essential.
	// Default: true.
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
	Essential *bool `pulumi:"essential"`

	// Cpu that is reserved for the container, of the task's units of 1/1024 vCPU. The
	// sidecars together must leave the main container some. Default: none; the containers
	// share the task's.
	Cpu int `pulumi:"cpu"`

	// Memory that the container may use at most, in MiB of the task's, at least 6: one that
	// uses more is stopped. The sidecars together must leave the main container some.
	// Default: none; it may use all that the task has.
	Memory int `pulumi:"memory"`

	// DependsOn are containers that must have started, become healthy or ended before this one
	// starts; the main one bears the service's name. Default: none.
	DependsOn []ContainerDependencyArgs `pulumi:"dependsOn"`

	// ReadonlyRootFilesystem, as that of the main container. Default: false.
	ReadonlyRootFilesystem bool `pulumi:"readonlyRootFilesystem"`

	// WritablePaths, as those of the main container, which does not share them. Default: none.
	WritablePaths []string `pulumi:"writablePaths"`

	// User, as that of the main container. Default: the image's own.
	User string `pulumi:"user"`

	// ContainerHealthCheck, as that of the main container: when it fails in an essential
	// container once the task runs, the task is stopped and another one started. Until then, and
	// in a container that is not essential, it matters only to containers that wait until this
	// one is "HEALTHY". Default: none.
	ContainerHealthCheck *ContainerHealthCheckArgs `pulumi:"containerHealthCheck"`

	// LogStreamPrefix is what the names of the container's log streams begin with; the
	// container's name and the task's id follow. They are in the service's log group.
	// Default: the service's name.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
	LogStreamPrefix string `pulumi:"logStreamPrefix"`
}

// ContainerDependencyArgs is a container that another one of its task waits for.
type ContainerDependencyArgs struct {
	// Name of the container. Required.
	Name string `pulumi:"name"`

	// Condition that it must be in: "START", it has been started; "HEALTHY", its
	// ContainerHealthCheck, which it must have, has passed; "COMPLETE", it has ended;
	// "SUCCESS", it has ended with exit code 0. An essential container cannot be waited for
	// to end, since its end stops the task. One waited for as "HEALTHY" has the time of
	// StartPeriodSeconds and of Retries checks (IntervalSeconds and TimeoutSeconds each), 105 s by
	// default and at most 120 s, which is all that Fargate allows. If the condition does not come
	// true in time, or cannot any more, the task stops, the deployment fails, and CircuitBreaker
	// rolls it back. Default: "START".
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
	Condition string `pulumi:"condition"`
}

func sidecarsWithDefaults(sidecars []SidecarArgs) []SidecarArgs {
	sidecars = slices.Clone(sidecars)
	for i := range sidecars {
		sidecars[i].Essential = cmp.Or(sidecars[i].Essential, pulumi.BoolRef(true))
	}
	return sidecars
}

func (s SidecarArgs) container(path, service string) taskContainer {
	return taskContainer{
		path: path, image: s.Image, environment: s.Environment, secrets: s.Secrets,
		rule: awsrule.Container{
			Name: s.Name, NotEssential: !*s.Essential, Port: s.Port, Command: s.Command,
			LogPrefix: cmp.Or(s.LogStreamPrefix, service), CPU: s.Cpu, MemoryMiB: s.Memory, DependsOn: dependencies(s.DependsOn),
			ReadonlyRoot: s.ReadonlyRootFilesystem, WritablePaths: s.WritablePaths, User: s.User,
			HealthCheck: s.ContainerHealthCheck.rule(),
		},
	}
}

func dependencies(args []ContainerDependencyArgs) []awsrule.ContainerDependency {
	var all []awsrule.ContainerDependency
	for _, d := range args {
		all = append(all, awsrule.ContainerDependency{
			Name: d.Name, Condition: cmp.Or(d.Condition, ContainerConditionStart),
		})
	}
	return all
}

func (a *PrivateFargateServiceArgs) validateSidecars(l *fault.List, name string) {
	l.Check("sidecars", awsrule.SidecarCount(len(a.Sidecars)))
	names, ports := map[string]bool{name: true}, map[int]bool{a.ContainerPort: true}
	cpu, memory := 0, 0
	for i, s := range a.Sidecars {
		path := fault.Index("sidecars", i) + "."
		l.Check(path+"name", awsrule.ComponentName(s.Name))
		if names[s.Name] {
			l.Addf(path+"name", "must be unique in the task, got %q again; %q is the main container", s.Name, name)
		}
		names[s.Name] = true
		if s.Port != 0 {
			l.Check(path+"port", awsrule.ListensOn(s.Port, "container"))
			if ports[s.Port] {
				l.Addf(path+"port", "must be the port of one container, got %d again: a task's containers share one network address", s.Port)
			}
			ports[s.Port] = true
		}
		l.Check(path+"cpu", awsrule.ContainerShare(s.Cpu, 1, cpu, a.Cpu, "units of CPU"))
		l.Check(path+"memory", awsrule.ContainerShare(s.Memory, awsrule.LeastContainerMemory, memory, a.Memory, "MiB"))
		cpu, memory = cpu+max(s.Cpu, 0), memory+max(s.Memory, 0)
		l.Check(path+"logStreamPrefix", awsrule.LogStreamPrefix(s.LogStreamPrefix))
	}
	a.validateDependencies(l, name)
}

// validateDependencies applies the rules for what containers wait for.
func (a *PrivateFargateServiceArgs) validateDependencies(l *fault.List, name string) {
	containers := a.plainContainers(name)
	sound := true
	for _, c := range containers {
		seen := map[string]bool{}
		for i, d := range c.DependsOn {
			path := fault.Index(c.Path+"dependsOn", i)
			field, err := awsrule.Dependency(c.Name, d, containers, "containerHealthCheck")
			l.Check(path+"."+field, err)
			if err == nil && seen[d.Name] {
				l.Addf(path+".name", "must be unique in the list, got %q again", d.Name)
			}
			sound, seen[d.Name] = sound && err == nil, true
		}
	}
	if cycle := awsrule.DependencyCycle(containers); sound && cycle != nil {
		l.Addf("sidecars", "must not wait for each other, since none of them would start, got %s: remove one of the dependencies",
			strings.Join(cycle, " -> "))
	}
}
