package pathplan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/albrule"
	"github.com/portico-iac/portico/requestpath"
)

// Balancer is an internet-facing load balancer that answers HTTPS, and redirects
// HTTP unless it stands behind CloudFront.
type Balancer struct {
	Name string
	// DNSName is the one that AWS assigns. Default: requestpath.AssignedBalancerName.
	DNSName string
	// Names are those that records lead to it.
	Names []string
	// Certificate is the names on the listener's default certificate.
	Certificate        []string
	AccessFrom         string
	AllowedCIDRs       []string
	DualStack          bool
	SSLPolicy          string
	IdleTimeoutSeconds int
	// Secret is what every rule asks for, behind CloudFront.
	Secret Secret
	Routes []Route
}

// Route is what attaches one service to a load balancer.
type Route struct {
	Name         string
	Priority     int
	Hosts, Paths []string
	// Certificate is the names on a further certificate of the listener, and Names
	// those that records lead to the balancer for it.
	Certificate, Names []string
	Protocol           string
	ProtocolVersion    string
	Port               int
	Target             Target
}

func (b Balancer) group() string { return b.Name + "-alb" }

// AddTo adds the balancer, its records, its group, and all of its routes.
func (b Balancer) AddTo(p *requestpath.Plan) {
	dnsName := cmp.Or(b.DNSName, requestpath.AssignedBalancerName)
	addRecords(p, b.Names, dnsName, b.DualStack)
	group := requestpath.SecurityGroup{Name: b.group(), Ingress: b.ingress()}
	https := requestpath.Listener{
		Port: httpsPort, Protocol: requestpath.ProtocolHTTPS,
		Certificates:   []requestpath.Certificate{{Names: b.Certificate}},
		SecurityPolicy: b.SSLPolicy,
		DefaultAction:  requestpath.Action{Type: requestpath.ActionFixedResponse, Status: b.unmatched()},
	}
	for _, r := range b.Routes {
		r = r.distinctIn(p)
		addRecords(p, r.Names, dnsName, b.DualStack)
		if len(r.Certificate) > 0 {
			https.Certificates = append(https.Certificates, requestpath.Certificate{Names: r.Certificate})
		}
		https.Rules = append(https.Rules, r.rule(b.Secret))
		group.Egress = append(group.Egress, fromGroup(r.Port, r.Target.Group))
		r.addTo(p, b.group())
	}
	addGroup(p, group)
	listeners := []requestpath.Listener{https}
	if b.AccessFrom != albrule.AccessCloudFront {
		listeners = append(listeners, redirecting())
	}
	p.Balancers = append(p.Balancers, requestpath.Balancer{
		Name: b.Name, DNSName: dnsName, DualStack: b.DualStack, SecurityGroups: []string{b.group()},
		IdleTimeoutSeconds: b.IdleTimeoutSeconds, Listeners: listeners,
	})
}

func (b Balancer) ingress() []requestpath.Access {
	var all []requestpath.Access
	for _, r := range albrule.PlanIngress(b.AccessFrom, b.AllowedCIDRs, b.DualStack) {
		if r.PrefixList != "" {
			all = append(all, fromList(r.Port, r.PrefixList))
		} else {
			all = append(all, fromCIDR(r.Port, cmp.Or(r.CIDRv4, r.CIDRv6)))
		}
	}
	return all
}

// unmatched is the status of a request that no rule takes.
func (b Balancer) unmatched() int {
	if b.AccessFrom == albrule.AccessCloudFront {
		return 403
	}
	return 404
}

// redirecting is the listener that sends viewers to HTTPS.
func redirecting() requestpath.Listener {
	return requestpath.Listener{
		Port: httpPort, Protocol: requestpath.ProtocolHTTP,
		DefaultAction: requestpath.Action{Type: requestpath.ActionRedirect, Redirect: &requestpath.Redirect{
			Protocol: requestpath.ProtocolHTTPS, Port: "443", Status: 301,
		}},
	}
}

func (r Route) rule(s Secret) requestpath.ListenerRule {
	rule := requestpath.ListenerRule{
		Priority: r.Priority,
		Action:   requestpath.Action{Type: requestpath.ActionForward, TargetGroup: r.Name},
	}
	add := func(field, header string, values []string) {
		if len(values) > 0 {
			rule.Conditions = append(rule.Conditions, requestpath.Condition{
				Field: field, Header: header, Values: slices.Clone(values),
			})
		}
	}
	add(requestpath.FieldHost, "", r.Hosts)
	add(requestpath.FieldPath, "", r.Paths)
	add(requestpath.FieldHeader, s.Header, s.Accepted)
	return rule
}

// distinctIn gives the target group a name of its own, and so a target of that
// name that is another one: components of two types may share a name.
func (r Route) distinctIn(p *requestpath.Plan) Route {
	own := func(name string) string { return fmt.Sprintf("%s (priority %d)", name, r.Priority) }
	if slices.ContainsFunc(p.TargetGroups, func(g requestpath.TargetGroup) bool { return g.Name == r.Name }) {
		r.Name = own(r.Name)
	}
	if s := serverOf(p, r.Target.Server); s != nil && !slices.Equal(s.SecurityGroups, r.Target.groups()) {
		r.Target.Server = own(r.Target.Server)
	}
	return r
}

// addTo adds the target group, the target and the way to it from the balancer's
// group.
func (r Route) addTo(p *requestpath.Plan, balancerGroup string) {
	p.TargetGroups = append(p.TargetGroups, requestpath.TargetGroup{
		Name: r.Name, Protocol: r.Protocol, ProtocolVersion: r.ProtocolVersion, Port: r.Port,
		Targets: []requestpath.Target{{Server: r.Target.Server, Port: r.Port}},
	})
	addGroup(p, requestpath.SecurityGroup{
		Name: r.Target.Group, Ingress: []requestpath.Access{fromGroup(r.Port, balancerGroup)},
	})
	r.Target.addTo(p, r)
}
