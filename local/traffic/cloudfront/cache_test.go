package cloudfront_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// One viewer gets what was made for another when what they differ in is not in the cache
// key.
func TestOneViewersResponseIsAnothers(t *testing.T) {
	w, lines := logging(t, site(caching(optimized), func(d *account.Distribution) { d.Default.OriginRequestPolicyID = allViewer }))
	w.origin(443, w.originTLS(viewerName, originName), func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Set-Cookie", "session=alice")
		rw.Header().Set("Age", "7")
		_, _ = io.WriteString(rw, "hello alice")
	})
	first := w.get("https://" + viewerName + "/account")
	assert.Equal(t, "Miss from cloudfront", first.Header.Get("X-Cache"))
	lines.Await(t, accesslog.DistributionRequests, 1)
	second := w.get("https://" + viewerName + "/account")
	assert.Equal(t, "Hit from cloudfront", second.Header.Get("X-Cache"))
	assert.Equal(t, "hello alice", second.body)
	assert.Equal(t, "session=alice", second.Header.Get("Set-Cookie"))
	assert.Equal(t, "7", second.Header.Get("Age"))
	assert.NotEqual(t, first.Header.Get("X-Amz-Cf-Id"), second.Header.Get("X-Amz-Cf-Id"))
	events := w.events.Of(wire.Request)
	assert.Equal(t, []bool{false, true}, []bool{events[0].Answered, events[1].Answered})
	line := strings.Split(lines.Await(t, accesslog.DistributionRequests, 2)[1], "\t")
	assert.Equal(t, []string{"200", "Hit", "Hit"}, []string{line[fieldStatus], line[fieldResult], line[fieldDetail]})
}

// ownPolicy is a cache policy of the account with the id "own".
func ownPolicy(least, usual, most int, changes ...func(*account.CachePolicy)) account.CachePolicy {
	p := account.CachePolicy{ID: "own", MinTTL: least, DefaultTTL: usual, MaxTTL: most}
	for _, c := range changes {
		c(&p)
	}
	return p
}

// newOwnWorld serves a distribution with policies of the account's own.
func newOwnWorld(t *testing.T, clock wire.Clock, p account.CachePolicy, requests ...account.OriginRequestPolicy) *world {
	w := newWorldAt(t, clock)
	require.NoError(t, w.fleet.Close())
	opts := w.options(site(caching("own"), func(d *account.Distribution) {
		if len(requests) > 0 {
			d.Default.OriginRequestPolicyID = requests[0].ID
		}
	}))
	opts.CachePolicies, opts.OriginRequestPolicies = []account.CachePolicy{p}, requests
	var err error
	w.fleet, err = cloudfront.Serve(w.network, opts)
	require.NoError(t, err)
	return w
}

// The origin's wishes count within the times of the cache policy.
func TestHowLongResponsesAreCached(t *testing.T) {
	const longAgo, far = "Fri, 01 Jan 2010 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
	for name, tc := range map[string]struct {
		least, usual, most int
		headers            []string
		lasts              bool // for two seconds
	}{
		"the default":                    {0, 60, 60, nil, true},
		"no default":                     {0, 0, 60, nil, false},
		"the minimum above the default":  {60, 60, 90, nil, true},
		"max-age":                        {0, 0, 60, []string{"Cache-Control", "max-age=60"}, true},
		"max-age below the default":      {0, 60, 60, []string{"Cache-Control", "max-age=1"}, false},
		"the minimum above max-age":      {60, 60, 60, []string{"Cache-Control", "max-age=1"}, true},
		"the maximum below max-age":      {0, 0, 1, []string{"Cache-Control", "max-age=60"}, false},
		"s-maxage before max-age":        {0, 0, 60, []string{"Cache-Control", "max-age=1, s-maxage=60"}, true},
		"Expires":                        {0, 0, 60, []string{"Expires", far}, true},
		"Expires that is over":           {0, 60, 60, []string{"Expires", longAgo}, false},
		"no-store":                       {0, 60, 60, []string{"Cache-Control", "no-store, max-age=60"}, false},
		"private":                        {0, 60, 60, []string{"Cache-Control", "private"}, false},
		"no-cache":                       {0, 60, 60, []string{"Cache-Control", "no-cache"}, false},
		"no-store with a minimum":        {60, 60, 60, []string{"Cache-Control", "no-store"}, true},
		"no-cache of one header":         {0, 60, 60, []string{"Cache-Control", `no-cache="X-User"`, "X-User", "alice"}, true},
		"caching disabled by its maxima": {0, 0, 0, []string{"Cache-Control", "max-age=60"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := wire.Clock{Second: 100 * time.Millisecond}
			w := newOwnWorld(t, clock, ownPolicy(tc.least, tc.usual, tc.most))
			handler, asked := counted(200, tc.headers...)
			w.origin(443, w.originTLS(), handler)
			w.get("https://" + viewerName + "/")
			time.Sleep(clock.Seconds(2))
			got := w.get("https://" + viewerName + "/")
			assert.Equal(t, tc.lasts, asked.Load() == 1)
			assert.Equal(t, tc.lasts, got.Header.Get("X-Cache") == "Hit from cloudfront")
			assert.Empty(t, got.Header.Get("X-User"))
		})
	}
}

// An origin that does not get the viewer's cookies sets none either; one that gets some sets
// any, also those that come from the cache.
func TestCookiesOfTheOrigin(t *testing.T) {
	named := func(behavior string, names ...string) account.OriginRequestPolicy {
		p := account.OriginRequestPolicy{ID: "request"}
		p.Cookies.Behavior, p.Cookies.Named.Items = behavior, names
		return p
	}
	keyed := func(p *account.CachePolicy) {
		p.Key.Cookies.Behavior, p.Key.Cookies.Named.Items = "whitelist", []string{"theme"}
	}
	for name, tc := range map[string]struct {
		policy  account.CachePolicy
		request account.OriginRequestPolicy
		want    string
	}{
		"cached, no cookie forwarded":   {ownPolicy(0, 60, 60), named("none"), ""},
		"uncached, no cookie forwarded": {ownPolicy(0, 0, 0), named("none"), ""},
		"one in the cache key":          {ownPolicy(0, 60, 60, keyed), named("none"), "session=alice"},
		"one beside the cache key":      {ownPolicy(0, 60, 60), named("whitelist", "theme"), "session=alice"},
		"uncached, all forwarded":       {ownPolicy(0, 0, 0), named("all"), "session=alice"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newOwnWorld(t, noTime, tc.policy, tc.request)
			handler, asked := counted(200, "Set-Cookie", "session=alice")
			w.origin(443, w.originTLS(), handler)
			for range 2 {
				assert.Equal(t, tc.want, w.get("https://"+viewerName+"/").Header.Get("Set-Cookie"))
			}
			assert.Equal(t, tc.policy.MaxTTL > 0, asked.Load() == 1)
		})
	}
}

func TestWhichResponsesAreCached(t *testing.T) {
	for _, tc := range []struct {
		method string
		status int
		policy string
		cached bool
	}{
		{"GET", 200, optimized, true},
		{"GET", 204, optimized, true},
		{"GET", 301, optimized, true},
		{"GET", 302, optimized, true},
		{"GET", 206, optimized, false},
		{"GET", 200, disabled, false},
		{"GET", 200, useOrigin, false}, // unless the origin asks for it
		{"HEAD", 200, optimized, true},
		{"OPTIONS", 200, optimized, false},
		{"POST", 200, optimized, false},
		{"DELETE", 200, optimized, false},
	} {
		t.Run(fmt.Sprint(tc.method, tc.status, tc.policy), func(t *testing.T) {
			w := newWorldAt(t, noTime, site(caching(tc.policy)))
			handler, asked := counted(tc.status)
			w.origin(443, w.originTLS(), handler)
			for range 2 {
				got := w.do(w.client(viewer{}), w.request(tc.method, "https://"+viewerName+"/", nil))
				assert.Equal(t, tc.status, got.StatusCode)
			}
			assert.Equal(t, tc.cached, asked.Load() == 1)
		})
	}
}

// A policy of the account's own has in its key what it names.
func TestKeysOfOwnPolicies(t *testing.T) {
	with := func(header, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(header, value) }
	}
	query := func(raw string) func(*http.Request) { return func(r *http.Request) { r.URL.RawQuery = raw } }
	keyed := func(p *account.CachePolicy) {
		p.Key.Cookies.Behavior, p.Key.Cookies.Named.Items = "whitelist", []string{"session"}
		p.Key.Headers.Behavior, p.Key.Headers.Named.Items = "whitelist", []string{"x-tenant"}
		p.Key.Query.Behavior, p.Key.Query.Named.Items = "allExcept", []string{"utm"}
		p.Key.Gzip = true
	}
	for name, tc := range map[string]struct {
		first, second func(*http.Request)
		shared        bool
	}{
		"a cookie in the key":     {with("Cookie", "session=a; theme=b"), with("Cookie", "theme=b; session=c"), false},
		"a cookie beside the key": {with("Cookie", "session=a; theme=b"), with("Cookie", "theme=c; session=a"), true},
		"a header in the key":     {with("X-Tenant", "a"), with("X-Tenant", "b"), false},
		"a header beside the key": {with("X-User", "a"), with("X-User", "b"), true},
		"a parameter in the key":  {query("page=1&utm=a"), query("page=2&utm=a"), false},
		"a parameter beside it":   {query("page=1&utm=a"), query("page=1&utm=b"), true},
		"an encoding in the key":  {with("Accept-Encoding", "gzip"), with("Accept-Encoding", "identity"), false},
		"an encoding beside it":   {with("Accept-Encoding", "br"), with("Accept-Encoding", "identity"), true},
		"the name of the viewer":  {func(r *http.Request) { r.Host = assignedName }, func(*http.Request) {}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newOwnWorld(t, noTime, ownPolicy(0, 60, 60, keyed))
			handler, asked := counted(200)
			w.origin(443, w.originTLS(), handler)
			for _, change := range []func(*http.Request){tc.first, tc.second} {
				r := w.request("GET", "https://"+viewerName+"/", nil)
				change(r)
				w.do(w.client(viewer{}), r)
			}
			assert.Equal(t, tc.shared, asked.Load() == 1)
		})
	}
}

// What is in the key is sent to the origin, and what the origin request policy adds.
func TestWhatOwnPoliciesForward(t *testing.T) {
	request := account.OriginRequestPolicy{ID: "request"}
	request.Headers.Behavior, request.Headers.Named.Items = "whitelist", []string{"User-Agent"}
	request.Cookies.Behavior = "all"
	w := newOwnWorld(t, noTime, ownPolicy(0, 60, 60, func(p *account.CachePolicy) {
		p.Key.Query.Behavior, p.Key.Query.Named.Items = "whitelist", []string{"page"}
		p.Key.Cookies.Behavior, p.Key.Cookies.Named.Items = "whitelist", []string{"session"}
	}), request)
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(rw, r.Host, " ", r.URL.RequestURI(), " ", r.Header.Get("Cookie"), " ", r.UserAgent(), " ", r.Header.Get("X-Tenant"))
	})
	r := w.request("GET", "https://"+viewerName+"/?page=1&utm=a", nil)
	r.Header.Set("Cookie", "theme=b; session=c")
	r.Header.Set("User-Agent", "tests")
	r.Header.Set("X-Tenant", "a")
	assert.Equal(t, originName+" /?page=1 theme=b; session=c tests ", w.do(w.client(viewer{}), r).body)
}

// The viewer's conditions are answered from the cache.
func TestPartsAndConditionsOfWhatIsCached(t *testing.T) {
	w := newWorldAt(t, noTime, site(caching(optimized)))
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("ETag", `"1"`)
		_, _ = io.WriteString(rw, "hello")
	})
	plain := w.request("GET", "https://"+viewerName+"/", nil)
	plain.Header.Set("Accept-Encoding", "identity") // as clients do that ask for a range
	w.do(w.client(viewer{}), plain)
	for header, want := range map[string]struct {
		value, body string
		status      int
	}{
		"Range":         {"bytes=1-2", "el", 206},
		"If-None-Match": {`"1"`, "", 304},
	} {
		r := plain.Clone(t.Context())
		r.Header.Set(header, want.value)
		got := w.do(w.client(viewer{}), r)
		assert.Equal(t, want.status, got.StatusCode)
		assert.Equal(t, want.body, got.body)
		assert.Equal(t, "Hit from cloudfront", got.Header.Get("X-Cache"))
		events := w.events.Of(wire.Request)
		assert.Equal(t, want.status, events[len(events)-1].Status)
	}
}

// CloudFront's own headers are not made here.
func TestOwnPoliciesThatAreNotServed(t *testing.T) {
	w := newWorld(t)
	opts := w.options(site(caching("own")))
	opts.CachePolicies = []account.CachePolicy{ownPolicy(0, 60, 60, func(p *account.CachePolicy) {
		p.Key.Headers.Behavior, p.Key.Headers.Named.Items = "whitelist", []string{"CloudFront-Is-Mobile-Viewer"}
	})}
	_, err := cloudfront.Serve(w.network, opts)
	assert.ErrorContains(t, err, `cachePolicyId "own": the header Cloudfront-Is-Mobile-Viewer is not served`)
}
