package components

import (
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// targetPlan is the target of a route as plans have it. It is taken to listen on
// the route's port and to speak what the route asks for: what an application does
// is not known before it runs.
type targetPlan struct {
	server string
	// group is the security group that the route opens for the load balancer.
	group string
	// groups are all groups of the target as they are without the route.
	groups []requestpath.SecurityGroup
	// beside are groups of others that get rules for the target.
	beside []requestpath.SecurityGroup
	// addresses default to anyPrivateAddress.
	addresses []string
	image     *requestpath.Image
}

// anyTarget is a target of which nothing is known but its security group.
func anyTarget(name, group string) targetPlan {
	if group == "" {
		group = name + "-targets"
	}
	return targetPlan{server: name, group: group, groups: []requestpath.SecurityGroup{{Name: group}}}
}

func (t targetPlan) groupNames() []string {
	var names []string
	for _, g := range t.groups {
		names = append(names, g.Name)
	}
	return names
}

// addTo adds the target with what its route asks of it.
func (t targetPlan) addTo(p *requestpath.Plan, route *ServiceRouteArgs) {
	for _, g := range slices.Concat(t.groups, t.beside) {
		addGroup(p, g)
	}
	addresses := t.addresses
	if len(addresses) == 0 {
		addresses = []string{anyPrivateAddress}
	}
	listener := route.serverListener()
	if s := serverOf(p, t.server); s != nil {
		s.Listeners = withListener(s.Listeners, listener)
		return
	}
	p.Servers = append(p.Servers, requestpath.Server{
		Name: t.server, Addresses: addresses, SecurityGroups: t.groupNames(), Image: t.image,
		Listeners: []requestpath.ServerListener{listener},
	})
}

// withListener adds what a further route asks of a server that another one leads
// to. A port speaks HTTP or HTTPS, as the first route has it, in every version that
// is asked for.
func withListener(all []requestpath.ServerListener, l requestpath.ServerListener) []requestpath.ServerListener {
	for i := range all {
		own := &all[i]
		if own.Port != l.Port {
			continue
		}
		for _, v := range l.Versions {
			if !slices.Contains(own.Versions, v) {
				own.Versions = append(own.Versions, v)
			}
		}
		return all
	}
	return append(all, l)
}

// serverListener is a server that speaks what the route's target group asks for.
func (a *ServiceRouteArgs) serverListener() requestpath.ServerListener {
	l := requestpath.ServerListener{Port: a.Port, Protocol: a.Protocol}
	if a.Protocol == requestpath.ProtocolHTTPS {
		l.Certificates = []requestpath.Certificate{{Names: []string{"localhost"}, Trust: requestpath.SelfSigned}}
	}
	switch a.ProtocolVersion {
	case requestpath.VersionHTTP2:
		l.Versions = []string{requestpath.HTTP2}
	case requestpath.VersionGRPC:
		l.Versions = []string{requestpath.HTTP2, requestpath.GRPC}
	default:
		l.Versions = []string{requestpath.HTTP11}
	}
	return l
}
