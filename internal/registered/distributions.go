package registered

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// readDistributions describes the distributions that are enabled.
func (r *reader) readDistributions() error {
	for _, d := range r.all[typeDistribution] {
		if d.str("domainName") == "" {
			return fmt.Errorf("%s: domainName: every distribution has one, and the state does not say it", d.label())
		}
		if d.object["enabled"] == false {
			r.leaveOut(d, "enabled", "the distribution is disabled: what its names answer is not described", d.str("domainName"))
			continue
		}
		r.readDistribution(d)
		r.noteOthers(d)
	}
	return nil
}

// readDistribution describes a distribution by each behaviour, the default one last.
func (r *reader) readDistribution(d *resource) {
	var before []string
	for i, b := range d.blocks("orderedCacheBehaviors") {
		pattern := b.str("pathPattern")
		r.readBehaviour(d, b, fmt.Sprintf("orderedCacheBehaviors[%d]", i), pattern, before)
		before = append(before, pattern)
	}
	r.readBehaviour(d, d.block("defaultCacheBehavior"), "defaultCacheBehavior", "", before)
	if last := r.behaviours[len(r.behaviours)-1]; last.distribution != nil {
		r.Plan.Distributions = append(r.Plan.Distributions, *last.distribution)
	}
}

func (r *reader) readBehaviour(d *resource, b object, at, pattern string, before []string) {
	origin, why := r.origin(d, b)
	if why != "" {
		r.behaviours = append(r.behaviours, behaviour{id: d.id, pattern: pattern})
		r.add(Note{
			Resource: d.label(), Property: "origins", Text: why, Names: []string{d.str("domainName")}, Path: pattern, except: before,
		})
		return
	}
	f := r.forwarded(d, b, at)
	origin.ForwardsHost, origin.ForwardsHeaders, origin.ForwardsQuery = f.Host, f.Headers, f.Query
	r.behaviours = append(r.behaviours, behaviour{id: d.id, pattern: pattern, distribution: r.distribution(d, b, origin)})
	if pattern != "" {
		r.note(d, at, "only a request for "+pattern+" is walked by this behaviour: what asks every request asks the default one")
	}
	r.noteBehaviour(d, b, at, pattern, before)
}

func (r *reader) distribution(d *resource, behaviour object, origin requestpath.Origin) *requestpath.Distribution {
	out := &requestpath.Distribution{
		Name: d.id, DomainName: d.str("domainName"), Aliases: d.strs("aliases"),
		ViewerProtocolPolicy: behaviour.str("viewerProtocolPolicy"),
		HTTPVersion:          strings.ToLower(d.str("httpVersion")), IPv6: d.flag("isIpv6Enabled"),
		AllowedMethods:    behaviour.strs("allowedMethods"),
		GRPC:              behaviour.block("grpcConfig").flag("enabled"),
		DefaultRootObject: strings.TrimPrefix(d.str("defaultRootObject"), "/"), Origin: origin,
	}
	if d.str("webAclId") != "" || d.secret("webAclId") {
		out.WebACL = r.webACLOf(d, "webAclId", d.str("domainName"))
	}
	shown := d.block("viewerCertificate")
	for _, property := range []string{"acmCertificateArn", "iamCertificateId"} {
		if arn := shown.str(property); arn != "" {
			c := r.certificate(d, "viewerCertificate."+property, arn, out.Aliases)
			out.Certificate, out.MinimumTLS = &c, shown.str("minimumProtocolVersion")
		}
	}
	return out
}

// origin is the behaviour's; why says what keeps it from being described.
func (r *reader) origin(d *resource, behaviour object) (origin requestpath.Origin, why string) {
	if d.secret("origins") {
		return r.likelyOrigin(d)
	}
	id := behaviour.str("targetOriginId")
	for _, g := range d.blocks("originGroups") {
		if g.str("originId") == id && len(g.blocks("members")) > 0 {
			id = g.blocks("members")[0].str("originId")
			r.note(d, "originGroups", "what falls over to another origin is not described: requests are walked to "+id)
		}
	}
	for _, o := range d.blocks("origins") {
		if o.str("originId") == id {
			return r.customOrigin(d, o)
		}
	}
	return origin, "the origin " + id + " of a behaviour cannot be read"
}

func (r *reader) customOrigin(d *resource, o object) (origin requestpath.Origin, why string) {
	config := o.block("customOriginConfig")
	if config == nil || o.block("vpcOriginConfig") != nil {
		return origin, "the origin " + o.str("domainName") + " is a bucket or inside a VPC, which is not described"
	}
	origin = requestpath.Origin{
		DomainName: o.str("domainName"), Path: o.str("originPath"),
		ProtocolPolicy: config.str("originProtocolPolicy"),
		HTTPPort:       config.num("httpPort"), HTTPSPort: config.num("httpsPort"),
		SSLProtocols:            config.strs("originSslProtocols"),
		ReadTimeoutSeconds:      config.num("originReadTimeout"),
		KeepaliveTimeoutSeconds: config.num("originKeepaliveTimeout"),
	}
	for _, h := range o.blocks("customHeaders") {
		origin.Headers = append(origin.Headers, requestpath.Header{Name: h.str("name"), Value: r.headerValue(h)})
	}
	if o.secret("customHeaders") {
		header := r.values.secretHeader()
		r.note(d, "origins.customHeaders", "they are encrypted: taken to be "+wantedHeader(header))
		origin.Headers = []requestpath.Header{{Name: header, Value: r.values.secretID(header)}}
	}
	if origin.DomainName == "" {
		return origin, "the domain name of the origin cannot be read"
	}
	return origin, ""
}

// likelyOrigin stands for origins that are encrypted as a whole: the one name that
// leads to a load balancer or a server, asked over HTTPS if it speaks that, with the
// header that rules want.
func (r *reader) likelyOrigin(d *resource) (origin requestpath.Origin, why string) {
	const exact = "`pulumi stack export --show-secrets` says it, and no secret is printed or kept here"
	names := r.originNames()
	if len(names) != 1 {
		return origin, fmt.Sprintf("the origins are encrypted, and %d names could be the origin's (%s); %s",
			len(names), strings.Join(names, ", "), exact)
	}
	header := r.values.secretHeader()
	origin = requestpath.Origin{
		DomainName: names[0], ProtocolPolicy: requestpath.HTTPOnly,
		Headers: []requestpath.Header{{Name: header, Value: r.values.secretID(header)}},
	}
	if r.speaksHTTPS(r.end(names[0])) {
		origin.ProtocolPolicy = requestpath.HTTPSOnly
	}
	r.note(d, "origins", fmt.Sprintf("they are encrypted: taken for one origin %s, %s, with %s; %s",
		names[0], origin.ProtocolPolicy, wantedHeader(header), exact))
	return origin, ""
}

// originNames lead to a load balancer or a server; without any, the load balancers' own.
func (r *reader) originNames() []string {
	var names, own []string
	for _, b := range r.Plan.LoadBalancers {
		names, own = append(names, r.leading(b.DNSName)...), append(own, b.DNSName)
	}
	for _, s := range r.Plan.Servers {
		names = append(names, r.leading(s.Addresses...)...)
	}
	if names = present(names); len(names) == 0 {
		return own
	}
	slices.Sort(names)
	return slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "*.") })
}

func (r *reader) speaksHTTPS(end string) bool {
	if b := find(r.Plan.LoadBalancers, func(b *requestpath.LoadBalancer) bool { return strings.EqualFold(b.DNSName, end) }); b != nil {
		return slices.ContainsFunc(b.Listeners, func(l requestpath.Listener) bool { return l.Port == awstable.HTTPSPort })
	}
	s := r.serverAt(end)
	return s != nil && slices.ContainsFunc(s.Listeners, func(l requestpath.ServerListener) bool { return l.Port == awstable.HTTPSPort })
}

// noteOthers notes what of a distribution changes answers and is not described.
func (r *reader) noteOthers(d *resource) {
	if method := d.block("viewerCertificate").str("sslSupportMethod"); method != "" && method != "sni-only" {
		r.note(d, "viewerCertificate.sslSupportMethod", "addresses of its own for viewers without SNI are not described")
	}
	r.errorPages(d)
	if t := d.block("restrictions").block("geoRestriction").str("restrictionType"); t != "" && t != "none" {
		r.leaveOut(d, "restrictions.geoRestriction", "that some countries get 403 is not described", d.str("domainName"))
	}
}

// noteBehaviour does the same for a behaviour, whose pattern comes after those before.
func (r *reader) noteBehaviour(d *resource, b object, at, pattern string, before []string) {
	left := func(property, text string) {
		r.add(Note{
			Resource: d.label(), Property: at + "." + property, Text: text,
			Names: []string{d.str("domainName")}, Path: pattern, except: before,
		})
	}
	for _, property := range []string{"functionAssociations", "lambdaFunctionAssociations"} {
		if len(b.blocks(property)) > 0 {
			left(property, "functions may answer or change requests, which is not described")
		}
	}
	for _, property := range []string{"trustedKeyGroups", "trustedSigners"} {
		if len(b.strs(property)) > 0 {
			left(property, "requests are walked as if they were signed")
		}
	}
}
