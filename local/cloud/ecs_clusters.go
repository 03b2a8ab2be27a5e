package cloud

import (
	"reflect"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
)

const (
	ecsClusterToken    = "aws:ecs/cluster:Cluster"
	ecsDefinitionToken = "aws:ecs/taskDefinition:TaskDefinition"
	ecsServiceToken    = "aws:ecs/service:Service"
)

// ecsArea is what is supported of the Elastic Container Service: services whose
// tasks run on Fargate.
func ecsArea() area {
	return area{kinds: []kind{ecsClusterKind(), ecsDefinitionKind(), ecsServiceKind()}}
}

// ecsClusterKind is a cluster, which on Fargate is little more than a name.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
// *sourced* (that a second cluster of a name is refused is inferred)
func ecsClusterKind() kind {
	return kind{
		token:    ecsClusterToken,
		inputs:   ecs.ClusterArgs{}.ElementType(),
		state:    reflect.TypeOf(ecs.Cluster{}),
		autoname: &autoname{property: "name", maxLength: 255},
		changes: map[string]change{
			"name":     replaces,
			"settings": updatesSetOnly,
			"tags":     updates,
		},
		keeps: []string{"settings"},
		rules: []rule{ecsNameRule("name"), clusterSettingsRule},
		create: func(t *tx, in object) (string, object, error) {
			arn := t.arn("ecs", "cluster/"+in.str("name"))
			if _, taken := t.get(ecsClusterToken, arn); taken {
				// AWS would hand out the existing one; two resources would own it (inferred).
				return "", nil, refuse("ClientException",
					"Arguments on this idempotent request are inconsistent with prior request(s): cluster %s exists", in.str("name"))
			}
			out := object{"arn": arn}
			if !in.has("settings") {
				out["settings"] = []any{map[string]any{"name": "containerInsights", "value": "disabled"}}
			}
			return arn, out, nil
		},
		remove: removeCluster,
	}
}

// removeCluster refuses to delete a cluster that has services.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
// *sourced*
func removeCluster(t *tx, _ string, state object) error {
	for _, service := range t.all(ecsServiceToken) {
		if strings.HasPrefix(service.str("id"), t.arn("ecs", "service/"+state.str("name")+"/")) {
			return refuse("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
		}
	}
	return nil
}

// ecsName is what clusters, services, families and containers can be called.
var ecsName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// ecsNameRule is the characters and the length of a name of ECS's.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func ecsNameRule(property string) rule {
	return func(in object) *refusal {
		if name, ok := in[property].(string); ok && !ecsName.MatchString(name) {
			return invalidf("InvalidParameterException", property,
				"must have 1-255 of the characters A-Z a-z 0-9 and _-, got %q", name)
		}
		return nil
	}
}

// clusterSettingsRule is that the one setting there is has one of its values.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
// *sourced*
func clusterSettingsRule(in object) *refusal {
	for _, s := range in.objects("settings") {
		if fault := oneOf("InvalidParameterException", "name", "containerInsights")(s); fault != nil {
			return fault
		}
		values := oneOf("InvalidParameterException", "value", "enabled", "disabled", "enhanced")
		if fault := values(s); fault != nil {
			return fault
		}
	}
	return nil
}

// findCluster finds a cluster by its ARN or its name; "" is the one called
// default.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func findCluster(t *tx, ref string) (object, error) {
	arn := ref
	if !strings.HasPrefix(ref, "arn:") {
		if ref == "" {
			ref = "default"
		}
		arn = t.arn("ecs", "cluster/"+ref)
	}
	cluster, ok := t.get(ecsClusterToken, arn)
	if !ok {
		return nil, refuse("ClusterNotFoundException", "Cluster not found.")
	}
	return cluster, nil
}
