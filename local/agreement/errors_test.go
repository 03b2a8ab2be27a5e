package agreement

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// errorCaching is how the distributions of a plan cache responses, and for how long errors.
// The model does not know it: it predicts the first request, to which it makes no difference.
type errorCaching struct {
	// policy is the id of a cache policy. Default: CachingDisabled.
	policy string
	// seconds are the error caching minimum TTLs, by status.
	seconds map[int]int
}

// always is a time that no run lasts.
const always = 100_000

// drawErrorCaching draws from a sequence of its own, so that the plan of a seed stays
// what it is.
func drawErrorCaching(seed uint64) errorCaching {
	r := rand.New(rand.NewPCG(seed, 1))
	e := errorCaching{policy: []string{awstable.CachingDisabled, awstable.CachingOptimized}[r.IntN(2)], seconds: map[int]int{}}
	for _, status := range []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504} {
		if r.IntN(3) > 0 {
			e.seconds[status] = []int{0, always}[r.IntN(2)]
		}
	}
	return e
}

// inputs puts the settings into the inputs of a distribution.
func (e errorCaching) inputs(in props) {
	if e.policy != "" {
		in["defaultCacheBehavior"].(props)["cachePolicyId"] = e.policy
	}
	var responses []any
	for status, seconds := range e.seconds {
		responses = append(responses, props{"errorCode": status, "errorCachingMinTtl": seconds})
	}
	if len(responses) > 0 {
		in["customErrorResponses"] = responses
	}
}

// repeated compares an exchange with one like it right afterwards: the viewer sees the
// same, and whether anything behind the distribution is asked again is up to the cache.
func (e errorCaching) repeated(method string, first, second verify.Exchange) []string {
	var out []string
	differ := func(what string, want, got any) {
		if want != got {
			out = append(out, fmt.Sprintf("the second time: %s: first %v, then %v", what, want, got))
		}
	}
	differ("status", first.Status, second.Status)
	differ("reason", first.Reason, second.Reason)
	differ("Location", first.Location, second.Location)
	caches := e.policy == awstable.CachingOptimized && (method == "GET" || method == "HEAD")
	hit := caches && first.XCache == "Miss from cloudfront"
	if hit {
		differ("X-Cache", "Hit from cloudfront", second.XCache)
		differ("the origin is asked", false, behind(second.Events))
		return out
	}
	differ("X-Cache", first.XCache, second.XCache)
	if first.XCache == "" || !behind(first.Events) {
		return out
	}
	seconds, set := e.seconds[first.Status]
	cached := caches && slices.Contains(awstable.CachedErrors, first.Status)
	switch {
	case cached && set && seconds == always:
		differ("the origin is asked", false, behind(second.Events))
	case !cached || set:
		differ("the origin is asked", true, behind(second.Events))
	}
	return out
}

// behind reports whether a request was answered behind the distribution. A server that
// is cut off before it answers may say so too late.
func behind(events []wire.Event) bool {
	return slices.ContainsFunc(events, func(e wire.Event) bool {
		return e.Kind == wire.Request && e.Hop != wire.HopDistribution && e.Status != 0
	})
}
