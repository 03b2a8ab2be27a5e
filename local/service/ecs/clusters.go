package ecs

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// clusterType is a cluster, which on Fargate is little more than a name.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
// *sourced*; that a second cluster of a name is refused is inferred: AWS would hand
// out the existing one, and two resources would own it
func clusterType() core.Type {
	return core.Type{
		Token:  ClusterToken,
		Name:   &core.Autoname{Property: "name", MaxLength: 255},
		Inputs: []string{"name", "settings.name", "settings.value", "tags"},
		Keeps:  []string{"settings"},
		Fills: core.Object{
			"settings": []any{map[string]any{"name": "containerInsights", "value": "disabled"}},
		},
		ARN: "ecs:cluster/{name}",
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "ClientException",
			Message: "Arguments on this idempotent request are inconsistent with prior request(s): cluster {name} exists"}},
		InUse:  "ClusterContainsServicesException",
		Rules:  []core.Rule{ecsNameRule("name"), clusterSettingsRule},
		Delete: removeCluster,
		Examples: []core.Object{{
			"name": exampleCluster, "settings": []any{map[string]any{"name": "containerInsights", "value": "enhanced"}},
		}},
	}
}

// removeCluster refuses to delete a cluster that has services, which may refer to
// it by its ARN or by its name.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
// *sourced*
func removeCluster(t *core.Tx, _ string, state core.Object) error {
	for _, service := range t.All(ServiceToken) {
		if strings.HasPrefix(service.Str("id"), t.ARN("ecs", "service/"+state.Str("name")+"/")) {
			return core.Refuse("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
		}
	}
	return nil
}

// ecsName is what clusters, services, families and containers can be called.
var ecsName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// ecsNameRule is the characters and the length of a name of ECS's.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func ecsNameRule(property string) core.Rule {
	return func(in core.Object) *core.Refusal {
		if name, ok := in[property].(string); ok && !ecsName.MatchString(name) {
			return core.Invalid("InvalidParameterException", property,
				"must have 1-255 of the characters A-Z a-z 0-9 and _-, got %q", name)
		}
		return nil
	}
}

// clusterSettingsRule is that the one setting there is has one of its values.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
// *sourced*
var clusterSettingsRule = core.InBlocks("settings",
	core.OneOf("InvalidParameterException", "name", "containerInsights"),
	core.OneOf("InvalidParameterException", "value", "enabled", "disabled", "enhanced"),
)

// findCluster finds a cluster by its ARN or its name; "" is the one called
// default.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func findCluster(t *core.Tx, ref string) (core.Object, bool) {
	if ref == "" {
		ref = "default"
	}
	if !strings.HasPrefix(ref, "arn:") {
		ref = t.ARN("ecs", "cluster/"+ref)
	}
	return t.Get(ClusterToken, ref)
}
