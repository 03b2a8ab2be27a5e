package registered

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
		r.Plan.Distributions = append(r.Plan.Distributions, r.distribution(d))
		r.noteOthers(d)
	}
	return nil
}

func (r *reader) distribution(d *resource) requestpath.Distribution {
	out := requestpath.Distribution{
		Name: d.id, DomainName: d.str("domainName"), Aliases: d.strs("aliases"),
		HTTPVersion: strings.ToLower(d.str("httpVersion")), IPv6: d.flag("isIpv6Enabled"),
		DefaultRootObject: strings.TrimPrefix(d.str("defaultRootObject"), "/"),
		Origins:           r.origins(d), OriginGroups: r.originGroups(d), ErrorResponses: errorResponses(d),
		Default: r.behavior(d, d.block("defaultCacheBehavior"), "defaultCacheBehavior"),
	}
	for i, b := range d.blocks("orderedCacheBehaviors") {
		out.Behaviors = append(out.Behaviors, r.behavior(d, b, fmt.Sprintf("orderedCacheBehaviors[%d]", i)))
	}
	out.GeoRestriction = r.geoRestriction(d)
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

func (r *reader) behavior(d *resource, b object, at string) requestpath.Behavior {
	f := r.forwarded(d, b, at)
	out := requestpath.Behavior{
		PathPattern: b.str("pathPattern"), Origin: b.str("targetOriginId"), ViewerProtocolPolicy: b.str("viewerProtocolPolicy"),
		AllowedMethods: b.strs("allowedMethods"), CachedMethods: b.strs("cachedMethods"), GRPC: b.block("grpcConfig").flag("enabled"),
		LambdaEvents: present(pluck(b.blocks("lambdaFunctionAssociations"), "eventType")),
		ForwardsHost: f.Host, ForwardsHeaders: f.Headers, ForwardsQuery: f.Query, ForwardsCookies: f.Cookies,
		ResponseHeaders: r.responseHeaders(d, b, at),
		Cache:           r.cachePolicy(b),
		Function:        r.function(b),
	}
	r.noteBehavior(d, b, at)
	return out
}

// origins are those that can be described, with a note for each of the others.
func (r *reader) origins(d *resource) []requestpath.Origin {
	if d.secret("origins") {
		return r.likelyOrigins(d)
	}
	var out []requestpath.Origin
	for _, o := range d.blocks("origins") {
		origin, why := r.origin(d, o)
		if why != "" {
			r.note(d, "origins", why)
			continue
		}
		out = append(out, origin)
	}
	return out
}

func (r *reader) originGroups(d *resource) []requestpath.OriginGroup {
	var out []requestpath.OriginGroup
	for _, g := range d.blocks("originGroups") {
		members := pluck(g.blocks("members"), "originId")
		if len(members) == 0 {
			continue
		}
		out = append(out, requestpath.OriginGroup{
			ID: g.str("originId"), Primary: members[0], Secondary: members[len(members)-1], Statuses: g.block("failoverCriteria").nums("statusCodes"),
		})
	}
	return out
}

func errorResponses(d *resource) []requestpath.ErrorResponse {
	var out []requestpath.ErrorResponse
	for _, response := range d.blocks("customErrorResponses") {
		out = append(out, requestpath.ErrorResponse{
			Status: response.num("errorCode"), MinTTLSeconds: response.num("errorCachingMinTtl"),
			PagePath: response.str("responsePagePath"), PageStatus: response.num("responseCode"),
		})
	}
	slices.SortFunc(out, func(a, b requestpath.ErrorResponse) int { return a.Status - b.Status })
	return out
}

func (r *reader) origin(d *resource, o object) (origin requestpath.Origin, why string) {
	config, timeouts, end := o.block("customOriginConfig"), o.block("customOriginConfig"), ""
	if through := o.block("vpcOriginConfig"); through != nil {
		if config, end, why = r.vpcOrigin(through.str("vpcOriginId")); why != "" {
			return origin, "the origin " + o.str("domainName") + " is " + why
		}
		timeouts = through
	}
	if config == nil {
		return r.bucketOrigin(o)
	}
	origin = requestpath.Origin{
		ID: o.str("originId"), DomainName: o.str("domainName"), Path: o.str("originPath"),
		ProtocolPolicy: config.str("originProtocolPolicy"),
		HTTPPort:       config.num("httpPort"), HTTPSPort: config.num("httpsPort"),
		SSLProtocols:            append(config.strs("originSslProtocols"), config.block("originSslProtocols").strs("items")...),
		ReadTimeoutSeconds:      timeouts.num("originReadTimeout"),
		KeepaliveTimeoutSeconds: timeouts.num("originKeepaliveTimeout"),
		VPCOrigin:               end,
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

// noteOthers notes what of a distribution changes answers and is not described.
func (r *reader) noteOthers(d *resource) {
	if method := d.block("viewerCertificate").str("sslSupportMethod"); method != "" && method != "sni-only" {
		r.note(d, "viewerCertificate.sslSupportMethod", "addresses of its own for viewers without SNI are not described")
	}
}

// noteBehavior does the same for a behaviour.
func (r *reader) noteBehavior(d *resource, b object, at string) {
	left := func(property, text string) {
		r.add(Note{
			Resource: d.label(), Property: at + "." + property, Text: text,
			Names: []string{d.str("domainName")}, Path: cmp.Or(b.str("pathPattern"), defaultBehavior),
		})
	}
	if len(b.blocks("functionAssociations")) > r.ownFunctions(b) {
		left("functionAssociations", "functions may answer or change requests, which is not described")
	}
	if len(b.blocks("lambdaFunctionAssociations")) > 0 {
		left("lambdaFunctionAssociations", "functions may answer or change requests, which is not described")
	}
	for _, property := range []string{"trustedKeyGroups", "trustedSigners"} {
		if len(b.strs(property)) > 0 {
			left(property, "requests are walked as if they were signed")
		}
	}
}
