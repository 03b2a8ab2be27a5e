package agreement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/edgefunction"
	"github.com/portico-iac/portico/requestpath"
)

const distributionToken = "aws:cloudfront/distribution:Distribution"

// addDistributions registers the distributions. If the origin of one is itself or a later distribution,
// it gets that origin once the name is known.
func (r *registration) addDistributions() error {
	for _, e := range r.plan.Distributions {
		in, err := r.distribution(e)
		if err != nil {
			return err
		}
		id, state, err := r.create(distributionToken, e.Name, in)
		if err != nil {
			return err
		}
		name := fmt.Sprint(state["domainName"])
		r.renames.distributionIDs[e.Name], r.renames.names[e.DomainName] = id, name
		r.distributionARNs[e.Name] = fmt.Sprint(state["arn"])
		r.distributions = append(r.distributions, target{planned: e.DomainName, name: name, zone: fmt.Sprint(state["hostedZoneId"])})
	}
	for _, e := range r.plan.Distributions {
		if err := r.pointToDistribution(e); err != nil {
			return err
		}
	}
	return nil
}

// pointToDistribution updates a distribution with a distribution among its origins.
func (r *registration) pointToDistribution(e requestpath.Distribution) error {
	points := func(to requestpath.Distribution) bool {
		return slices.ContainsFunc(e.Origins, func(o requestpath.Origin) bool { return sameName(to.DomainName, o.DomainName) })
	}
	if !slices.ContainsFunc(r.plan.Distributions, points) {
		return nil
	}
	in, err := r.distribution(e)
	if err != nil {
		return err
	}
	if _, err := r.driver.Update(distributionToken, r.renames.distributionIDs[e.Name], in); err != nil {
		return &Refused{Token: distributionToken, Name: e.Name, Err: err}
	}
	return nil
}

// distribution are the inputs of a distribution.
func (r *registration) distribution(e requestpath.Distribution) (props, error) {
	certificate := props{"cloudfrontDefaultCertificate": true}
	if e.Certificate != nil {
		arn, err := r.certificate(r.driver.In("us-east-1"), *e.Certificate)
		if err != nil {
			return nil, err
		}
		certificate = props{"acmCertificateArn": arn, "sslSupportMethod": "sni-only",
			"minimumProtocolVersion": cmp.Or(e.MinimumTLS, requestpath.TLS10)}
	}
	in := props{
		"enabled": true, "comment": e.Name, "isIpv6Enabled": e.IPv6, "viewerCertificate": certificate,
		"restrictions": props{"geoRestriction": geoRestriction(e.GeoRestriction)},
	}
	var origins, behaviors []any
	for _, o := range e.Origins {
		origin := r.origin(o)
		if o.VPCOrigin != "" {
			origin = r.throughVPC(e.Name, o, origin)
		}
		if o.S3 {
			var err error
			if origin, err = r.toBucket(e.Name, o, origin); err != nil {
				return nil, err
			}
		}
		origins = append(origins, origin)
	}
	for _, b := range append(slices.Clone(e.Behaviors), e.Default) {
		policy, err := r.cachePolicy(e, b)
		if err != nil {
			return nil, err
		}
		ordered, err := r.behavior(e, b)
		if err != nil {
			return nil, err
		}
		if ordered["cachePolicyId"] = policy; b.PathPattern == "" {
			in["defaultCacheBehavior"] = ordered
			break
		}
		ordered["pathPattern"] = b.PathPattern
		behaviors = append(behaviors, ordered)
	}
	in["origins"] = origins
	for property, list := range map[string][]any{
		"orderedCacheBehaviors": behaviors, "originGroups": originGroups(e), "customErrorResponses": errorResponses(e),
	} {
		if len(list) > 0 {
			in[property] = list
		}
	}
	if len(e.Aliases) > 0 {
		in["aliases"] = e.Aliases
	}
	if e.HTTPVersion != "" {
		in["httpVersion"] = e.HTTPVersion
	}
	if e.WebACL != "" {
		in["webAclId"] = r.webACLs[e.WebACL]
	}
	if e.DefaultRootObject != "" {
		in["defaultRootObject"] = e.DefaultRootObject
	}
	return in, nil
}

func geoRestriction(g requestpath.GeoRestriction) props {
	switch {
	case len(g.Allow) > 0:
		return props{"restrictionType": "whitelist", "locations": g.Allow}
	case len(g.Deny) > 0:
		return props{"restrictionType": "blacklist", "locations": g.Deny}
	}
	return props{"restrictionType": "none"}
}

func (r *registration) origin(o requestpath.Origin) props {
	versions := o.SSLProtocols
	if len(versions) == 0 {
		versions = []string{requestpath.TLS12}
	}
	in := props{
		"originId": cmp.Or(o.ID, "origin"), "domainName": r.renames.host(o.DomainName),
		"customOriginConfig": props{
			"httpPort": cmp.Or(o.HTTPPort, 80), "httpsPort": cmp.Or(o.HTTPSPort, 443),
			"originProtocolPolicy": cmp.Or(o.ProtocolPolicy, requestpath.HTTPSOnly), "originSslProtocols": versions,
			"originReadTimeout":      cmp.Or(o.ReadTimeoutSeconds, 30),
			"originKeepaliveTimeout": cmp.Or(o.KeepaliveTimeoutSeconds, 5),
		},
	}
	if o.Path != "" {
		in["originPath"] = o.Path
	}
	var headers []any
	for _, h := range o.Headers {
		headers = append(headers, props{"name": h.Name, "value": h.Value})
	}
	if len(headers) > 0 {
		in["customHeaders"] = headers
	}
	return in
}

func (r *registration) behavior(e requestpath.Distribution, b requestpath.Behavior) (props, error) {
	methods := b.AllowedMethods
	if len(methods) == 0 {
		methods = awstable.ReadMethods
	}
	in := props{
		"targetOriginId": cmp.Or(b.Origin, e.Origins[0].ID, "origin"), "viewerProtocolPolicy": cmp.Or(b.ViewerProtocolPolicy, requestpath.AllowAll),
		"allowedMethods": methods, "cachedMethods": awstable.ReadMethods,
	}
	for _, p := range forwardingPolicies {
		if p.host == b.ForwardsHost && p.headers == b.ForwardsHeaders && p.query == b.ForwardsQuery && p.id != "" {
			in["originRequestPolicyId"] = p.id
		}
	}
	if b.GRPC {
		in["grpcConfig"] = props{"enabled": true}
	}
	if len(b.LambdaEvents) > 0 {
		var functions []any
		for _, event := range b.LambdaEvents {
			functions = append(functions, props{"eventType": event, "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:edge:1"})
		}
		in["lambdaFunctionAssociations"] = functions
	}
	headers, err := r.responseHeadersPolicy(b.ResponseHeaders)
	if err != nil {
		return nil, err
	}
	if headers != "" {
		in["responseHeadersPolicyId"] = headers
	}
	functions, err := r.functionsOf(b)
	if len(functions) > 0 {
		in["functionAssociations"] = functions
	}
	return in, err
}

// functionsOf are the functions of a behaviour: that of the plan, and those of somebody else.
func (r *registration) functionsOf(b requestpath.Behavior) ([]any, error) {
	code := map[string]string{}
	if r.foreign {
		code["viewer-request"] = "function handler(event) { return event.request; }"
		code["viewer-response"] = "function handler(event) { return event.response; }"
	}
	if f := b.Function; f != nil {
		code["viewer-request"] = edgefunction.Rules{Names: f.Names, TrailingSlash: f.TrailingSlash, SinglePage: f.SinglePage}.Code()
	}
	var all []any
	for _, event := range slices.Sorted(maps.Keys(code)) {
		arn, err := r.function(code[event])
		if err != nil {
			return nil, err
		}
		all = append(all, props{"eventType": event, "functionArn": arn})
	}
	return all, nil
}

// function is the ARN of the function with some code.
func (r *registration) function(code string) (string, error) {
	if arn := r.functions[code]; arn != "" {
		return arn, nil
	}
	_, state, err := r.create("aws:cloudfront/function:Function", fmt.Sprint("function-", len(r.functions)), props{"code": code, "runtime": "cloudfront-js-2.0"})
	if err != nil {
		return "", err
	}
	r.functions[code] = fmt.Sprint(state["arn"])
	return r.functions[code], nil
}
