package cloudfront

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
)

// passing is what of a request policies take, into the cache key or to the origin.
type passing struct {
	headers, cookies, query choices
	encodings               []string // of Accept-Encoding, unless headers have it
}

// choices take what one of them takes.
type choices []choice

// choice takes some names, or all but some.
type choice struct {
	names  []string
	others bool // takes all but the names
}

var everything = choice{others: true}

func (all choices) take(name string) bool {
	return slices.ContainsFunc(all, func(c choice) bool { return slices.Contains(c.names, name) != c.others })
}

// with adds what other policies take.
func (p passing) with(q passing) passing {
	return passing{
		slices.Concat(p.headers, q.headers), slices.Concat(p.cookies, q.cookies), slices.Concat(p.query, q.query),
		slices.Concat(p.encodings, q.encodings),
	}
}

// encodingsOf are the encodings that a policy may take, in the order in which CloudFront
// sends them.
func encodingsOf(brotli, gzip bool) (out []string) {
	if brotli {
		out = append(out, "br")
	}
	if gzip {
		out = append(out, "gzip")
	}
	return out
}

// managed is what a managed policy takes.
func managed(f awstable.Forwarding) passing {
	p := passing{headers: choices{{names: canonical(f.Names)}}, encodings: encodingsOf(f.Compression, f.Compression)}
	if f.Headers {
		p.headers = append(p.headers, choice{names: []string{"Host"}, others: true})
	}
	if f.Host {
		p.headers = append(p.headers, choice{names: []string{"Host"}})
	}
	if f.Cookies {
		p.cookies = choices{everything}
	}
	if f.Query {
		p.query = choices{everything}
	}
	return p
}

// own is what a policy of the account's own takes. CloudFront's own headers are not made.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html
func own(c account.PolicyChoices, property, id string) (passing, error) {
	headers := canonical(c.Headers.Named.Items)
	for _, name := range headers {
		if strings.HasPrefix(name, "Cloudfront-") {
			return passing{}, unserved(fmt.Sprintf("%s %q: the header %s", property, id, name))
		}
	}
	return passing{
		headers: chosen(c.Headers.Behavior, headers), cookies: chosen(c.Cookies.Behavior, c.Cookies.Named.Items),
		query: chosen(c.Query.Behavior, c.Query.Named.Items),
	}, nil
}

func chosen(behavior string, names []string) choices {
	switch behavior {
	case "all", "allViewer", "allViewerAndWhitelistCloudFront":
		return choices{everything}
	case "allExcept":
		return choices{{names: names, others: true}}
	case "whitelist":
		return choices{{names: names}}
	}
	return nil
}

// canonical are the names of headers as net/http writes them.
func canonical(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, http.CanonicalHeaderKey(name))
	}
	return out
}

// passings returns what the cache policy of a behavior tells apart, what that and the
// origin request policy send to the origin, and how long the cache policy keeps responses.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-how-origin-request-policies-and-cache-policies-work-together.html
func (f *Fleet) passings(b account.CacheBehavior) (key, forward passing, times awstable.CacheTimes, err error) {
	if key, times, err = f.cachePolicy(b.CachePolicyID); err != nil || b.OriginRequestPolicyID == "" {
		return key, key, times, err
	}
	request, err := f.originRequestPolicy(b.OriginRequestPolicyID)
	return key, key.with(request), times, err
}

func (f *Fleet) cachePolicy(id string) (passing, awstable.CacheTimes, error) {
	for _, p := range f.opts.CachePolicies {
		if p.ID == id {
			key, err := own(p.Key.PolicyChoices, "cachePolicyId", id)
			key.encodings = encodingsOf(p.Key.Brotli, p.Key.Gzip)
			return key, awstable.CacheTimes{Min: p.MinTTL, Default: p.DefaultTTL, Max: p.MaxTTL}, err
		}
	}
	key, ok := awstable.CachePolicies[id]
	if !ok || key.More {
		return passing{}, awstable.CacheTimes{}, unserved(fmt.Sprintf("cachePolicyId %q", id))
	}
	return managed(key), awstable.CachePolicyTimes[id], nil
}

func (f *Fleet) originRequestPolicy(id string) (passing, error) {
	for _, p := range f.opts.OriginRequestPolicies {
		if p.ID == id {
			return own(p.PolicyChoices, "originRequestPolicyId", id)
		}
	}
	request, ok := awstable.OriginRequestPolicies[id]
	if !ok || request.More {
		return passing{}, unserved(fmt.Sprintf("originRequestPolicyId %q", id))
	}
	return managed(request), nil
}

// queryOf returns those parameters of a query that are taken, as the viewer wrote them.
func (all choices) queryOf(raw string) string {
	return all.partsOf(raw, "&", "&")
}

// cookiesOf returns those cookies of a request that are taken.
func (all choices) cookiesOf(h http.Header) string {
	return all.partsOf(strings.Join(h.Values("Cookie"), "; "), ";", "; ")
}

func (all choices) partsOf(raw, separator, joined string) string {
	if slices.ContainsFunc(all, func(c choice) bool { return c.others && len(c.names) == 0 }) {
		return raw
	}
	var out []string
	for part := range strings.SplitSeq(raw, separator) {
		part = strings.TrimSpace(part)
		if name, _, _ := strings.Cut(part, "="); part != "" && all.take(name) {
			out = append(out, part)
		}
	}
	return strings.Join(out, joined)
}
