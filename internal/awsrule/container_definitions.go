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

// Definitions is the container definitions of the task, as JSON. Equal
// containers give equal text: members are in a fixed order, variables sorted by
// name. A changed text is a new revision, and a deployment.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
func (c Container) Definitions() (string, error) {
	out, err := json.Marshal([]any{struct {
		Name         string              `json:"name"`
		Image        string              `json:"image"`
		Essential    bool                `json:"essential"`
		Command      []string            `json:"command,omitempty"`
		PortMappings []map[string]any    `json:"portMappings"`
		Environment  []map[string]string `json:"environment,omitempty"`
		Secrets      []map[string]string `json:"secrets,omitempty"`
		Logs         map[string]any      `json:"logConfiguration"`
	}{
		Name:      c.Name,
		Image:     c.Image,
		Essential: true,
		Command:   c.Command,
		// In network mode awsvpc both ports are the same one.
		PortMappings: []map[string]any{{"containerPort": c.Port, "hostPort": c.Port, "protocol": "tcp"}},
		Environment:  sorted(c.Environment, "value"),
		Secrets:      sorted(c.Secrets, "valueFrom"),
		Logs: map[string]any{"logDriver": "awslogs", "options": map[string]string{
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

func sorted(variables map[string]string, key string) []map[string]string {
	var out []map[string]string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		out = append(out, map[string]string{"name": name, key: variables[name]})
	}
	return out
}
