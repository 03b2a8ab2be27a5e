package ecs

import "regexp"

// ecrImage is an image in a private repository: account, Region.
var ecrImage = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/`)

// wantsExecutionRole returns why a Fargate task needs an execution role; "" if it needs
// none.
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
