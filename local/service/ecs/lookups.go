package ecs

import (
	"fmt"

	"github.com/portico-iac/portico/local/core"
)

// lookUpService finds a service by its cluster and name. taskDefinition is the revision
// that the service has now, after a rollback the one before.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
// *sourced*, the wording inferred
func lookUpService(t *core.Tx, in core.Object) (core.Object, error) {
	cluster, ok := findCluster(t, in.Str("clusterArn"))
	if !ok {
		return nil, core.Refuse("ClusterNotFoundException", clusterNotFound)
	}
	arn := t.ARN("ecs", "service/"+cluster.Str("name")+"/"+in.Str("serviceName"))
	service, ok := t.Get(ServiceToken, arn)
	if !ok {
		return nil, fmt.Errorf("service with name %q in cluster %q not found", in.Str("serviceName"), in.Str("clusterArn"))
	}
	definition, _ := findDefinition(t, service.Str("taskDefinition"))
	return core.Object{
		"id": arn, "arn": arn, "taskDefinition": definition.Str("arn"), "desiredCount": service["desiredCount"],
		"launchType": service["launchType"], "schedulingStrategy": service["schedulingStrategy"],
		"availabilityZoneRebalancing": service["availabilityZoneRebalancing"], "tags": service["tagsAll"],
	}, nil
}
