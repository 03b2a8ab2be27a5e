// Package ecs is Elastic Container Service: services whose tasks run on Fargate.
package ecs

import "github.com/portico-iac/portico/local/core"

// The types of ECS.
const (
	ClusterToken           = "aws:ecs/cluster:Cluster"
	CapacityProvidersToken = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
	DefinitionToken        = "aws:ecs/taskDefinition:TaskDefinition"
	ServiceToken           = "aws:ecs/service:Service"
)

// Service is ECS.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{clusterType(), capacityProvidersType(), definitionType(), serviceType()},
		Functions: []core.Function{{
			Token: "aws:ecs/getService:getService", Inputs: []string{"clusterArn", "serviceName"}, Run: lookUpService,
		}},
	}
}
