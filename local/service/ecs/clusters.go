package ecs

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// clusterType is a cluster of services.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
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
		InUse: "ClusterContainsServicesException",
		Rules: []core.Rule{
			core.Matching(invalidParameter, "name", ecsName, ecsNameForm),
			// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html *sourced*
			core.InBlocks("settings",
				core.OneOf(invalidParameter, "name", "containerInsights"),
				core.OneOf(invalidParameter, "value", "enabled", "disabled", "enhanced")),
		},
	}
}

// ecsName is the form of the names of clusters, services, families and containers.
var ecsName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

const ecsNameForm = "1-255 of the characters A-Z a-z 0-9 and _-"

// findCluster finds a cluster by its ARN or its name; "" is the one called
// default.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func findCluster(t *core.Tx, ref string) (core.Object, bool) {
	if !strings.HasPrefix(ref, "arn:") {
		ref = t.ARN("ecs", "cluster/"+cmp.Or(ref, "default"))
	}
	return t.Get(ClusterToken, ref)
}
