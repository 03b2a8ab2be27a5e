package ecs

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

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
