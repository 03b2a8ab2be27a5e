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
	parsed := in.With(core.Object{property: containers})
	for _, rule := range []core.Rule{togetherRule, dependenciesRule, sharesRule, core.InBlocks(property, containerRules...), executionRoleRule, volumesRule} {
		if fault := rule(parsed); fault != nil {
			return fault
		}
	}
	return nil
}

// togetherRule requires that there are containers with different names, at least one of
// them essential.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// *sourced*, the wording partly inferred
func togetherRule(in core.Object) *core.Refusal {
	fault := func(format string, a ...any) *core.Refusal {
		return &core.Refusal{Code: clientException, Property: "containerDefinitions", Message: fmt.Sprintf(format, a...)}
	}
	containers, names := in.Blocks("containerDefinitions"), in.StrsAt("containerDefinitions.name")
	if len(containers) == 0 {
		return fault("Container list cannot be empty.")
	}
	if !slices.ContainsFunc(containers, func(c core.Object) bool { return c["essential"] != false }) {
		return fault("At least one container in the task definition must be essential.")
	}
	for i := range containers {
		if slices.Contains(names[:i], names[i]) {
			return fault("Container names must be unique: %q", names[i])
		}
	}
	return nil
}

// containerRules are the rules on one container.
var containerRules = []core.Rule{
	containerRule,
	core.Within(clientException, "stopTimeout", 0, 120),
	core.Within(clientException, "startTimeout", 2, 120),
	core.InBlocks("portMappings",
		core.Within(clientException, "containerPort", 1, 65535),
		core.OneOf(clientException, "protocol", "tcp", "udp")),
	portMappingsRule,
	variablesRule,
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html *sourced*
	core.InBlocks("logConfiguration", core.OneOf(clientException, "logDriver", awslogs, "splunk", "awsfirelens"), logOptionsRule),
	core.InBlocks("healthCheck",
		healthCommandRule,
		core.Within(clientException, "interval", 5, 300),
		core.Within(clientException, "timeout", 2, 120),
		core.Within(clientException, "retries", 1, 10),
		core.Within(clientException, "startPeriod", 0, 300)),
}

// containerRule requires a name and an image, and refuses a privileged container.
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

// portMappingsRule requires that a host port equals its container port, since every task
// has an address of its own, and that each port of a container is mapped once.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
// *sourced*
func portMappingsRule(c core.Object) *core.Refusal {
	seen := map[string]bool{}
	for _, m := range c.Blocks("portMappings") {
		if host := m.Int("hostPort"); host != 0 && host != m.Int("containerPort") {
			return &core.Refusal{Code: clientException, Property: "portMappings",
				Message: "When networkMode=awsvpc, the host ports and container ports in port mappings must match."}
		}
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

// volumesRule requires that volumes differ in their names, and that containers mount those of
// the task, at absolute paths.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html
// *sourced*, the wording partly inferred
func volumesRule(in core.Object) *core.Refusal {
	names := in.StrsAt("volumes.name")
	for i, name := range names {
		if !ecsName.MatchString(name) || slices.Contains(names[:i], name) {
			return core.Invalid(clientException, "volumes", "must have names of their own, %s, got %q", ecsNameForm, name)
		}
	}
	for _, c := range in.Blocks("containerDefinitions") {
		for _, m := range c.Blocks("mountPoints") {
			if !slices.Contains(names, m.Str("sourceVolume")) {
				return &core.Refusal{Code: clientException, Property: "containerDefinitions",
					Message: "Unknown volume '" + m.Str("sourceVolume") + "'."}
			}
			if !strings.HasPrefix(m.Str("containerPath"), "/") {
				return core.Invalid(clientException, "containerDefinitions", "must mount volumes at absolute paths, got %q", m.Str("containerPath"))
			}
		}
	}
	return nil
}

// variablesRule requires environment variables and secrets to have different names, and
// secrets to be named by their ARNs.
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

// logOptionsRule requires the log driver awslogs to have a destination. That the log group
// exists is checked when a task starts.
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

// ecrImage is an image in a private repository: account, Region.
var ecrImage = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/`)

// executionRoleRule requires an execution role of a Fargate task that logs, or has a
// private image or secrets.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
// *sourced*; the wording for secrets inferred
func executionRoleRule(in core.Object) *core.Refusal {
	for _, c := range in.Blocks("containerDefinitions") {
		log, message := c.Block("logConfiguration"), ""
		switch {
		case log.Str("logDriver") == awslogs:
			message = "Fargate requires task definition to have execution role ARN to support log driver awslogs."
		case ecrImage.MatchString(c.Str("image")):
			message = "Fargate requires task definition to have execution role ARN to support ECR images."
		case len(c.List("secrets")) > 0 || len(log.List("secretOptions")) > 0:
			message = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
		}
		if message != "" && !in.Has("executionRoleArn") {
			return &core.Refusal{Code: clientException, Property: "containerDefinitions", Message: message}
		}
	}
	return nil
}
