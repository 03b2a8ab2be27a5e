package accesslog

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// replay is a way in which the request of a line may have come, walked through the plan.
type replay struct {
	chain requestpath.Chain
	// came says which way that is.
	came string
	// open is what the resources leave open about it.
	open []registered.Note
	// unseen is what the line would have to say to tell this way from that through the
	// distribution, bypass what it means, and closing how to reject such requests.
	unseen, bypass, closing string
}

// replays is how a request may have come, or why that cannot be said.
type replays struct {
	ways    []replay
	unknown string
}

// compare completes a diagnosis by what the plan predicts: the first way with the line's
// status and hop explains it.
func (d *Diagnosis) compare(r replays, forwarded bool) {
	if len(r.ways) == 0 {
		d.Plan = "not compared: " + r.unknown
		return
	}
	fits := slices.DeleteFunc(slices.Clone(r.ways), func(w replay) bool { return !d.fits(w.outcome()) })
	if len(fits) == 0 {
		d.differ(r.ways, forwarded)
		return
	}
	w := fits[0]
	o := w.outcome()
	d.Agrees, d.By, d.ByName = true, o.By, o.ByName
	d.Plan = fmt.Sprintf("predicts %d by %s %s for it now%s", o.Status, o.By, o.ByName, w.came)
	if o.Fix != "" {
		d.Why, d.Fix, d.Field, d.Source = o.Why, o.Fix, o.Field, o.Fact.Source
		d.Missing = nil
	}
	if end := w.chain.Outcome; o.OK() && !end.OK() {
		d.Why, d.Fix, d.Field, d.Source = "the viewer is redirected, and "+end.Why, end.Fix, end.Field, end.Fact.Source
	}
	for i, other := range fits {
		switch {
		case other.bypass == "" || !other.outcome().Served():
			continue
		case i == 0:
			d.Why, d.Fix = d.Why+"; "+other.bypass, other.closing
		default:
			d.Missing = append(d.Missing, fmt.Sprintf("the line does not say %s: if not, %s, and %s", other.unseen, other.bypass, other.closing))
		}
		return
	}
}

// fits says whether an outcome is what the line has.
func (d *Diagnosis) fits(o requestpath.Outcome) bool {
	return o.Status == d.Status && (d.By == "" || d.By == o.By || d.By == requestpath.HopOrigin && o.By != requestpath.HopDistribution)
}

// differ says what the plan predicts in place of what the line has.
func (d *Diagnosis) differ(ways []replay, forwarded bool) {
	for _, w := range ways {
		if o := w.outcome(); d.By == requestpath.HopTarget && o.By == requestpath.HopTarget {
			d.Plan = fmt.Sprintf("has the request reach %s%s; what an application answers to it, no plan says", o.ByName, w.came)
			return
		}
	}
	w := ways[0]
	for _, other := range ways {
		if forwarded && other.outcome().Served() {
			w = other
			break
		}
	}
	o := w.outcome()
	got := strconv.Itoa(o.Status)
	if o.Status == 0 {
		got = "no answer (" + string(o.Reason) + ")"
	}
	d.Plan = fmt.Sprintf("predicts %s by %s %s now%s, not what was logged: the resources have changed since, or the cause is one that no plan shows, such as load, a deployment or the application",
		got, o.By, o.ByName, w.came)
	if !o.OK() {
		d.Plan += "; predicted because " + o.Why
	}
	for _, n := range w.open {
		d.Missing = append(d.Missing, "the resources leave open, and it may be the cause: "+n.String())
	}
}

// follow walks a request with its redirects, and notes what the resources leave open.
func follow(model *registered.Model, r requestpath.Request) replay {
	w := replay{chain: model.Follow(r)}
	w.open = append(model.Meets(w.chain.Traces[0]), model.Unsure(r, func(c requestpath.Chain) bool { return c.Outcome.OK() })...)
	return w
}

// outcome is that of the request itself: a line is about one request.
func (w replay) outcome() requestpath.Outcome { return w.chain.Traces[0].Outcome }

// viewed walks the request of a viewer to a distribution.
func (l Line) viewed(model *registered.Model, at *url.URL) replays {
	assigned := l.get("cs(Host)")
	plan := model.Plan
	i := slices.IndexFunc(plan.Distributions, func(d requestpath.Distribution) bool {
		return d.DomainName == assigned || dnsname.AnyCovers(d.Aliases, at.Hostname())
	})
	if i < 0 {
		return replays{unknown: fmt.Sprintf("the resources have no distribution %s that can be described", cmp.Or(assigned, at.Hostname()))}
	}
	r := requestpath.Request{
		Scheme: at.Scheme, Name: at.Hostname(), ConnectTo: plan.Distributions[i].DomainName, Host: at.Host, Method: l.get("cs-method"),
		Path: at.EscapedPath(), Query: at.RawQuery, TLS: l.get("ssl-protocol"), IgnoreCertificate: true,
		Version: requestpath.HTTP11, Headers: agent(l.decoded("cs(User-Agent)")),
	}
	switch {
	case strings.HasPrefix(l.get("cs-protocol"), "grpc"):
		r.Version = requestpath.GRPC
	case strings.HasPrefix(l.get("cs-protocol-version"), "HTTP/2"):
		r.Version = requestpath.HTTP2
	case strings.HasPrefix(l.get("cs-protocol-version"), "HTTP/3"):
		r.Version = requestpath.HTTP3
	}
	r.From.Address = l.get("c-ip")
	return replays{ways: []replay{follow(model, r)}}
}

// agent is the User-Agent of a line, of which a web ACL may make something; empty when
// the request had none.
func agent(value string) []requestpath.Header {
	return []requestpath.Header{{Name: "User-Agent", Value: value}}
}

// replays walks the ways in which a request to a load balancer may have come: through
// a distribution of the plan, straight from the client, and from another distribution.
func (l Line) replays(model *registered.Model, method string, at *url.URL, client netip.Addr) replays {
	plan := model.Plan
	i := slices.IndexFunc(plan.LoadBalancers, func(b requestpath.LoadBalancer) bool { return b.Name == l.loadBalancer() })
	if i < 0 {
		return replays{unknown: fmt.Sprintf("the resources have no load balancer %s that can be described", l.loadBalancer())}
	}
	b := plan.LoadBalancers[i]
	port, _ := strconv.Atoi(at.Port()) // 0 is the default
	direct := requestpath.Request{
		Scheme: at.Scheme, Name: at.Hostname(), ConnectTo: b.DNSName, Port: port, Host: at.Hostname(), Method: method,
		Path: at.EscapedPath(), Query: at.RawQuery, Version: l.version(), TLS: l.get("ssl_protocol"), IgnoreCertificate: true,
		Headers: agent(l.get("user_agent")),
	}
	if sni := l.get("domain_name"); sni != "" {
		direct.Name = sni
	}
	direct.From.Address = client.String()
	if client.IsPrivate() || b.Internal {
		direct.From.Kind = requestpath.FromVPC
	}
	var out replays
	front := ""
	for _, d := range plan.Distributions {
		if w, ok := through(model, d, b, direct); ok {
			front = d.Name
			w.came = ", when it comes through distribution " + d.Name
			out.ways = append(out.ways, w)
		}
	}
	stranger := direct
	stranger.From = requestpath.Source{Kind: requestpath.FromCloudFront}
	if client.String() != requestpath.CloudFrontAddress { // which is CloudFront's for certain
		out.ways = append(out.ways, straight(follow(model, direct), front, client))
	}
	out.ways = append(out.ways, another(follow(model, stranger), front, b.Name))
	return out
}

// straight is the way from the client itself, with what is known of a distribution before
// the load balancer.
func straight(w replay, front string, client netip.Addr) replay {
	if front == "" {
		return w
	}
	w.came, w.bypass = ", when it comes around distribution "+front, "the request came around distribution "+front
	w.unseen, w.closing = fmt.Sprintf("whether %s is an address of CloudFront's", client), w.chain.Closing()
	return w
}

// another is the way from a distribution that is not of the plan.
func another(w replay, front, loadBalancer string) replay {
	w.came = ", when it comes from a distribution that is not among the resources"
	if front != "" {
		w.unseen, w.bypass = "whether distribution "+front+" sent the request", "anybody's distribution is answered"
		w.closing = fmt.Sprintf("nothing in between rejects it: let the rules of load balancer %s ask for a header that only your distribution adds", loadBalancer)
	}
	return w
}

// through walks the request of a viewer to a distribution that reaches the load balancer
// as the line has it; false when there is none.
func through(model *registered.Model, d requestpath.Distribution, b requestpath.LoadBalancer, direct requestpath.Request) (replay, bool) {
	for _, o := range d.Origins {
		path, ok := strings.CutPrefix(direct.Path, o.Path)
		if !ok {
			continue
		}
		names := slices.DeleteFunc(slices.Clone(d.Aliases), dnsname.IsWildcard)
		names = append(names, d.DomainName)
		if d.Behavior(path).ForwardsHost {
			names = []string{direct.Host}
		}
		w := follow(model, requestpath.Request{
			Scheme: requestpath.SchemeHTTPS, Name: names[0], ConnectTo: d.DomainName, Method: direct.Method, Path: path, Query: direct.Query,
			IgnoreCertificate: true,
		})
		h := w.chain.Traces[0].Hop(requestpath.HopLoadBalancer)
		if h != nil && h.Name == b.Name && h.Port == direct.Port && strings.EqualFold(h.Host, direct.Host) {
			return w, true
		}
	}
	return replay{}, false
}
