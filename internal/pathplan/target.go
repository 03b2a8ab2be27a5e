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

// groups are the names of all groups of the target.
func (t Target) groups() []string {
	if len(t.Groups) == 0 {
		return []string{t.Group}
	}
	var names []string
	for _, g := range t.Groups {
		names = append(names, g.Name)
	}
	return names
}

func (t Target) addTo(p *requestpath.Plan, r Route) {
	for _, g := range slices.Concat(t.Groups, t.Beside) {
		addGroup(p, g)
	}
	addresses := t.Addresses
	if len(addresses) == 0 {
		addresses = []string{PrivateAddress}
	}
	if s := serverOf(p, t.Server); s != nil {
		s.Listeners = withListener(s.Listeners, r.listener())
		return
	}
	p.Servers = append(p.Servers, requestpath.Server{
		Name: t.Server, Addresses: addresses, SecurityGroups: t.groups(), Image: t.Image,
		Listeners: []requestpath.ServerListener{r.listener()},
	})
}

func serverOf(p *requestpath.Plan, name string) *requestpath.Server {
	i := slices.IndexFunc(p.Servers, func(s requestpath.Server) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &p.Servers[i]
}

// withListener adds what a further route wants of a server that another one leads
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
