package awsrule

import (
	"cmp"
	"encoding/json"
	"fmt"
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

// maxTaskDefinition is how many bytes a task definition may have.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxTaskDefinition = 64 * 1024

// Fits refuses a container that makes its task definition too large, and says which of
// the container's parts is the largest. What is not known yet may be left out.
func (c Container) Fits() (part string, err error) {
	definitions, err := c.Definitions()
	if err != nil || len(definitions) <= maxTaskDefinition {
		return "image", err
	}
	sizes := map[string]int{"image": len(c.Image)}
	for _, argument := range c.Command {
		sizes["command"] += len(argument)
	}
	for name, value := range c.Environment {
		sizes["environment"] += len(name) + len(value)
	}
	for name, arn := range c.Secrets {
		sizes["secrets"] += len(name) + len(arn)
	}
	part = slices.MaxFunc(slices.Sorted(maps.Keys(sizes)), func(a, b string) int { return cmp.Compare(sizes[a], sizes[b]) })
	return part, fmt.Errorf("must leave the task definition at most %d bytes, got %d, of which this is the largest part with %d; "+
		"keep large values in the image, in S3 or in Parameter Store", maxTaskDefinition, len(definitions), sizes[part])
}

func sorted(variables map[string]string, key string) []map[string]string {
	var out []map[string]string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		out = append(out, map[string]string{"name": name, key: variables[name]})
	}
	return out
}
