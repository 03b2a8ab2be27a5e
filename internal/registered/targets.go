package registered

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// targetGroup is a target group in the plan with where its load balancer stands.
type targetGroup struct {
	*requestpath.TargetGroup
	// attached come before the tasks of services.
	attached []requestpath.Target
	// zones are those of the load balancer that forwards to it; none when not known.
	zones []string
}

// readTargetGroups describes the target groups, still without targets. A rule
// that forwards to one that is left out leads to something not described.
func (r *reader) readTargetGroups() {
	r.groups = map[string]*targetGroup{}
	named := map[string]bool{}
	described := make([]requestpath.TargetGroup, 0, len(r.all[typeTargetGroup]))
	for _, g := range r.all[typeTargetGroup] {
		if t := g.str("targetType"); t != "" && t != "instance" && t != "ip" {
			r.note(g, "targetType", "targets of type "+t+" are not described, and so is what the group answers")
			continue
		}
		described = append(described, requestpath.TargetGroup{
			Name: unique(named, g.str("name"), g), Protocol: g.str("protocol"),
			ProtocolVersion: g.str("protocolVersion"), Port: g.num("port"),
		})
		r.groups[g.id] = &targetGroup{TargetGroup: &described[len(described)-1], zones: r.zonesBefore(g)}
	}
	r.Plan.TargetGroups = described
}

// unique is the name, with the Region after it when another one has it.
func unique(named map[string]bool, name string, of *resource) string {
	if named[name] {
		name += "@" + cmp.Or(of.region(), of.id)
	}
	named[name] = true
	return name
}

// zonesBefore are the zones of the load balancer that forwards to the group.
func (r *reader) zonesBefore(group *resource) []string {
	for _, listener := range r.all[typeListener] {
		actions := listener.blocks("defaultActions")
		for _, rule := range r.about(typeListenerRule, "listenerArn", listener) {
			actions = append(actions, rule.blocks("actions")...)
		}
		if !slices.ContainsFunc(actions, func(a object) bool { return slices.Contains(forwardedTo(a), group.id) }) {
			continue
		}
		if loadBalancer := r.one(typeLoadBalancer, listener.str("loadBalancerArn")); loadBalancer != nil {
			return r.zonesOf(loadBalancer)
		}
	}
	return nil
}

// zonesOf are those of a load balancer, none when a subnet is not among the resources.
func (r *reader) zonesOf(loadBalancer *resource) []string {
	var zones []string
	for _, id := range subnetsOf(loadBalancer) {
		if r.one(typeSubnet, id) == nil {
			return nil
		}
		zones = append(zones, r.get(typeSubnet, id).str("availabilityZone"))
	}
	return zones
}

func subnetsOf(loadBalancer *resource) []string {
	return present(append(loadBalancer.strs("subnets"), pluck(loadBalancer.blocks("subnetMappings"), "subnetId")...))
}

// target is the registration of a server with a target group. A zone in which the load
// balancer has no subnet leaves it unused; "" is not known, and judged to be well.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func (g *targetGroup) target(server string, port int, zone, health string) requestpath.Target {
	if len(g.zones) > 0 && zone != "" && !slices.Contains(g.zones, zone) {
		health = requestpath.Unused
	}
	return requestpath.Target{Server: server, Port: port, Health: health}
}

// asked is what a server has to speak for a target group: what the group asks.
func (g *targetGroup) asked(port int) requestpath.ServerListener {
	l := requestpath.ServerListener{Port: cmp.Or(port, g.Port), Protocol: g.Protocol}
	if l.Protocol == requestpath.ProtocolHTTPS {
		l.Certificates = []requestpath.Certificate{localhost}
	}
	switch g.ProtocolVersion {
	case requestpath.VersionHTTP2:
		l.Versions = []string{requestpath.HTTP2}
	case requestpath.VersionGRPC:
		l.Versions = []string{requestpath.HTTP2, requestpath.GRPC}
	default:
		l.Versions = []string{requestpath.HTTP11}
	}
	return l
}

// localhost is the certificate of a server of which nothing else is known: good
// enough for a load balancer, which looks at none, and for nobody else.
var localhost = requestpath.Certificate{Names: []string{"localhost"}, Trust: requestpath.SelfSigned}

// listen adds a listener, or its versions to the one on the same port.
func listen(all []requestpath.ServerListener, l requestpath.ServerListener) []requestpath.ServerListener {
	own := find(all, func(o *requestpath.ServerListener) bool { return o.Port == l.Port })
	if own == nil {
		return append(all, l)
	}
	own.Versions = present(append(own.Versions, l.Versions...))
	return all
}

// server is the described server of a name, or nil.
func (r *reader) server(name string) *requestpath.Server {
	return find(r.Plan.Servers, func(s *requestpath.Server) bool { return s.Name == name })
}

// serverAt is the described server at an address, or nil.
func (r *reader) serverAt(address string) *requestpath.Server {
	return find(r.Plan.Servers, func(s *requestpath.Server) bool { return slices.Contains(s.Addresses, address) })
}

// readAttachments registers instances and addresses with their groups. What an
// instance speaks follows from its groups unless it says so itself.
func (r *reader) readAttachments() {
	for _, a := range r.all["aws:lb/targetGroupAttachment:TargetGroupAttachment"] {
		g, ok := r.groups[a.str("targetGroupArn")]
		if !ok {
			r.note(a, "targetGroupArn", "the target group is not described")
			continue
		}
		r.attach(a, g)
	}
	r.readScaled()
	for _, i := range r.all[typeInstance] {
		r.answerByDefault(i)
	}
	for _, g := range r.groups {
		g.Targets = append(g.attached, g.Targets...)
	}
}

func (r *reader) attach(a *resource, g *targetGroup) {
	id, port, zone := a.str("targetId"), a.num("port"), a.str("availabilityZone")
	if zone == "all" {
		zone = ""
	}
	s := r.server(id)
	if _, err := netip.ParseAddr(id); err == nil {
		s = r.serverAt(id)
	}
	if s == nil {
		s = r.absent(a, "targetId", id, g, nil)
	}
	instance := r.get(typeInstance, s.Name)
	zone = cmp.Or(instance.str("availabilityZone"), zone)
	given, ok := r.given(instance, s.Name)
	if !running(instance) {
		given.Health = requestpath.Unused
	}
	g.attached = append(g.attached, g.target(s.Name, port, zone, given.Health))
	if !ok && instance != nil && r.firstBoot(instance) == nil && len(s.Addresses) > 0 {
		s.Listeners = listen(s.Listeners, g.asked(port))
	}
}

// given is what the options say about a server.
func (r *reader) given(instance object, name string) (Server, bool) {
	for _, key := range append([]string{name}, nameTags(instance)...) {
		if s, ok := r.options.Servers[key]; ok && key != "" {
			return r.withHiddenValues(s), true
		}
	}
	return Server{}, false
}

func nameTags(instance object) []string {
	return []string{instance.block("tags").str("Name"), instance.block("tagsAll").str("Name")}
}

// running says whether an instance can be a target: one that is stopped is unused.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func running(instance object) bool {
	return !slices.Contains([]string{"stopped", "stopping", "terminated", "shutting-down"}, strings.ToLower(instance.str("instanceState")))
}
