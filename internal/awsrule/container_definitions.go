package awsrule

import (
	"encoding/json"
	"maps"
	"slices"
)

// Container is the one container of a task.
type Container struct {
	Name, Image string
	Port        int
	Command     []string
	Environment map[string]string
	Secrets     map[string]string // name to ARN
	LogGroup    string
	LogRegion   string
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type nameFrom struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

type portMapping struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
}

type logConfiguration struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

// Definitions is the container definitions of the task, as JSON. Equal
// containers give equal text: members are in a fixed order, variables sorted by
// name. A changed text is a new revision, and a deployment.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
func (c Container) Definitions() (string, error) {
	out, err := json.Marshal([]any{struct {
		Name         string           `json:"name"`
		Image        string           `json:"image"`
		Essential    bool             `json:"essential"`
		Command      []string         `json:"command,omitempty"`
		PortMappings []portMapping    `json:"portMappings"`
		Environment  []nameValue      `json:"environment,omitempty"`
		Secrets      []nameFrom       `json:"secrets,omitempty"`
		Logs         logConfiguration `json:"logConfiguration"`
	}{
		Name:      c.Name,
		Image:     c.Image,
		Essential: true,
		Command:   c.Command,
		// In network mode awsvpc both ports are the same one.
		PortMappings: []portMapping{{ContainerPort: c.Port, HostPort: c.Port, Protocol: "tcp"}},
		Environment:  sorted(c.Environment, func(name, value string) nameValue { return nameValue{name, value} }),
		Secrets:      sorted(c.Secrets, func(name, arn string) nameFrom { return nameFrom{name, arn} }),
		Logs: logConfiguration{LogDriver: "awslogs", Options: map[string]string{
			"awslogs-group":         c.LogGroup,
			"awslogs-region":        c.LogRegion,
			"awslogs-stream-prefix": c.Name,
			// Losing a log line is better than a container that stands still while
			// CloudWatch Logs does not answer.
			// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
			"mode": "non-blocking",
		}},
	}})
	return string(out), err
}

func sorted[T any](variables map[string]string, entry func(name, value string) T) []T {
	var out []T
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		out = append(out, entry(name, variables[name]))
	}
	return out
}
