package pathcases

import (
	"math/rand/v2"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	rp "github.com/portico-iac/portico/requestpath"
)

// edgeBySeed gives one distribution in three a function of Portico's own, and one in three
// headers for its responses, each for some of its behaviours, and draws what of a request
// they look at. It draws from a sequence of its own, as guardedBySeed does.
func edgeBySeed(seed uint64, p *rp.Plan, q *rp.Request) {
	r := rand.New(rand.NewPCG(seed, 6))
	if len(p.Distributions) == 0 {
		return
	}
	e := site(p)
	e.Behaviors = slices.Clone(e.Behaviors)
	behaviors := []*rp.Behavior{&e.Default}
	for i := range e.Behaviors {
		behaviors = append(behaviors, &e.Behaviors[i])
	}
	if r.IntN(3) == 0 {
		f := someFunction(r)
		for _, b := range behaviors {
			if r.IntN(4) > 0 {
				b.Function = &f
			}
		}
		if coin(r) {
			q.Path = one(r, "/", "/docs", "/docs/", "/docs//", "/v1.0/x", "/v1/x.y", "/.well-known/x/", "/.well-known/x", "/assets/none", "/assets/", assetPath)
			q.Query = one(r, q.Query, "a=%20&b", "version=v1")
		}
	}
	if r.IntN(3) == 0 {
		for _, b := range behaviors {
			b.ResponseHeaders = someResponseHeaders(r)
		}
		page := rp.Header{Name: "Origin", Value: one(r, "https://app.example.org", "http://app.example.org", "https://example.net")}
		one(r, func() {}, func() { q.Headers = append(slices.Clone(q.Headers), page) }, func() { // a preflight request
			q.Headers = append(slices.Clone(q.Headers), page, rp.Header{Name: "Access-Control-Request-Method", Value: "PUT"})
			q.Method, q.BodyBytes = "OPTIONS", 0
		})()
	}
}

func someFunction(r *rand.Rand) rp.Function {
	return rp.Function{
		Names:         one(r, nil, map[string]string{viewerName: "example.com"}, map[string]string{"example.com": viewerName}),
		TrailingSlash: one(r, "", rp.AddSlash, rp.RemoveSlash),
		SinglePage:    one(r, "", "/index.html", assetPath, "/none.html"),
	}
}

func someResponseHeaders(r *rand.Rand) rp.ResponseHeaders {
	if r.IntN(4) == 0 {
		var managed rp.ResponseHeaders
		for _, h := range awstable.SecurityHeaders {
			managed.Add = append(managed.Add, rp.ResponseHeader(h))
		}
		return managed
	}
	var out rp.ResponseHeaders
	for _, h := range []rp.ResponseHeader{
		{Name: "Strict-Transport-Security", Value: one(r, "max-age=60", "max-age=63072000; includeSubDomains; preload")},
		{Name: "X-XSS-Protection", Value: one(r, "0", "1", "1; mode=block")},
		{Name: "X-Content-Type-Options", Value: "nosniff"},
		{Name: "Content-Security-Policy", Value: "default-src 'self'"},
		{Name: "X-Frame-Options", Value: one(r, awstable.FrameOptions...)},
		{Name: "Referrer-Policy", Value: one(r, awstable.ReferrerPolicies...)},
		{Name: "X-Edge", Value: "a, b"},
		{Name: "Cache-Control", Value: "no-store"},
		{Name: "Server", Value: "edge"},
	} {
		if r.IntN(3) == 0 {
			h.Override = coin(r)
			out.Add = append(out.Add, h)
		}
	}
	if coin(r) {
		out.Remove = one(r, []string{"Cache-Control"}, []string{"Server", "X-Powered-By"})
	}
	if coin(r) {
		out.CORS = &rp.CORS{
			Origins:       one(r, []string{"*"}, []string{"https://*.example.org"}, []string{"app.example.org", "https://example.com"}),
			Methods:       one(r, []string{"GET"}, awstable.CorsMethods),
			Headers:       []string{"X-Token", "Content-Type"},
			Expose:        one(r, nil, []string{"X-Total"}),
			MaxAgeSeconds: one(r, 0, 600), Credentials: coin(r), Override: coin(r),
		}
	}
	return out
}
