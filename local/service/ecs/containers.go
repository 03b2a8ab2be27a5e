package ecs

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// container is one container of a task definition, with the properties that have rules
// here. Others are refused, misspelt ones among them.
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
	ReadonlyRootFilesystem *bool             `json:"readonlyRootFilesystem"`
	Privileged             *bool             `json:"privileged"`
	StartTimeout           *int              `json:"startTimeout"`
	StopTimeout            *int              `json:"stopTimeout"`
	VersionConsistency     string            `json:"versionConsistency"`
	DockerLabels           map[string]string `json:"dockerLabels"`
	MountPoints            []mountPoint      `json:"mountPoints"`
	VolumesFrom            []struct{}        `json:"volumesFrom"`
	SystemControls         []nameValue       `json:"systemControls"`
	PortMappings           []struct {
		ContainerPort int    `json:"containerPort"`
		HostPort      int    `json:"hostPort"`
		Protocol      string `json:"protocol,omitempty"`
		Name          string `json:"name"`
		AppProtocol   string `json:"appProtocol"`
	} `json:"portMappings"`
	LogConfiguration *struct {
		LogDriver     string            `json:"logDriver"`
		Options       map[string]string `json:"options"`
		SecretOptions []containerSecret `json:"secretOptions"`
	} `json:"logConfiguration"`
	HealthCheck *struct {
		Command     []string `json:"command"`
		Interval    *int     `json:"interval"`
		Timeout     *int     `json:"timeout"`
		Retries     *int     `json:"retries"`
		StartPeriod *int     `json:"startPeriod"`
	} `json:"healthCheck"`
	DependsOn []struct {
		ContainerName string `json:"containerName"`
		Condition     string `json:"condition"`
	} `json:"dependsOn"`
	LinuxParameters *struct {
		InitProcessEnabled *bool `json:"initProcessEnabled"`
		Capabilities       *struct {
			Add  []string `json:"add"`
			Drop []string `json:"drop"`
		} `json:"capabilities"`
	} `json:"linuxParameters"`
}

type mountPoint struct {
	SourceVolume  string `json:"sourceVolume"`
	ContainerPath string `json:"containerPath"`
	ReadOnly      *bool  `json:"readOnly"`
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type containerSecret struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

// parseContainers reads the JSON of a task definition strictly. The error never
// quotes the JSON: environment values may be secrets.
func parseContainers(raw string) (blocks any, err error) {
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.DisallowUnknownFields()
	var containers []container
	if err := dec.Decode(&containers); err != nil {
		return nil, fmt.Errorf("ECS Task Definition container_definitions is invalid: %w", err)
	}
	if dec.More() {
		return nil, fmt.Errorf("ECS Task Definition container_definitions is invalid: something follows the list")
	}
	return core.Plain(containers), nil
}

// containersOf are the containers of a registered task definition.
func containersOf(definition core.Object) []core.Object {
	blocks, err := parseContainers(definition.Str("containerDefinitions"))
	if err != nil {
		return nil // cannot happen: the rules refuse what does not parse
	}
	return core.Object{"containers": blocks}.Blocks("containers")
}
