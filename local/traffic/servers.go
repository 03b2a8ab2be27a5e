package traffic

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

type instanceState struct {
	ID, InstanceState, SubnetID    string
	PrivateIP, PublicIP, PublicDNS string
	IPv6Addresses                  []string
	VPCSecurityGroupIDs            []string
	UserData, UserDataBase64       string
	Tags                           map[string]string
}

type taskState struct {
	Service, SubnetID, PrivateIP string
	SecurityGroups               []string
	StartedAs                    int
}

type serviceState struct {
	ID, Name      string
	LoadBalancers []struct {
		TargetGroupARN string
		ContainerPort  int
	}
}

// registration is a port of a server in a target group.
type registration struct {
	target string
	port   int
	group  groupState
}

// machine is a server of the account: where it is, and what it answers.
type machine struct {
	place  wire.Place
	server server.Server
	ids    []string // under which target groups know it
	// dns is the public name that AWS assigned, public the address that it leads to,
	// whether or not routes lead back from there.
	dns    string
	public []netip.Addr
}

// machinesOf are the account's running instances and tasks. An entry of given that
// belongs to none is an error.
func machinesOf(account *cloud.Account, n network, given map[string]server.Server) ([]machine, error) {
	known := map[string]bool{}
	say := func(fallback func() server.Server, names ...string) server.Server {
		var out *server.Server
		for _, name := range slices.Backward(names) {
			known[name] = true
			if s, ok := given[name]; ok && name != "" {
				out = &s
			}
		}
		if out == nil {
			return fallback()
		}
		return *out
	}
	instances, err := instancesOf(account, n, say)
	if err != nil {
		return nil, err
	}
	tasks, err := tasksOf(account, n, say)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !known[name] {
			return nil, fmt.Errorf("servers[%s]: the account has no instance with that id or Name tag and no ECS service of that name", name)
		}
	}
	return append(instances, tasks...), nil
}

// saying is what a server answers: what is given under one of its names, the first
// name before the others, or the fallback.
type saying func(fallback func() server.Server, names ...string) server.Server

func instancesOf(account *cloud.Account, n network, say saying) ([]machine, error) {
	instances, err := cloud.States[instanceState](account, instanceToken)
	if err != nil {
		return nil, err
	}
	registered, err := registrationsOf(account)
	if err != nil {
		return nil, err
	}
	var out []machine
	for _, i := range instances {
		mine := slices.DeleteFunc(slices.Clone(registered), func(r registration) bool {
			return r.target != i.ID && r.target != i.PrivateIP
		})
		s := say(func() server.Server { return instanceDefault(i, mine) }, i.ID, i.Tags["Name"])
		if i.InstanceState != "running" {
			continue
		}
		out = append(out, machine{
			place: i.place(n), server: s, ids: []string{i.ID, i.PrivateIP}, dns: i.PublicDNS, public: parsed(i.PublicIP),
		})
	}
	return out, nil
}

// place is where an instance is. Its public address leads there if its subnet's
// routes lead back.
func (i instanceState) place(n network) wire.Place {
	p := wire.Place{
		Name: i.ID, Kind: EntryServer, Addresses: parsed(i.PrivateIP), VPC: n.subnets[i.SubnetID].VPCID, Groups: i.VPCSecurityGroupIDs,
	}
	if n.public[i.SubnetID] {
		p.Addresses = append(p.Addresses, parsed(i.PublicIP)...)
	}
	p.Addresses = append(p.Addresses, parsed(i.IPv6Addresses...)...)
	return p
}

// registrationsOf are the attachments of the account with their groups.
func registrationsOf(account *cloud.Account) ([]registration, error) {
	groups, err := targetGroupsOf(account)
	if err != nil {
		return nil, err
	}
	attachments, err := cloud.States[struct {
		TargetGroupARN, TargetID string
		Port                     int
	}](account, attachmentToken)
	var out []registration
	for _, a := range attachments {
		g := groups[a.TargetGroupARN]
		out = append(out, registration{target: a.TargetID, port: cmp.Or(a.Port, g.Port), group: g})
	}
	return out, err
}

func targetGroupsOf(account *cloud.Account) (map[string]groupState, error) {
	groups, err := cloud.States[groupState](account, targetGroupToken)
	out := map[string]groupState{}
	for _, g := range groups {
		out[g.ARN] = g
	}
	return out, err
}

// tasksOf are the tasks that run, each a server under its service's name. A
// service whose tasks cannot start has none.
func tasksOf(account *cloud.Account, n network, say saying) ([]machine, error) {
	services, err := cloud.States[serviceState](account, serviceToken)
	if err != nil {
		return nil, err
	}
	groups, err := targetGroupsOf(account)
	if err != nil {
		return nil, err
	}
	tasks, err := cloud.States[taskState](account, taskToken)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(tasks, func(a, b taskState) int { return a.StartedAs - b.StartedAs })
	var out []machine
	for _, s := range services {
		answer := say(func() server.Server { return s.fallback(groups) }, s.Name)
		for _, t := range tasks {
			if t.Service != s.ID {
				continue
			}
			place := wire.Place{
				Name: s.Name, Kind: EntryServer, Addresses: parsed(t.PrivateIP), VPC: n.subnets[t.SubnetID].VPCID, Groups: t.SecurityGroups,
			}
			out = append(out, machine{place: place, server: answer, ids: []string{t.PrivateIP}})
		}
	}
	return out, nil
}

// fallback is what a service answers of which nobody says it: it speaks what its
// target groups ask.
func (s serviceState) fallback(groups map[string]groupState) server.Server {
	var out server.Server
	for _, lb := range s.LoadBalancers {
		out.Listeners = withPort(out.Listeners, groups[lb.TargetGroupARN].listener(lb.ContainerPort))
	}
	return out
}

// healthOf is what is said of the health of a target, by its id or address.
func healthOf(machines []machine) func(target string, port int) string {
	health := map[string]string{}
	for _, m := range machines {
		for _, id := range m.ids {
			health[id] = m.server.Health
		}
	}
	return func(target string, _ int) string { return health[target] }
}
