package components

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/pathplan"
	"github.com/portico-iac/portico/requestpath"
)

// Origin is what a CloudFrontFront stands before: a *SecuredALB or a
// *TLSInstance.
type Origin interface {
	part
	origin() origin
}

// given is the origin, or nil when the pointer in it is.
func given(o Origin) Origin {
	switch o := o.(type) {
	case *SecuredALB:
		if o == nil {
			return nil
		}
	case *TLSInstance:
		if o == nil {
			return nil
		}
	}
	return o
}

// origin is what a distribution has to know of its origin.
type origin struct {
	domainName string
	// certificate is the names on its certificate.
	certificate []string
	secret      *OriginSecret
	// ready are the resources that let its requests in.
	ready []pulumi.Resource
	// path is the origin as plans of requests know it, with a name that leads there:
	// a record that is not made here is made elsewhere.
	path func(name string) pathplan.Part
}

// origin of a load balancer without routes takes them to be made elsewhere.
func (c *SecuredALB) origin() origin {
	o := origin{secret: c.args.OriginSecret}
	for _, r := range c.routes.all() {
		if r.Rule != nil {
			o.ready = append(o.ready, r.Rule)
		}
	}
	if i := slices.IndexFunc(c.args.AliasNames, func(n string) bool { return !dnsname.IsWildcard(n) }); i >= 0 {
		o.domainName = c.args.AliasNames[i]
	}
	o.certificate = c.args.Domain.Names()
	o.path = func(name string) pathplan.Part {
		b := c.path()
		if len(b.Routes) == 0 {
			b.Routes = []pathplan.Route{pathplan.SomeRoute()}
		}
		if !dnsname.AnyCovers(b.Names, name) {
			b.Names = slices.Concat(b.Names, []string{name})
		}
		return b
	}
	return o
}

func (c *TLSInstance) origin() origin {
	return origin{
		domainName: c.args.OriginDomainName, certificate: c.args.certificateNames(), ready: []pulumi.Resource{c.IngressRule},
		path: func(name string) pathplan.Part {
			i := c.args.path(c.name)
			i.OtherName = name
			return i
		},
	}
}

// Plan is everything that a request can meet at the distribution and, if Origin
// was given, behind it. What AWS is still to choose has stand-ins. Package
// requestpath walks requests through it.
func (c *CloudFrontFront) Plan() requestpath.Plan { return c.args.plan(c.args.path(c.name)) }

func (a *CloudFrontFrontArgs) path(name string) pathplan.Front {
	f := pathplan.Front{
		Name: name, Aliases: a.Aliases, MinimumTLS: a.MinimumViewerTlsVersion, DefaultRootObject: a.DefaultRootObject,
		OriginDomainName: a.OriginDomainName, OriginPort: a.OriginHttpsPort,
		ReadTimeoutSeconds: a.OriginReadTimeoutSeconds, KeepaliveTimeoutSeconds: a.OriginKeepaliveTimeoutSeconds,
		ForwardsHost: a.ForwardHostHeader, Secret: a.OriginSecret.path(),
	}
	if a.Domain != nil {
		f.Certificate = a.Domain.Names()
	}
	return f
}

// plan is the front with what stands behind it.
func (a *CloudFrontFrontArgs) plan(front pathplan.Front) requestpath.Plan {
	if a.Origin != nil {
		return pathplan.Of(front, a.Origin.origin().path(front.OriginDomainName))
	}
	return pathplan.Of(front, pathplan.SomeOrigin{
		DomainName: a.OriginDomainName, Port: a.OriginHttpsPort, ViewerNames: front.Aliases,
	})
}

// checkPath walks every viewer's request, and the ways around the distribution.
func (c *CloudFrontFront) checkPath() error {
	check := pathCheck{component: "CloudFrontFront", name: c.name, mode: c.args.PathCheck, arg: c.args.argOf}
	return check.report(c.findings, c.args.findings(c.args.path(c.name)))
}

// findings are those for every alias. For a wildcard one name stands, which the
// origin is to answer unless rules for other names are the reason that it does not.
func (a *CloudFrontFrontArgs) findings(front pathplan.Front) pathplan.Findings {
	found := pathplan.Check(a.plan(front))
	if !slices.ContainsFunc(front.Aliases, dnsname.IsWildcard) {
		return found
	}
	front.Aliases = samples(front.Aliases)
	some := pathplan.Check(a.plan(front)).Certain()
	if front.ForwardsHost {
		some = some.Without("balancers.listeners.defaultAction")
	}
	return found.And(some)
}

// argOf is the arg that decides over a field of the plan.
func (a *CloudFrontFrontArgs) argOf(field string) faultyArg {
	originDomainName := faultyArg{"originDomainName", a.OriginDomainName}
	switch field {
	case "edges.aliases":
		return faultyArg{"aliases", strings.Join(a.Aliases, ", ")}
	case "edges.certificates":
		return faultyArg{path: "domain"}
	case "edges.minimumTls":
		return faultyArg{"minimumViewerTlsVersion", a.MinimumViewerTlsVersion}
	case "edges.origin.domainName":
		return originDomainName
	}
	if a.Origin == nil {
		return originDomainName
	}
	origin := a.Origin.origin()
	forwardHostHeader := faultyArg{"forwardHostHeader", strconv.FormatBool(a.ForwardHostHeader)}
	if a.OriginHttpsPort != httpsPort { // no connection gets further than that
		return faultyArg{"originHttpsPort", strconv.Itoa(a.OriginHttpsPort)}
	}
	switch field { // of the origin, where it disagrees with the distribution
	case "balancers.listeners.certificates", "servers.listeners.certificates":
		if !dnsname.AnyCovers(origin.certificate, a.OriginDomainName) {
			return originDomainName
		}
		if a.ForwardHostHeader {
			return forwardHostHeader
		}
	case "balancers.listeners.defaultAction":
		if a.OriginSecret != origin.secret {
			return faultyArg{path: "originSecret"}
		}
		return forwardHostHeader
	}
	return faultyArg{path: "origin"}
}
