package traffic

import (
	"fmt"
	"maps"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// machine is a running instance or task.
type machine struct {
	place  wire.Place
	server server.Server
	ids    []string // in target groups
}

// readMachines finds the running instances and tasks. A server in the options that
// belongs to no instance or service is an error.
func (b *builder) readMachines() error {
	names := map[string]bool{}
	for _, i := range b.account.Instances {
		names[i.ID], names[i.Tags["Name"]] = true, true
		if i.InstanceState == "running" {
			b.machines = append(b.machines, b.instance(i))
		}
	}
	for _, s := range b.account.Services {
		names[s.Name] = true
		b.machines = append(b.machines, b.tasks(s)...)
	}
	for _, name := range slices.Sorted(maps.Keys(b.opts.Servers)) {
		if !names[name] {
			return fmt.Errorf("servers[%s]: the account has no instance with that id or Name tag and no ECS service of that name", name)
		}
	}
	return nil
}

// given returns the server in the options for the first of some names.
func (b *builder) given(names ...string) (server.Server, bool) {
	for _, name := range names {
		if found, ok := b.opts.Servers[name]; ok && name != "" {
			return found, true
		}
	}
	return server.Server{}, false
}

// instance reads a running instance. Its public name resolves to its public address,
// which leads to it only if its subnet has a route back.
func (b *builder) instance(i account.Instance) machine {
	answers, ok := b.given(i.ID, i.Tags["Name"])
	if !ok {
		answers = defaultInstance(b.account, i)
	}
	if i.PublicDNS != "" {
		b.assigned[i.PublicDNS] = parsed(i.PublicIP)
	}
	addresses := parsed(i.PrivateIP)
	if b.subnets.isPublic(i.SubnetID) {
		addresses = append(addresses, parsed(i.PublicIP)...)
	}
	return machine{
		place: wire.Place{
			Name: i.ID, Kind: EntryServer, VPC: b.subnets[i.SubnetID].VPCID, Groups: i.SecurityGroupIDs,
			Addresses: append(addresses, parsed(i.IPv6Addresses...)...),
		},
		server: answers, ids: []string{i.ID, i.PrivateIP},
	}
}

// tasks reads the running tasks of a service, each a server under the service's name.
// A service whose tasks cannot start has none.
func (b *builder) tasks(s account.Service) []machine {
	answers, ok := b.given(s.Name)
	if !ok {
		answers = defaultService(b.account, s)
	}
	var out []machine
	for _, t := range b.account.Tasks {
		if t.Service != s.ID {
			continue
		}
		place := wire.Place{
			Name: s.Name, Kind: EntryServer, Addresses: parsed(t.PrivateIP),
			VPC: b.subnets[t.SubnetID].VPCID, Groups: t.SecurityGroups,
		}
		out = append(out, machine{place: place, server: answers, ids: []string{t.PrivateIP}})
	}
	return out
}

// healthOf returns the health that is given for targets, by id and by address.
func healthOf(machines []machine) map[string]string {
	health := map[string]string{}
	for _, m := range machines {
		for _, id := range m.ids {
			health[id] = m.server.Health
		}
	}
	return health
}
