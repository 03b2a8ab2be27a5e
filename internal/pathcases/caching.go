package pathcases

import rp "github.com/portico-iac/portico/requestpath"

const expiration = cloudFront + "Expiration.html"

// A day and a year in seconds, as AWS's cache policies have them.
const (
	day  = 86400
	year = 31536000
)

// caching has the distribution keep answers for so long at least, by default and at most.
func caching(least, otherwise, most int, key ...func(*rp.CacheKey)) change {
	return func(p *rp.Plan) {
		behavior(p).Cache = rp.CachePolicy{MinTTLSeconds: least, DefaultTTLSeconds: otherwise, MaxTTLSeconds: most}
		for _, add := range key {
			add(&behavior(p).Cache.Key)
		}
	}
}

// again sends a request after another one.
func again(name string, plan rp.Plan, before, request rp.Request, want Want) Case {
	c := is(name, plan, request, want)
	c.Before = []rp.Request{before}
	return c
}

// later lets seconds pass before the last request.
func (c Case) later(seconds int) Case {
	c.Pass = seconds
	return c
}

// cachingCases are requests after others.
func cachingCases() []Case {
	var (
		hit      = Want{Status: 200, By: rp.HopDistribution, XCache: rp.XCacheHit, Fact: "answered"}
		miss     = Want{Status: 200, By: rp.HopOrigin, XCache: rp.XCacheMiss}
		kept     = func(status int) Want { return Want{Status: status, By: rp.HopDistribution, XCache: rp.XCacheError} }
		asked    = func(status int) Want { return Want{Status: status, By: rp.HopOrigin, XCache: rp.XCacheError} }
		usual    = caching(1, day, year)
		query    = func(k *rp.CacheKey) { k.Query = []string{"*"} }
		page     = func(k *rp.CacheKey) { k.Query = []string{"page"} }
		cookie   = func(k *rp.CacheKey) { k.Cookies = []string{"session"} }
		language = func(k *rp.CacheKey) { k.Headers = []string{"Accept-Language"} }
		says     = func(header string) change { return func(p *rp.Plan) { listens(p).Answer.CacheControl = header } }
		answers  = func(status int) change { return func(p *rp.Plan) { listens(p).Answer.Status = status } }
		atOnce   = func(status int) change {
			return func(p *rp.Plan) {
				site(p).ErrorResponses = append(site(p).ErrorResponses, rp.ErrorResponse{Status: status})
			}
		}
		with = func(name, value string) rp.Request {
			return rp.Request{Headers: []rp.Header{{Name: name, Value: value}}}
		}
		of = func(query string) rp.Request { return rp.Request{Query: query} }
	)
	return from(SourceCaching, expiration,
		again("kept by default", instance(usual), ordinary, ordinary, hit),
		again("caching is disabled", instance(), ordinary, ordinary, miss),
		again("another path", instance(usual), rp.Request{Path: "/a"}, rp.Request{Path: "/b"}, miss),
		again("another method", instance(usual), ordinary, rp.Request{Method: "HEAD"}, miss),
		again("POST is not kept", instance(usual), rp.Request{Method: "POST"}, rp.Request{Method: "POST"}, miss),
		again("the query is not in the key", instance(usual), of("a=1"), of("a=2"), hit),
		again("the query is in the key", instance(caching(1, day, year, query)), of("a=1"), of("a=2"), miss),
		again("one parameter is in the key, another differs", instance(caching(1, day, year, page)), of("page=1&x=1"), of("page=1&x=2"), hit),
		again("one parameter is in the key and differs", instance(caching(1, day, year, page)), of("page=1"), of("page=2"), miss),
		again("a header in the key", instance(caching(1, day, year, language)), with("Accept-Language", "ja"), with("Accept-Language", "en"), miss),
		again("a cookie in the key", instance(caching(1, day, year, cookie)), with("Cookie", "session=1"), with("Cookie", "session=2"), miss),
		again("another cookie", instance(caching(1, day, year, cookie)), with("Cookie", "session=1; x=1"), with("Cookie", "session=1; x=2"), hit),
		again("an answer made for another viewer", instance(usual), with("Cookie", "session=1"), with("Cookie", "session=2"),
			hit.warned("shared-answer")).on(cloudFront+"Cookies.html"),
		again("an answer made for another viewer, by Authorization", instance(usual), with("Authorization", "Bearer 1"), ordinary,
			hit.warned("shared-answer")).on(cloudFront+"Cookies.html"),
		again("the origin says private", instance(caching(0, day, year), says("private")), ordinary, ordinary, miss),
		again("the origin says no-store, the minimum says otherwise", instance(caching(60, day, year), says("no-store")), ordinary, ordinary, hit),
		again("the origin says max-age", instance(caching(0, 0, year), says("public, max-age=60")), ordinary, ordinary, hit).later(20),
		again("max-age is over", instance(caching(0, 0, year), says("public, max-age=60")), ordinary, ordinary, miss).later(61),
		again("s-maxage counts before max-age", instance(caching(0, 0, year), says("max-age=60, s-maxage=0")), ordinary, ordinary, miss),
		again("the maximum counts against the origin", instance(caching(0, 0, 10), says("max-age=60")), ordinary, ordinary, miss).later(11),
		again("the origin says nothing, and nothing is the default", instance(caching(0, 0, year)), ordinary, ordinary, miss),
		again("an error is kept", instance(usual, answers(500)), ordinary, ordinary, kept(500)).on(errorTimes),
		again("an error is kept for 10 s", instance(usual, answers(500)), ordinary, ordinary, asked(500)).later(11).on(errorTimes),
		again("an error that is not to be kept", instance(usual, answers(500), atOnce(500)), ordinary, ordinary, asked(500)).on(errorTimes),
		again("no answer is kept as an error", instance(usual, listenless), ordinary, ordinary, kept(502)).on(errorTimes),
		again("errors without caching", instance(answers(500)), ordinary, ordinary, asked(500)).on(errorTimes),
		again("403 is not kept", instance(usual, answers(403)), ordinary, ordinary, asked(403)).on(errorTimes),
		again("403 is kept if the origin says so", instance(usual, answers(403), says("max-age=60")), ordinary, ordinary, kept(403)).on(errorTimes),
		again("404 with no-store is not kept", instance(usual, answers(404), says("no-store")), ordinary, ordinary, asked(404)).on(errorTimes),
		again("500 with no-store is kept", instance(usual, answers(500), says("no-store")), ordinary, ordinary, kept(500)).on(errorTimes),
		again("an object of a bucket", static(func(p *rp.Plan) {
			assets(p).Cache = rp.CachePolicy{MinTTLSeconds: 1, DefaultTTLSeconds: day, MaxTTLSeconds: year}
		}),
			rp.Request{Path: assetPath}, rp.Request{Path: assetPath}, hit),
		again("of another behaviour", static(usual), rp.Request{Path: assetPath}, rp.Request{Path: assetPath}, stored),
	)
}

const errorTimes = cloudFront + "custom-error-pages-expiration.html"
