package ecs

import (
	"fmt"
	"regexp"
	"slices"
)

// awslogs is the log driver that writes to CloudWatch Logs.
const awslogs = "awslogs"

// fargateLogDrivers are the log drivers of Fargate.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
// *sourced*
var fargateLogDrivers = []string{awslogs, "splunk", "awsfirelens"}

// checkLog is that a container's log goes somewhere. Whether the log group
// exists shows when a task starts, not before.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
// *sourced*, the wording inferred
func (c container) checkLog() string {
	if c.LogConfiguration == nil {
		return ""
	}
	l := c.LogConfiguration
	if !slices.Contains(fargateLogDrivers, l.LogDriver) {
		return fmt.Sprintf("Fargate supports the log drivers %q, got %q", fargateLogDrivers, l.LogDriver)
	}
	if l.LogDriver != awslogs {
		return ""
	}
	for _, option := range []string{"awslogs-group", "awslogs-region", "awslogs-stream-prefix"} {
		if l.Options[option] == "" {
			return fmt.Sprintf("Log driver awslogs requires option '%s' on Fargate (container '%s')", option, c.Name)
		}
	}
	return ""
}

// ecrImage is an image in a private repository: account, Region.
var ecrImage = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/`)

// wantsExecutionRole says why a Fargate task needs a role to start with; "" when
// it needs none.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
// *sourced*; the wording for secrets inferred
func wantsExecutionRole(containers []container) string {
	for _, c := range containers {
		switch {
		case c.LogConfiguration != nil && c.LogConfiguration.LogDriver == awslogs:
			return "Fargate requires task definition to have execution role ARN to support log driver awslogs."
		case ecrImage.MatchString(c.Image):
			return "Fargate requires task definition to have execution role ARN to support ECR images."
		case len(c.Secrets) > 0 || c.LogConfiguration != nil && len(c.LogConfiguration.SecretOptions) > 0:
			return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
		}
	}
	return ""
}
