package traffic

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// machine is a running instance or task: where it is, and what it answers.
type machine struct {
	place  wire.Place
	server server.Server
	ids    []string // under which target groups know it
	// dns is the public name that AWS assigned, public the address that it resolves
	// to, whether or not the subnet's routes lead back from there.
	dns    string
	public []netip.Addr
}

// machinesOf are the account's running instances and tasks. An entry of given that
// belongs to none is an error.
func machinesOf(r *account.Resources, in subnets, given map[string]server.Server) ([]machine, error) {
	servers := givenServers{given: given, known: map[string]bool{}}
	out := append(instancesOf(r, in, servers), tasksOf(r, in, servers)...)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !servers.known[name] {
			return nil, fmt.Errorf("servers[%s]: the account has no instance with that id or Name tag and no ECS service of that name", name)
		}
	}
	return out, nil
}

// givenServers are the servers that somebody described, by the name of the machine.
type givenServers struct {
	given map[string]server.Server
	known map[string]bool // names that belong to a machine
}

// find is the server that is given under the first of some names.
func (s givenServers) find(names ...string) (server.Server, bool) {
	for _, name := range names {
		s.known[name] = true
	}
	for _, name := range names {
		if found, ok := s.given[name]; ok && name != "" {
			return found, true
		}
	}
	return server.Server{}, false
}

// instancesOf are the instances that run. A public address leads to an instance if
// its subnet's routes lead back.
func instancesOf(r *account.Resources, in subnets, servers givenServers) []machine {
	var out []machine
	for _, i := range r.Instances {
		answers, given := servers.find(i.ID, i.Tags["Name"])
		if i.InstanceState != "running" {
			continue
		}
		if !given {
			answers = defaultInstance(r, i)
		}
		addresses := parsed(i.PrivateIP)
		if in.isPublic(i.SubnetID) {
			addresses = append(addresses, parsed(i.PublicIP)...)
		}
		out = append(out, machine{
			place: wire.Place{
				Name: i.ID, Kind: EntryServer, VPC: in.vpc(i.SubnetID), Groups: i.SecurityGroupIDs,
				Addresses: append(addresses, parsed(i.IPv6Addresses...)...),
			},
			server: answers, ids: []string{i.ID, i.PrivateIP}, dns: i.PublicDNS, public: parsed(i.PublicIP),
		})
	}
	return out
}

// tasksOf are the tasks that run, each a server under its service's name. A
// service whose tasks cannot start has none.
func tasksOf(r *account.Resources, in subnets, servers givenServers) []machine {
	var out []machine
	for _, s := range r.Services {
		answers, given := servers.find(s.Name)
		if !given {
			answers = defaultService(r, s)
		}
		for _, t := range r.Tasks {
			if t.Service != s.ID {
				continue
			}
			place := wire.Place{
				Name: s.Name, Kind: EntryServer, Addresses: parsed(t.PrivateIP), VPC: in.vpc(t.SubnetID), Groups: t.SecurityGroups,
			}
			out = append(out, machine{place: place, server: answers, ids: []string{t.PrivateIP}})
		}
	}
	return out
}

// registration is a port of an instance in a target group.
type registration struct {
	port  int
	group account.TargetGroup
}

// registrationsOf are those of an instance.
func registrationsOf(r *account.Resources, i account.Instance) []registration {
	var out []registration
	for _, a := range r.Attachments {
		if a.TargetID == i.ID || a.TargetID == i.PrivateIP {
			group, _ := r.TargetGroup(a.TargetGroupARN)
			out = append(out, registration{port: cmp.Or(a.Port, group.Port), group: group})
		}
	}
	return out
}

// healthOf is the health that is given for targets, by id and by address.
func healthOf(machines []machine) map[string]string {
	health := map[string]string{}
	for _, m := range machines {
		for _, id := range m.ids {
			health[id] = m.server.Health
		}
	}
	return health
}
