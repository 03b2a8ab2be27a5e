package controls

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
)

const (
	typeService        = "aws:ecs/service:Service"
	typeTaskSet        = "aws:ecs/taskSet:TaskSet"
	typeTaskDefinition = "aws:ecs/taskDefinition:TaskDefinition"
	typeCluster        = "aws:ecs/cluster:Cluster"
)

// latestPlatform are the versions of Fargate's platform that count as the latest.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-10
var latestPlatform = []string{"", "LATEST", "1.4.0"}

// containers are the controls of ECS.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html
var containers = []Control{
	{
		ID: "ECS.2", Title: "Tasks get no public address",
		check: alone("service", noPublicTasks, typeService),
	},
	{
		ID: "ECS.3", Title: "Tasks do not share the host's processes",
		check: alone("task definition", func(d resource) string {
			return unless(d.text("pidMode") != "host", "shares them")
		}, typeTaskDefinition),
	},
	{
		ID: "ECS.4", Title: "Containers are unprivileged",
		check: eachContainer(func(c container) string { return unless(!c.Privileged, "is privileged") }),
	},
	{
		ID: "ECS.5", Title: "The root filesystem is read-only",
		Why:   "many images, nginx's among them, write to it when they start, and would not start",
		Set:   "`services[].readonlyRootFilesystem` and `writablePaths`, in a program the arguments of `PrivateFargateServiceArgs`",
		check: eachContainer(func(c container) string { return unless(c.ReadonlyRootFilesystem, "may write to it") }),
	},
	{
		ID: "ECS.8", Title: "No secrets among the plain variables",
		// Security Hub looks for three names, which are among these.
		check: eachContainer(func(c container) string {
			for _, variable := range c.Environment {
				if awsrule.PlainSecret(variable.Name) != nil {
					return "has " + variable.Name + " in plain text"
				}
			}
			return ""
		}),
	},
	{
		ID: "ECS.9", Title: "Containers write logs",
		check: eachContainer(func(c container) string { return unless(c.LogConfiguration.LogDriver != "", "writes none") }),
	},
	{
		ID: "ECS.10", Title: "The latest platform of Fargate",
		check: alone("service", func(s resource) string {
			version := s.text("platformVersion")
			return unless(slices.Contains(latestPlatform, version), "runs on "+version)
		}, typeService),
	},
	{
		ID: "ECS.12", Title: "Container Insights is on",
		check: alone("cluster", func(c resource) string {
			for _, s := range c.blocks("settings") {
				if s.text("name") == "containerInsights" && slices.Contains([]string{"enabled", "enhanced"}, s.text("value")) {
					return ""
				}
			}
			return "has it off"
		}, typeCluster),
	},
	{
		ID: "ECS.16", Title: "Task sets get no public address",
		check: alone("task set", noPublicTasks, typeTaskSet),
	},
	{
		ID: "ECS.17", Title: "Tasks do not use the host's network",
		check: alone("task definition", func(d resource) string {
			return unless(d.text("networkMode") != "host", "does")
		}, typeTaskDefinition),
	},
	{
		ID: "ECS.18", Title: "EFS volumes are encrypted in transit",
		check: func(r *resources) Finding {
			var faults []string
			found := false
			for _, d := range r.types(typeTaskDefinition) {
				for _, v := range d.blocks("volumes") {
					if len(v.blocks("efsVolumeConfiguration")) == 0 {
						continue
					}
					found = true
					if v.text("efsVolumeConfiguration", "transitEncryption") != "ENABLED" {
						faults = append(faults, fmt.Sprintf("volume %s of task definition %s is not", v.text("name"), d.label()))
					}
				}
			}
			if !found {
				return none("EFS volume")
			}
			return failing(faults)
		},
	},
	{
		ID: "ECS.20", Title: "Containers run as a user other than root",
		Why: "many images, nginx's among them, start as root, and would not start",
		Set: "`services[].user`, in a program `PrivateFargateServiceArgs.User`; an image with a USER of its own does not count",
		check: eachContainer(func(c container) string {
			user, _, _ := strings.Cut(c.User, ":")
			return unless(!slices.Contains([]string{"", "0", "root"}, user), "has no such user")
		}),
	},
}

func noPublicTasks(s resource) string {
	return unless(!s.flag("networkConfiguration", "assignPublicIp"), "gives them one")
}

// container is what the controls look at of a container of a task definition.
type container struct {
	Name, User             string
	Privileged             bool
	ReadonlyRootFilesystem bool
	Environment            []struct{ Name string }
	LogConfiguration       struct{ LogDriver string }
}

// eachContainer decides a control of containers, by their task definitions.
func eachContainer(wrong func(container) string) func(*resources) Finding {
	return alone("task definition", func(d resource) string {
		var all []container
		if err := json.Unmarshal([]byte(d.text("containerDefinitions")), &all); err != nil {
			return "has containers that cannot be read"
		}
		for _, c := range all {
			if fault := wrong(c); fault != "" {
				return fmt.Sprintf("has container %s, which %s", c.Name, fault)
			}
		}
		return ""
	}, typeTaskDefinition)
}
