// Package ecs is what the local AWS has of the Elastic Container Service: services
// whose tasks run on Fargate.
package ecs

import "github.com/portico-iac/portico/local/core"

// The types of ECS.
const (
	ClusterToken    = "aws:ecs/cluster:Cluster"
	DefinitionToken = "aws:ecs/taskDefinition:TaskDefinition"
	ServiceToken    = "aws:ecs/service:Service"
)

// The names of the example of a service and of its cluster.
const (
	exampleCluster = "example"
	exampleService = "web"
)

// ExampleResource is what Application Auto Scaling calls the example of a service.
const ExampleResource = "service/" + exampleCluster + "/" + exampleService

// Service is ECS.
func Service() core.Service {
	return core.Service{Types: []core.Type{clusterType(), definitionType(), serviceType()}}
}
