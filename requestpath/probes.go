package requestpath

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
)

// What a plan must do with a probe.
const (
	// WantAnswer: a viewer's ordinary request, which has to end in 2xx or 3xx.
	WantAnswer = "answer"
	// WantRejection: a request that bypasses the front, which must reach no server.
	WantRejection = "rejection"
)

// Probe is one request that a plan has to answer or to reject.
type Probe struct {
	Name    string  `json:"name"`
	Want    string  `json:"want"`
	Request Request `json:"request"`
}

// Result is a probe with its outcome.
type Result struct {
	Probe
	Chain Chain `json:"chain"`
	// OK says that it is what the probe wants.
	OK bool `json:"ok"`
}

// Check walks every probe of the plan.
func Check(plan Plan) []Result {
	probes := Probes(plan)
	results := make([]Result, len(probes))
	for i, p := range probes {
		results[i] = p.Walk(plan)
	}
	return results
}

// Walk follows the probe's request and judges the outcome.
func (p Probe) Walk(plan Plan) Result { return p.WalkIn(NewSession(plan)) }

// WalkIn does so after other requests, whose answers may be in caches.
func (p Probe) WalkIn(s *Session) Result {
	chain := s.Follow(p.Request)
	ok := chain.Outcome.OK() && chain.Outcome.Instead == 0
	if p.Want == WantRejection {
		ok = !chain.Outcome.Served()
	}
	return Result{Probe: p, Chain: chain, OK: ok}
}

// Closing is how to reject the request of the chain, which bypasses the front.
func (c Chain) Closing() string {
	for _, h := range c.Traces[len(c.Traces)-1].Hops {
		if c.Traces[0].Request.From.Kind == FromCloudFront && h.Kind == HopOrigin {
			return fmt.Sprintf("nothing in between rejects it: let %s ask for a header that only your distribution adds", h.Name)
		}
		if h.Kind == HopBucket {
			return fmt.Sprintf("nothing in between rejects it: let the policy of bucket %s grant your distribution alone", h.Name)
		}
		if h.Kind != HopDNS {
			return fmt.Sprintf("nothing in between rejects it: let the security groups of %s admit on port %d only what stands before it", h.Name, h.Port)
		}
	}
	return "nothing in between rejects it"
}

// Served says that an application answered, whatever its answer, or a bucket with an object.
func (o Outcome) Served() bool {
	if o.By == HopBucket {
		return o.OK()
	}
	return o.Status != 0 && (o.By == HopTarget || o.By == HopOrigin) && o.Fact.ID != factRequiredHeader.ID
}

// Probes are every kind of request that the plan must answer or reject: each
// viewer name over HTTP and HTTPS, on a path of each rule and each behaviour; then each load
// balancer, each bucket and each server dialled around what stands before it, and an origin that
// wants a header asked without and with a wrong one. A load balancer that is open to
// some addresses alone is asked from one of them, and must reject another one; one
// whose targets speak gRPC alone is called so. An internal load balancer is asked from
// the VPC, and must not answer the internet. Where a web ACL looks at countries, viewers
// ask from one in which they are answered, and what a rule blocks by path or country must
// be rejected, as must a country that a distribution does not answer.
func Probes(plan Plan) []Probe {
	w := &walker{plan: plan.withDefaults()}
	var all []Probe
	for i := range w.plan.Distributions {
		e := &w.plan.Distributions[i]
		all = append(all, w.distributionProbes(e)...)
		for _, f := range e.fetches() {
			switch at := w.originOf(f); {
			case at.server != nil:
				all = append(all, f.probesOfOthers(f.directProbe(""), "server "+at.server.Name)...)
			case at.bucket != nil:
				all = append(all, f.aroundToBucket(at.bucket))
			}
		}
	}
	for i := range w.plan.LoadBalancers {
		b := &w.plan.LoadBalancers[i]
		if f, ok := w.fetchFrom(b); ok {
			all = append(all, f.aroundDistribution(b)...)
		} else {
			own := w.loadBalancerProbes(b)
			all = append(append(all, w.asSent(own)...), w.fromElsewhere(b, own)...)
		}
	}
	w.fromSomewhere(all)
	return slices.Concat(all, w.aroundFront(), w.blockedProbes(all), w.restrictedProbes(all))
}

// distributionProbes ask for each alias, or without any for the assigned name.
func (w *walker) distributionProbes(e *Distribution) []Probe {
	names := slices.DeleteFunc(slices.Clone(e.Aliases), dnsname.IsWildcard)
	if len(e.Aliases) == 0 {
		names = []string{e.DomainName}
	}
	var all []Probe
	for _, n := range names {
		for _, b := range e.behaviors() {
			if f, described := e.fetch(b); described {
				all = append(all, viewerProbes(Request{Name: n}, w.pathsOf(f, n), b.ViewerProtocolPolicy != HTTPSOnly)...)
			}
		}
	}
	return all
}

// loadBalancerProbes ask for each name that leads to the load balancer.
func (w *walker) loadBalancerProbes(b *LoadBalancer) []Probe {
	plain := slices.ContainsFunc(b.Listeners, func(l Listener) bool { return l.Port == portOf(SchemeHTTP) })
	var all []Probe
	for _, name := range w.namesOf(b) {
		all = append(all, viewerProbes(Request{Name: name, From: b.viewers()}, b.paths(call{host: name}), plain)...)
	}
	return all
}

// viewers are whom the load balancer is for: of an internal one, the VPC.
func (b *LoadBalancer) viewers() Source {
	if b.Internal {
		return Source{Kind: FromVPC}
	}
	return Source{}
}

// namesOf are the names that lead its viewers to the load balancer.
func (w *walker) namesOf(b *LoadBalancer) []string {
	var names []string
	for _, r := range w.plan.Records {
		at, _, ok := w.lookup(r.Name, b.viewers().withDefaults().peer())
		if ok && at.loadBalancer != nil && at.loadBalancer.Name == b.Name && !dnsname.IsWildcard(r.Name) && r.Type != RecordAAAA {
			names = append(names, r.Name)
		}
	}
	return names
}

func viewerProbes(request Request, paths []string, plain bool) []Probe {
	schemes := []string{SchemeHTTPS}
	if plain {
		schemes = []string{SchemeHTTP, SchemeHTTPS}
	}
	var all []Probe
	for _, request.Path = range paths {
		for _, request.Scheme = range schemes {
			all = append(all, Probe{request.Scheme + "://" + request.Name + request.Path, WantAnswer, request})
		}
	}
	return all
}

// originOf is what the name of the origin, or its VPC origin, leads to.
func (w *walker) originOf(f fetch) place {
	if f.origin.VPCOrigin != "" {
		at, _ := w.endOfVPCOrigin(f.origin)
		return at
	}
	at, _, _ := w.lookup(f.origin.DomainName, f.call(call{}).from)
	return at
}

// fetchFrom is the distribution that asks the load balancer, false without any.
func (w *walker) fetchFrom(b *LoadBalancer) (fetch, bool) {
	for i := range w.plan.Distributions {
		for _, f := range w.plan.Distributions[i].fetches() {
			if at := w.originOf(f); at.loadBalancer != nil && at.loadBalancer.Name == b.Name {
				return f, true
			}
		}
	}
	return fetch{}, false
}

// aroundDistribution dials the load balancer from the internet, and as somebody else's
// distribution, which has the same addresses as one's own.
func (f fetch) aroundDistribution(b *LoadBalancer) []Probe {
	direct, origin := f.directProbe(b.DNSName), "load balancer "+b.Name
	around := Probe{"around the distribution to " + origin, WantRejection, direct}
	return append([]Probe{around}, f.probesOfOthers(direct, origin)...)
}

// aroundToBucket asks the bucket itself for what the distribution would ask.
func (f fetch) aroundToBucket(b *Bucket) Probe {
	direct := Request{Scheme: SchemeHTTPS, Name: b.DomainName, Path: f.origin.Path + f.distribution.object(f.sample(b))}
	return Probe{"around the distribution to bucket " + b.Name, WantRejection, direct}
}

// directProbe is a request to the origin as a distribution makes it, without what the
// distribution adds.
func (f fetch) directProbe(connectTo string) Request {
	direct := Request{Scheme: SchemeHTTPS, Name: f.origin.DomainName, ConnectTo: connectTo, IgnoreCertificate: true}
	if f.behavior.ForwardsHost && len(f.distribution.Aliases) > 0 {
		direct.Host = f.distribution.Aliases[0]
	}
	return direct
}

// probesOfOthers are a request as somebody else's distribution makes it, if the origin
// can tell it from this one by a header.
func (f fetch) probesOfOthers(other Request, origin string) []Probe {
	if len(f.origin.Headers) == 0 {
		return nil
	}
	other.From.Kind = FromCloudFront
	without := Probe{"another distribution, without the header, to " + origin, WantRejection, other}
	other.Headers = []Header{{Name: f.origin.Headers[0].Name, Value: "wrong"}}
	return []Probe{without, {"another distribution, with a wrong header, to " + origin, WantRejection, other}}
}

// aroundFront dials every server at every address and port from the internet.
func (w *walker) aroundFront() []Probe {
	var all []Probe
	for _, s := range w.plan.Servers {
		for _, a := range s.Addresses {
			for _, l := range s.Listeners {
				all = append(all, Probe{
					fmt.Sprintf("around the front to server %s, %s port %d", s.Name, a, l.Port), WantRejection,
					Request{Scheme: strings.ToLower(l.Protocol), Name: a, Port: l.Port, IgnoreCertificate: true},
				})
			}
		}
	}
	return all
}

// asSent are ordinary probes as those would send them whom the plan is for: from
// an address that the load balancer admits, and as gRPC calls where the targets take
// nothing else.
func (w *walker) asSent(probes []Probe) []Probe {
	var all []Probe
	for _, p := range probes {
		outcome := p.Walk(*w.plan).Chain.Outcome
		if address := w.admittedBy(outcome); address != "" {
			p.Request.From.Address = address
			outcome = p.Walk(*w.plan).Chain.Outcome
		}
		if w.wantsGRPC(outcome) {
			if p.Request.Scheme == SchemeHTTP {
				continue // nobody calls gRPC over a redirect
			}
			p.Name += " (gRPC)"
			p.Request.Method, p.Request.Version = "POST", GRPC
		}
		all = append(all, p)
	}
	return all
}

// elsewhere are addresses kept for documentation, each of a range of its own.
// Sourced: https://www.rfc-editor.org/rfc/rfc5737
var elsewhere = []string{InternetAddress, "198.51.100.10", "192.0.2.10"}

// fromElsewhere asks a load balancer that is open to some addresses alone what the last
// of its own probes asks, from one that none of its rules names; one that is internal from
// the internet.
func (w *walker) fromElsewhere(b *LoadBalancer, own []Probe) []Probe {
	if len(own) == 0 {
		return nil
	}
	request := own[len(own)-1].Request
	if b.Internal {
		request.From = Source{}
		return []Probe{{"the internet, to load balancer " + b.Name, WantRejection, request}}
	}
	open := func(address string) bool {
		from := request.From
		from.Address = address
		return w.admits(b.SecurityGroups, ingress, request.withDefaults().Port, from.withDefaults().peer())
	}
	i := slices.IndexFunc(elsewhere, func(address string) bool { return !open(address) })
	if i < 0 || w.firstAdmitted(b) == "" {
		return nil
	}
	request.From.Address = elsewhere[i]
	return []Probe{{"another address, " + elsewhere[i] + ", to load balancer " + b.Name, WantRejection, request}}
}

// admittedBy is the first address of a range that the load balancer is open to, when
// it is not open to everybody; "" when that is not what went wrong.
func (w *walker) admittedBy(o Outcome) string {
	b := find(w.plan.LoadBalancers, func(b *LoadBalancer) bool { return b.Name == o.ByName })
	if o.Reason != Timeout || o.By != HopLoadBalancer || b == nil {
		return ""
	}
	return w.firstAdmitted(b)
}

// firstAdmitted is the first address of the first range that a load balancer's groups
// admit, "" when they admit none.
func (w *walker) firstAdmitted(b *LoadBalancer) string {
	for _, name := range b.SecurityGroups {
		g := w.plan.group(name)
		if g == nil {
			continue
		}
		for _, rule := range g.Ingress {
			if prefix, err := netip.ParsePrefix(rule.CIDR); err == nil {
				return prefix.Addr().String()
			}
		}
	}
	return ""
}

// wantsGRPC says that a target group refused it for being no gRPC call.
func (w *walker) wantsGRPC(o Outcome) bool {
	return o.Status == 464 && o.XCache == "" && slices.ContainsFunc(w.plan.TargetGroups, func(g TargetGroup) bool {
		return g.ProtocolVersion == VersionGRPC && strings.HasPrefix(o.Field, part("targetGroups", g.Name)+".")
	})
}
