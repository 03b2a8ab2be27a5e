package cloudfront

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
)

// uncachedOnRequest are the statuses of awstable.CachedErrors that an origin can keep out of the
// cache with no-store, no-cache or private.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
var uncachedOnRequest = []int{404, 414, 501}

// freshSeconds returns for how many seconds a response that is no error is cached: as long
// as the origin asks, within the times of the cache policy. What the origin forbids is
// cached for the minimum all the same.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
// Inferred: that redirects are cached like objects; that parts (206) are not
func (x *exchange) freshSeconds(status int, h http.Header) int {
	if !x.caches() || status < 200 || status == http.StatusPartialContent || status == http.StatusNotModified {
		return 0
	}
	times, directives := x.behavior.times, cacheControl(h)
	asked, asks := directives.seconds("s-maxage", "max-age")
	switch {
	case directives.forbid():
		asked = 0
	case asks:
	case h.Get("Expires") != "":
		asked = secondsUntil(h.Get("Expires"))
	default:
		asked = times.Default
	}
	return max(min(asked, times.Max), times.Min)
}

// errorSeconds returns for how many seconds an error of the origin is cached: the time
// that the distribution has for its status, or a longer one for which the origin asks.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
func (x *exchange) errorSeconds(status int, h http.Header) int {
	directives := cacheControl(h)
	asked, asks := directives.seconds("s-maxage", "max-age")
	switch {
	case !x.caches():
		return 0
	case slices.Contains(uncachedOnRequest, status) && directives.forbid():
		return 0
	case slices.Contains(awstable.CachedErrors, status):
		if !asks {
			asked = secondsUntil(h.Get("Expires"))
		}
	case !slices.Contains(awstable.CachedErrorsIfAsked, status) || !asks:
		return 0
	}
	return max(min(asked, x.behavior.times.Max), x.distribution.errorSeconds(status))
}

// errorSeconds returns the distribution's error caching minimum TTL for a status. For an
// entry without one, the provider sends 0.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesErrorPages.html
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cloudfront/distribution.go
func (d *distribution) errorSeconds(status int) int {
	for _, r := range d.CustomErrorResponses {
		if r.ErrorCode == status {
			return r.ErrorCachingMinTTL
		}
	}
	return awstable.DefaultErrorCachingSeconds
}

// directives are those of Cache-Control, by name.
type directives map[string]string

func cacheControl(h http.Header) directives {
	out := directives{}
	for part := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		out[strings.ToLower(name)] = strings.Trim(value, `"`)
	}
	return out
}

// forbid reports whether the origin forbids caching. no-cache with the name of a header is
// about that header alone.
func (d directives) forbid() bool {
	unnamed, noCache := d["no-cache"]
	_, noStore := d["no-store"]
	_, private := d["private"]
	return noStore || private || noCache && unnamed == ""
}

// storedHeader is the header of a response as it is cached: without what no-cache names.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
func storedHeader(h http.Header) http.Header {
	out := h.Clone()
	out.Del(cacheControl(h)["no-cache"])
	return out
}

// seconds returns the value of the first directive that has a valid one.
func (d directives) seconds(names ...string) (int, bool) {
	for _, name := range names {
		if n, err := strconv.Atoi(d[name]); err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// secondsUntil returns the seconds until the date of an Expires header; 0 if it is past
// or no date.
func secondsUntil(expires string) int {
	at, err := http.ParseTime(expires)
	if err != nil {
		return 0
	}
	return max(0, int(time.Until(at).Seconds()))
}
