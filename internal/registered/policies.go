package registered

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// both is what is forwarded by either of two policies.
func both(f, g awstable.Forwarding) awstable.Forwarding {
	return awstable.Forwarding{Host: f.Host || g.Host, Headers: f.Headers || g.Headers, Query: f.Query || g.Query, Cookies: f.Cookies || g.Cookies}
}

// forwarded is what a behaviour forwards, by its policies or by its forwarded
// values, which are older.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
func (r *reader) forwarded(d *resource, behaviour object, at string) awstable.Forwarding {
	var f awstable.Forwarding
	for _, property := range []string{"cachePolicyId", "originRequestPolicyId"} {
		if id := behaviour.str(property); id != "" {
			f = both(f, r.policy(d, at+"."+property, id))
		}
	}
	for _, values := range behaviour.blocks("forwardedValues") {
		f = both(f, r.whitelist(d, at+".forwardedValues.headers", values.strs("headers")))
		f.Query = f.Query || values.flag("queryString")
		f.Cookies = f.Cookies || values.block("cookies").str("forward") != "none" && values.block("cookies") != nil
	}
	return f
}

// policy is what one of AWS's policies or of one's own forwards. What is in the
// cache key is forwarded too.
func (r *reader) policy(d *resource, at, id string) awstable.Forwarding {
	for _, managed := range []map[string]awstable.Forwarding{awstable.CachePolicies, awstable.OriginRequestPolicies} {
		if f, ok := managed[id]; ok {
			return f
		}
	}
	policy := cmp.Or(r.one("aws:cloudfront/originRequestPolicy:OriginRequestPolicy", id), r.one(typeCachePolicy, id))
	if policy == nil {
		r.note(d, at, "policy "+id+" is neither AWS's own nor among the resources: it is taken to forward nothing")
		return awstable.Forwarding{}
	}
	if inKey := policy.block("parametersInCacheKeyAndForwardedToOrigin"); inKey != nil {
		return besideKey(inKey)
	}
	return r.settings(policy, policy.object)
}

// besideKey is what a cache policy forwards that its key does not have by name.
func besideKey(inKey object) awstable.Forwarding {
	all := func(config, behavior string) bool {
		return slices.Contains([]string{"all", "allExcept"}, inKey.block(config).str(behavior))
	}
	return awstable.Forwarding{
		Host:  containsFold(inKey.block("headersConfig").block("headers").strs("items"), "host"),
		Query: all("queryStringsConfig", "queryStringBehavior"), Cookies: all("cookiesConfig", "cookieBehavior"),
	}
}

// settings are those of an origin request policy of one's own.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html
func (r *reader) settings(policy *resource, settings object) awstable.Forwarding {
	headers := settings.block("headersConfig")
	names := headers.block("headers").strs("items")
	var f awstable.Forwarding
	switch headers.str("headerBehavior") {
	case "allViewer", "allViewerAndWhitelistCloudFront":
		f = awstable.Forwarding{Host: true, Headers: true}
	case "allExcept":
		f = awstable.Forwarding{Host: !containsFold(names, "host"), Headers: true}
		if len(names) > 1 || f.Host {
			r.note(policy, "headersConfig.headers", "which other headers are not forwarded is not described: all are taken to be")
		}
	case "whitelist":
		f = r.whitelist(policy, "headersConfig.headers", names)
	}
	query := settings.block("queryStringsConfig")
	switch query.str("queryStringBehavior") {
	case "all":
		f.Query = true
	case "allExcept", "whitelist":
		f.Query = true
		r.note(policy, "queryStringsConfig", "which parameters are not forwarded is not described: all are taken to be")
	}
	behavior := settings.block("cookiesConfig").str("cookieBehavior")
	f.Cookies = behavior != "" && behavior != "none"
	return f
}

// whitelist is what listed headers forward: a plan knows Host and all others.
func (r *reader) whitelist(of *resource, at string, names []string) awstable.Forwarding {
	f := awstable.Forwarding{Host: containsFold(names, "host") || slices.Contains(names, "*"), Headers: slices.Contains(names, "*")}
	if others := len(names); !f.Headers && (others > 1 || others == 1 && !f.Host) {
		r.note(of, at, "that some of the viewer's headers are forwarded is not described: only Host is, or all")
	}
	return f
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
