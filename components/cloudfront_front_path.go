package components

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/requestpath"
)

// Origin is what a CloudFrontFront stands before: a *SecuredALB or a
// *TLSInstance.
type Origin interface {
	part
	origin() origin
	vpcOriginEnd() *vpcOriginEnd
}

// origin is what a distribution has to know of its origin.
type origin struct {
	domainName string
	// certificate is the names on its certificate.
	certificate []string
	secret      *OriginSecret
	// ready are the resources that let its requests in.
	ready []pulumi.Resource
	// serving are the resources that answer them, of those that are registered.
	serving []pulumi.Resource
	// addTo adds the origin to a plan, with a name that leads there: a record that is
	// not made here is made elsewhere.
	addTo func(p *requestpath.Plan, name string)
}

// origin of a load balancer without routes takes them to be made elsewhere.
func (c *SecuredALB) origin() origin {
	o := origin{secret: c.args.OriginSecret, serving: c.serving()}
	for _, r := range c.routes.all() {
		if r.Rule != nil {
			o.ready = append(o.ready, r.Rule)
		}
	}
	names := c.args.AliasNames
	if c.args.AccessFrom == AccessFromVpcOrigin && c.args.Domain != nil {
		names = c.args.Domain.HostNames()
	}
	if i := slices.IndexFunc(names, func(n string) bool { return !dnsname.IsWildcard(n) }); i >= 0 {
		o.domainName = names[i]
	}
	o.certificate = c.args.Domain.Names()
	o.addTo = func(p *requestpath.Plan, name string) {
		routes := c.routes.all()
		names := c.recordNames(routes)
		if !dnsname.AnyCovers(c.args.AliasNames, name) {
			names = append(names, c.originRecords(name)...)
		}
		if len(routes) == 0 {
			routes = []*ServiceRoute{anyRoute()}
		}
		c.addTo(p, names, routes)
	}
	return o
}

func (c *TLSInstance) origin() origin {
	return origin{
		domainName: c.args.OriginDomainName, certificate: c.args.certificateNames(), secret: c.args.OriginSecret,
		ready: c.letsIn(), serving: []pulumi.Resource{c.Ready},
		addTo: func(p *requestpath.Plan, name string) {
			c.addTo(p, slices.Compact([]string{c.args.OriginDomainName, name})...)
		},
	}
}

// Plan is everything that a request can meet at the distribution and, if Origin
// was given, behind it. What AWS is still to choose has stand-ins. Package
// requestpath walks requests through it.
func (c *CloudFrontFront) Plan() requestpath.Plan { return c.args.plan(c.name) }

// plan is the distribution with what stands behind it.
func (a *CloudFrontFrontArgs) plan(name string) requestpath.Plan {
	var p requestpath.Plan
	a.addTo(&p, name)
	if a.Origin != nil {
		a.Origin.origin().addTo(&p, a.OriginDomainName)
	} else {
		a.addAnyOrigin(&p)
	}
	return p
}

// addTo adds the distribution and its records.
func (a *CloudFrontFrontArgs) addTo(p *requestpath.Plan, name string) {
	e := requestpath.Distribution{
		Name: name, DomainName: requestpath.AssignedDistributionName, Aliases: a.Aliases,
		MinimumTLS:        a.MinimumViewerTlsVersion,
		HTTPVersion:       "http2and3",
		IPv6:              true,
		DefaultRootObject: a.DefaultRootObject,
		WebACL:            a.WebAcl.addTo(p),
		GeoRestriction:    a.GeoRestriction.planned(),
		Default:           a.planned(a.DefaultBehavior),
		OriginGroups:      a.plannedGroups(),
		Origins: []requestpath.Origin{{
			ID:             originID,
			DomainName:     a.OriginDomainName,
			VPCOrigin:      a.vpcOriginName(),
			ProtocolPolicy: requestpath.HTTPSOnly,
			HTTPPort:       awstable.HTTPPort, HTTPSPort: a.OriginHttpsPort,
			SSLProtocols:            []string{requestpath.TLS12},
			ReadTimeoutSeconds:      a.OriginReadTimeoutSeconds,
			KeepaliveTimeoutSeconds: a.OriginKeepaliveTimeoutSeconds,
		}},
	}
	for _, b := range a.Behaviors {
		e.Behaviors = append(e.Behaviors, a.planned(b))
	}
	if a.StaticContent != nil {
		e.Origins = append(e.Origins, a.StaticContent.addTo(p, name))
	}
	e.ErrorResponses = a.errorResponses()
	if a.OriginSecret != nil { // a version of the secret stands for its value
		e.Origins[0].Headers = []requestpath.Header{{Name: a.OriginSecret.HeaderName(), Value: a.OriginSecret.versions()[0]}}
	}
	if len(a.Aliases) > 0 {
		e.Certificate = &requestpath.Certificate{Names: a.Domain.Names()}
	}
	p.Distributions = append(p.Distributions, e)
	addAliases(p, a.Aliases, requestpath.AssignedDistributionName, true)
}

// anyOriginName is the server that stands in plans for an origin of which nothing is known.
const anyOriginName = "origin"

// addAnyOrigin adds the origin when nothing is known but its name: it is taken to
// answer there, with a certificate that covers whatever is asked of it.
func (a *CloudFrontFrontArgs) addAnyOrigin(p *requestpath.Plan) {
	const name = anyOriginName
	address := anyPublicAddress
	if a.throughVPC() {
		address = anyPrivateAddress
	} else {
		p.Records = append(p.Records, requestpath.Record{
			Name: a.OriginDomainName, Type: requestpath.RecordA, Addresses: []string{address},
		})
	}
	p.Servers = append(p.Servers, requestpath.Server{
		Name: name, Addresses: []string{address}, SecurityGroups: []string{name},
		Listeners: []requestpath.ServerListener{{
			Port: a.OriginHttpsPort, Protocol: requestpath.ProtocolHTTPS, RequiredHeader: a.OriginSecret.required(),
			Certificates: []requestpath.Certificate{{
				Names: slices.Concat([]string{a.OriginDomainName, requestpath.AssignedDistributionName}, a.Aliases),
			}},
		}},
	})
	addGroup(p, requestpath.SecurityGroup{
		Name: name, Ingress: []requestpath.Access{prefixListAccess(a.OriginHttpsPort, requestpath.OriginFacing)},
	})
}

// anyDistributionName is the name of anyDistribution in plans and errors.
const anyDistributionName = "CloudFront"

// anyDistribution is a distribution of which nothing is known but its origin. It
// forwards Host for the viewers' names that are given; without any, viewers use
// the name that CloudFront assigns.
func anyDistribution(originDomainName string, secret *OriginSecret, viewerNames ...string) *CloudFrontFrontArgs {
	args := CloudFrontFrontArgs{
		OriginDomainName: originDomainName, OriginHttpsPort: httpsPort, OriginSecret: secret,
	}
	if len(viewerNames) > 0 {
		args.Domain, args.Aliases, args.ForwardHostHeader = certifiedDomainOf(viewerNames), viewerNames, true
	}
	return &args
}

// certifiedDomainOf is a certificate with the names given, of which nothing else is
// known.
func certifiedDomainOf(names []string) *CertifiedDomain {
	return &CertifiedDomain{args: CertifiedDomainArgs{DomainName: names[0], SubjectAlternativeNames: names[1:]}}
}

// checkPath walks every viewer's request, and the requests that try to bypass the
// distribution.
func (c *CloudFrontFront) checkPath() error {
	check := pathCheck{owner: &c.planned, mode: c.args.PathCheck, args: c.args.faultyArgs()}
	return check.report(c.args.walkAll(c.name))
}

// walkAll is what is found for every alias. For a wildcard one name stands, which the
// origin is to answer unless rules for other names are the reason that it does not.
func (a *CloudFrontFrontArgs) walkAll(name string) pathFindings {
	found := walkAll(a.plan(name))
	if !slices.ContainsFunc(a.Aliases, dnsname.IsWildcard) {
		return found
	}
	sampled := *a
	sampled.Aliases = samples(a.Aliases)
	some := walkAll(sampled.plan(name)).certain()
	if a.ForwardHostHeader {
		some = some.without(func(f pathFault) bool { return f.field == "loadBalancers.listeners.defaultAction" })
	}
	return found.and(some)
}

func (a *CloudFrontFrontArgs) faultyArgs() faultyArgs {
	originDomainName := faultyArg{"originDomainName", a.OriginDomainName}
	args := faultyArgs{
		"distributions.aliases":            {"aliases", strings.Join(a.Aliases, ", ")},
		"distributions.certificates":       {path: "domain"},
		"distributions.minimumTls":         {"minimumViewerTlsVersion", a.MinimumViewerTlsVersion},
		"distributions.origins.domainName": originDomainName,
		"webACLs.rules":                    {path: "webAcl"},
		"distributions.defaultRootObject":  {"defaultRootObject", a.DefaultRootObject},
		"buckets.keys":                     {path: "behaviors"},
		"":                                 {path: "origin"},
	}
	switch { // of the origin's fields, where it disagrees with the distribution
	case a.Origin == nil:
		args[""] = originDomainName
	case a.OriginHttpsPort != httpsPort: // no connection gets further than that
		args[""] = faultyArg{"originHttpsPort", strconv.Itoa(a.OriginHttpsPort)}
	default:
		origin := a.Origin.origin()
		forwardHostHeader := faultyArg{"forwardHostHeader", strconv.FormatBool(a.ForwardHostHeader)}
		certificates := args[""]
		if !dnsname.AnyCovers(origin.certificate, a.OriginDomainName) {
			certificates = originDomainName
		} else if a.ForwardHostHeader {
			certificates = forwardHostHeader
		}
		args["loadBalancers.listeners.certificates"], args["servers.listeners.certificates"] = certificates, certificates
		args["loadBalancers.listeners.defaultAction"] = forwardHostHeader
		if a.OriginSecret != origin.secret {
			args["loadBalancers.listeners.defaultAction"] = faultyArg{path: "originSecret"}
		}
		args["servers.listeners.requiredHeader"] = faultyArg{path: "originSecret"}
	}
	return args
}
