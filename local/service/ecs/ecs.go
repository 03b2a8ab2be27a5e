// Package ecs is Elastic Container Service: services whose tasks run on Fargate.
package ecs

import "github.com/portico-iac/portico/local/core"

// The types of ECS.
const (
	ClusterToken    = "aws:ecs/cluster:Cluster"
	DefinitionToken = "aws:ecs/taskDefinition:TaskDefinition"
	ServiceToken    = "aws:ecs/service:Service"
)

// The names of the example service and its cluster.
const (
	exampleCluster = "example"
	exampleService = "web"
)

// ExampleResource is the example service as Application Auto Scaling names it.
const ExampleResource = "service/" + exampleCluster + "/" + exampleService

// Service is ECS.
func Service() core.Service {
	return core.Service{Types: []core.Type{clusterType(), definitionType(), serviceType()}}
}
