package cloudfront_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

const byQuery = awstable.UseOriginCacheControlHeadersQueryStrings

// caching sets the cache policy of a distribution, and the error caching minimum TTL of
// some statuses.
func caching(policy string, responses ...account.CustomErrorResponse) func(*account.Distribution) {
	return func(d *account.Distribution) {
		d.Default.CachePolicyID, d.CustomErrorResponses = policy, responses
	}
}

// counted is an origin that answers with a status and the number of the request.
func counted(status int, headers ...string) (http.HandlerFunc, *atomic.Int64) {
	var n atomic.Int64
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "answer %d", n.Add(1)) // fails only if CloudFront is gone
	}, &n
}

// What one viewer gets is what the next one gets, unless the distribution caches no
// errors or says 0 for the status.
func TestOneViewersErrorIsAnothers(t *testing.T) {
	for name, tc := range map[string]struct {
		policy    string
		responses []account.CustomErrorResponse
		want      []string
	}{
		"by default":     {optimized, nil, []string{"answer 1", "answer 1", "answer 1"}},
		"0 s":            {optimized, []account.CustomErrorResponse{{ErrorCode: 503}}, []string{"answer 1", "answer 2", "answer 3"}},
		"another status": {optimized, []account.CustomErrorResponse{{ErrorCode: 500}}, []string{"answer 1", "answer 1", "answer 1"}},
		"nothing cached": {disabled, nil, []string{"answer 1", "answer 2", "answer 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldAt(t, noTime, site(caching(tc.policy, tc.responses...)))
			handler, _ := counted(503, "X-From", "origin")
			w.origin(443, w.originTLS(), handler)
			for i, want := range tc.want {
				got := w.get("https://" + viewerName + "/")
				assert.Equal(t, 503, got.StatusCode)
				assert.Equal(t, want, got.body, "viewer %d", i+1)
				assert.Equal(t, "origin", got.Header.Get("X-From"))
				assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
				assert.NotEmpty(t, got.Header.Get("X-Amz-Cf-Id"))
			}
		})
	}
}

// noTime is a clock that stands still for as long as a test takes.
var noTime = wire.Clock{Second: time.Hour}

func TestWhichErrorsAreCached(t *testing.T) {
	for _, tc := range []struct {
		status  int
		headers []string
		cached  bool
	}{
		{404, nil, true},
		{414, nil, true},
		{500, nil, true},
		{501, nil, true},
		{502, nil, true},
		{503, nil, true},
		{504, nil, true},
		{400, nil, false},
		{401, nil, false},
		{403, nil, false},
		{405, nil, false},
		{410, nil, false},
		{416, nil, false},
		{429, nil, false},
		{400, []string{"Cache-Control", "max-age=60"}, true},
		{403, []string{"Cache-Control", "public, s-maxage=60"}, true},
		{405, []string{"Cache-Control", "max-age=0"}, true}, // for the 10 seconds
		{403, []string{"Expires", "Fri, 01 Jan 2100 00:00:00 GMT"}, false},
		{401, []string{"Cache-Control", "max-age=60"}, false},
		{404, []string{"Cache-Control", "No-Store"}, false},
		{404, []string{"Cache-Control", "max-age=60, private"}, false},
		{501, []string{"Cache-Control", "no-cache"}, false},
		{500, []string{"Cache-Control", "no-store"}, true},
		{503, []string{"Cache-Control", "no-cache, private"}, true},
	} {
		t.Run(fmt.Sprint(tc.status, tc.headers), func(t *testing.T) {
			w := newWorldAt(t, noTime, site(caching(optimized)))
			handler, asked := counted(tc.status, tc.headers...)
			w.origin(443, w.originTLS(), handler)
			w.get("https://" + viewerName + "/")
			got := w.get("https://" + viewerName + "/")
			assert.Equal(t, tc.status, got.StatusCode)
			assert.Equal(t, tc.cached, asked.Load() == 1)
			assert.Equal(t, tc.cached, got.Header.Get("Age") == "0")
		})
	}
}

// The longest of the distribution's time and the origin's counts.
func TestHowLongErrorsAreCached(t *testing.T) {
	for name, tc := range map[string]struct {
		ttl    int
		header string
		wait   float64 // in simulated seconds
		asked  int64
	}{
		"within its time": {5, "", 1, 1},
		"after it":        {5, "", 6, 2},
		"longer":          {1, "max-age=20", 2, 1},
		"never shorter":   {20, "max-age=1", 2, 1},
		"s-maxage first":  {0, "max-age=20, s-maxage=1", 2, 2},
		"only the origin": {0, "max-age=20", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := wire.Clock{Second: 200 * time.Millisecond}
			w := newWorldAt(t, clock, site(caching(optimized, account.CustomErrorResponse{ErrorCode: 404, ErrorCachingMinTTL: tc.ttl})))
			handler, asked := counted(404, "Cache-Control", tc.header)
			w.origin(443, w.originTLS(), handler)
			w.get("https://" + viewerName + "/")
			time.Sleep(clock.Seconds(tc.wait))
			w.get("https://" + viewerName + "/")
			assert.Equal(t, tc.asked, asked.Load())
		})
	}
}

func TestRequestsThatShareAnError(t *testing.T) {
	same := func(*http.Request) {}
	query := func(r *http.Request) { r.URL.RawQuery = "a=b" }
	for name, tc := range map[string]struct {
		policy string
		change func(*http.Request)
		shared bool
	}{
		"same request":              {optimized, same, true},
		"another query":             {optimized, query, true},
		"another query, in the key": {byQuery, query, false},
		"a cookie":                  {optimized, func(r *http.Request) { r.Header.Set("Cookie", "a=b") }, true},
		"a cookie, in the key":      {byQuery, func(r *http.Request) { r.Header.Set("Cookie", "a=b") }, false},
		"another name":              {optimized, func(r *http.Request) { r.Host = assignedName }, true},
		"another name, in the key":  {byQuery, func(r *http.Request) { r.Host = assignedName }, false},
		"a header":                  {byQuery, func(r *http.Request) { r.Header.Set("X-User", "a") }, true},
		"a header, in the key":      {byQuery, func(r *http.Request) { r.Header.Set("Origin", "https://a.example") }, false},
		"an encoding":               {optimized, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br") }, false},
		"another path":              {optimized, func(r *http.Request) { r.URL.Path = "/b" }, false},
		"HEAD":                      {optimized, func(r *http.Request) { r.Method = "HEAD" }, false},
		"POST":                      {optimized, func(r *http.Request) { r.Method = "POST" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldAt(t, noTime, site(caching(tc.policy)))
			handler, asked := counted(404)
			w.origin(443, w.originTLS(originName, viewerName, assignedName), handler)
			w.get("https://" + viewerName + "/")
			r := w.request("GET", "https://"+viewerName+"/", nil)
			tc.change(r)
			assert.Equal(t, 404, w.do(w.client(viewer{}), r).StatusCode)
			assert.Equal(t, tc.shared, asked.Load() == 1)
		})
	}
}

// OPTIONS is cached if the behavior caches it, other methods never.
func TestMethodsWhoseErrorsAreCached(t *testing.T) {
	for method, options := range map[string][]string{"OPTIONS": {"GET", "HEAD", "OPTIONS"}, "HEAD": nil} {
		for _, cached := range []bool{true, method == "HEAD"} {
			w := newWorldAt(t, noTime, site(caching(optimized), func(d *account.Distribution) {
				if cached {
					d.Default.CachedMethods = options
				}
			}))
			handler, asked := counted(503)
			w.origin(443, w.originTLS(), handler)
			for range 2 {
				w.do(w.client(viewer{}), w.request(method, "https://"+viewerName+"/", nil))
			}
			assert.Equal(t, cached, asked.Load() == 1, method)
		}
	}
}

// An origin that cannot be reached is an error of it, too: it is not asked again until
// the time is over.
func TestAFailureToReachTheOriginIsCached(t *testing.T) {
	w := newWorldAt(t, noTime, site(caching(optimized)), site(other, caching(optimized, account.CustomErrorResponse{ErrorCode: 502})))
	otherURL := "https://other.example.com/"
	ask := func(url string, v viewer) answer { return w.do(w.client(v), w.request("GET", url, nil)) }
	delete(w.names, originName)
	before := ask("https://"+viewerName+"/", viewer{})
	assert.Equal(t, 502, before.StatusCode)
	assert.Equal(t, 502, ask(otherURL, viewer{to: otherAddress}).StatusCode)
	w.names[originName] = originAddress
	w.origin(443, w.originTLS(), ok)
	again := ask("https://"+viewerName+"/", viewer{})
	assert.Equal(t, 502, again.StatusCode, "the origin answers by now, and nobody asks it")
	assert.Contains(t, again.body, again.Header.Get("X-Amz-Cf-Id"), "the page has the new request's id")
	assert.NotEqual(t, before.body, again.body)
	assert.Equal(t, "Error from cloudfront", again.Header.Get("X-Cache"))
	assert.Equal(t, 200, ask(otherURL, viewer{to: otherAddress}).StatusCode)
}
