package ecs

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// Containers do not run here, so the tag of an image says how it fails, whatever its
// repository.
const (
	failsToPull       = "fails-to-pull"       // the registry does not have it
	failsToStart      = "fails-to-start"      // its process exits at once
	failsHealthChecks = "fails-health-checks" // it runs, and answers health checks wrongly
	failsOwnCheck     = "fails-own-check"     // it runs, and only the container's own health check fails
	raisesAlarm       = "raises-alarm"        // it is healthy, and answers requests so that alarms are raised
)

const alarmsDetected = "alarm(s) detected: "

// raised returns which alarms a service watches that its new tasks raise; "" for none.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
// *sourced*, the wording inferred
func raised(service, definition core.Object) string {
	alarms := service.Block("alarms")
	for _, c := range containersOf(definition) {
		if alarms.Bool("enable") && tagOf(c.Str("image")) == raisesAlarm {
			return alarmsDetected + strings.Join(alarms.Strs("alarmNames"), ", ") +
				" (container " + c.Str("name") + ", image " + c.Str("image") + ")"
		}
	}
	return ""
}

// tagOf is the tag of an image; "" if it has none.
func tagOf(image string) string {
	name, _, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], "@")
	_, tag, _ := strings.Cut(name, ":")
	return tag
}

// notInRegistry returns why an image is not in its registry; "" if it is.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
// *sourced*, the wording shortened
func notInRegistry(image string) string {
	if tagOf(image) != failsToPull {
		return ""
	}
	return "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref " + image + ": " + image + ": not found"
}

// exits returns why a container's task stops right after its start; "" if it runs on. The
// end of a container that is not essential stops no other.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
// *sourced*, the wording partly inferred
func exits(c core.Object) string {
	if tagOf(c.Str("image")) != failsToStart || c["essential"] == false {
		return ""
	}
	return "EssentialContainerExited: Essential container in task exited (container " + c.Str("name") + ", image " + c.Str("image") + ", exit code 1)"
}

// unhealthy returns which check stops the running tasks of a service; "" if they are
// healthy or nobody checks them.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html
// *sourced*, the wording partly inferred
func unhealthy(service, definition core.Object) string {
	for _, c := range containersOf(definition) {
		tag := tagOf(c.Str("image"))
		if tag != failsHealthChecks && tag != failsOwnCheck {
			continue
		}
		of := " (container " + c.Str("name") + ", image " + c.Str("image") + ")"
		for _, lb := range service.Blocks("loadBalancers") {
			if tag == failsHealthChecks && lb.Str("containerName") == c.Str("name") {
				return "Task failed ELB health checks in (target-group " + lb.Str("targetGroupArn") + ")" + of
			}
		}
		if c.Has("healthCheck") && c["essential"] != false {
			return "Task failed container health checks" + of
		}
	}
	return ""
}
