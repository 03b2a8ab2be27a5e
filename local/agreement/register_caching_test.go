package agreement

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// cachePolicy registers a cache policy for a behaviour, if it caches at all. The result is
// its id.
func (r *registration) cachePolicy(e requestpath.Distribution, b requestpath.Behavior) (string, error) {
	p := b.Cache
	if p.MaxTTLSeconds == 0 {
		return awstable.CachingDisabled, nil
	}
	name := e.Name + "-" + strings.Map(func(c rune) rune {
		if c == '/' || c == '*' || c == '.' {
			return '_'
		}
		return c
	}, b.PathPattern)
	if id := r.cachePolicies[name]; id != "" {
		return id, nil
	}
	headers := slices.Clone(p.Key.Headers)
	if p.Key.Host {
		headers = append(headers, "Host")
	}
	id, _, err := r.create("aws:cloudfront/cachePolicy:CachePolicy", name, props{
		"name": name, "minTtl": p.MinTTLSeconds, "defaultTtl": p.DefaultTTLSeconds, "maxTtl": p.MaxTTLSeconds,
		"parametersInCacheKeyAndForwardedToOrigin": props{
			"headersConfig":      named("headerBehavior", "headers", headers),
			"cookiesConfig":      named("cookieBehavior", "cookies", p.Key.Cookies),
			"queryStringsConfig": named("queryStringBehavior", "queryStrings", p.Key.Query),
		},
	})
	r.cachePolicies[name] = id
	return id, err
}

// named is the part of a cache policy about some names.
func named(behavior, list string, names []string) props {
	switch {
	case len(names) == 0:
		return props{behavior: "none"}
	case names[0] == "*":
		return props{behavior: "all"}
	}
	return props{behavior: "whitelist", list: props{"items": names}}
}

// errorResponses are the inputs for how a distribution caches and shows errors.
func errorResponses(e requestpath.Distribution) []any {
	var out []any
	for _, response := range e.ErrorResponses {
		in := props{"errorCode": response.Status, "errorCachingMinTtl": response.MinTTLSeconds}
		if response.PagePath != "" {
			in["responsePagePath"], in["responseCode"] = response.PagePath, response.PageStatus
		}
		out = append(out, in)
	}
	return out
}

// originGroups are the inputs for the groups.
func originGroups(e requestpath.Distribution) []any {
	var out []any
	for _, g := range e.OriginGroups {
		out = append(out, props{
			"originId": g.ID, "failoverCriteria": props{"statusCodes": g.Statuses},
			"members": []any{props{"originId": g.Primary}, props{"originId": g.Secondary}},
		})
	}
	return out
}
