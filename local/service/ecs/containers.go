package ecs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// container is one container of a task definition: the properties that the
// local AWS has rules for. Others are refused, misspelt ones among them.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*
type container struct {
	Name                   string            `json:"name"`
	Image                  string            `json:"image"`
	Essential              *bool             `json:"essential"`
	CPU                    int               `json:"cpu"`
	Memory                 *int              `json:"memory"`
	MemoryReservation      *int              `json:"memoryReservation"`
	Command                []string          `json:"command"`
	EntryPoint             []string          `json:"entryPoint"`
	WorkingDirectory       string            `json:"workingDirectory"`
	User                   string            `json:"user"`
	Environment            []nameValue       `json:"environment"`
	Secrets                []containerSecret `json:"secrets"`
	PortMappings           []portMapping     `json:"portMappings"`
	LogConfiguration       *logConfiguration `json:"logConfiguration"`
	HealthCheck            *containerHealth  `json:"healthCheck"`
	DependsOn              []containerOrder  `json:"dependsOn"`
	LinuxParameters        *linuxParameters  `json:"linuxParameters"`
	ReadonlyRootFilesystem *bool             `json:"readonlyRootFilesystem"`
	Privileged             *bool             `json:"privileged"`
	StartTimeout           *int              `json:"startTimeout"`
	StopTimeout            *int              `json:"stopTimeout"`
	VersionConsistency     string            `json:"versionConsistency"`
	DockerLabels           map[string]string `json:"dockerLabels"`
	MountPoints            []struct{}        `json:"mountPoints"`
	VolumesFrom            []struct{}        `json:"volumesFrom"`
	SystemControls         []nameValue       `json:"systemControls"`
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type containerSecret struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

type portMapping struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
	Name          string `json:"name"`
	AppProtocol   string `json:"appProtocol"`
}

type logConfiguration struct {
	LogDriver     string            `json:"logDriver"`
	Options       map[string]string `json:"options"`
	SecretOptions []containerSecret `json:"secretOptions"`
}

type containerHealth struct {
	Command     []string `json:"command"`
	Interval    *int     `json:"interval"`
	Timeout     *int     `json:"timeout"`
	Retries     *int     `json:"retries"`
	StartPeriod *int     `json:"startPeriod"`
}

type containerOrder struct {
	ContainerName string `json:"containerName"`
	Condition     string `json:"condition"`
}

type linuxParameters struct {
	InitProcessEnabled *bool `json:"initProcessEnabled"`
	Capabilities       *struct {
		Add  []string `json:"add"`
		Drop []string `json:"drop"`
	} `json:"capabilities"`
}

// parseContainers reads the JSON of a task definition strictly. The error never
// quotes the JSON: environment values may be secrets.
func parseContainers(raw string) ([]container, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(raw)))
	dec.DisallowUnknownFields()
	var out []container
	if err := dec.Decode(&out); err != nil {
		return nil, fmt.Errorf("ECS Task Definition container_definitions is invalid: %w", err)
	}
	if dec.More() {
		return nil, fmt.Errorf("ECS Task Definition container_definitions is invalid: something follows the list")
	}
	return out, nil
}

// containersRule is what AWS objects to in the containers of a Fargate task.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the codes inferred
func containersRule(in core.Object) *core.Refusal {
	raw, known := in["containerDefinitions"].(string)
	if !known {
		return nil
	}
	containers, err := parseContainers(raw)
	if err != nil {
		return &core.Refusal{Code: "InvalidParameter", Property: "containerDefinitions", Message: err.Error()}
	}
	message := checkContainers(containers)
	for i := 0; message == "" && i < len(containers); i++ {
		message = containers[i].check()
	}
	if message == "" && !in.Has("executionRoleArn") {
		message = wantsExecutionRole(containers)
	}
	if message == "" {
		return nil
	}
	return &core.Refusal{Code: "ClientException", Property: "containerDefinitions", Message: message}
}

// checkContainers is about the containers of a task together: there are some,
// each name occurs once, and at least one of them is essential.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the wording partly inferred
func checkContainers(containers []container) string {
	if len(containers) == 0 {
		return "Container list cannot be empty."
	}
	names, essential := map[string]bool{}, false
	for _, c := range containers {
		if names[c.Name] {
			return fmt.Sprintf("Container names must be unique: %q", c.Name)
		}
		names[c.Name] = true
		essential = essential || c.Essential == nil || *c.Essential
	}
	if !essential {
		return "At least one container in the task definition must be essential."
	}
	for _, c := range containers {
		for _, d := range c.DependsOn {
			if !names[d.ContainerName] || d.ContainerName == c.Name {
				return fmt.Sprintf("Container %q depends on %q, which is not another container of the task", c.Name, d.ContainerName)
			}
		}
	}
	return ""
}

// check is about one container.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the wording partly inferred
func (c container) check() string {
	switch {
	case c.Name == "":
		return "Container.name should not be null or empty."
	case !ecsName.MatchString(c.Name):
		return fmt.Sprintf("Container.name contains invalid characters: %q", c.Name)
	case c.Image == "" || strings.ContainsAny(c.Image, " \t\n"):
		return fmt.Sprintf("Container.image should not be null or empty, or contain white space (container %q)", c.Name)
	case c.Privileged != nil && *c.Privileged:
		return "Fargate does not support privileged containers"
	case c.StopTimeout != nil && (*c.StopTimeout < 0 || *c.StopTimeout > 120):
		return fmt.Sprintf("stopTimeout must be 0-120 seconds, got %d", *c.StopTimeout)
	case c.StartTimeout != nil && (*c.StartTimeout < 2 || *c.StartTimeout > 120):
		return fmt.Sprintf("startTimeout must be 2-120 seconds, got %d", *c.StartTimeout)
	}
	for _, check := range []func() string{c.checkPorts, c.checkNames, c.checkLog, c.checkHealth} {
		if message := check(); message != "" {
			return message
		}
	}
	return ""
}

// checkPorts is that a port is one, occurs once, and is the same outside, since
// a task has an address of its own.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
// *sourced*
func (c container) checkPorts() string {
	seen := map[string]bool{}
	for _, m := range c.PortMappings {
		protocol := m.Protocol
		if protocol == "" {
			protocol = "tcp"
		}
		key := fmt.Sprintf("%d/%s", m.ContainerPort, protocol)
		switch {
		case m.ContainerPort < 1 || m.ContainerPort > 65535:
			return fmt.Sprintf("Invalid 'containerPort' setting for container '%s': must be 1-65535, got %d", c.Name, m.ContainerPort)
		case m.HostPort != 0 && m.HostPort != m.ContainerPort:
			return "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
		case protocol != "tcp" && protocol != "udp":
			return fmt.Sprintf("Invalid 'protocol' setting for container '%s': must be tcp or udp, got %q", c.Name, protocol)
		case seen[key]:
			return fmt.Sprintf("Port %s occurs twice in container '%s'", key, c.Name)
		}
		seen[key] = true
	}
	return ""
}

// secretArn is what a secret of a container can come from.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
// *sourced*
var secretArn = regexp.MustCompile(`^(arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^ ]+|arn:aws:ssm:[a-z0-9-]+:\d{12}:parameter/[^ ]+)$`)

// checkNames is that variables have names, each once, and secrets come from
// where secrets are.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
// *sourced*, the wording inferred
func (c container) checkNames() string {
	var names []string
	for _, e := range c.Environment {
		names = append(names, e.Name)
	}
	for _, s := range c.Secrets {
		names = append(names, s.Name)
		if !secretArn.MatchString(s.ValueFrom) {
			return fmt.Sprintf("The secret %q of container '%s' must come from the ARN of a Secrets Manager secret or an SSM parameter",
				s.Name, c.Name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		if name == "" {
			return fmt.Sprintf("An environment variable of container '%s' has no name", c.Name)
		}
		if i > 0 && names[i-1] == name {
			return fmt.Sprintf("The secret name must be unique and not shared with any new or existing environment variables "+
				"set on the container, such as '%s'", name)
		}
	}
	return ""
}

// checkHealth is the range of a health check's settings.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
// *sourced*
func (c container) checkHealth() string {
	if c.HealthCheck == nil {
		return ""
	}
	h := c.HealthCheck
	if len(h.Command) < 2 || h.Command[0] != "CMD" && h.Command[0] != "CMD-SHELL" {
		return fmt.Sprintf("The health check of container '%s' must be a list that begins with CMD or CMD-SHELL", c.Name)
	}
	for _, s := range []struct {
		name        string
		value       *int
		least, most int
	}{
		{"interval", h.Interval, 5, 300}, {"timeout", h.Timeout, 2, 120},
		{"retries", h.Retries, 1, 10}, {"startPeriod", h.StartPeriod, 0, 300},
	} {
		if s.value != nil && (*s.value < s.least || *s.value > s.most) {
			return fmt.Sprintf("The health check's %s of container '%s' must be %d-%d, got %d", s.name, c.Name, s.least, s.most, *s.value)
		}
	}
	return ""
}
