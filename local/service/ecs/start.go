package ecs

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/iam"
)

// ecrActions are what a role needs to pull an image from a private repository.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
// *sourced*
var ecrActions = []string{
	"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
}

// noRegistryAuth begins ECS's messages on images and secrets that cannot be fetched.
const noRegistryAuth = "ResourceInitializationError: unable to pull secrets or registry auth: "

// accessDenied is IAM's message when it refuses a role an action.
func accessDenied(role core.Object, action, resource string) string {
	return "AccessDeniedException: " + role.Str("arn") + " is not authorized to perform: " + action + " on resource: " + resource
}

// toImage returns why an image cannot be pulled; "" if it can. A private repository in
// the task's Region can be reached through three endpoints: two for the registry and one
// for S3, which has the layers. Any other registry is on the internet.
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
// *sourced*
func (w route) toImage(c, role core.Object) string {
	image := c.Str("image")
	ecr := ecrImage.FindStringSubmatch(image)
	if ecr == nil || ecr[2] != w.t.Region() {
		if !w.toInternet() {
			return "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref " +
				image + ": dial tcp: i/o timeout (no route from subnet " + w.subnet.Str("id") + " to the registry)"
		}
	}
	if ecr == nil {
		return ""
	}
	repository := strings.FieldsFunc(image[strings.Index(image, "/")+1:], func(r rune) bool { return r == ':' || r == '@' })[0]
	arn := "arn:aws:ecr:" + ecr[2] + ":" + ecr[1] + ":repository/" + repository
	for _, action := range ecrActions {
		resource := arn
		if action == "ecr:GetAuthorizationToken" {
			resource = "*"
		}
		if !iam.RoleMay(w.t, role, action, resource) {
			return noRegistryAuth + accessDenied(role, action, resource)
		}
	}
	if ecr[2] != w.t.Region() {
		return ""
	}
	for _, service := range []string{"ecr.api", "ecr.dkr", "s3"} {
		if !w.toService(service) {
			return noRegistryAuth + "The task cannot pull registry auth from Amazon ECR: There is a connection issue " +
				"between the task and Amazon ECR. Check your task network configuration. (no route from subnet " + w.subnet.Str("id") + " to " + service + ")"
		}
	}
	return ""
}

// toSecrets returns why a container's secrets cannot be fetched; "" if they can.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
// *sourced*
func (w route) toSecrets(c, role core.Object) string {
	for _, secret := range c.StrsAt("secrets.valueFrom") {
		service, action := "secretsmanager", "secretsmanager:GetSecretValue"
		if strings.HasPrefix(secret, "arn:aws:ssm:") {
			service, action = "ssm", "ssm:GetParameters"
		}
		if !iam.RoleMay(w.t, role, action, secretResource(secret)) {
			return noRegistryAuth + accessDenied(role, action, secretResource(secret))
		}
		if !w.toService(service) {
			return noRegistryAuth + "unable to retrieve secret from " + service + " (no route from subnet " + w.subnet.Str("id") + " to " + service + ")"
		}
	}
	return ""
}

// secretResource is the ARN of a secret without the key, stage and version that
// may follow it in a task definition.
func secretResource(valueFrom string) string {
	parts := strings.Split(valueFrom, ":")
	return strings.Join(parts[:min(len(parts), 7)], ":")
}

// toLog returns why a container's log cannot be written; "" if it can. The log group
// must exist before the task starts.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
// *sourced*
func (w route) toLog(c, role core.Object) string {
	log := c.Block("logConfiguration")
	if log.Str("logDriver") != awslogs {
		return ""
	}
	options := log.Block("options")
	const failed = "ResourceInitializationError: failed to validate logger args: "
	name, region := options.Str("awslogs-group"), options.Str("awslogs-region")
	if _, ok := w.t.In(region).Get(cloudwatch.LogGroupToken, name); !ok {
		return failed + "create stream has been retried 1 times: failed to create Cloudwatch log stream: " +
			"ResourceNotFoundException: The specified log group does not exist. (" + name + " in " + region + ")"
	}
	stream := w.t.In(region).ARN("logs", "log-group:"+name+":log-stream:"+options.Str("awslogs-stream-prefix")+"/"+c.Str("name")+"/0")
	for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
		if !iam.RoleMay(w.t, role, action, stream) {
			return failed + accessDenied(role, action, stream)
		}
	}
	if region == w.t.Region() && !w.toService("logs") || region != w.t.Region() && !w.toInternet() {
		return failed + "RequestError: send request failed: dial tcp: i/o timeout (no route from subnet " +
			w.subnet.Str("id") + " to logs)"
	}
	return ""
}
