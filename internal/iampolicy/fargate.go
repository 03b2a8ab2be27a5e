package iampolicy

import (
	"slices"
	"strings"
)

// TaskExecution is what starting one Fargate task takes.
type TaskExecution struct {
	Region         string
	LogGroupARN    string
	RepositoryARNs []string // of the images' private ECR repositories
	SecretRefs     []string // of Secrets Manager, as ECS takes them: an ARN, perhaps with a JSON key or version behind it
	ParameterARNs  []string // of Parameter Store
	KMSKeyARNs     []string // that the secrets are encrypted with
}

// Document is the policy of the execution role: write to its own log group,
// pull its own images, read its own secrets.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func (t TaskExecution) Document() Document {
	d := Document{Allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, t.LogGroupARN+":*")}
	if repositories := distinct(t.RepositoryARNs); len(repositories) > 0 {
		d = append(d,
			// This action knows no resource.
			Allow([]string{"ecr:GetAuthorizationToken"}, "*"),
			Allow([]string{
				"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
			}, repositories...))
	}
	var readers []string
	if secrets := distinct(secretARNs(t.SecretRefs)); len(secrets) > 0 {
		d = append(d, Allow([]string{"secretsmanager:GetSecretValue"}, secrets...))
		readers = append(readers, "secretsmanager."+t.Region+".amazonaws.com")
	}
	if parameters := distinct(t.ParameterARNs); len(parameters) > 0 {
		d = append(d, Allow([]string{"ssm:GetParameters"}, parameters...))
		readers = append(readers, "ssm."+t.Region+".amazonaws.com")
	}
	if keys := distinct(t.KMSKeyARNs); len(keys) > 0 && len(readers) > 0 {
		// Only on behalf of the services that hold the secrets, never directly.
		decrypt := Allow([]string{"kms:Decrypt"}, keys...)
		decrypt.Condition = Condition{"StringEquals": {"kms:ViaService": readers}}
		d = append(d, decrypt)
	}
	return d
}

// ExecuteCommand is what the agent of ECS Exec does with the role of its task. These actions
// know no resource.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
func ExecuteCommand() Document {
	return Document{Allow([]string{
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
		"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
	}, "*")}
}

// secretARNs is the ARNs of the secrets in references such as
// arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::,
// whose last three parts choose a JSON key, a stage and a version.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
func secretARNs(references []string) []string {
	const partsOfARN = 7
	out := make([]string, len(references))
	for i, r := range references {
		parts := strings.Split(r, ":")
		out[i] = strings.Join(parts[:min(len(parts), partsOfARN)], ":")
	}
	return out
}

func distinct(values []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}

// TrustTasks lets ECS tasks of one account and region assume a task role.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func TrustTasks(region, accountID string) Document {
	return TrustService(ecsTasks, Condition{
		"ArnLike":      {"aws:SourceArn": {"arn:" + Partition(region) + ":ecs:" + region + ":" + accountID + ":*"}},
		"StringEquals": {"aws:SourceAccount": {accountID}},
	})
}

// TrustTaskExecution lets ECS assume an execution role. AWS documents the
// conditions of TrustTasks for the task role only; a role that ECS could not
// assume would keep every task from starting.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func TrustTaskExecution() Document { return TrustService(ecsTasks, nil) }

const ecsTasks = "ecs-tasks.amazonaws.com"
