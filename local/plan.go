package local

import (
	"maps"
	"slices"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/requestpath/registered"
)

// PlanOf describes the way of a request through everything that is registered in
// an account. servers say what instances and services answer, by instance id,
// the instance's Name tag or ECS service name; nil stands for the defaults.
func PlanOf(account *cloud.Account, servers map[string]registered.Server) (requestpath.Plan, error) {
	return registered.Plan(resourcesOf(account), registered.Options{Servers: servers, Live: true})
}

// resourcesOf are all records of the account, in a steady order.
func resourcesOf(account *cloud.Account) []registered.Resource {
	var all []registered.Resource
	for _, token := range account.Types() {
		regions := account.Resources[token]
		for _, region := range slices.Sorted(maps.Keys(regions)) {
			for _, id := range slices.Sorted(maps.Keys(regions[region])) {
				all = append(all, registered.Resource{Type: token, ID: id, State: regions[region][id]})
			}
		}
	}
	return all
}
