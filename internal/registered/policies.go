package registered

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// forwarding is what of a viewer's request goes on to the origin.
type forwarding struct{ host, headers, query bool }

func (f forwarding) with(g forwarding) forwarding {
	return forwarding{f.host || g.host, f.headers || g.headers, f.query || g.query}
}

// forwarded is what a behaviour forwards, by its policies or by its forwarded
// values, which are older.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
func (r *reader) forwarded(d *resource, behaviour object, at string) forwarding {
	var f forwarding
	for _, property := range []string{"cachePolicyId", "originRequestPolicyId"} {
		if id := behaviour.str(property); id != "" {
			f = f.with(r.policy(d, at+"."+property, id))
		}
	}
	for _, values := range behaviour.blocks("forwardedValues") {
		f = f.with(r.whitelist(d, at+".forwardedValues.headers", values.strs("headers")))
		f.query = f.query || values.flag("queryString")
	}
	return f
}

// policy is what one of AWS's policies or of one's own forwards. What is in the
// cache key is forwarded too.
func (r *reader) policy(d *resource, at, id string) forwarding {
	for _, managed := range []map[string]awstable.Forwarding{awstable.CachePolicies, awstable.OriginRequestPolicies} {
		if f, ok := managed[id]; ok {
			return forwarding{f.Host, f.Headers, f.Query}
		}
	}
	policy := r.one(typeOriginPolicy, id)
	if policy == nil {
		policy = r.one(typeCachePolicy, id)
	}
	if policy == nil {
		r.note(d, at, "policy "+id+" is neither AWS's own nor among the resources: it is taken to forward nothing")
		return forwarding{}
	}
	settings := policy.object
	if inKey := policy.block("parametersInCacheKeyAndForwardedToOrigin"); inKey != nil {
		settings = inKey
	}
	return r.settings(policy, settings)
}

// settings are those of a policy of one's own.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html
func (r *reader) settings(policy *resource, settings object) forwarding {
	headers := settings.block("headersConfig")
	names := headers.block("headers").strs("items")
	var f forwarding
	switch headers.str("headerBehavior") {
	case "allViewer", "allViewerAndWhitelistCloudFront":
		f = forwarding{host: true, headers: true}
	case "allExcept":
		f = forwarding{host: !containsFold(names, "host"), headers: true}
		if len(names) > 1 || f.host {
			r.note(policy, "headersConfig.headers", "which other headers are not forwarded is not described: all are taken to be")
		}
	case "whitelist":
		f = r.whitelist(policy, "headersConfig.headers", names)
	}
	query := settings.block("queryStringsConfig")
	switch query.str("queryStringBehavior") {
	case "all":
		f.query = true
	case "allExcept", "whitelist":
		f.query = true
		r.note(policy, "queryStringsConfig", "which parameters are not forwarded is not described: all are taken to be")
	}
	return f
}

// whitelist is what listed headers forward: a plan knows Host and all others.
func (r *reader) whitelist(of *resource, at string, names []string) forwarding {
	f := forwarding{host: containsFold(names, "host") || slices.Contains(names, "*"), headers: slices.Contains(names, "*")}
	if others := len(names); !f.headers && (others > 1 || others == 1 && !f.host) {
		r.note(of, at, "that some of the viewer's headers are forwarded is not described: only Host is, or all")
	}
	return f
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
