package requestpath

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// cached is an answer that a distribution keeps.
type cached struct {
	answer answer
	// until is the second of the session at which it is no longer given.
	until int
	// personal are the headers of which the origin saw what the next sender may not have.
	personal []string
}

// caches says whether a behaviour keeps answers to such requests at all.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func (b *Behavior) caches(c call) bool {
	read := c.method == http.MethodGet || c.method == http.MethodHead || c.method == http.MethodOptions && slices.Contains(b.CachedMethods, c.method)
	return read && b.Cache.MaxTTLSeconds > 0
}

// cacheKey tells requests apart as the cache policy does.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html
func (b *Behavior) cacheKey(e *Distribution, c call) string {
	k := b.Cache.Key
	parts := []string{e.Name, b.PathPattern, c.method, c.path, named(k.Query, strings.Split(c.query, "&")), c.cookies(k.Cookies)}
	if k.Host {
		parts = append(parts, strings.ToLower(hostname(c.host)))
	}
	for _, name := range k.Headers {
		parts = append(parts, strings.ToLower(name)+": "+strings.Join(valuesOf(c.headers, name), ","))
	}
	return strings.Join(parts, "\n")
}

// cookies are those with the names, all with "*".
func (c call) cookies(names []string) string {
	pairs := strings.Split(strings.Join(valuesOf(c.headers, "Cookie"), ";"), ";")
	return strings.ReplaceAll(named(names, pairs), "&", "; ")
}

// named are those of some name=value pairs whose names are listed, all of them with "*".
func named(names, pairs []string) string {
	var out []string
	for _, pair := range pairs {
		pair = strings.TrimSpace(pair)
		if name, _, _ := strings.Cut(pair, "="); pair != "" && (slices.Contains(names, "*") || slices.Contains(names, name)) {
			out = append(out, pair)
		}
	}
	return strings.Join(out, "&")
}

func valuesOf(headers []Header, name string) []string {
	var out []string
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			out = append(out, h.Value)
		}
	}
	return out
}

// fromCache is the answer that the distribution kept of a request before, or nil.
func (w *walker) fromCache(h *Hop, c call, e *Distribution, b *Behavior) *answer {
	if !b.caches(c) {
		return nil
	}
	held, ok := w.cache[b.cacheKey(e, c)]
	if !ok || held.until <= w.now {
		return nil
	}
	a := held.answer
	a.By, a.ByName, a.delay = h.Kind, h.Name, 0
	h.Decision += fmt.Sprintf("answers %d from its cache", a.Status)
	a.XCache = XCacheHit
	if a.Status >= http.StatusBadRequest {
		a.XCache = XCacheError
		a.Why += "; the distribution still has that error in its cache"
	} else {
		a.Why += "; the distribution has the answer in its cache"
	}
	for _, header := range held.personal {
		w.warn(factSharedAnswer, nil, "the answer was made for the viewer before, by whose %s the origin knew it, and is given to this one", header)
	}
	return &a
}

// keep puts the answer into the cache for as long as the origin and the cache policy say.
func (w *walker) keep(c call, e *Distribution, b *Behavior, a *answer) {
	if a.final() || !b.caches(c) {
		return
	}
	seconds := b.Cache.seconds(a)
	if a.Status >= http.StatusBadRequest {
		seconds = e.errorSeconds(b.Cache, a)
	}
	if seconds == 0 {
		return
	}
	personal := b.personal(c)
	if len(personal) > 0 && a.Status < http.StatusBadRequest {
		w.warn(factSharedAnswer, nil, "the origin sees the viewer's %s, which is not in the cache key, and its answer is cached for %d s: whoever asks next gets it too",
			strings.Join(personal, " and "), seconds)
	}
	if _, says := a.maxAge(); !says && b.ForwardsCookies && len(b.Cache.Key.Cookies) == 0 && a.Status < http.StatusBadRequest {
		w.warn(factSharedAnswer, nil, "%s sends cookies to the origin without having them in the cache key, and keeps answers for %d s of which the origin does not forbid it: "+
			"one made for a viewer is given to others; do not forward cookies, put them into the key, or let the origin answer with Cache-Control: private and a minimum of 0 s", b.field(e), seconds)
	}
	w.cache[b.cacheKey(e, c)] = cached{answer: *a, until: w.now + seconds, personal: personal}
}

// personal are the headers by which an origin knows a viewer that it is sent and that are
// not in the cache key.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
func (b *Behavior) personal(c call) []string {
	var out []string
	if b.ForwardsCookies && len(b.Cache.Key.Cookies) == 0 && hasHeader(c.headers, "Cookie", "*") {
		out = append(out, "Cookie")
	}
	keyed := slices.ContainsFunc(b.Cache.Key.Headers, func(name string) bool { return strings.EqualFold(name, "Authorization") })
	if b.ForwardsHeaders && !keyed && hasHeader(c.headers, "Authorization", "*") {
		out = append(out, "Authorization")
	}
	return out
}

// seconds are for how long an answer is kept that is no error: as long as the origin says,
// within the policy's times. The minimum counts against the origin too.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
func (p CachePolicy) seconds(a *answer) int {
	if a.Status == http.StatusPartialContent || a.Status == http.StatusNotModified {
		return 0
	}
	asked, says := a.maxAge()
	switch {
	case a.forbidsCaching():
		asked = 0
	case !says:
		asked = p.DefaultTTLSeconds
	}
	return max(min(asked, p.MaxTTLSeconds), p.MinTTLSeconds)
}

// errorSeconds are for how long an error is kept: at least the distribution's time for its
// status. Of some errors the origin can say that they are not to be kept, some are kept only
// if it asks for that.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
func (e *Distribution) errorSeconds(p CachePolicy, a *answer) int {
	least := awstable.DefaultErrorCachingSeconds
	if r := find(e.ErrorResponses, func(r *ErrorResponse) bool { return r.Status == a.Status }); r != nil {
		least = r.MinTTLSeconds
	}
	asked, says := a.maxAge()
	heeds := slices.Contains([]int{http.StatusNotFound, http.StatusRequestURITooLong, http.StatusNotImplemented}, a.Status)
	switch {
	case slices.Contains(awstable.CachedErrors, a.Status) && (!heeds || !a.forbidsCaching()):
	case slices.Contains(awstable.CachedErrorsIfAsked, a.Status) && says:
	default:
		return 0
	}
	return max(min(asked, p.MaxTTLSeconds), least)
}

// directive is the value of a directive of the origin's Cache-Control.
func (a *answer) directive(name string) (string, bool) {
	for part := range strings.SplitSeq(a.cacheControl, ",") {
		if key, value, _ := strings.Cut(strings.TrimSpace(part), "="); strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}

// maxAge is how long the origin says that the answer may be kept, for caches that serve many
// first.
func (a *answer) maxAge() (int, bool) {
	for _, name := range []string{"s-maxage", "max-age"} {
		if text, ok := a.directive(name); ok {
			if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
				return seconds, true
			}
		}
	}
	return 0, false
}

func (a *answer) forbidsCaching() bool {
	return slices.ContainsFunc([]string{"no-store", "no-cache", "private"}, func(name string) bool {
		_, ok := a.directive(name)
		return ok
	})
}
