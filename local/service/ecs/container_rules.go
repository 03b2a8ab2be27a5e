package ecs

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

const clientException = "ClientException"

// awslogs is the log driver that writes to CloudWatch Logs.
const awslogs = "awslogs"

// containersRule checks the containers of a Fargate task.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the codes inferred
func containersRule(in core.Object) *core.Refusal {
	const property = "containerDefinitions"
	if !in.Known(property) {
		return nil
	}
	containers, err := parseContainers(in.Str(property))
	if err != nil {
		return &core.Refusal{Code: "InvalidParameter", Property: property, Message: err.Error()}
	}
	message := checkTogether(containers)
	if fault := core.InBlocks(property, containerRules...)(core.Object{property: core.Plain(containers)}); fault != nil && message == "" {
		fault.Code = ""
		message = fault.Named()
	}
	if message == "" && !in.Has("executionRoleArn") {
		message = wantsExecutionRole(containers)
	}
	if message == "" {
		return nil
	}
	return &core.Refusal{Code: clientException, Property: property, Message: message}
}

// checkTogether checks the containers of a task together: there are some, each name
// occurs once, at least one is essential, and they depend on each other only.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the wording partly inferred
func checkTogether(containers []container) string {
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

// containerRules are the rules on one container.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the wording partly inferred
var containerRules = []core.Rule{
	containerRule,
	core.Within(clientException, "stopTimeout", 0, 120),
	core.Within(clientException, "startTimeout", 2, 120),
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html *sourced*
	core.InBlocks("portMappings",
		core.Within(clientException, "containerPort", 1, 65535),
		core.OneOf(clientException, "protocol", "tcp", "udp"),
		hostPortRule),
	distinctPortsRule,
	variablesRule,
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html *sourced*
	core.InBlocks("logConfiguration", core.OneOf(clientException, "logDriver", awslogs, "splunk", "awsfirelens"), logOptionsRule),
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html *sourced*
	core.InBlocks("healthCheck",
		healthCommandRule,
		core.Within(clientException, "interval", 5, 300),
		core.Within(clientException, "timeout", 2, 120),
		core.Within(clientException, "retries", 1, 10),
		core.Within(clientException, "startPeriod", 0, 300)),
}

// containerRule is that a container has a name and an image, and is not privileged.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the wording partly inferred
func containerRule(c core.Object) *core.Refusal {
	fault := func(property, message string) *core.Refusal {
		return &core.Refusal{Code: clientException, Property: property, Message: message}
	}
	switch {
	case c.Str("name") == "":
		return fault("name", "Container.name should not be null or empty.")
	case !ecsName.MatchString(c.Str("name")):
		return fault("name", "Container.name contains invalid characters: "+c.Str("name"))
	case c.Str("image") == "" || strings.ContainsAny(c.Str("image"), " \t\n"):
		return fault("image", "Container.image should not be null or empty, or contain white space")
	case c.Bool("privileged"):
		return fault("privileged", "Fargate does not support privileged containers")
	}
	return nil
}

// hostPortRule is that a host port equals its container port: every task has an address
// of its own.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
// *sourced*
func hostPortRule(mapping core.Object) *core.Refusal {
	if host := mapping.Int("hostPort"); host != 0 && host != mapping.Int("containerPort") {
		return &core.Refusal{Code: clientException, Property: "hostPort",
			Message: "When networkMode=awsvpc, the host ports and container ports in port mappings must match."}
	}
	return nil
}

// distinctPortsRule is that each port of a container is mapped once.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
// *sourced*
func distinctPortsRule(c core.Object) *core.Refusal {
	seen := map[string]bool{}
	for _, m := range c.Blocks("portMappings") {
		port := fmt.Sprintf("%d/%s", m.Int("containerPort"), cmp.Or(m.Str("protocol"), "tcp"))
		if seen[port] {
			return core.Invalid(clientException, "portMappings", "must differ: %s occurs twice", port)
		}
		seen[port] = true
	}
	return nil
}

// secretArn is the ARN of a secret or of a parameter.
var secretArn = regexp.MustCompile(`^(arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^ ]+|arn:aws:ssm:[a-z0-9-]+:\d{12}:parameter/[^ ]+)$`)

// variablesRule is that environment variables and secrets have different names, and
// that secrets are named by their ARNs.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
// *sourced*, the wording inferred
func variablesRule(c core.Object) *core.Refusal {
	for _, s := range c.Blocks("secrets") {
		if !secretArn.MatchString(s.Str("valueFrom")) { // not quoted: it may be the secret itself
			return core.Invalid(clientException, "secrets", "must come from the ARN of a Secrets Manager secret or an SSM parameter: %q does not",
				s.Str("name"))
		}
	}
	names := append(c.StrsAt("environment.name"), c.StrsAt("secrets.name")...)
	for i, name := range names {
		if name == "" {
			return core.Invalid(clientException, "environment", "has a variable without a name")
		}
		if slices.Contains(names[:i], name) {
			return core.Invalid(clientException, "secrets", "or environment: The secret name must be unique and not shared with any new or "+
				"existing environment variables set on the container, such as '%s'", name)
		}
	}
	return nil
}

// logOptionsRule is that awslogs has a destination. That the log group exists is checked
// when a task starts.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
// *sourced*, the wording inferred
func logOptionsRule(log core.Object) *core.Refusal {
	for _, option := range []string{"awslogs-group", "awslogs-region", "awslogs-stream-prefix"} {
		if log.Str("logDriver") == awslogs && log.Block("options").Str(option) == "" {
			return core.Invalid(clientException, "options", "must have '%s' with the log driver awslogs on Fargate", option)
		}
	}
	return nil
}

// healthCommandRule is the form of the command of a health check.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
// *sourced*
func healthCommandRule(check core.Object) *core.Refusal {
	if command := check.Strs("command"); len(command) < 2 || command[0] != "CMD" && command[0] != "CMD-SHELL" {
		return core.Invalid(clientException, "command", "must be a list that begins with CMD or CMD-SHELL")
	}
	return nil
}
