# Runs one ECS task to its end. It fails unless the task's container ends with exit code 0.
import os
import time

import boto3

ecs = boto3.client("ecs")
logs = boto3.client("logs")
E = os.environ


def handler(event, context):
    deadline = time.monotonic() + int(E["TIMEOUT_SECONDS"])
    task = still_running(event) or start(event, deadline)
    while task["lastStatus"] != "STOPPED":
        if time.monotonic() > deadline:
            raise Exception(
                f"the task {task['taskArn']} has not ended within {E['TIMEOUT_SECONDS']} s and runs on; "
                "the next update waits for it" + last_lines(task))
        time.sleep(3)
        task = ecs.describe_tasks(cluster=E["CLUSTER"], tasks=[task["taskArn"]])["tasks"][0]
    container = task["containers"][0]
    code = container.get("exitCode")
    if code != 0:
        ended = "did not start" if code is None else f"ended with exit code {code}"
        why = container.get("reason") or task.get("stoppedReason", "")
        raise Exception(f"the task {task['taskArn']} {ended}: {why}" + last_lines(task))
    return {"taskArn": task["taskArn"], "exitCode": code}


# A task that an earlier invocation has left running, for example because its connection broke.
def still_running(event):
    arns = ecs.list_tasks(cluster=E["CLUSTER"], family=E["FAMILY"])["taskArns"]
    if not arns:
        return None
    task = ecs.describe_tasks(cluster=E["CLUSTER"], tasks=arns[:1])["tasks"][0]
    if task["taskDefinitionArn"] != event["taskDefinition"]:
        raise Exception(f"the task {task['taskArn']} of an earlier update still runs: wait for its end, or stop it")
    return task


def start(event, deadline):
    while True:
        try:
            answer = ecs.run_task(
                cluster=E["CLUSTER"], taskDefinition=event["taskDefinition"], launchType="FARGATE", count=1,
                networkConfiguration={"awsvpcConfiguration": {
                    "subnets": E["SUBNETS"].split(","), "securityGroups": E["SECURITY_GROUPS"].split(","),
                    "assignPublicIp": "DISABLED"}})
            break
        # A new role's permissions take a while to reach everywhere.
        except ecs.exceptions.AccessDeniedException:
            if time.monotonic() > deadline - int(E["TIMEOUT_SECONDS"]) + 30:
                raise
            time.sleep(3)
    if answer["failures"]:
        raise Exception(f"the task was not started: {answer['failures'][0].get('reason')}")
    return answer["tasks"][0]


def last_lines(task):
    stream = "/".join([E["LOG_STREAM_PREFIX"], E["CONTAINER"], task["taskArn"].split("/")[-1]])
    text = f" (log group {E['LOG_GROUP']}, stream {stream})"
    try:
        found = logs.get_log_events(logGroupName=E["LOG_GROUP"], logStreamName=stream, limit=10)["events"]
    except logs.exceptions.ClientError:
        return text
    return text + "".join("\n" + event["message"] for event in found)
