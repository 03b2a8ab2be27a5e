package cloud

import (
	"strings"
)

// ecrActions are what a role needs to pull an image from a private repository.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
// *sourced*
var ecrActions = []string{
	"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
}

// toImage says why an image cannot be pulled; "" when it can. A private
// repository of the own Region can be reached through endpoints: two for the
// registry and the gateway to S3, which holds the layers. Any other registry is
// on the internet.
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
// *sourced*
func (w route) toImage(c container, role object) string {
	ecr := ecrImage.FindStringSubmatch(c.Image)
	if ecr == nil || ecr[2] != w.t.region {
		if !w.toInternet() {
			return "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref " +
				c.Image + ": dial tcp: i/o timeout (no way from subnet " + w.subnet.str("id") + " to the registry)"
		}
	}
	if ecr == nil {
		return ""
	}
	repository := strings.FieldsFunc(c.Image[strings.Index(c.Image, "/")+1:], func(r rune) bool { return r == ':' || r == '@' })[0]
	arn := "arn:aws:ecr:" + ecr[2] + ":" + ecr[1] + ":repository/" + repository
	for _, action := range ecrActions {
		resource := arn
		if action == "ecr:GetAuthorizationToken" {
			resource = "*"
		}
		if !roleMay(w.t, role, action, resource) {
			return "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: " +
				role.str("arn") + " is not authorized to perform: " + action + " on resource: " + resource
		}
	}
	if ecr[2] != w.t.region {
		return ""
	}
	for _, service := range []string{"ecr.api", "ecr.dkr", "s3"} {
		if !w.toService(service) {
			return "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth " +
				"from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network " +
				"configuration. (no way from subnet " + w.subnet.str("id") + " to " + service + ")"
		}
	}
	return ""
}

// toSecrets says why a container's secrets cannot be fetched; "" when they can.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
// *sourced*
func (w route) toSecrets(c container, role object) string {
	for _, s := range c.Secrets {
		service, action := "secretsmanager", "secretsmanager:GetSecretValue"
		if strings.HasPrefix(s.ValueFrom, "arn:aws:ssm:") {
			service, action = "ssm", "ssm:GetParameters"
		}
		if !roleMay(w.t, role, action, secretResource(s.ValueFrom)) {
			return "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: " +
				role.str("arn") + " is not authorized to perform: " + action + " on resource: " + secretResource(s.ValueFrom)
		}
		if !w.toService(service) {
			return "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from " +
				service + " (no way from subnet " + w.subnet.str("id") + " to " + service + ")"
		}
	}
	return ""
}

// secretResource is the ARN of a secret without the key, stage and version that
// may follow it in a task definition.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
// *sourced*
func secretResource(valueFrom string) string {
	parts := strings.Split(valueFrom, ":")
	return strings.Join(parts[:min(len(parts), 7)], ":")
}

// toLog says why a container's log cannot be written; "" when it can. The log
// group must be there before the task, unless the driver is told to make it.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
// *sourced*
func (w route) toLog(c container, role object) string {
	if c.LogConfiguration == nil || c.LogConfiguration.LogDriver != awslogs {
		return ""
	}
	const failed = "ResourceInitializationError: failed to validate logger args: "
	name, region := c.LogConfiguration.Options["awslogs-group"], c.LogConfiguration.Options["awslogs-region"]
	if _, ok := w.t.in(region).get(logGroupToken, name); !ok {
		return failed + "create stream has been retried 1 times: failed to create Cloudwatch log stream: " +
			"ResourceNotFoundException: The specified log group does not exist. (" + name + " in " + region + ")"
	}
	group := w.t.in(region).arn("logs", "log-group:"+name)
	for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
		if stream := group + ":log-stream:" + c.LogConfiguration.Options["awslogs-stream-prefix"] + "/" + c.Name + "/0"; !roleMay(w.t, role, action, stream) {
			return failed + "AccessDeniedException: " + role.str("arn") + " is not authorized to perform: " + action +
				" on resource: " + stream
		}
	}
	if region == w.t.region && !w.toService("logs") || region != w.t.region && !w.toInternet() {
		return failed + "RequestError: send request failed: dial tcp: i/o timeout (no way from subnet " +
			w.subnet.str("id") + " to logs)"
	}
	return ""
}
