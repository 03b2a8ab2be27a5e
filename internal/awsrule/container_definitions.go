package awsrule

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Container is one container of a task.
type Container struct {
	// Path is that of its arguments, with the dot at its end: "" for the main container.
	Path         string
	Name, Image  string
	NotEssential bool
	Port         int // 0 for none
	Command      []string
	Environment  map[string]string
	Secrets      map[string]string // name to ARN
	LogGroup     string
	LogRegion    string
	LogPrefix    string
	// CPU and MemoryMiB are the container's own shares of the task's; 0 for none.
	CPU, MemoryMiB int
	DependsOn      []ContainerDependency
	ReadonlyRoot   bool
	WritablePaths  []string
	User           string // "" for the image's own
	HealthCheck    *ContainerHealthCheck
	Exec           bool
}

// ContainerDependency is another container that has to be in a condition before a container
// is started.
type ContainerDependency struct {
	Name      string `json:"containerName"`
	Condition string `json:"condition"`
}

// ContainerDefinitions is the containers of a task, as JSON. Equal containers give equal
// text: members are in a fixed order, variables sorted by name. A changed text is a new
// revision, and a deployment.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
func ContainerDefinitions(containers []Container) (string, error) {
	definitions := make([]any, len(containers))
	awaited := awaitedHealthy(containers)
	for i, c := range containers {
		startTimeout := 0
		if awaited[c.Name] && c.HealthCheck != nil {
			startTimeout = c.HealthCheck.startTimeout()
		}
		definitions[i] = c.definition(startTimeout)
	}
	out, err := json.Marshal(definitions)
	return string(out), err
}

// awaitedHealthy are the names of the containers that others wait for until they are healthy.
func awaitedHealthy(containers []Container) map[string]bool {
	names := map[string]bool{}
	for _, c := range containers {
		for _, d := range c.DependsOn {
			names[d.Name] = names[d.Name] || d.Condition == ConditionHealthy
		}
	}
	return names
}

func (c Container) definition(startTimeout int) any {
	ports := []map[string]any{}
	if c.Port != 0 { // in network mode awsvpc both ports are the same one
		ports = append(ports, map[string]any{"containerPort": c.Port, "hostPort": c.Port, "protocol": "tcp"})
	}
	var linux map[string]any
	if c.Exec { // the init process removes what is left of the agent's processes
		linux = map[string]any{"initProcessEnabled": true}
	}
	return struct {
		Name         string                `json:"name"`
		Image        string                `json:"image"`
		Essential    bool                  `json:"essential"`
		Command      []string              `json:"command,omitempty"`
		PortMappings []map[string]any      `json:"portMappings"`
		Environment  []map[string]string   `json:"environment,omitempty"`
		Secrets      []map[string]string   `json:"secrets,omitempty"`
		Logs         map[string]any        `json:"logConfiguration"`
		CPU          int                   `json:"cpu,omitempty"`
		Memory       int                   `json:"memory,omitempty"`
		DependsOn    []ContainerDependency `json:"dependsOn,omitempty"`
		StartTimeout int                   `json:"startTimeout,omitempty"`
		ReadonlyRoot bool                  `json:"readonlyRootFilesystem,omitempty"`
		MountPoints  []Volume              `json:"mountPoints,omitempty"`
		User         string                `json:"user,omitempty"`
		HealthCheck  *ContainerHealthCheck `json:"healthCheck,omitempty"`
		Linux        map[string]any        `json:"linuxParameters,omitempty"`
	}{
		Name:         c.Name,
		Image:        c.Image,
		Essential:    !c.NotEssential,
		Command:      c.Command,
		PortMappings: ports,
		Environment:  sorted(c.Environment, "value"),
		Secrets:      sorted(c.Secrets, "valueFrom"),
		Logs: map[string]any{"logDriver": "awslogs", "options": map[string]string{
			"awslogs-group":         c.LogGroup,
			"awslogs-region":        c.LogRegion,
			"awslogs-stream-prefix": c.LogPrefix,
			// Losing a log line is better than a container that stands still while
			// CloudWatch Logs does not answer.
			// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
			"mode": "non-blocking",
		}},
		CPU:          c.CPU,
		Memory:       c.MemoryMiB,
		DependsOn:    c.DependsOn,
		StartTimeout: startTimeout,

		ReadonlyRoot: c.ReadonlyRoot,
		MountPoints:  c.Volumes(),
		User:         c.User,
		HealthCheck:  c.HealthCheck,
		Linux:        linux,
	}
}

// maxTaskDefinition is how many bytes a task definition may have.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxTaskDefinition = 64 * 1024

// TaskDefinitionFits refuses containers that make their task definition too large, and says
// which argument is the largest part. What is not known yet may be left out.
func TaskDefinitionFits(containers []Container) (path string, err error) {
	definitions, err := ContainerDefinitions(containers)
	if err != nil || len(definitions) <= maxTaskDefinition {
		return "image", err
	}
	sizes := map[string]int{}
	for _, c := range containers {
		c.addSizes(sizes)
	}
	path = slices.MaxFunc(slices.Sorted(maps.Keys(sizes)), func(a, b string) int { return cmp.Compare(sizes[a], sizes[b]) })
	return path, fmt.Errorf("must leave the task definition at most %d bytes, got %d, of which this is the largest part with %d; "+
		"keep large values in the image, in S3 or in Parameter Store", maxTaskDefinition, len(definitions), sizes[path])
}

// addSizes adds the sizes of the container's arguments, by their paths.
func (c Container) addSizes(sizes map[string]int) {
	sizes[c.Path+"image"] = len(c.Image)
	for _, argument := range c.Command {
		sizes[c.Path+"command"] += len(argument)
	}
	for name, value := range c.Environment {
		sizes[c.Path+"environment"] += len(name) + len(value)
	}
	for name, arn := range c.Secrets {
		sizes[c.Path+"secrets"] += len(name) + len(arn)
	}
}

func sorted(variables map[string]string, key string) []map[string]string {
	var out []map[string]string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		out = append(out, map[string]string{"name": name, key: variables[name]})
	}
	return out
}
