// Package prediction reads what is registered in a local AWS account as the model of
// request paths, which predicts what happens to requests.
package prediction

import (
	"fmt"
	"io/fs"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// ModelOf describes the request paths of an account: DNS, distributions, load
// balancers, and the servers behind them, with notes about what it leaves out. servers
// say what instances and services answer, by instance id, Name tag or ECS service name;
// nil: the defaults. objects are files in buckets, by the bucket's name.
func ModelOf(account *core.Account, servers map[string]registered.Server, objects map[string]fs.FS) (*registered.Model, error) {
	if err := registered.CheckServers(servers); err != nil {
		return nil, fmt.Errorf("servers: %w", err)
	}
	keys, err := keysOf(account, objects)
	if err != nil {
		return nil, err
	}
	return registered.Read(resourcesOf(account), registered.Options{
		Servers: servers, Objects: keys, OriginFacing: originFacing(account), Live: true, Uploaded: true,
	})
}

// ServersOf returns the servers under their names in the account. An ECS service
// may be named without the random suffix that Pulumi adds. A name that nothing in
// the account has is an error.
func ServersOf(account *core.Account, servers map[string]registered.Server) (map[string]registered.Server, error) {
	return registered.NameServers(servers, resourcesOf(account), registered.Options{Live: true})
}

// resourcesOf returns all records of the account, in a stable order.
func resourcesOf(account *core.Account) []registered.Resource {
	var all []registered.Resource
	for _, token := range account.Types() {
		for _, state := range account.All(token) {
			id, _ := state["id"].(string)
			all = append(all, registered.Resource{Type: token, ID: id, State: state})
		}
	}
	return all
}

// originFacing returns the ids of CloudFront's origin-facing prefix list, one for
// each Region that the account uses.
func originFacing(account *core.Account) []string {
	var ids []string
	for _, region := range account.Regions() {
		for _, l := range ec2.PrefixLists(region) {
			if l.Name == awstable.CloudFrontPrefixList {
				ids = append(ids, l.ID)
			}
		}
	}
	return ids
}
