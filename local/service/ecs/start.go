package ecs

import (
	"cmp"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/iam"
)

// pullActions are what a role needs of a private repository, once it is authorized, to
// pull an image.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
// *sourced*
var pullActions = []string{"ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"}

// noRegistryAuth begins ECS's messages on images and secrets that cannot be fetched.
const noRegistryAuth = "ResourceInitializationError: unable to pull secrets or registry auth: "

// denied is IAM's message when it refuses a role one of some actions; "" if it allows all.
func (w route) denied(role core.Object, resource string, actions ...string) string {
	for _, action := range actions {
		if !iam.RoleMay(w.T, role, action, resource) {
			return "AccessDeniedException: " + role.Str("arn") + " is not authorized to perform: " + action + " on resource: " + resource
		}
	}
	return ""
}

// noRoute ends the messages on what tasks do not reach.
func (w route) noRoute(to string) string {
	return " (no route from subnet " + w.Subnet.Str("id") + " to " + to + ")"
}

// toImage returns why an image cannot be pulled; "" if it can. A private repository in
// the task's Region can be reached through three endpoints: two for the registry and one
// for S3, which has the layers. Any other registry is on the internet.
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
// *sourced*
func (w route) toImage(c, role core.Object) string {
	image := c.Str("image")
	ecr := ecrImage.FindStringSubmatch(image)
	inRegion := ecr != nil && ecr[2] == w.T.Region()
	if !inRegion && !w.ToInternet() {
		return "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref " +
			image + ": dial tcp: i/o timeout" + w.noRoute("the registry")
	}
	if ecr == nil {
		return notInRegistry(image)
	}
	repository := strings.FieldsFunc(image[strings.Index(image, "/")+1:], func(r rune) bool { return r == ':' || r == '@' })[0]
	arn := "arn:aws:ecr:" + ecr[2] + ":" + ecr[1] + ":repository/" + repository
	if why := cmp.Or(w.denied(role, "*", "ecr:GetAuthorizationToken"), w.denied(role, arn, pullActions...)); why != "" {
		return noRegistryAuth + why
	}
	for _, service := range []string{"ecr.api", "ecr.dkr", "s3"} {
		if inRegion && !w.ToService(service) {
			return noRegistryAuth + "The task cannot pull registry auth from Amazon ECR: There is a connection issue " +
				"between the task and Amazon ECR. Check your task network configuration." + w.noRoute(service)
		}
	}
	return notInRegistry(image)
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
		arn := strings.Split(secret, ":") // key, stage and version may follow
		if why := w.denied(role, strings.Join(arn[:min(len(arn), 7)], ":"), action); why != "" {
			return noRegistryAuth + why
		}
		if !w.ToService(service) {
			return noRegistryAuth + "unable to retrieve secret from " + service + w.noRoute(service)
		}
	}
	return ""
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
	if _, ok := w.T.In(region).Get(cloudwatch.LogGroupToken, name); !ok {
		return failed + "create stream has been retried 1 times: failed to create Cloudwatch log stream: " +
			"ResourceNotFoundException: The specified log group does not exist. (" + name + " in " + region + ")"
	}
	stream := w.T.In(region).ARN("logs", "log-group:"+name+":log-stream:"+options.Str("awslogs-stream-prefix")+"/"+c.Str("name")+"/0")
	if why := w.denied(role, stream, "logs:CreateLogStream", "logs:PutLogEvents"); why != "" {
		return failed + why
	}
	if region == w.T.Region() && !w.ToService("logs") || region != w.T.Region() && !w.ToInternet() {
		return failed + "RequestError: send request failed: dial tcp: i/o timeout" + w.noRoute("logs")
	}
	return ""
}
