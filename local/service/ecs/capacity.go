package ecs

import (
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// capacityProviders are those that every account has: the others are groups of container
// instances, of which there are none here.
var capacityProviders = []string{"FARGATE", "FARGATE_SPOT"}

// capacityProvidersType are the capacity providers of a cluster, which a service of the
// cluster may then use. Deleting it takes them away.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
// *sourced*, the wording partly inferred; that a second one for a cluster is refused is
// inferred: two resources would own the same list
func capacityProvidersType() core.Type {
	return core.Type{
		Token:  CapacityProvidersToken,
		Inputs: []string{"capacityProviders", "clusterName"},
		ID:     "{clusterName}",
		References: []core.Reference{{
			Input: "clusterName", To: []string{ClusterToken}, By: "name", Code: "ClusterNotFoundException", Cascades: true,
			Message: func(*core.Tx, string) string { return clusterNotFound },
		}},
		Unique: []core.Unique{{Inputs: []string{"clusterName"}, Code: clientException,
			Message: "The capacity providers of {clusterName} are another resource's already"}},
		FreeToDelete: "its own check looks at the services",
		Rules:        []core.Rule{core.OneOf(clientException, "capacityProviders", capacityProviders...)},
		Update: func(t *core.Tx, id string, _, in core.Object) (core.Object, error) {
			return nil, checkUnused(t, id, in.Strs("capacityProviders"))
		},
		Delete: func(t *core.Tx, id string, _ core.Object) error { return checkUnused(t, id, nil) },
	}
}

// checkUnused refuses to take a capacity provider away from a cluster while a service uses it.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
// *sourced*
func checkUnused(t *core.Tx, clusterName string, left []string) error {
	for _, service := range t.All(ServiceToken) {
		cluster, _ := findCluster(t, service.Str("cluster"))
		for _, used := range service.StrsAt("capacityProviderStrategies.capacityProvider") {
			if cluster.Str("name") == clusterName && !slices.Contains(left, used) {
				return core.Refuse("ResourceInUseException", "The specified capacity provider is in use and cannot be removed: %s, by service %s",
					used, service.Str("name"))
			}
		}
	}
	return nil
}

// strategyRule requires that tasks can be placed, and that the provider with a base is one.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
// *sourced*, the wording inferred
func strategyRule(in core.Object) *core.Refusal {
	strategy := in.Blocks("capacityProviderStrategies")
	if len(strategy) == 0 || in.Pending("capacityProviderStrategies") {
		return nil
	}
	based, weight, seen := 0, 0, []string{}
	for _, item := range strategy {
		if item.Int("base") > 0 {
			based++
		}
		weight += item.Int("weight")
		if slices.Contains(seen, item.Str("capacityProvider")) {
			return core.Invalid(invalidParameter, "capacityProviderStrategies", "must name each capacity provider once, got %s again", item.Str("capacityProvider"))
		}
		seen = append(seen, item.Str("capacityProvider"))
	}
	switch {
	case based > 1:
		return core.Invalid(invalidParameter, "capacityProviderStrategies", "must have one base, got %d", based)
	case weight == 0:
		return core.Invalid(invalidParameter, "capacityProviderStrategies", "must have a weight greater than zero")
	}
	return nil
}

// replacedStrategy makes another service out of one whose strategy comes or goes, and out of
// one whose strategy changes without a new deployment.
// Source: capacityProviderStrategyCustomizeDiff in
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service.go
// *sourced*
func replacedStrategy(old, in core.Object) []string {
	const strategy = "capacityProviderStrategies"
	before, after := len(old.List(strategy)), len(in.List(strategy))
	if in.Bool("forceNewDeployment") && (before == 0) == (after == 0) {
		return nil
	}
	return []string{strategy}
}

// checkStrategy checks that the cluster has a service's capacity providers, and that its
// tasks can run on them.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
// *sourced*, the second wording inferred
func checkStrategy(t *core.Tx, in, definition core.Object) error {
	cluster, _ := findCluster(t, in.Str("cluster"))
	associated, _ := t.Get(CapacityProvidersToken, cluster.Str("name"))
	for _, used := range in.StrsAt("capacityProviderStrategies.capacityProvider") {
		if !slices.Contains(associated.Strs("capacityProviders"), used) {
			return core.Refuse(invalidParameter, "The specified capacity provider strategy cannot contain a capacity provider that is not "+
				"associated with the cluster. Associate the capacity provider with the cluster and try again.")
		}
		family := definition.Block("runtimePlatform").Str("operatingSystemFamily")
		if used == "FARGATE_SPOT" && family != "" && family != "LINUX" {
			return core.Refuse(invalidParameter, "Windows containers on Fargate don't support the FARGATE_SPOT capacity provider.")
		}
	}
	return nil
}

// placedOn is the capacity provider of the next task of a service: that with the base until
// it has so many, then the one that is furthest behind its weight; "" with a launch type.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
// *sourced*; which one comes first is inferred
func placedOn(service core.Object, running []core.Object) string {
	count := map[string]int{}
	for _, task := range running {
		count[task.Str("capacityProvider")]++
	}
	next, least := "", 0.0
	for _, item := range service.Blocks("capacityProviderStrategies") {
		name, base, weight := item.Str("capacityProvider"), item.Int("base"), item.Int("weight")
		if count[name] < base {
			return name
		}
		if weight == 0 {
			continue
		}
		if load := float64(count[name]-base+1) / float64(weight); next == "" || load < least {
			next, least = name, load
		}
	}
	return next
}

// changesMoreThanTags tells whether an update is about more than tags.
func changesMoreThanTags(old, in core.Object) bool {
	for key := range in {
		if key != "tags" && !core.Equal(in[key], old[key], true) {
			return true
		}
	}
	return false
}
