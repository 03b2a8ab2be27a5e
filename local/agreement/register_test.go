package agreement

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/requestpath"
)

// Region is where everything is registered that need not be in us-east-1.
const Region = "ap-northeast-1"

// Refused is the error when the provider, or AWS, refuses a resource of a plan.
type Refused struct {
	// Token is the resource's type, Name its logical name.
	Token, Name string
	Err         error
}

// Error names the resource and has AWS's words.
func (e *Refused) Error() string { return fmt.Sprintf("%s %s: %v", e.Token, e.Name, e.Err) }

// Unwrap is the provider's error.
func (e *Refused) Unwrap() error { return e.Err }

// Setup is a registered plan.
type Setup struct {
	// Driver holds the account.
	Driver *cloudtest.Driver
	// Plan is the plan with the names and addresses that AWS assigned.
	Plan requestpath.Plan
	// Servers are what the servers answer, by their names in Plan.
	Servers map[string]registered.Server
	renames renaming
}

// Request translates a request for the plan into one for the registered resources.
func (s *Setup) Request(r requestpath.Request) requestpath.Request {
	r.Name, r.ConnectTo, r.Host = s.renames.host(r.Name), s.renames.host(r.ConnectTo), s.renames.host(r.Host)
	r.From.SecurityGroups = s.renames.groups(r.From.SecurityGroups)
	return r
}

// Name translates a DNS name or an address of the plan into the registered one.
func (s *Setup) Name(planned string) string { return s.renames.host(planned) }

// Register registers a plan that [Adapt] returned, in a new account. Certificates
// that ACM cannot issue are issued by the authority and imported. The error is a
// *[Refused] if AWS refuses a resource, and an *[Inexpressible] if there is no
// resource for something. With foreign, behaviours run functions of somebody else that
// change nothing, beside what the plan says.
func Register(plan requestpath.Plan, authority *pki.Authority, foreign bool) (*Setup, error) {
	driver, err := cloudtest.NewDriver(Region)
	if err != nil {
		return nil, err
	}
	copied, err := cloned(plan)
	if err != nil {
		return nil, err
	}
	r := &registration{
		driver: driver, authority: authority, plan: &copied, renames: newRenaming(),
		groups: map[string]string{}, zones: map[string]string{}, certificates: map[string]string{},
		targetGroups: map[string]string{}, subnets: map[string]string{}, loadBalancers: map[string]target{},
		listed: map[string]bool{}, webACLs: map[string]string{}, arns: map[string]string{}, vpcOrigins: map[string]string{},
		distributionARNs: map[string]string{}, accessControls: map[string]string{}, cachePolicies: map[string]string{},
		functions: map[string]string{}, responsePolicies: map[string]string{}, foreign: foreign,
	}
	for _, step := range []func() error{
		r.network, r.securityGroups, r.addWebACLs, r.servers, r.groupsAndLoadBalancers, r.attachments, r.services,
		r.addVPCOrigins, r.addBuckets, r.addDistributions, r.addBucketPolicies, r.records,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	setup := &Setup{Driver: driver, Servers: map[string]registered.Server{}, renames: r.renames}
	if setup.Plan, err = r.renames.plan(copied); err != nil {
		return nil, err
	}
	for i, s := range copied.Servers {
		setup.Servers[setup.Plan.Servers[i].Name] = registered.Server{Listeners: setup.Plan.Servers[i].Listeners, Health: health(copied, s.Name)}
	}
	return setup, nil
}

// health is the state of a server that is in no resource.
func health(p requestpath.Plan, server string) string {
	for _, g := range p.TargetGroups {
		for _, t := range g.Targets {
			if t.Server == server && t.Health != requestpath.Unused {
				return t.Health
			}
		}
	}
	return ""
}

// registration registers one plan.
type registration struct {
	driver    *cloudtest.Driver
	authority *pki.Authority
	plan      *requestpath.Plan
	renames   renaming

	vpc, gateway, publicTable string
	functions                 map[string]string // ARNs by code
	responsePolicies          map[string]string // ids by content
	foreign                   bool              // somebody else's functions run too
	front                     []string          // the load balancers' subnets
	nat                       string
	groups                    map[string]string // ids by name
	zones                     map[string]string // ids by name, private ones with a "!" before
	certificates              map[string]string // ARNs by Region and content
	targetGroups              map[string]string // ARNs by name
	subnets                   map[string]string // ids by CIDR
	loadBalancers             map[string]target // by the name in the plan
	distributions             []target
	listed                    map[string]bool   // validation records that exist
	webACLs                   map[string]string // ARNs by name
	arns                      map[string]string // of load balancers and instances, by name
	vpcOrigins                map[string]string // ids by distribution and origin
	serviceRules              []serviceRule
	distributionARNs          map[string]string // by name
	accessControls            map[string]string // ids by distribution and origin
	cachePolicies             map[string]string // ids by distribution and path pattern
}

// target is a possible target of alias records: its name in the plan, its assigned
// name and its zone.
type target struct{ planned, name, zone string }

type props = map[string]any

// create registers a resource.
func (r *registration) create(token, name string, in props) (string, props, error) {
	return r.createIn(r.driver, token, name, in)
}

func (r *registration) createIn(d *cloudtest.Driver, token, name string, in props) (string, props, error) {
	id, state, err := d.Create(token, name, in)
	if err != nil {
		return "", nil, &Refused{Token: token, Name: name, Err: err}
	}
	return id, state, nil
}

// renaming has, by the names in a plan, the registered names.
type renaming struct {
	names           map[string]string // DNS names and addresses
	serverIDs       map[string]string
	groupIDs        map[string]string
	distributionIDs map[string]string
}

func newRenaming() renaming {
	return renaming{
		names: map[string]string{}, serverIDs: map[string]string{}, distributionIDs: map[string]string{},
		groupIDs: map[string]string{requestpath.VPCOriginGroup: requestpath.VPCOriginGroup},
	}
}

// host translates a DNS name, perhaps with a dualstack. prefix, or an address.
func (n renaming) host(name string) string {
	for _, prefix := range []string{"", "dualstack."} {
		for old, assigned := range n.names {
			if sameName(name, prefix+old) {
				return prefix + assigned
			}
		}
	}
	return name
}

func (n renaming) hosts(names []string) {
	for i := range names {
		names[i] = n.host(names[i])
	}
}

func (n renaming) groups(names []string) []string {
	out := slices.Clone(names)
	for i := range out {
		if id, ok := n.groupIDs[out[i]]; ok {
			out[i] = id
		}
	}
	return out
}

// plan is the plan with the registered names.
func (n renaming) plan(plan requestpath.Plan) (requestpath.Plan, error) {
	p, err := cloned(plan)
	if err != nil {
		return p, err
	}
	for i := range p.Records {
		p.Records[i].Alias = n.host(p.Records[i].Alias)
		n.hosts(p.Records[i].Addresses)
	}
	for i := range p.Distributions {
		e := &p.Distributions[i]
		e.Name, e.DomainName = n.distributionIDs[e.Name], n.host(e.DomainName)
		for j := range e.Origins {
			o := &e.Origins[j]
			o.DomainName = n.host(o.DomainName)
			o.VPCOrigin = cmp.Or(n.serverIDs[o.VPCOrigin], o.VPCOrigin)
		}
	}
	for i := range p.Buckets {
		for j := range p.Buckets[i].Grants {
			g := &p.Buckets[i].Grants[j]
			g.Distribution = cmp.Or(n.distributionIDs[g.Distribution], g.Distribution)
		}
	}
	for i := range p.LoadBalancers {
		n.loadBalancer(&p.LoadBalancers[i])
	}
	for i := range p.TargetGroups {
		for j := range p.TargetGroups[i].Targets {
			t := &p.TargetGroups[i].Targets[j]
			t.Server = n.serverIDs[t.Server]
		}
	}
	for i := range p.Servers {
		n.server(&p.Servers[i])
	}
	for i := range p.SecurityGroups {
		g := &p.SecurityGroups[i]
		g.Name = n.groupIDs[g.Name]
		n.access(g.Ingress)
		n.access(g.Egress)
	}
	return p, nil
}

func (n renaming) loadBalancer(b *requestpath.LoadBalancer) {
	b.DNSName, b.SecurityGroups = n.host(b.DNSName), n.groups(b.SecurityGroups)
	for _, l := range b.Listeners {
		for i := range l.Certificates {
			n.hosts(l.Certificates[i].Names)
		}
		for _, rule := range l.Rules {
			for _, c := range rule.Conditions {
				if c.Field == requestpath.FieldHost {
					n.hosts(c.Values)
				}
			}
		}
	}
}

func (n renaming) server(s *requestpath.Server) {
	n.hosts(s.Addresses)
	s.Name, s.SecurityGroups = n.serverIDs[s.Name], n.groups(s.SecurityGroups)
	for i := range s.Listeners {
		for j := range s.Listeners[i].Certificates {
			n.hosts(s.Listeners[i].Certificates[j].Names)
		}
	}
	if s.Image != nil {
		s.Image.EndpointGroups = n.groups(s.Image.EndpointGroups)
	}
}

func (n renaming) access(rules []requestpath.Access) {
	for i := range rules {
		if rules[i].SecurityGroup != "" {
			rules[i].SecurityGroup = n.groupIDs[rules[i].SecurityGroup]
		}
	}
}

func private(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.IsPrivate()
}
