package pathplan

import (
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// Target is what answers behind a route. It is taken to listen on the route's
// port and to speak what the route asks for: what an application does is not
// known before it runs.
type Target struct {
	Server string
	// Group is the security group that the route opens for the balancer.
	Group string
	// Groups are all groups of the target as they are without the route. Default:
	// Group alone, which admits nobody and lets nothing out.
	Groups []requestpath.SecurityGroup
	// Beside are groups of others that get rules for the target.
	Beside []requestpath.SecurityGroup
	// Addresses default to PrivateAddress.
	Addresses []string
	Image     *requestpath.Image
}

// Anything is a target of which nothing is known but its security group.
func Anything(name, group string) Target {
	if group == "" {
		group = name + "-targets"
	}
	return Target{Server: name, Group: group}
}

func (t Target) addTo(p *requestpath.Plan, r Route) {
	names := []string{t.Group}
	if len(t.Groups) > 0 {
		names = nil
	}
	for _, g := range t.Groups {
		names = append(names, g.Name)
		addGroup(p, g)
	}
	for _, g := range t.Beside {
		addGroup(p, g)
	}
	addresses := t.Addresses
	if len(addresses) == 0 {
		addresses = []string{PrivateAddress}
	}
	if slices.ContainsFunc(p.Servers, func(s requestpath.Server) bool { return s.Name == t.Server }) {
		return // two routes may lead to one server; its listeners are the first's
	}
	p.Servers = append(p.Servers, requestpath.Server{
		Name: t.Server, Addresses: addresses, SecurityGroups: names, Image: t.Image,
		Listeners: []requestpath.ServerListener{r.listener()},
	})
}

// listener is a server that speaks what the route's target group asks for.
func (r Route) listener() requestpath.ServerListener {
	l := requestpath.ServerListener{Port: r.Port, Protocol: r.Protocol}
	if r.Protocol == requestpath.ProtocolHTTPS {
		l.Certificates = []requestpath.Certificate{{Names: []string{"localhost"}, Trust: requestpath.SelfSigned}}
	}
	switch r.ProtocolVersion {
	case requestpath.VersionHTTP2:
		l.Versions = []string{requestpath.HTTP2}
	case requestpath.VersionGRPC:
		l.Versions = []string{requestpath.HTTP2, requestpath.GRPC}
	default:
		l.Versions = []string{requestpath.HTTP11}
	}
	return l
}
